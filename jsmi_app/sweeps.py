"""A grid of trainings as a page sees it: what is stored, what runs, the figures, the training behind a point."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from jsmi_app import cached, controls, frame, jobs, state
from jsmi_core.charts import inert, number
from jsmi_core.corpus import Corpus
from jsmi_core.information import to_bits
from jsmi_core.jobs import JobStatus
from jsmi_core.ladder import ladder_data
from jsmi_core.prices import Best
from jsmi_core.records import CellResult, Result
from jsmi_core.specs import Cell, Grid, RankCell
from jsmi_core.split import searched

POLL_SECONDS = 2.0
AXES = {"dimension": "dimension", "alpha": "α", "epochs": "iterations"}
Cells = Sequence[Cell | RankCell]
Draw = Callable[[Sequence[Result]], None]


def panel(grid: Grid, text: Corpus, *, best_rank: bool) -> None:
    """Run a grid, with a search for the best embedding of each dimension if asked, and see its figures grow."""
    cells: Cells = (*grid.cells(text.digest), *(grid.rank_cells(text.digest) if best_rank else ()))
    run(cells, text, lambda stored: _figure(grid, stored, text), "Run the grid")


def run(cells: Cells, text: Corpus, draw: Draw, label: str) -> None:
    """A button that runs cells, how far they are, Cancel; ``draw`` gets those that are stored, as they come."""
    stored = _stored(cells, text)
    unfinished = _unfinished(cells, stored)
    if any(now.state in jobs.LIVE for now in unfinished):
        frame.part(_live, cells, text, draw, run_every=POLL_SECONDS)
        return
    if state.get("sweep"):
        state.put("sweep", "")
    _run_button(cells, stored, text, label)
    _tell_failures(unfinished)
    frame.part(draw, stored)


def _live(cells: Cells, text: Corpus, draw: Draw) -> None:
    """A sweep under way; once it has ended, the whole page is drawn again."""
    stored = _stored(cells, text)
    unfinished = _unfinished(cells, stored)
    live = [now for now in unfinished if now.state in jobs.LIVE]
    if not live:
        st.rerun()
    share = (len(stored) + sum(now.progress for now in live)) / len(cells)
    left = jobs.duration(cached.queue().estimated_seconds(cells, text))
    st.progress(min(share, 1.0), f"{len(stored):,} of {len(cells):,} stored · about {left} left")
    if state.get("sweep") and st.button("Cancel", key="cancel"):
        jobs.cancel(cells, state.get("sweep"))
    _tell_failures(unfinished)
    draw(stored)


def _run_button(cells: Cells, stored: Sequence[Result], text: Corpus, label: str) -> None:
    """What is left to do, and the button for it; not in a part, which would keep the grid of before."""
    missing = len(cells) - len(stored)
    if not missing:
        st.caption(f"All {len(cells):,} of this grid are stored.")
        return
    if st.button(label, type="primary", key="run"):
        with controls.one_sentence():
            state.put("sweep", jobs.start(cells, text))
            st.rerun()
    left = jobs.duration(cached.queue().estimated_seconds(cells, text))
    st.caption(f"{len(stored):,} of {len(cells):,} stored; the other {missing:,} take about {left} on this machine.")


def _tell_failures(unfinished: Sequence[JobStatus]) -> None:
    for now in unfinished:
        if now.state == "failed":
            st.warning(inert(f"Training {now.id} failed: {now.message}"))


def best_ranks(results: Sequence[Result], law: str) -> Best:
    """The best score known at each k and dimension that was searched, in nats.

    A search maximises its own law, so under the other one it would say little: empty then.
    """
    return searched(results) if law == "word2vec" else {}


def _stored(cells: Cells, text: Corpus) -> list[Result]:
    wanted = {cell.id for cell in cells}
    return [result for result in cached.store().results(text.digest, kind=Result) if result.id in wanted]


def _unfinished(cells: Cells, stored: Sequence[Result]) -> list[JobStatus]:
    have = {result.id for result in stored}
    return [now for cell in cells if cell.id not in have and (now := jobs.status(cell.id)) is not None]


def _figure(grid: Grid, stored: Sequence[Result], text: Corpus) -> None:
    if not stored:
        st.info("No training of this grid is finished yet: run it, and the figure grows with every one that ends.")
        return
    with st.container(horizontal=True):
        axis = controls.choice("axis", "Against", tuple(AXES), "What the horizontal axis shows.", AXES.__getitem__)
        show = controls.choice(
            "show", "Show", ("score", "gap"), "The score S under its bound, or the gap between them alone."
        )
        law = controls.law()
        k = None
        if axis != "alpha" and len(grid.negatives) > 1:
            k = controls.choice(
                "k", "k", sorted(grid.negatives), "Models of one k, since each k has a bound of its own."
            )
    of_k = [result for result in stored if k is None or result.cell.config.negatives == k]
    shown = [result for result in of_k if isinstance(result, CellResult)]
    if not shown:
        st.info("No training to draw here is finished yet.")
        return
    best = best_ranks(of_k, law)
    config = grid.base
    curve = None
    if axis == "alpha":
        exponent = state.own_exponent(config) if law == "word2vec" else None
        alphas = [result.cell.config.alpha for result in shown]
        bounds = zip(cached.SLIDER_ALPHAS, cached.bound_curve(text, config.sampling, exponent).bounds, strict=True)
        near = [(a, bound) for a, bound in bounds if 0.8 * min(alphas) <= a <= min(1.25 * max(alphas), 0.9)]
        curve = ([a for a, _ in near], [bound for _, bound in near])
    chart = ladder_data(shown, axis, law=law, quantity=show, unit=state.get("unit"), curve=curve, best=best)
    clicked = controls.figure(chart, "gap", clickable=True)
    chosen = next((result for result in shown if result.id in clicked), None)
    if chosen is None:
        st.caption("Click a point to open its training.")
    else:
        _details(chosen, law)


def _details(result: CellResult, law: str) -> None:
    """The training behind a point."""
    config, scores, unit = result.cell.config, result.law(law), state.get("unit")
    with st.container(border=True):
        st.markdown(f"**d = {config.dimension}, {config.epochs} epochs, k = {config.negatives}, seed {config.seed}**")
        with st.container(horizontal=True):
            for label, value in {"Bound": scores.bound, "Score S": scores.score, "Gap": scores.gap}.items():
                st.metric(label, f"{number(to_bits(value) if unit == 'bits' else value)} {unit}", width="content")
            st.metric(
                "Share of the bound", f"{scores.score / scores.bound:.1%}" if scores.bound else "–", width="content"
            )
        st.page_link(
            "pages/measure/train.py",
            label="Open this training, epoch by epoch",
            query_params=state.link_to(config),
        )
