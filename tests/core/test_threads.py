"""The same bits for any number of threads and at every call: work is cut alike and summed in order."""

import os
import threading
from types import SimpleNamespace

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from jsmi_core import (
    Corpus,
    Embedding,
    JointDistribution,
    PairSampling,
    SGNSObjective,
    best_rank_embedding,
    expected_pairs,
    unigram_noise,
)
from jsmi_core.errors import ParameterError
from jsmi_core.runtime import threads as _threads
from jsmi_core.runtime.threads import map_in_order, thread_count
from tests.core.strategies import random_counts

THREADS = ["1", "2", "4"]


def bits(value):
    """A number or array as its bytes, so that only equal bits are equal."""
    return np.asarray(value).tobytes()


@pytest.fixture(scope="module")
def counts():
    return random_counts(np.random.default_rng(0), (1_300, 1_100), zeros=0.9, most=1e4)


@pytest.mark.parametrize("precision", ["double", "single"])
def test_scores_gaps_and_bounds(monkeypatch, counts, precision):
    rng = np.random.default_rng(1)
    embedding = Embedding(*(rng.normal(0, 0.5, (size, 40)).astype(np.float32) for size in counts.shape))

    def everything():
        objective = SGNSObjective(JointDistribution.from_counts(counts), 5, unigram_noise(counts.sum(axis=0)))
        found = objective.evaluate(embedding, precision=precision)
        x, y = np.arange(50), np.arange(50, 0, -1)
        parts = (found.bound, found.score, found.gap.total, found.gap.by_word, found.gap.by_context)
        return [
            bits(part)
            for part in (
                *parts,
                found.gap.of_pairs(x, y),
                objective.bound_by_word,
                objective.contrast.bounds_at(np.linspace(0.01, 0.9, 7)),
                objective.contrast.divergence,
                objective.reachable_bound,
            )
        ]

    first = everything()
    for threads in [*THREADS, *THREADS]:
        monkeypatch.setenv("JSMI_THREADS", threads)
        assert everything() == first


def test_searches_for_the_best_rank(monkeypatch, counts):
    objective = SGNSObjective(JointDistribution.from_counts(counts), 5)

    def search():
        found = best_rank_embedding(objective, 3, max_passes=12)
        return [bits(part) for part in (found.embedding.words, found.embedding.contexts, found.score)]

    first = search()
    for threads in THREADS:
        monkeypatch.setenv("JSMI_THREADS", threads)
        assert search() == first


def test_expected_pairs(monkeypatch):
    rng = np.random.default_rng(2)
    words = [f"w{i}" for i in range(300)]
    sentences = [[words[i] for i in rng.zipf(1.3, rng.integers(1, 40)) % 300] for _ in range(400)]
    corpus = Corpus.from_sentences(sentences)

    def table():
        counts = expected_pairs(corpus, PairSampling(window=5, subsample=1e-3)).counts
        return [bits(part) for part in (counts.data, counts.indices, counts.indptr)]

    first = table()
    for threads in [*THREADS, *THREADS]:
        monkeypatch.setenv("JSMI_THREADS", threads)
        assert table() == first


def test_several_callers_at_once(counts):
    """Pages of many sessions score at the same time; nobody's numbers depend on the others."""
    joint = JointDistribution.from_counts(counts[:300, :300])
    rng = np.random.default_rng(3)
    embeddings = [Embedding(*rng.normal(0, 0.5, (2, 300, 10))) for _ in range(6)]
    alone = [bits(SGNSObjective(joint, 5).evaluate(embedding).gap.by_word) for embedding in embeddings]
    together = [b""] * 6

    def work(i):
        together[i] = bits(SGNSObjective(joint, 5).evaluate(embeddings[i]).gap.by_word)

    callers = [threading.Thread(target=work, args=(i,)) for i in range(6)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(timeout=60)
    assert together == alone


@pytest.mark.parametrize("threads", THREADS)
def test_map_in_order_keeps_the_order_and_one_blas_thread(monkeypatch, threads):
    monkeypatch.setenv("JSMI_THREADS", threads)
    matrix = np.ones((4, 4))

    def piece(i):
        blas = [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]
        return i, float((matrix @ matrix)[0, 0]), blas

    results = list(map_in_order(piece, range(20)))
    assert [i for i, _, _ in results] == list(range(20))
    assert all(set(blas) <= {1} for _, _, blas in results)


def test_map_in_order_raises_what_a_piece_raises(monkeypatch):
    def piece(i):
        if i == 3:
            raise ZeroDivisionError("piece 3")
        return i

    for threads in THREADS:
        monkeypatch.setenv("JSMI_THREADS", threads)
        with pytest.raises(ZeroDivisionError, match="piece 3"):
            list(map_in_order(piece, range(10)))


def test_systems_that_cannot_tell_their_share_of_cores(monkeypatch):
    monkeypatch.delenv("JSMI_THREADS", raising=False)
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert thread_count() == 3
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert thread_count() == 1


def test_an_empty_wish_is_none(monkeypatch):
    monkeypatch.delenv("JSMI_THREADS", raising=False)
    cores = thread_count()
    monkeypatch.setenv("JSMI_THREADS", "")
    assert thread_count() == cores >= 1


@pytest.mark.parametrize("asked", ["0", "-1", "many", "2.5", "²", "٣", "1_0", "9999999"])
def test_nonsense_in_the_environment_gets_one_sentence(monkeypatch, asked):
    monkeypatch.setenv("JSMI_THREADS", asked)
    with pytest.raises(ParameterError, match=r"^JSMI_THREADS = .* give a whole number from 1 to 1,024\.$"):
        thread_count()


def test_an_older_threadpoolctl_needs_no_control_to_be_taken(monkeypatch):
    """Before 3.8 any thread might change the limit, and there was nothing to call."""
    monkeypatch.setattr(_threads, "_blas", lambda: SimpleNamespace(lib_controllers=[object()]))
    _threads._take_control()
