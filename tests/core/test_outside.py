"""Vectors from elsewhere, scored on a text and on pairs: as the library scores its own, on what both have."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest

from jsmi_core import (
    Corpus,
    Embedding,
    JointDistribution,
    SGNSConfig,
    SGNSObjective,
    Vectors,
    expected_pairs,
    score_vectors,
    train_sgns,
    training_noise,
    unigram_noise,
)
from jsmi_core.cli import main
from jsmi_core.embeddings import write_vectors
from jsmi_core.errors import EmbeddingError, ParameterError
from jsmi_core.text import read_corpus
from jsmi_core.text.samples import sample_data_directory

TEXT = "the cat sat on the mat . the dog sat on the log . a cat and a dog ran . the mat and the log lay .\n" * 6
CONFIG = SGNSConfig(dimension=3, epochs=3)


def corpus() -> Corpus:
    return read_corpus(TEXT.encode(), min_count=1)


def test_own_vectors_have_their_own_score() -> None:
    run = train_sgns(corpus(), CONFIG)
    found = score_vectors(corpus(), Vectors.of(run.embedding), config=CONFIG)
    objective = SGNSObjective(expected_pairs(corpus(), CONFIG.sampling), 5, training_noise(corpus(), CONFIG))
    assert found.evaluation is not None
    assert found.evaluation.score == pytest.approx(objective.score(run.embedding), rel=1e-6)
    assert found.objective.bound == pytest.approx(objective.bound, rel=1e-12)
    assert found.decoded is None
    coverage = found.coverage
    assert (coverage.tokens, coverage.pairs) == (1, 1)
    both = score_vectors(corpus(), Vectors.of(run.embedding), config=CONFIG, decode=True)
    assert both.decoded is not None
    assert both.decoded.score > found.evaluation.score


@pytest.mark.parametrize("noise", ["counts", "pairs"])
def test_both_sides_are_restricted(noise: str) -> None:
    words = ("zebra", "dog", "cat", "the")
    table = np.random.default_rng(1).normal(size=(4, 2))
    config = SGNSConfig(noise=noise)  # type: ignore[arg-type]
    found = score_vectors(corpus(), Vectors(table, words), Vectors(table[::-1], ("the", "cat", "dog", "ox")), config)
    text = corpus()
    rows = [i for i, word in enumerate(text.vocabulary) if word in ("the", "cat", "dog")]
    pairs = expected_pairs(text, config.sampling).counts.toarray()[np.ix_(rows, rows)]
    names = tuple(text.vocabulary[i] for i in rows)
    q = unigram_noise(text.counts[rows], 0.75) if noise == "counts" else None
    objective = SGNSObjective(JointDistribution.from_counts(pairs), 5, q)
    x = table[[words.index(name) for name in names]]
    y = table[::-1][[("the", "cat", "dog", "ox").index(name) for name in names]]
    assert found.vocabulary == names
    assert found.evaluation is not None
    assert found.evaluation.score == pytest.approx(objective.score(Embedding(x, y)), rel=1e-10)
    assert found.coverage.tokens == pytest.approx(text.counts[rows].sum() / text.counts.sum())
    assert found.coverage.pairs == pytest.approx(pairs.sum() / expected_pairs(text, config.sampling).total)
    assert (found.coverage.words, found.coverage.vector_words) == (3, 4)


def test_the_most_frequent_words_alone() -> None:
    words = corpus().vocabulary
    table = np.random.default_rng(1).normal(size=(len(words) - 1, 2))
    found = score_vectors(corpus(), Vectors(table, words[1:]), most=3)  # the first of all has no vector
    assert found.vocabulary == words[1:4]
    assert found.context_vocabulary == words[1:4]
    with pytest.raises(ParameterError, match="most"):
        score_vectors(corpus(), Vectors(table, words[1:]), most=0)


def test_pairs_keep_all_their_contexts() -> None:
    joint = JointDistribution.from_counts([[3, 1, 0], [1, 2, 5]])
    named = JointDistribution(joint.counts, "given", ("ann", "bo"), ("a", "b", "c"))
    found = score_vectors(named, Vectors([[1.0], [0.0]], ("bo", "ann")))
    assert found.context_vocabulary == ("a", "b", "c")
    assert found.decoded is not None
    assert found.decoded.score == pytest.approx(found.objective.bound, rel=1e-3)
    fewer = score_vectors(named, Vectors([[1.0], [0.0]], ("bo", "ann")), Vectors([[1.0]], ("b",)))
    assert fewer.context_vocabulary == ("b",)
    for law, vectors, contexts, sentence in (
        (joint, Vectors([[1.0]], ("bo",)), None, "no names"),
        (named, Vectors([[1.0]], ("eve",)), None, "none of the 1 words"),
        (named, Vectors([[1.0]], ("bo",)), Vectors([[1.0]], ("z",)), "none of the contexts"),
        (named, Vectors([[1.0]], ("bo",)), Vectors([[1.0, 2.0]], ("b",)), "one model"),
    ):
        with pytest.raises(EmbeddingError, match=sentence):
            score_vectors(law, vectors, contexts)


def test_the_shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, both, words = tmp_path / "text.txt", tmp_path / "both.npz", tmp_path / "words.txt"
    text.write_text(TEXT, encoding="utf-8")
    run = train_sgns(corpus(), CONFIG)
    write_vectors(both, run.embedding)
    write_vectors(words, run.embedding)
    reading = ["--min-count", "1"]
    assert main(["score", str(text), str(both), "--json", "--top", "2", *reading]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["score"] == pytest.approx(record["bound"] - record["gap"])
    assert len(record["words"]) == 2
    assert main(["score", str(text), str(words), *reading]) == 0
    shown = capsys.readouterr().out
    assert "D(X), decodable from the word vectors" in shown
    assert "S(m)" not in shown
    assert main(["score", str(text), str(words), "--contexts", str(words), "--decode", *reading]) == 0
    shown = capsys.readouterr().out
    assert "S(m), exact score" in shown
    assert "D(X)" in shown
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("the,a,3\nthe,b,1\ncat,b,2\n", encoding="utf-8")
    assert main(["score", str(words), "--pairs", str(pairs), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["coverage"]["words"] == 2
    assert main(["bound", "--pairs", str(pairs), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["pairs"] == 3
    assert main(["bound", "--pairs", str(pairs)]) == 0
    assert "2 × 2, 3 pairs that occur" in capsys.readouterr().out
    assert main(["bound", str(text), "--pairs", str(pairs)]) == 2
    assert main(["score", str(text), str(words), "--pairs", str(pairs)]) == 2
    assert capsys.readouterr().err.count("not usable") == 2
    for wrong in (["score", str(words)], ["bound"], ["rank"]):
        with pytest.raises(SystemExit, match="2"):
            main(wrong)
        assert "required" in capsys.readouterr().err
    assert main(["score", str(text), str(text)]) == 3


def test_a_text_from_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    assert main(["bound", "-", "--min-count", "1", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["corpus"]["name"] == "standard input"
    assert record["corpus"]["digest"] == corpus().digest


def test_rank_of_pairs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sample = str(sample_data_directory() / "planted_pairs.csv")
    assert main(["rank", "--pairs", sample, "--dimension", "5", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["score"] == pytest.approx(record["bound"], rel=1e-3)
    assert record["price_of_rank"] == pytest.approx(record["bound"] - record["score"])
    assert main(["rank", "--pairs", sample, "--dimension", "1", "--noise", "pairs"]) == 0
    shown = capsys.readouterr().out
    assert "60 × 40 pairs" in shown
    assert "price of rank (at most)" in shown
    assert main(["rank", "--pairs", sample, "--baselines"]) == 2
    assert "not usable" in capsys.readouterr().err


def test_options_may_stand_anywhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before, between and after what has no name, as in every command."""
    text, words = tmp_path / "text.txt", tmp_path / "words.txt"
    text.write_text(TEXT, encoding="utf-8")
    write_vectors(words, train_sgns(corpus(), CONFIG).embedding)
    k, read = ["--negatives", "3"], ["--min-count", "1"]
    for command in (["bound", *k, str(text), *read], ["bound", *k, *read, str(text)], ["score", *k, str(text), *read,
                    str(words)], ["score", str(text), *k, *read, str(words)]):  # fmt: skip
        assert main([*command, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["negatives"] == 3
