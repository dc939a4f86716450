"""Trainings as a page sees them: start, watch, cancel. The work itself is jsmi_core.jobs."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from jsmi_app import cached, controls, state
from jsmi_core.corpus import Corpus
from jsmi_core.errors import JobError, JSMIError
from jsmi_core.experiment import Cell, CellResult, EpochScore
from jsmi_core.figures import climb_data, inert, number
from jsmi_core.information import binary_entropy, to_bits
from jsmi_core.jobs import JobStatus

POLL_SECONDS = 1.0
LIVE = ("queued", "running")


def owner() -> str:
    """Who wants a job: the browser, which keeps its cookie over a reload; without one, this session."""
    ctx = get_script_run_ctx()
    return st.context.cookies.get("_streamlit_xsrf") or (ctx.session_id if ctx else "")


def status(cell_id: str) -> JobStatus | None:
    """Where a training stands; None if it was never started here, or a restart interrupted it."""
    try:
        return cached.queue().status(cell_id)
    except JobError:
        return None


def start(cells: Iterable[Cell], text: Corpus) -> None:
    """Queue the trainings that are not stored yet. Raises JobError, ParameterError or StoreError."""
    for cell in cells:
        cached.queue().submit(cell, text, owner())


def cancel(cells: Iterable[Cell]) -> None:
    """Take back this browser's wish for these trainings."""
    for cell in cells:
        cached.queue().cancel(cell.id, owner())


def duration(seconds: float) -> str:
    """A time to wait, rounded as people say it.

    Examples
    --------
    >>> duration(75), duration(7200)
    ('1 min 15 s', '2 h 0 min')
    """
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def progress_bar(now: JobStatus) -> None:
    """How far a live training is, and how long it will still take."""
    left = "" if now.seconds_left is None else f" · about {duration(now.seconds_left)} left"
    if now.state == "queued":
        st.progress(0.0, f"Waiting, place {now.place} in the queue{left}")
    else:
        st.progress(now.progress, f"Training, {now.progress:.0%}{left}")


# --- one training, live ------------------------------------------------------------------------------------------


def panel(cell: Cell, text: Corpus, *, button: str = "Train") -> None:
    """Start one training, see its exact score climb, cancel it; finished, see what it reached."""
    now = status(cell.id)
    live = now is not None and now.state in LIVE
    st.fragment(_panel, run_every=POLL_SECONDS if live else None)(cell, text, button)


def _panel(cell: Cell, text: Corpus, button: str) -> None:
    now = status(cell.id)
    if state.get("job") and (state.get("job") != cell.id or (now is not None and now.state not in LIVE)):
        state.put("job", "")
    if now is None and state.get("job"):
        st.warning("This training was interrupted, perhaps by a restart of the server: start it again.")
    if now is not None and now.state in LIVE:
        progress_bar(now)
        if st.button("Cancel", key="cancel"):
            cancel([cell])
        st.session_state["_watching"] = cell.id
    elif st.session_state.pop("_watching", None) == cell.id:
        st.rerun()  # the whole page: it has ended, so stop polling
    elif now is None or now.state != "done":
        if now is not None:
            st.warning(inert(f"This training was {now.state}: {now.message or 'start it again.'}"))
        estimate = duration(cached.queue().estimated_seconds([cell], text))
        if st.button(button, type="primary", key="train", help=f"Takes about {estimate} on this machine."):
            _begin(cell, text)
    _picture(cell, text, now)
    state.write_url()


def _begin(cell: Cell, text: Corpus) -> None:
    try:
        start([cell], text)
    except JSMIError as error:
        controls.complain(error)
        return
    state.put("job", cell.id)
    st.rerun()


def _picture(cell: Cell, text: Corpus, now: JobStatus | None) -> None:
    """The climb so far, under the bound of the law that the run is trained for."""
    done = cached.queue().result(cell.id) if now is not None and now.state == "done" else None
    history: tuple[EpochScore, ...] = done.history if done else now.history if now else ()
    config = cell.config
    bound = cached.bound(text, config.sampling, state.own_exponent(config), config.alpha)
    made_of = f"{controls.summary(text)} · d = {config.dimension}, k = {config.negatives}, "
    chart = climb_data(
        history,
        config.epochs,
        bound,
        binary_entropy(config.alpha),
        made_of=made_of + f"q = {config.noise_name}, exact S over all pairs after every epoch",
        unit=state.get("unit"),
    )
    controls.figure(chart, "climb")
    if now is not None and not now.saved:
        st.warning(inert(now.message))
        if st.button("Save again", key="retry"):
            cached.queue().retry_save(cell.id)
            st.rerun()
    if done:
        outcome(done)


def outcome(result: CellResult) -> None:
    """What a finished training reached, under both laws."""
    unit = state.get("unit")
    scores = result.law("word2vec")
    if scores.score < 0:
        st.warning(
            "The score is below 0: a model that gives every pair the same score, and so knows the class ratio alone, "
            "does better. More epochs, fewer dimensions or more text help."
        )
    rows = []
    for scores in result.laws:
        values = {"bound": scores.bound, "score S": scores.score, "gap": scores.gap}
        shown = {f"{name} ({unit})": to_bits(v) if unit == "bits" else v for name, v in values.items()}
        share = number(100 * scores.score / scores.bound) + " %" if scores.bound > 0 else ""
        rows.append({"noise q": scores.q, **shown, "share of the bound": share})
    st.dataframe(rows, hide_index=True)
    manifest = result.manifest
    st.caption(inert(f"Run {result.id}, {manifest.date}, {duration(manifest.seconds)}"))
