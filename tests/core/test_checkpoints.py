"""Points along one run and independent runs are both offered, and never taken for each other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jsmi_core.errors import ParameterError
from jsmi_core.experiments.checkpoints import Checkpoint, points_of
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import Cell, Grid
from jsmi_core.figures.ladder import ladder_data
from jsmi_core.text.corpus import Corpus
from jsmi_core.training.config import SGNSConfig

CORPUS = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]] * 100, name="Hamlet")
CONFIG = SGNSConfig(dimension=2, epochs=4, subsample=0, learning_rate=0.1)
RUN = run_cell(Cell(CORPUS.digest, CONFIG), CORPUS)


def test_points_of_a_run_are_its_history() -> None:
    grid = Grid(epochs=(4, 1, 2), base=CONFIG, epochs_as="checkpoints")
    points = points_of([RUN], grid)
    assert [point.cell.config.epochs for point in points] == [1, 2, 4]
    for point in points:
        moment, law = RUN.history[point.cell.config.epochs], point.own
        assert (law.score, law.gap) == (moment.score, moment.gap)
        assert (law.bound, law.q, law.alpha) == (RUN.laws[0].bound, RUN.laws[0].q, RUN.laws[0].alpha)
        assert point.history == RUN.history[: point.cell.config.epochs + 1]
    assert points[-1].laws == RUN.laws


def test_independent_runs_are_themselves_and_other_results_stay_out() -> None:
    shorter = run_cell(Cell(CORPUS.digest, replace(CONFIG, epochs=2)), CORPUS)
    assert points_of([RUN, shorter], Grid(epochs=(2, 4), base=CONFIG)) == (RUN, shorter)
    along = points_of([RUN, shorter], Grid(epochs=(2, 4), base=CONFIG, epochs_as="checkpoints"))
    assert {point.run for point in along} == {RUN}
    assert along[0].own.score != shorter.own.score, "the learning rate fell differently"


def test_a_point_names_its_run_and_is_no_cell() -> None:
    point = Checkpoint.of(RUN, 2)
    assert point.id == f"{RUN.id}@2"
    assert point.run is RUN
    assert point.id != point.cell.id != RUN.id


def test_scores_under_the_other_law_were_not_kept_along_the_run() -> None:
    with pytest.raises(ParameterError, match="along a run only the scores under its own noise are kept"):
        _ = Checkpoint.of(RUN, 2).paper
    theirs = run_cell(Cell(CORPUS.digest, SGNSConfig.paper(dimension=2, epochs=2)), CORPUS)
    assert Checkpoint.of(theirs, 1).paper.score == theirs.history[1].score


@pytest.mark.parametrize("epoch", [0, 5])
def test_a_run_has_the_epochs_it_has(epoch: int) -> None:
    with pytest.raises(ParameterError, match="the run has 4 epochs"):
        Checkpoint.of(RUN, epoch)


def test_the_ladder_draws_either() -> None:
    grid = Grid(epochs=(1, 2, 4), base=CONFIG, epochs_as="checkpoints")
    line = ladder_data(points_of([RUN], grid), "epochs").lines[-1]
    assert line.x == (1.0, 2.0, 4.0)
    assert line.y == tuple(RUN.history[epoch].score for epoch in (1, 2, 4))
