"""Usefulness: gensim's numbers beside SciPy's and ours, coverage, and the freedom that the score does not see."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from gensim.models import KeyedVectors
from scipy.stats import spearmanr

from jsmi_core import (
    Cell,
    Corpus,
    Embedding,
    JointDistribution,
    SGNSConfig,
    SGNSObjective,
    Store,
    run_cell,
    sample_corpus,
    train_sgns,
)
from jsmi_core.cli.entry import main
from jsmi_core.embeddings.intrinsic import TESTS, Usefulness, balanced, rank_agreement, refactored, usefulness
from jsmi_core.errors import EmbeddingError, ParameterError
from jsmi_core.text.samples import gensim_file


@pytest.fixture(scope="module")
def lee() -> tuple[Corpus, Embedding]:
    corpus = sample_corpus("lee")
    return corpus, train_sgns(corpus, SGNSConfig(dimension=10, epochs=2)).embedding


def rated_pairs(test: str) -> list[tuple[str, str, float]]:
    """The pairs of a test set, read without gensim."""
    lines = gensim_file(TESTS[test]).read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return [(first.lower(), second.lower(), float(rating)) for first, second, rating in rows]


@pytest.mark.parametrize(("test", "total"), [("wordsim353", 353), ("simlex999", 999)])
def test_similarity_is_scipys_correlation_of_the_covered_pairs(
    lee: tuple[Corpus, Embedding], test: str, total: int
) -> None:
    corpus, embedding = lee
    place = {word: i for i, word in enumerate(corpus.vocabulary)}
    covered = [(place[a], place[b], rating) for a, b, rating in rated_pairs(test) if a in place and b in place]
    unit = embedding.words / np.linalg.norm(embedding.words, axis=1, keepdims=True)
    cosines = [float(unit[a] @ unit[b]) for a, b, _ in covered]
    expected = spearmanr([rating for *_, rating in covered], cosines).statistic
    (found,) = usefulness(embedding, [test])
    assert (found.found, found.total) == (len(covered), total)
    assert found.value == pytest.approx(expected, abs=1e-3)  # gensim's cosines are float32: near ties may swap
    assert found.standard_error == 1 / math.sqrt(len(covered) - 1)


def test_analogies_are_solved_by_the_nearest_word_to_b_minus_a_plus_c() -> None:
    """A grid of words that solves every analogy of one kind, and one wrong word that does not."""
    countries = {"athens": "greece", "baghdad": "iraq", "berlin": "germany"}
    words = [word for pair in countries.items() for word in pair]
    one_hot = np.eye(4)
    vectors = np.array([one_hot[i // 2] + (i % 2) * one_hot[3] for i in range(6)])
    (found,) = usefulness(Embedding(vectors, vectors, tuple(words)), ["analogies"])
    quads = [line.lower().split() for line in gensim_file(TESTS["analogies"]).read_text("utf-8").splitlines()]
    quads = [quad for quad in quads if not quad[0].startswith(":")]
    covered = [quad for quad in quads if set(quad) <= set(words)]
    assert found == Usefulness("analogies", 1.0, len(covered), len(quads))
    assert found.found > 0
    vectors[5] = one_hot[0] * -1  # germany: analogies that ask for it fail
    (worse,) = usefulness(Embedding(vectors, vectors, tuple(words)), ["analogies"])
    assert worse.value is not None
    assert worse.value < 1


def test_letter_case_does_not_count() -> None:
    vectors = np.random.default_rng(1).normal(size=(3, 2))
    named = [Embedding(vectors, vectors, words) for words in (("tiger", "cat", "jaguar"), ("Tiger", "CAT", "jaguar"))]
    assert usefulness(named[0]) == usefulness(named[1])
    assert usefulness(named[0])[0].value is not None


def test_what_is_not_covered_has_no_value() -> None:
    vectors = np.eye(2)
    for found in usefulness(Embedding(vectors, vectors, ("xyzzy", "plugh"))):
        assert (found.value, found.found, found.standard_error) == (None, 0, None)
        assert found.total in (353, 999, 19544)


@pytest.mark.parametrize(("value", "error"), [(0.5, 0.05), (0.0, 0.00995), (1.0, 0.00995)])
def test_the_error_of_a_share_never_falls_below_that_of_one_answer(value: float, error: float) -> None:
    assert Usefulness("analogies", value, 100, 1000).standard_error == pytest.approx(error, rel=1e-3)


def test_the_standard_error_is_that_of_unrelated_rankings() -> None:
    rng = np.random.default_rng(3)
    drawn = [spearmanr(rng.normal(size=60), rng.normal(size=60)).statistic for _ in range(2000)]
    expected = Usefulness("wordsim353", 0.0, 60, 353).standard_error
    assert np.std(drawn) == pytest.approx(expected, rel=0.05)


def test_a_name_that_is_none_and_words_without_names_are_refused() -> None:
    plain = Embedding(np.eye(2), np.eye(2))
    with pytest.raises(EmbeddingError, match="vocabulary"):
        usefulness(plain)
    with pytest.raises(ParameterError, match="wordsim353, simlex999, analogies"):
        usefulness(plain, ["glue"])


def test_the_shell_tells_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = sample_corpus("lee")
    result = run_cell(Cell(corpus.digest, SGNSConfig(dimension=3, epochs=1)), corpus)
    command = ["usefulness", "sample:lee", "--store", str(tmp_path)]
    assert main(command) == 0
    assert "nothing of this text" in capsys.readouterr().out
    with Store(tmp_path) as store:
        store.save(result)
    assert main([*command, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["results"][0]
    assert told["id"] == result.id
    assert result.embedding is not None
    for record, found in zip(told["usefulness"], usefulness(result.embedding), strict=True):
        assert record == {**asdict(found), "standard_error": found.standard_error}
    assert main([*command, "--test", "simlex999", "--balanced"]) == 0
    out = capsys.readouterr().out
    (even,) = usefulness(balanced(result.embedding), ["simlex999"])
    assert f"{even.value:.3f} ± {even.standard_error:.3f}" in out
    assert "wordsim353" not in out
    assert main([*command, "--test", "glue"]) == 2


@pytest.mark.parametrize(
    ("gaps", "values", "expected"),
    [([1, 2, 3, 4], [1, 2, 3, 4], 1.0), ([1, 2, 3, 4], [5] * 4, None), ([1] * 4, [1, 2, 3, 4], None), ([1], [1], None)],
)
def test_gaps_and_values_in_one_order(gaps: list[float], values: list[float], expected: float | None) -> None:
    assert rank_agreement(gaps, values) == expected


# --- one score, many embeddings ------------------------------------------------------------------------------------


def test_other_factors_of_the_same_scores_have_the_same_score_and_other_cosines(
    lee: tuple[Corpus, Embedding],
) -> None:
    _, embedding = lee
    stretched = refactored(embedding, np.diag(np.linspace(0.2, 5, embedding.dimension)))
    rng = np.random.default_rng(2)
    objective = SGNSObjective(JointDistribution.from_counts(rng.integers(0, 3, (30, 30))), 5)
    some = [Embedding(e.words[:30], e.contexts[:30]) for e in (embedding, stretched, balanced(embedding))]
    scores = [objective.score(e) for e in some[:2]]
    assert scores[1] == pytest.approx(scores[0], abs=1e-7)  # the trained vectors are float32
    assert usefulness(stretched, ["wordsim353"]) != usefulness(embedding, ["wordsim353"])


def test_balanced_vectors_depend_on_the_scores_only() -> None:
    rng = np.random.default_rng(4)
    embedding = Embedding(rng.normal(size=(9, 3)), rng.normal(size=(7, 3)))
    other = refactored(embedding, rng.normal(size=(3, 3)))
    first, second = balanced(embedding), balanced(other)
    np.testing.assert_allclose(first.words @ first.contexts.T, embedding.words @ embedding.contexts.T, atol=1e-12)
    np.testing.assert_allclose(first.words @ first.words.T, second.words @ second.words.T, atol=1e-10)
    np.testing.assert_allclose(first.words.T @ first.words, first.contexts.T @ first.contexts, atol=1e-12)


def test_balanced_vectors_of_fewer_words_than_dimensions() -> None:
    embedding = Embedding(np.ones((2, 4)), np.ones((3, 4)))
    even = balanced(embedding)
    np.testing.assert_allclose(even.words @ even.contexts.T, np.full((2, 3), 4.0), atol=1e-12)


@pytest.mark.parametrize("matrix", [np.zeros((2, 2)), np.eye(3), [[1, 1], [1, 1]]])
def test_a_matrix_that_cannot_be_undone_is_refused(matrix: object) -> None:
    with pytest.raises(ParameterError, match="invertible"):
        refactored(Embedding(np.eye(2), np.eye(2)), matrix)


def test_words_beyond_gensims_first_300_000_are_tested_too() -> None:
    """What is counted as found is what gensim tested, wherever in the vocabulary the words stand."""
    file = gensim_file(TESTS["wordsim353"])
    pairs = [
        line.split("\t")[:2] for line in file.read_text(encoding="utf-8").splitlines() if line[:1] not in ("#", "")
    ]
    tested = list(dict.fromkeys(word.lower() for pair in pairs[:20] for word in pair))
    words = (*(f"filler{i}" for i in range(300_000)), *tested)
    vectors = np.random.default_rng(0).normal(size=(len(words), 3)).astype(np.float32)
    (found,) = usefulness(Embedding(vectors, vectors, words), ["wordsim353"])
    alone = Embedding(vectors[300_000:], vectors[300_000:], tuple(tested))
    assert found == usefulness(alone, ["wordsim353"])[0]
    keyed = KeyedVectors(3)
    keyed.add_vectors(tested, vectors[300_000:])
    _, spearman, unknown = keyed.evaluate_word_pairs(str(file), restrict_vocab=len(keyed))
    assert (found.value, found.found) == (spearman[0], round(353 * (1 - unknown / 100)))
