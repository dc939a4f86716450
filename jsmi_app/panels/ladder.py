"""The figures of a grid: the ladder, the gap and what it is made of, one more dimension's gain; a point's training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from jsmi_app import cached, controls, say, shared, state
from jsmi_app.markdown import filled
from jsmi_app.panels import prices
from jsmi_app.setting import flag, number as a_number, one_of
from jsmi_core.experiments import (
    CHECKPOINTS,
    CellResult,
    Checkpoint,
    Grid,
    LawName,
    RankResult,
    Result,
    points_of,
    searched,
    splits,
)
from jsmi_core.figures import (
    Axis,
    Best,
    Compared,
    Quantity,
    by_name,
    gain_data,
    in_epochs,
    ladder_data,
    number,
    of_bound,
    scale_of,
    split_data,
    split_points,
    subtitle_of,
    ticks,
)
from jsmi_core.text import Corpus

AXES: Mapping[Axis, str] = {"dimension": "dimension", "alpha": "α", "epochs": "iterations"}
SHOW = {"score": "score S", "gap": "gap", "split": "gap, split", "gain": "next dimension"}
SHOW_HELP = (
    "The score S under its bound; the gap between them; the gap of one line of trainings as price of rank plus price "
    "of training; or what one more dimension gains at best."
)
BASELINES_HELP = (
    "What other matrices score on the same axes: PMI − log k within ±6, correspondence analysis, and shifted positive "
    "PMI (SPPMI, Levy & Goldberg 2014), whole and as its singular value decomposition of rank d."
)
SETTINGS = {
    "axis": one_of(AXES, "Against", "What the horizontal axis shows."),
    "show": one_of(SHOW, "Show", SHOW_HELP),
    "k": shared.TRAINING["negatives"],
    "of": a_number(int, 0, 0, 100_000),  # dimension or epochs, 0: none chosen yet
    "baselines": flag(False, "Other matrices too", BASELINES_HELP),
}
NO_SEARCH = (
    "This view needs the best embeddings: switch on their search above and run the grid. They are found for "
    "word2vec's noise."
)

ALONG_RUN = "Epochs are points along one run: its learning rate falls over the most of them."
OWN_LAW_ONLY = "On the way it was scored under its own noise only: under this one you see where it ended."


def best_ranks(results: Sequence[Result], law: LawName) -> Best:
    """The best score known at each k and dimension that was searched, in nats.

    A search maximises its own law, so under the other one it would say little: empty then.
    """
    return searched(results) if law == "word2vec" else {}


def figures(grid: Grid, stored: Sequence[Result], text: Corpus) -> None:
    """What is stored of a grid, drawn as the controls say."""
    if not any(isinstance(result, CellResult) for result in stored):
        say.info("No training of this grid is finished yet: run it, and the figure grows with every one that ends.")
        return
    with st.container(horizontal=True):
        show = controls.choice("show")
        axis: Axis = "dimension"
        if show != "gain":
            axis = controls.choice("axis")
        law = controls.law()
        k = None
        if axis != "alpha" and len(grid.negatives) > 1:
            ks = sorted(grid.negatives)
            k = controls.choice("k", ks, label="k", text="Models of one k, since each k has a bound of its own.")
    of_k = [result for result in stored if k is None or result.cell.config.negatives == k]
    searches = [result for result in of_k if isinstance(result, RankResult)]
    points = points_of([result for result in of_k if isinstance(result, CellResult)], grid)
    shown = [point for point in points if any(scores.law == law for scores in point.laws)]
    of_k = [*shown, *searches]
    best = best_ranks(of_k, law)
    if not shown:
        say.info("No training to draw here is finished yet.")
    elif show in ("split", "gain") and not best:
        say.info(NO_SEARCH)
    elif show == "split":
        _split(of_k, axis)
    elif show == "gain":
        _gain(shown[0], searches, best)
    else:
        _ladder(grid, shown, searches, best, text, axis=axis, show=show, law=law)
    if grid.epochs_as == CHECKPOINTS:
        say.caption(ALONG_RUN if len(shown) == len(points) else f"{ALONG_RUN} {OWN_LAW_ONLY}")
    if searches:
        with st.expander("How sure are the best embeddings?"):
            say.table(prices.certificates(searches, state.get("unit")), hide_index=True)


def _ladder(
    grid: Grid,
    shown: Sequence[CellResult],
    searches: Sequence[RankResult],
    best: Best,
    text: Corpus,
    *,
    axis: Axis,
    show: Quantity,
    law: LawName,
) -> None:
    """Scores under their bound or gaps, and the training behind a point that is clicked."""
    if axis == "alpha":
        shown = _of_one_length(shown)
    compared = _compared(searches) if best else {}
    curve = _bound_curve(grid, shown, text, law) if axis == "alpha" else None
    unit = state.get("unit")
    chart = ladder_data(shown, axis, law=law, quantity=show, unit=unit, curve=curve, best=best, compared=compared)
    clicked = controls.figure(chart, "gap", clickable=True)
    chosen = next((result for result in shown if result.id in clicked), None)
    if chosen is None:
        say.caption("Click a point to open its training.")
    else:
        _details(chosen, law)


def _of_one_length(shown: Sequence[CellResult]) -> list[CellResult]:
    """Trainings of the chosen epochs: against α each dimension has a line, and every length would double them."""
    options = sorted({result.cell.config.epochs for result in shown})
    of = _of(options, "Epochs", "Against α, models of one length of training.") if len(options) > 1 else options[0]
    return [result for result in shown if result.cell.config.epochs == of]


def _of(options: Sequence[int], label: str, text: str) -> int:
    """Which line of trainings; the last one to begin with."""
    if state.get("of") not in options:
        state.fall_back("of", options[-1], "is not among the trainings")
    return int(controls.choice("of", options, label=label, text=text, shown="{:,}".format))


def _bound_curve(
    grid: Grid, shown: Sequence[CellResult], text: Corpus, law: LawName
) -> tuple[list[float], list[float]]:
    """The bound over α, around the α of the trainings."""
    config = grid.base
    exponent = shared.own_exponent(config) if law == "word2vec" else None
    alphas = [result.cell.config.alpha for result in shown]
    bounds = zip(cached.SLIDER_ALPHAS, cached.bound_curve(text, config.sampling, exponent).bounds, strict=True)
    near = [(a, bound) for a, bound in bounds if 0.8 * min(alphas) <= a <= min(1.25 * max(alphas), 0.9)]
    return [a for a, _ in near], [bound for _, bound in near]


def _compared(searches: Sequence[RankResult]) -> Compared:
    """The baselines that the searches kept, if they are to be seen."""
    if not searches or not controls.switch("baselines"):
        return {}
    found = {
        (search.cell.config.negatives, search.cell.config.dimension): search.baselines
        for search in searches
        if search.baselines
    }
    if not found:
        say.caption("The searches stored here were made before other matrices were scored beside them.")
    return found


def _split(results: Sequence[Result], axis: Axis) -> None:
    """The gap of one line of trainings, stacked."""
    known = splits(results)
    trained = [result for result in results if isinstance(result, CellResult) and result.id in known]
    fixed, label = ("epochs", "Epochs") if axis == "dimension" else ("dimension", "Dimension d")
    options = sorted({int(getattr(result.cell.config, fixed)) for result in trained})
    of = _of(options, label, "Of which trainings the gap is split.")
    line = [result for result in trained if getattr(result.cell.config, fixed) == of]
    of_what = in_epochs(of) if fixed == "epochs" else f"d = {of:,}"
    chart = split_data(
        split_points(line, known, axis, of),
        axis,
        subtitle=f"{subtitle_of(line[0], 'word2vec', with_negatives=axis != 'alpha')} · {of_what}",
        unit=state.get("unit"),
        ticks=ticks(line, axis),
    )
    controls.figure(chart, "split")


def _gain(shown: CellResult, searches: Sequence[RankResult], best: Best) -> None:
    """What one more dimension gains at best."""
    at_best = {d: score for (_, d), score in best.items()}
    if len(at_best) < 2:
        say.info("This view needs the best embeddings of two dimensions: give several above and run the grid.")
        return
    others = {
        name: {d: score for (_, d), score in scores.items()} for name, scores in by_name(_compared(searches)).items()
    }
    made = subtitle_of(shown, "word2vec", with_negatives=True)
    controls.figure(gain_data(at_best, others=others, subtitle=made, unit=state.get("unit")), "gain")


def _details(result: CellResult, law: LawName) -> None:
    """The training behind a point."""
    config, scores, unit = result.cell.config, result.law(law), state.get("unit")
    with st.container(border=True):
        name = f"d = {config.dimension}, {in_epochs(config.epochs)}, k = {config.negatives}, seed {config.seed}"
        say.markdown(filled("**<<name>>**", name=name))
        with st.container(horizontal=True):
            for label, value in {"Bound": scores.bound, "Score S": scores.score, "Gap": scores.gap}.items():
                st.metric(label, f"{number(scale_of(unit) * value)} {unit}", width="content")
            st.metric("Share of the bound", of_bound(scores.score, scores.bound, 1), width="content")
        st.page_link(
            "pages/measure/train.py",
            label="Open this training, epoch by epoch",
            query_params=shared.link_to(result.run.cell.config if isinstance(result, Checkpoint) else config),
        )
