"""What the teacher of a shared server sees, by the key that was printed when it started: the queue, and its Cancel."""

from __future__ import annotations

import streamlit as st

from jsmi_app import cached, frame, owner, say
from jsmi_app.panels import training

POLL_SECONDS = 2.0


def panel() -> None:
    """Ask for the key; then show the queue."""
    say.header("For the teacher")
    if owner.teaches():
        frame.part(_queue, run_every=POLL_SECONDS)
        return
    with st.form("teacher", border=False):
        typed = st.text_input(
            "The key that was printed when the server started", type="password", max_chars=200, key="teachers-key"
        )
        if st.form_submit_button("Open", key="open-teacher") and typed:
            if owner.show_key(typed):
                st.rerun()
            say.error("That is not the teacher's key: look where the server was started.")


def _queue() -> None:
    """Who waits for what; a person is a number here, by whose turn comes first."""
    live = cached.queue().live()
    if not live:
        say.caption("Nothing runs and nothing waits.")
        return
    people = {
        name: number for number, name in enumerate(dict.fromkeys(o for _, owners in live for o in sorted(owners)), 1)
    }
    rows = []
    for now, owners in live:
        left = "" if now.seconds_left is None else training.duration(now.seconds_left)
        names = ", ".join(f"{people[name]}" for name in sorted(owners))
        rows.append({"run": now.id, "state": now.state, "done": now.progress, "person": names, "left": left})
    say.table(
        rows,
        column_config={"done": st.column_config.NumberColumn(format="percent")},
        hide_index=True,
        alt="What runs and what waits, in the order of the turns",
    )
    chosen = st.selectbox("Whose", [*people.values()], format_func=lambda number: f"Person {number}", key="whose")
    if st.button("Cancel all of this person's", key="cancel-theirs"):
        name = next(name for name, number in people.items() if number == chosen)
        for now, _ in live:
            cached.queue().cancel(now.id, name)
        st.rerun(scope="fragment")
