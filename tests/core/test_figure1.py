"""The results behind the Start page are what their cells give: none is made up, and one is computed again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jsmi_core.experiments.records import LAWS, CellResult, Result
from jsmi_core.experiments.run import run_cell
from jsmi_core.text.samples import sample_corpus, sample_data_directory


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    found = json.loads((sample_data_directory() / "figure1.json").read_text("utf-8"))
    return [*found["results"], *found["best_rank"], *found["drawn"]]


def test_each_result_is_of_the_cell_it_names(records: list[dict[str, Any]]) -> None:
    for record in records:
        result = Result.from_dict(record)
        assert result.id == record["id"]
        if isinstance(result, CellResult):
            assert tuple(moment.epoch for moment in result.history) == result.cell.scored_epochs


@pytest.mark.slow
@pytest.mark.parametrize("drawn", [False, True])
def test_the_cheapest_training_comes_out_again(records: list[dict[str, Any]], drawn: bool) -> None:
    """Another machine's rounding may move the trained vectors a little."""
    trained = [result for record in records if isinstance(result := Result.from_dict(record), CellResult)]
    stored = min(
        (run for run in trained if run.cell.drawn == drawn), key=lambda result: (result.manifest.cost, result.id)
    )
    again = run_cell(stored.cell, sample_corpus("wikipedia"))
    assert [law.law for law in again.laws] == [*LAWS, *(["drawn"] if drawn else [])]
    for law in again.laws:
        assert law.bound == pytest.approx(stored.law(law.law).bound, rel=1e-12)
        assert law.score == pytest.approx(stored.law(law.law).score, abs=2e-3)
