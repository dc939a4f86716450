"""Two variables: a small joint table to edit by hand, and what the theory says of it, one picture at a time."""

from dataclasses import replace

import numpy as np
import streamlit as st

from jsmi_app import cached, controls, frame, grid, prose, say, snippets, state
from jsmi_app.markdown import joined
from jsmi_app.panels import tables
from jsmi_app.setting import along, like, one_of, words as any_words
from jsmi_core.figures import (
    Knowable,
    Names,
    alpha_data,
    channel_data,
    loss_data,
    number,
    rank_data,
    scale_of,
    table_data,
    way_data,
)
from jsmi_core.information import FloatArray, JointDistribution, binary_entropy, capacity, jsmi, mutual_information
from jsmi_core.objective import SGNSObjective
from jsmi_core.tables import (
    DIRECTIONS,
    cells,
    matrix_cells,
    moved,
    read_scores,
    write_scores,
)

MARGIN_NAMES = {"free": "Rescale the rest", "fixed": "Keep p(x), p(y)"}
MARGIN_HELP = "What the other cells do when one is changed."
PICTURES = {
    "table": "Table and bound",
    "channel": "Channel",
    "alpha": "Over α",
    "away": "Away from PMI",
    "rank": "Best rank",
}
CELL_NAMES = {"posterior": "Posterior", "pmi": "PMI", "part": "Part of JSMI"}
SHOW_HELP = "What the cells show: P(real given x, y); PMI; or how much each adds to JSMI."
DIRECTION_NAMES = {
    "zero": "the zero matrix",
    "ratio": "the class ratio",
    "random": "a random matrix",
    "cell": "one cell",
}
DIRECTION_HELP = (
    "Where 100 % of the way leads: to m = 0, where training starts; to m = −log k everywhere, which knows only the "
    "class ratio; 3 nats in a random direction; or 6 nats in one cell."
)
CELL_HELP = "Whose score is moved."
DISTANCES = tuple(i / 20 for i in range(-20, 21))
DISTANCE_HELP = "0 % is the best matrix, PMI − log k; 100 % is the matrix chosen; below 0 % leads the other way."
SETTINGS = {
    "margins": one_of(MARGIN_NAMES, "When a cell is changed", MARGIN_HELP),
    "picture": one_of(PICTURES, "Picture", "What to look at."),
    "cells": one_of(CELL_NAMES, "In the cells", SHOW_HELP),
    "direction": one_of({name: DIRECTION_NAMES[name] for name in DIRECTIONS}, "Move m towards", DIRECTION_HELP),
    "distance": along(DISTANCES, 0.5, "How far", DISTANCE_HELP, "{:.0%}".format),
    "cell": replace(like("[0-7][.][0-7]", "0.0"), label="Cell", help=CELL_HELP),
    "scores": any_words(check=read_scores),
}
RANKS = (1, 2, 3)
QUICK, PATIENT = 60, 2_000  # passes of a search: under a hand that edits, and on request


# --- the table -----------------------------------------------------------------------------------------------------


def choose_table() -> None:
    """The preset, its size and its parameter; another choice begins another table, without what was edited."""
    preset_at, size_at, parameter_at, alpha_at, unit_at = st.columns([22, 14, 18, 26, 20], vertical_alignment="bottom")
    with preset_at:
        name = controls.pick("preset", changed=reset)
    with size_at:
        controls.slider("size", reset)
    with parameter_at:
        tables.choose_parameter(name, reset)
    with alpha_at:
        controls.alpha()
    with unit_at:
        controls.unit()


def edit_cells(words: prose.Prose, table: FloatArray, names: Names) -> None:
    """The cells in percent with their margins, and a way back to the preset."""
    controls.choice("margins")
    say.markdown(joined(words.part("margins" if state.get("margins") == "fixed" else "free"), words.part("table")))
    controls.show_notices()
    tables.show_cells(table, names)
    if state.get("table"):
        with st.container(horizontal=True, vertical_alignment="center"):
            say.caption(words.part("edited"))
            st.button("Back to the preset", on_click=reset, key="reset-table", type="tertiary")


def reset() -> None:
    """Forget what was edited."""
    state.put("table", "")
    state.put("scores", "")


# --- the pictures ----------------------------------------------------------------------------------------------------


def show_table(objective: SGNSObjective, known: Knowable, names: Names, words: prose.Prose) -> None:
    """Posterior, PMI or parts of the bound."""
    unit = state.get("unit")
    show = controls.choice("cells")
    controls.figure(table_data(cells(objective), known, names, show, unit=unit), "table")
    values = {
        "JSMI": known.bound,
        "h(α), the ceiling": binary_entropy(known.alpha),
        "I(X;Y)": known.information,
        "α·I(X;Y)": known.alpha * known.information,
    }
    with st.container(horizontal=True):
        for label, value in values.items():
            st.metric(label, f"{number(scale_of(unit) * value)} {unit}", width="content")
    controls.reproduce(*snippets.posterior(objective))


def show_channel(objective: SGNSObjective, known: Knowable, names: Names, words: prose.Prose) -> None:
    """What the hidden switch sends."""
    controls.figure(channel_data(cells(objective), known, names, unit=state.get("unit")), "channel")
    say.markdown(words.part("channel"))
    controls.reproduce(*snippets.posterior(objective))


