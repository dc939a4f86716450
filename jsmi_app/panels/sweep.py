"""A grid of trainings as a page sees it: what is stored, what runs, what is left; ladder.py draws it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from jsmi_app import cached, controls, frame, say
from jsmi_app.markdown import words
from jsmi_app.panels import ladder, training
from jsmi_app.setting import like
from jsmi_core.experiments import Cell, Grid, RankCell, Result
from jsmi_core.jobs import JobStatus
from jsmi_core.text import Corpus

POLL_SECONDS = 2.0
SETTINGS = {"sweep": like("[0-9a-f]{16}")}  # in links of before
Cells = Sequence[Cell | RankCell]
Draw = Callable[[Sequence[Result]], None]


def panel(grid: Grid, text: Corpus, *, best_rank: bool) -> None:
    """Run a grid, with a search for the best embedding of each dimension if asked, and see its figures grow."""
    cells: Cells = (*grid.cells(text.digest), *(grid.rank_cells(text.digest) if best_rank else ()))
    run(cells, text, lambda stored: ladder.figures(grid, stored, text), "Run the grid")


def run(cells: Cells, text: Corpus, draw: Draw, label: str) -> None:
    """A button that runs cells, how far they are, Cancel; ``draw`` gets those that are stored, as they come."""
    stored = _stored(cells, text)
    unfinished = _unfinished(cells, stored)
    if any(now.state in training.LIVE for now in unfinished):
        frame.part(_live, cells, text, draw, run_every=POLL_SECONDS)
        return
    _run_button(cells, stored, text, label)
    _tell_failures(unfinished)
    frame.part(draw, stored)


def _live(cells: Cells, text: Corpus, draw: Draw) -> None:
    """A sweep under way; once it has ended, the whole page is drawn again."""
    stored = _stored(cells, text)
    unfinished = _unfinished(cells, stored)
    live = [now for now in unfinished if now.state in training.LIVE]
    if not live:
        st.rerun()
    share = (len(stored) + sum(now.progress for now in live)) / len(cells)
    left = training.duration(cached.queue().estimated_seconds(cells, text))
    st.progress(min(share, 1.0), words(f"{len(stored):,} of {len(cells):,} stored · about {left} left"))
    if training.mine(cells) and st.button("Cancel", key="cancel"):
        training.cancel(cells)
    _tell_failures(unfinished)
    draw(stored)


def _run_button(cells: Cells, stored: Sequence[Result], text: Corpus, label: str) -> None:
    """What is left to do, and the button for it; not in a part, which would keep the grid of before."""
    missing = len(cells) - len(stored)
    if not missing:
        say.caption(f"All {len(cells):,} of this grid are stored.")
        return
    if st.button(label, type="primary", key="run"):
        with controls.one_sentence():
            training.start(cells, text)
            st.rerun()
    left = training.duration(cached.queue().estimated_seconds(cells, text))
    say.caption(f"{len(stored):,} of {len(cells):,} stored; the other {missing:,} take about {left} on this machine.")


def _tell_failures(unfinished: Sequence[JobStatus]) -> None:
    for now in unfinished:
        if now.state == "failed":
            say.warning(f"Training {now.id} failed: {now.message}")


def _stored(cells: Cells, text: Corpus) -> list[Result]:
    told = cached.told(text.digest)
    answers = {answer.id: answer for answer in cached.shelf().answers(cells)}
    return [result for cell in cells if (result := cell.answer(answers) or cell.answer(told)) is not None]


def _unfinished(cells: Cells, stored: Sequence[Result]) -> list[JobStatus]:
    have = {result.id: result for result in stored}
    return [now for cell in cells if cell.answer(have) is None and (now := training.status(cell)) is not None]
