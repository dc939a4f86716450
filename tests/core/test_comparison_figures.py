"""Runs side by side as a figure."""

from dataclasses import replace

import pytest

from jsmi_core import SGNSConfig, sample_corpus, to_bits
from jsmi_core.experiments.comparison import compare
from jsmi_core.experiments.records import CellResult
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import Cell
from jsmi_core.figures.compare import curves_data, names


@pytest.fixture(scope="module")
def runs() -> list[CellResult]:
    text = sample_corpus("planted")
    configs = [SGNSConfig(dimension=2, epochs=e, window=2, seed=s) for e, s in ((4, 1), (4, 2), (2, 1))]
    return [run_cell(Cell(text.digest, config), text) for config in configs]


def test_runs_are_named_by_what_differs(runs):
    assert names(compare(runs)) == ("epochs 4, seed 1", "epochs 4, seed 2", "epochs 2, seed 1")
    assert names(compare([runs[0], runs[0]])) == (runs[0].id[:8],) * 2


def test_curves_are_the_histories(runs):
    chart = curves_data(compare(runs), unit="bits")
    for line, run in zip(chart.lines, runs, strict=True):
        assert line.x == tuple(float(moment.epoch) for moment in run.history)
        assert line.y == pytest.approx([to_bits(moment.score) for moment in run.history])
    highest = max(runs, key=lambda run: max(moment.score for moment in run.history))
    assert chart.title.startswith(names(compare(runs))[runs.index(highest)])


def test_differences_are_to_the_first_at_the_epochs_of_both(runs):
    chart = curves_data(compare(runs), difference=True)
    first = {moment.epoch: moment.score for moment in runs[0].history}
    assert chart.lines[0].y == (0.0,) * 5
    for line, run in zip(chart.lines[1:], runs[1:], strict=True):
        wanted = [moment.score - first[moment.epoch] for moment in run.history]
        assert line.y == pytest.approx(wanted)
    last = max((line.y[-1] for line in chart.lines[1:]), key=abs)
    assert ("ahead of" in chart.title) == (last > 0)


def test_what_has_no_difference_is_not_drawn(runs):
    elsewhere = replace(runs[1], laws=tuple(replace(law, alpha=law.alpha / 2) for law in runs[1].laws))
    assert curves_data(compare([runs[0], elsewhere]), difference=True) is None
    assert len(curves_data(compare([runs[0], elsewhere])).lines) == 2
