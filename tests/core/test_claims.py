"""The statements of the paper's figure, counted over trainings."""

from dataclasses import replace

import pytest

from jsmi_core import SGNSConfig, sample_corpus
from jsmi_core.experiments.records import CellResult
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import Cell
from jsmi_core.experiments.statements import claims


@pytest.fixture(scope="module")
def runs() -> list[CellResult]:
    text = sample_corpus("planted")
    configs = [SGNSConfig(dimension=d, epochs=e, window=2) for d in (1, 3) for e in (1, 4)]
    return [run_cell(Cell(text.digest, config), text) for config in configs]


def test_every_fair_comparison_is_counted_once(runs: list[CellResult]) -> None:
    counted = {claim.name: claim for claim in claims(runs)}
    assert {name: claim.compared for name, claim in counted.items()} == {
        "bound": 4,
        "dimension": 2,
        "epochs": 2,
        "negatives": 0,
    }
    for claim in counted.values():
        assert len(claim.exceptions) == claim.compared - claim.holds
    assert counted["bound"].holds == 4
    gaps = {(run.cell.config.dimension, run.cell.config.epochs): run.own.gap for run in runs}
    assert counted["epochs"].holds == sum(gaps[d, 4] < gaps[d, 1] for d in (1, 3))
    assert counted["dimension"].holds == sum(gaps[3, e] < gaps[1, e] for e in (1, 4))


def test_a_statement_that_fails_names_where(runs: list[CellResult]) -> None:
    run = runs[0]
    worse = replace(run, laws=tuple(replace(law, gap=law.gap + 1) for law in run.laws))
    longer = replace(worse, cell=replace(run.cell, config=replace(run.cell.config, epochs=9)))
    epochs = claims([run, longer])[2]
    assert (epochs.holds, epochs.compared) == (0, 1)
    assert epochs.exceptions == ("d = 1, 1 epoch, k = 5, seed 1 → 9",)


def test_more_negatives_are_compared_by_the_share_that_is_lost(runs: list[CellResult]) -> None:
    run = runs[0]
    many = replace(
        run,
        cell=replace(run.cell, config=replace(run.cell.config, negatives=10)),
        laws=tuple(replace(law, bound=2 * law.bound, gap=1.5 * law.gap) for law in run.laws),
    )
    assert claims([many, run])[3][:3] == ("negatives", 0, 1)