def show_alpha(objective: SGNSObjective, known: Knowable, names: Names, words: prose.Prose) -> None:
    """The bound at every α."""
    bounds = jsmi(objective.joint, np.array(cached.SLIDER_ALPHAS)).tolist()
    most = capacity(objective.joint)
    controls.figure(alpha_data(cached.SLIDER_ALPHAS, bounds, known, most, unit=state.get("unit")), "alpha-table")
    controls.reproduce(*snippets.capacity(objective))


def show_away(objective: SGNSObjective, known: Knowable, names: Names, words: prose.Prose) -> None:
    """A score matrix off the best one: its gap cell by cell, and along the way."""
    unit, best = state.get("unit"), cells(objective).best
    way_at, slider_at = st.columns(2, vertical_alignment="bottom")
    with way_at:
        way = controls.pick("direction")
        cell = chosen_cell(names) if way == "cell" else (0, 0)
    with slider_at:
        distance = controls.slider("distance")

    def at(share: float) -> FloatArray:
        return moved(best, way, share, objective.log_odds, cell)

    scores = at(distance)
    for (row, column), value in own_scores(best.shape).items():
        scores[row, column] = value
    _, gap, parts = matrix_cells(objective, scores)
    controls.figure(loss_data(parts, gap, known, names, unit=unit), "gap-cells")
    say.markdown(words.part("scores"))
    grid.show("scores", scores, names.words, names.contexts, ".3g", "The score matrix m in nats")
    gaps = [matrix_cells(objective, at(share))[1] for share in DISTANCES[::2]]
    controls.figure(way_data(DISTANCES[::2], gaps, (distance, gap), known, DIRECTION_NAMES[way], unit=unit), "way")
    say.markdown(joined(words.part("away"), *([words.part("never")] if np.isneginf(best).any() else [])))
    controls.reproduce(*snippets.losses(objective, scores))


def own_scores(shape: tuple[int, ...]) -> dict[tuple[int, int], float]:
    """The scores set by hand that this table has a cell for."""
    own = read_scores(state.get("scores"))
    return {place: value for place, value in own.items() if place[0] < shape[0] and place[1] < shape[1]}


def chosen_cell(names: Names) -> tuple[int, int]:
    """The one cell to move."""
    places = {f"{x}.{y}": (x, y) for x in range(len(names.words)) for y in range(len(names.contexts))}
    picked = controls.pick("cell", tuple(places), shown=lambda place: names.cell(*places[place]))
    return places[picked]


def take_scores(shape: tuple[int, ...], names: Names) -> None:
    """What was typed into the scores is kept beside the way that m is dragged along."""
    for texts in grid.typed("scores", shape):
        with tables.refusals():
            own = own_scores(shape)
            for place, text in texts.items():
                own.pop(place, None)
                if (value := grid.number(text, names.cell(*place))) is not None:
                    own[place] = value
            written = write_scores(own)
            read_scores(written)  # refuses what is too large
            state.put("scores", written)


def show_rank(objective: SGNSObjective, known: Knowable, names: Names, words: prose.Prose) -> None:
    """The best matrix of rank 1, 2 and 3."""
    rows = tuple(map(tuple, objective.joint.p.toarray().tolist()))
    dimensions = RANKS[: min(objective.joint.shape)]
    passes = PATIENT if st.session_state.get("_searched_longer") == rows else QUICK
    found = cached.table_ranks(rows, objective.alpha, dimensions, passes)
    unit = state.get("unit")
    controls.figure(rank_data(dimensions, [best.score for best in found], known, unit=unit), "rank")
    say.markdown(words.part("rank", full=min(objective.joint.shape)))
    spread = scale_of(unit) * max(best.spread for best in found)
    slope = max(best.gradient_norm for best in found)
    say.caption(words.part("certificate", spread=f"{number(spread)} {unit}", gradient=f"{slope:.1e}"))
    if not all(best.converged for best in found):
        say.caption(words.part("unfinished"))
        st.button("Search longer", key="longer", on_click=search_longer, args=[rows])
    controls.reproduce(*snippets.ranks(objective, dimensions, passes))


def search_longer(rows: tuple[tuple[float, ...], ...]) -> None:
    """Give this table's search its time, whatever is looked at meanwhile."""
    st.session_state["_searched_longer"] = rows


SHOW = {"table": show_table, "channel": show_channel, "alpha": show_alpha, "away": show_away, "rank": show_rank}


def explore(words: prose.Prose) -> None:
    """Left the table, right one picture of it."""
    picture = controls.choice("picture")
    choose_table()
    table, names = tables.take_cells(keep_margins=state.get("margins") == "fixed")
    take_scores(table.shape, names)
    left, right = st.columns([2, 3] if len(names.contexts) < 5 else 2, gap="medium")
    with left:
        edit_cells(words, table, names)
    with right:
        joint = JointDistribution.from_counts(table)
        objective = SGNSObjective(joint, alpha=state.get("alpha"))
        known = Knowable(mutual_information(joint), objective.bound, objective.alpha)
        SHOW[picture](objective, known, names, words)


with frame.page("variables", tables.SETTINGS, SETTINGS) as words:
    frame.part(explore, words)
