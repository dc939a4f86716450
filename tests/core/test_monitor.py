"""The monitor beside a stranger's gensim script: exact numbers, and not a bit of the training changed."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gensim.models import FastText, Word2Vec

from jsmi_core import (
    Embedding,
    GapMonitor,
    PairSampling,
    SGNSObjective,
    expected_pairs,
    sample_corpus,
    unigram_noise,
)
from jsmi_core.errors import CorpusError, ParameterError
from jsmi_core.text import Corpus

SENTENCES = list(sample_corpus("lee", min_count=1).sentences())[:150]
OWN = {"sg": 1, "vector_size": 8, "min_count": 2, "seed": 3, "window": 4, "negative": 3, "sample": 0.01}


def in_gensims_order(model: Any) -> SGNSObjective:
    """The objective made by hand, its rows as the model has them."""
    known = model.wv.key_to_index
    corpus = Corpus.from_sentences([[word for word in sentence if word in known] for sentence in SENTENCES])
    counts = expected_pairs(corpus, PairSampling(model.window, model.shrink_windows, model.sample)).counts
    order = [corpus.vocabulary.index(word) for word in model.wv.index_to_key]
    from jsmi_core import JointDistribution

    joint = JointDistribution.from_counts(counts[order][:, order])
    return SGNSObjective(joint, model.negative, unigram_noise(corpus.counts[order], model.ns_exponent))


@pytest.mark.parametrize("changes", [{}, {"shrink_windows": False, "ns_exponent": 0.3}, {"sample": 0, "window": 2}])
def test_exact_score_of_the_model_and_no_bit_changed(changes: dict[str, Any]) -> None:
    settings = {**OWN, "epochs": 3, "workers": 1, **changes}
    alone = Word2Vec(SENTENCES, **settings)
    monitor = GapMonitor(SENTENCES, silent=True)
    model = Word2Vec(SENTENCES, callbacks=[monitor], **settings)
    assert np.array_equal(model.wv.vectors, alone.wv.vectors)
    assert np.array_equal(model.syn1neg, alone.syn1neg)
    objective = in_gensims_order(model)
    last = monitor.history[-1]
    assert [record.epoch for record in monitor.history] == [1, 2, 3]
    assert last.bound == pytest.approx(objective.bound, rel=1e-12)
    assert last.score == pytest.approx(objective.score(Embedding(model.wv.vectors, model.syn1neg)), rel=1e-5)
    assert last.gap == pytest.approx(last.bound - last.score, rel=1e-5)
    assert not monitor.stopped


def test_an_early_end_leaves_the_model_of_its_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    settings = {**OWN, "epochs": 12, "workers": 1, "alpha": 0.1}
    kept: list[np.ndarray] = []

    class Keep(GapMonitor):
        def on_epoch_end(self, model: Any) -> None:
            super().on_epoch_end(model)
            kept.append(model.wv.vectors.copy())

    watched = Keep(SENTENCES, silent=True)
    Word2Vec(SENTENCES, callbacks=[watched], **settings)
    gains = np.diff([record.score for record in watched.history]) / watched.history[0].bound
    stop = int(np.flatnonzero(gains[:-1] < gains.max() / 2)[0])  # the epoch after it is the first to gain too little
    monitor = GapMonitor(SENTENCES, stop_below=float(gains[stop]) * 1.0001)
    model = Word2Vec(SENTENCES, callbacks=[monitor], **settings)
    first = next(i for i in range(11) if gains[i] < monitor.stop_below)
    assert monitor.stopped
    assert monitor.history[-1].epoch == first + 2
    assert np.array_equal(model.wv.vectors, kept[first + 1])
    assert "stopped: an epoch gains less than" in capsys.readouterr().out
    model.wv.most_similar(model.wv.index_to_key[0])
    before = model.wv.vectors.copy()
    model.train(SENTENCES, total_examples=model.corpus_count, epochs=1)  # it can be trained on
    assert not np.array_equal(model.wv.vectors, before)


@pytest.mark.parametrize("bucket", [500, 0])
def test_fasttext_has_the_vectors_that_it_ends_with(bucket: int) -> None:
    settings = {**OWN, "epochs": 2, "workers": 1, "bucket": bucket}
    alone = FastText(SENTENCES, **settings)
    monitor = GapMonitor(SENTENCES, silent=True)
    model = FastText(SENTENCES, callbacks=[monitor], **settings)
    assert np.array_equal(model.wv.vectors, alone.wv.vectors)
    exact = in_gensims_order(model).score(Embedding(model.wv.vectors, model.syn1neg))
    assert monitor.history[-1].score == pytest.approx(exact, rel=1e-5)


def test_a_corpus_file_with_two_workers(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("\n".join(" ".join(sentence) for sentence in SENTENCES), encoding="utf-8")
    monitor = GapMonitor(path, every=2, silent=True)
    model = Word2Vec(corpus_file=str(path), workers=2, epochs=3, callbacks=[monitor], **OWN)
    assert [record.epoch for record in monitor.history] == [2, 3]
    exact = in_gensims_order(model).score(Embedding(model.wv.vectors, model.syn1neg))
    assert monitor.history[-1].score == pytest.approx(exact, rel=1e-5)
    with pytest.raises(CorpusError, match="cannot be read"):
        Word2Vec(SENTENCES, callbacks=[GapMonitor(tmp_path / "none.txt")], **OWN)


@pytest.mark.parametrize(
    ("changes", "word"),
    [({"sg": 0}, "CBOW"), ({"hs": 1}, "hierarchical softmax"), ({"hs": 1, "negative": 0}, "hierarchical softmax")],
)
def test_what_does_not_maximise_the_score_is_refused(changes: dict[str, Any], word: str) -> None:
    with pytest.raises(ParameterError, match=word):
        Word2Vec(SENTENCES, callbacks=[GapMonitor(SENTENCES)], **{**OWN, **changes})


def test_other_sentences_are_refused() -> None:
    for others in (SENTENCES[:100], [*SENTENCES, SENTENCES[0]]):
        with pytest.raises(ParameterError, match="vocabulary was built from"):
            Word2Vec(SENTENCES, callbacks=[GapMonitor(others)], **OWN)
    with pytest.raises(CorpusError, match="only once"):
        GapMonitor(iter(SENTENCES))
    with pytest.raises(CorpusError, match="one str"):
        Word2Vec(SENTENCES, callbacks=[GapMonitor(["a b", "c d"])], **OWN)
    for wrong in ({"every": 0}, {"stop_below": 1.0}, {"stop_below": float("nan")}):
        with pytest.raises(ParameterError):
            GapMonitor(SENTENCES, **wrong)


def test_it_can_be_saved_and_long_sentences_are_told() -> None:
    long = [SENTENCES[0] * 700]
    monitor = GapMonitor(long)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        Word2Vec(long, sg=1, vector_size=2, epochs=1, min_count=1, callbacks=[monitor])
    assert any("sentences of more than 10,000 words" in str(one.message) for one in told)
    copy = pickle.loads(pickle.dumps(monitor))
    assert copy.history == monitor.history
