"""The best contexts for given word vectors, beside SciPy's own logistic regressions and what must hold of them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import log_expit

from jsmi_core import (
    Embedding,
    JointDistribution,
    SGNSConfig,
    SGNSObjective,
    best_contexts,
    best_rank_embedding,
    expected_pairs,
    sample_corpus,
    train_sgns,
    training_noise,
)
from jsmi_core.errors import Cancelled, EmbeddingError, ParameterError
from jsmi_core.lowrank import decoding

RNG = np.random.default_rng(11)
COUNTS = RNG.integers(1, 9, (12, 9))
COUNTS[3, 2:6] = 0
NOISE = RNG.dirichlet(np.full(9, 3.0))


def table(k: int = 4, *, skip_target: bool = False) -> SGNSObjective:
    return SGNSObjective(JointDistribution.from_counts(COUNTS), k, NOISE, skip_target=skip_target)


@pytest.mark.parametrize("skip_target", [False, True])
def test_each_column_is_scipys_logistic_regression(skip_target: bool) -> None:
    objective = table(skip_target=skip_target)
    words = RNG.normal(size=(12, 3))
    best = best_contexts(objective, words, tolerance=1e-10)
    rows = np.column_stack([words, np.ones(12)])
    positive = objective.alpha * objective.joint.p.toarray()
    negative = (1 - objective.alpha) * objective.contrast.dense_negative
    for y in range(9):

        def loss(v: np.ndarray, y: int = y) -> float:
            m = rows @ v
            return -float(positive[:, y] @ log_expit(m) + negative[:, y] @ log_expit(-m))

        other = minimize(loss, np.zeros(4), method="BFGS", options={"gtol": 1e-10})
        assert loss(best.embedding.contexts[y]) <= other.fun + 1e-12
        assert loss(best.embedding.contexts[y]) == pytest.approx(other.fun, rel=1e-8)
    assert best.converged
    assert 0 <= best.shortfall <= 1e-10 * objective.bound
    assert best.score == pytest.approx(objective.score(best.embedding), rel=1e-14)


def test_the_certificate_holds() -> None:
    """No contexts at all, however long one looks, pass the score by more than the shortfall."""
    objective, words = table(), RNG.normal(size=(12, 2))
    rough, fine = (best_contexts(objective, words, tolerance=tolerance) for tolerance in (0.3, 1e-11))
    assert rough.score <= fine.score <= rough.score + rough.shortfall + 1e-10
    assert rough.shortfall <= 0.3 * objective.bound


def test_landmarks() -> None:
    objective = table()
    nothing = best_contexts(objective, np.zeros((12, 1)), tolerance=1e-9)
    by_context = Embedding(np.ones((12, 1)), nothing.embedding.contexts[:, -1:])
    assert nothing.score == pytest.approx(objective.score(by_context), abs=1e-12)
    assert best_contexts(SGNSObjective(objective.joint, 4), np.zeros((12, 1))).score == pytest.approx(0, abs=1e-12)
    assert best_contexts(objective, np.eye(12), tolerance=1e-8).score == pytest.approx(objective.bound, rel=1e-6)
    whole = best_contexts(objective, RNG.normal(size=(12, 12)), tolerance=1e-8)
    assert whole.score == pytest.approx(objective.bound, rel=1e-6)


def test_more_columns_hold_no_less_and_an_invertible_map_the_same() -> None:
    objective, words = table(), RNG.normal(size=(12, 6))
    values = [best_contexts(objective, words[:, :d], tolerance=1e-9).score for d in range(1, 7)]
    assert all(a <= b + 1e-9 for a, b in pairwise(values))
    turned = best_contexts(objective, words @ RNG.normal(size=(6, 6)) * 1e4, tolerance=1e-9)
    assert turned.score == pytest.approx(values[-1], rel=1e-7)


def test_the_best_ranks_own_words_hold_its_score() -> None:
    counts = RNG.integers(1, 9, (12, 9))
    objective = SGNSObjective(JointDistribution.from_counts(counts), 5)
    best = best_rank_embedding(objective, dimension=3, tolerance=1e-8)
    held = best_contexts(objective, best.embedding.words, constant=False, tolerance=1e-9)
    assert held.score == pytest.approx(best.score, rel=1e-5)


def test_a_trained_model_on_a_text() -> None:
    corpus = sample_corpus("lee", min_count=30)
    config = SGNSConfig(dimension=10, epochs=5)
    objective = SGNSObjective(expected_pairs(corpus, config.sampling), 5, training_noise(corpus, config))
    run = train_sgns(corpus, config)
    seen: list[float] = []
    best = best_contexts(objective, run.embedding.words, on_progress=seen.append)
    by_chance = best_contexts(objective, RNG.normal(size=run.embedding.words.shape))
    assert objective.score(run.embedding) < best.score < objective.bound
    assert by_chance.score < best.score / 2
    assert best.shortfall <= 1e-4 * objective.bound
    assert seen == sorted(seen)
    assert seen[-1] == 1


def test_blocks_and_separable_columns_and_contexts_never_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """A column whose positives X tells apart wholly has its maximum at infinity: it stays finite, and is certified."""
    counts = np.array([[5, 0, 3], [0, 4, 1], [0, 4, 2]])
    noise = np.array([0.6, 0.4, 0.0])
    objective = SGNSObjective(JointDistribution.from_counts(counts), 2, noise)
    best = best_contexts(objective, np.eye(3), constant=False)
    assert best.converged
    assert np.isfinite(best.embedding.contexts).all()
    assert best.score == pytest.approx(objective.bound, rel=2e-4)
    monkeypatch.setattr(decoding, "_CELLS", 3)
    alone = best_contexts(objective, np.eye(3), constant=False)
    assert alone.score == pytest.approx(best.score, rel=1e-12)
    never = SGNSObjective(JointDistribution.from_counts([[1, 2, 0], [2, 1, 0]]), 2, [0.5, 0.5, 0.0])
    assert best_contexts(never, np.eye(2)).converged


def test_what_is_refused() -> None:
    objective = table()
    for words, sentence in ((np.ones((3, 2)), "3 word vectors but 12"), (np.ones(12), "shape"), ([["a"]], "numbers")):
        with pytest.raises(EmbeddingError, match=sentence):
            best_contexts(objective, words)
    for wrong in ({"tolerance": 0}, {"ridge": 2.0}, {"constant": 1}):
        with pytest.raises(ParameterError):
            best_contexts(objective, np.ones((12, 1)), **wrong)
    with pytest.raises(Cancelled):
        best_contexts(objective, np.ones((12, 1)), cancel=lambda: True)
