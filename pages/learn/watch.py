"""Watch it learn: word2vec's updates on a small table, played as a film, and one of them taken apart."""

import numpy as np
import streamlit as st

from jsmi_app import cached, controls, frame, player, prose, say, shared, snippets, state
from jsmi_app.panels import tables
from jsmi_app.setting import along, number
from jsmi_core.figures import Names, film_data, number as written, scale_of
from jsmi_core.runtime.wording import counted
from jsmi_core.tables import Film, cells, write_table

UPDATES = (100, 1_000, 5_000, 20_000, 100_000)
RATES = (0.02, 0.05, 0.1, 0.25, 0.5, 1.0)
PASSES = 300  # of the search for the best of the dimension
SETTINGS = {
    "d": along((1, 2, 3, 4), 2, "Dimension d", "Coordinates of each vector."),
    "negatives": shared.narrowed("negatives", 20),
    "updates": along(UPDATES, 20_000, "Updates", "Pairs that are drawn, each with k negatives.", "{:,}".format),
    "rate": along(RATES, 0.05, "Learning rate", "At the start; it falls in a line towards 0. word2vec's is 0.025."),
    "seed": shared.TRAINING["seed"],
    "update": number(int, 1, 1, UPDATES[-1], "Update", "Which update is taken apart."),
}


def reset() -> None:
    """Another preset begins without what was edited by hand."""
    state.put("table", "")


def choose() -> None:
    """The table and every setting of the training."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = controls.pick("preset", changed=reset)
        controls.slider("size", reset)
        tables.choose_parameter(name, reset)
        controls.slider("d")
        controls.whole("negatives")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        controls.slider("updates")
        controls.slider("rate")
        controls.whole("seed")
        controls.unit()


def watch(words: prose.Prose) -> None:
    """The film, and one update of it."""
    choose()
    controls.show_notices()
    table, names = tables.current()
    rows = tuple(map(tuple, table.tolist()))
    config = tuple(state.get(name) for name in ("negatives", "d", "updates", "rate", "seed"))
    film = cached.film(rows, *config)
    best = cached.table_ranks(rows, film.objective.alpha, (state.get("d"),), PASSES)[0]
    data = film_data(film, names, cells(film.objective).best, best.score, unit=state.get("unit"))
    player.show(data, "film")
    say.markdown(words.part("film"))
    say.header(words.part("one"))
    frame.part(take_apart, words, film, names)
    with st.expander("Reproduce in Python"):
        st.code(snippets.film(write_table(table / table.sum()), config), language="python")


def take_apart(words: prose.Prose, film: Film, names: Names) -> None:
    """Which pair was drawn, which negatives, what each pulls, and what S makes of it."""
    last = len(film.rates)
    if state.get("update") > last:
        state.put("update", last)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        at = controls.whole("update")
        st.button("Next update", key="next", on_click=lambda: state.put("update", min(at + 1, last)))
    one = film.update(min(at, last))
    unit = state.get("unit")
    scale, after = scale_of(unit), film.objective.score(one.after)
    pair = names.cell(one.word, one.pulls[0].context)
    say.markdown(words.part("drawn", number=f"{one.number:,}", pair=pair, k=len(one.pulls) - 1, rate=f"{one.rate:.3g}"))
    rows = [
        {
            "context": names.contexts[pull.context],
            "drawn as": "real, label 1" if pull.label else "negative, label 0",
            "m = x · y": pull.score,
            "σ(m)": pull.sigmoid,
            "(label − σ(m)) · rate": pull.weight,
            "what it does": "out of reach: nothing" if pull.weight == 0 else ("pulls" if pull.weight > 0 else "pushes"),
        }
        for pull in one.pulls
    ]
    say.table(rows, hide_index=True, alt="The targets of this update, and how far each moves")
    change = "rises" if one.gain > 0 else "falls"
    mean = (after - film.scores[0]) / one.number
    say.markdown(
        words.part(
            "gain",
            change=change,
            gain=f"{scale * abs(one.gain):.2e} {unit}".replace("-", "−"),
            after=f"{written(scale * after)} {unit}",
            mean=f"{scale * mean:+.2e} {unit}".replace("-", "−"),
            updates=counted(one.number, "update"),
            moved=f"{np.linalg.norm(one.after.words - one.before.words):.3g}",
        )
    )


with frame.page("watch", tables.SETTINGS, SETTINGS) as words:
    frame.part(watch, words)
