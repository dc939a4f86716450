"""Does the gap matter: stored models on gensim's test sets, what is covered, and the freedom the score does not see."""

import shlex

import numpy as np
import pytest

from jsmi_app import cached
from jsmi_core import Cell, SGNSConfig, run_cell, sample_corpus
from jsmi_core.cli.entry import main
from jsmi_core.embeddings.intrinsic import usefulness
from jsmi_core.experiments.specs import RankCell, RankConfig
from tests.app.conftest import Open, query, setting, texts

LINK = {"corpus": "lee", "min_count": "4"}  # a reading of which the program brings no model


@pytest.fixture
def stored(open_page: Open) -> dict[str, object]:
    """Three small trainings of the Lee sample and one search, in the store of this test; run → result."""
    corpus = sample_corpus("lee", min_count=4)
    configs = [SGNSConfig(dimension=d, epochs=1, seed=seed) for d, seed in ((2, 1), (2, 2), (5, 1))]
    cells = [*(Cell(corpus.digest, config) for config in configs)]
    results = [run_cell(cell, corpus) for cell in cells]
    results.append(run_cell(RankCell(corpus.digest, RankConfig(dimension=2, tolerance=0.5)), corpus))
    for result in results:
        cached.store().save(result)
    return {result.id: result for result in results}


def test_without_stored_models_a_small_grid_is_offered(open_page: Open) -> None:
    app = open_page("usefulness", **LINK)
    assert app.button("run").label == "Train a small grid"
    assert any("no vectors to be tested" in info.value for info in app.info)
    assert not app.get("plotly_chart")


def test_the_values_are_the_library_s(open_page: Open, stored: dict) -> None:
    app = open_page("usefulness", **LINK)
    assert len(app.get("plotly_chart")) == 1
    table = app.dataframe[-2].value
    assert sorted(table["run"]) == sorted(stored)
    for row in table.to_dict("records"):
        result = stored[row["run"]]
        (found,) = usefulness(result.embedding, ["wordsim353"])
        assert row["value"] == pytest.approx(found.value, abs=1e-9)
        assert row["gap (nats)"] == pytest.approx(result.own.gap, rel=1e-12)
        assert row["± standard error"] == pytest.approx(1 / np.sqrt(found.found - 1))
    assert any(f"{found.found} of the 353 items" in text for text in texts(app))
    assert [metric.value for metric in app.metric if metric.label == "Models"] == ["4"]


@pytest.mark.parametrize(
    "choice", [("test", "simlex999"), ("test", "analogies"), ("against", "dimension"), ("factors", "balanced")]
)
def test_every_choice_is_drawn_and_stands_in_the_url(open_page: Open, stored: dict, choice: tuple[str, str]) -> None:
    app = open_page("usefulness", **LINK)
    name, value = choice
    app.segmented_control(setting(name)).set_value(value).run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 1
    assert query(app) == LINK | {name: value}


def test_other_vectors_with_the_same_score_have_other_values(open_page: Open, stored: dict) -> None:
    table = open_page("usefulness", **LINK).dataframe[-1].value
    assert len(table) == 3
    assert table["score S (nats)"].to_numpy() == pytest.approx(table["score S (nats)"].iloc[0], abs=1e-6)
    assert table["value"].nunique() == 3


def test_a_gap_of_another_law_is_not_shown(open_page: Open, stored: dict) -> None:
    for other in ({"negatives": "2"}, {"noise": "pairs"}, {"window": "3"}, {"corpus": "planted"}):
        app = open_page("usefulness", **LINK | other)
        assert any("No model of this text" in info.value for info in app.info)


def test_a_text_without_the_words_of_a_test_says_so(open_page: Open) -> None:
    corpus = sample_corpus("planted")
    cached.store().save(run_cell(Cell(corpus.digest, SGNSConfig(dimension=2, epochs=1)), corpus))
    app = open_page("usefulness", corpus="planted")
    assert any("Too few items" in warning.value for warning in app.warning)
    assert not app.exception


def test_the_code_of_the_page_gives_its_values(
    open_page: Open, stored: dict, capsys: pytest.CaptureFixture[str]
) -> None:
    app = open_page("usefulness", **LINK)
    exec(compile(app.code[-2].value, "snippet", "exec"), {})
    printed = capsys.readouterr().out
    for row in app.dataframe[-2].value.to_dict("records"):
        assert row["run"] in printed
        assert f"value={row['value']!r}" in printed
    assert main(shlex.split(app.code[-1].value)[1:]) == 0
    assert "79 of 353 items" in capsys.readouterr().out
