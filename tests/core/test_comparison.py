"""Runs side by side: what differs is shown, and no score is subtracted from one of another law."""

from __future__ import annotations

import json

import pytest

from jsmi_core.errors import ParameterError
from jsmi_core.experiments.comparison import compare, score_difference
from jsmi_core.experiments.records import CellResult
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import Cell, RankCell, RankConfig
from jsmi_core.text.corpus import Corpus
from jsmi_core.training.config import SGNSConfig

CORPUS = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]] * 10, name="Hamlet")
OTHER = Corpus.from_sentences([["to", "be", "or", "not", "to", "do"]] * 10, name="Other")
CONFIG = SGNSConfig(dimension=2, epochs=1, subsample=0)


def run(corpus: Corpus = CORPUS, **settings: object) -> CellResult:
    return run_cell(
        Cell(corpus.digest, SGNSConfig(**{"dimension": 2, "epochs": 1, "subsample": 0, **settings})), corpus
    )


def test_settings_that_differ_and_differences_of_scores() -> None:
    first, second = run(), run(epochs=3)
    best = run_cell(RankCell(CORPUS.digest, RankConfig.under(CONFIG)), CORPUS)
    found = compare([first, second, best])
    assert found.settings["epochs"] == (1, 3, None)
    assert found.settings["kind"] == ("training", "training", "best rank")
    assert not {"dimension", "negatives", "corpus"} & set(found.settings)
    for law in ("word2vec", "paper"):
        at = first.law(law).score
        assert found.differences[law] == (0.0, second.law(law).score - at, best.law(law).score - at)
    assert found.notes == ()
    assert json.loads(json.dumps(found.to_dict()))["differences"]["paper"] == list(found.differences["paper"])


@pytest.mark.parametrize(
    ("other", "what"),
    [
        (lambda: run(OTHER), "text differs"),
        (lambda: run(window=2), r"p\(x, y\) differs"),
        (lambda: run(noise_exponent=1.0), r"q\(y\) differs"),
        (lambda: run(negatives=2), "α differs"),
        (lambda: run(negatives=2, window=2), r"p\(x, y\) and α differ"),
    ],
)
def test_scores_of_different_laws_are_not_subtracted(other: object, what: str) -> None:
    first, second = run(), other()
    with pytest.raises(ParameterError, match=what) as refused:
        score_difference(first, second)
    assert "run both with one text, pair setting, noise and number of negatives" in str(refused.value)
    found = compare([first, second])
    assert found.differences["word2vec"] == (0.0, None)
    assert any(str(refused.value).split(": ")[0].split(" have ")[1] in note for note in found.notes)


def test_the_papers_law_does_not_depend_on_the_noise_of_the_training() -> None:
    found = compare([run(), run(noise_exponent=1.0)])
    assert found.differences["word2vec"][1] is None
    assert found.differences["paper"][1] is not None


def test_one_run_cannot_be_compared() -> None:
    with pytest.raises(ParameterError, match="there are 1 results to compare: give at least two"):
        compare([run()])
