"""The best embedding of rank d, on tables whose answer is known, and beside what other matrices score."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.linalg import eigh

from jsmi_core import Corpus, Embedding, JointDistribution, PairSampling, SGNSObjective, expected_pairs, unigram_noise
from jsmi_core.errors import Cancelled, EmbeddingError, ParameterError
from jsmi_core.lowrank.landmarks import sppmi, sppmi_svd
from jsmi_core.lowrank.search import ANALYSIS, GIVEN, UNLIMITED, best_rank_embedding
from jsmi_core.lowrank.starts import correspondence_start
from jsmi_core.text.samples import sample_corpus
from jsmi_core.training.config import SGNSConfig
from jsmi_core.training.trainer import train_sgns
from tests.core.test_gradient import small_objective


def planted_objective(rank: int = 3, size: int = 60) -> SGNSObjective:
    """p ∝ exp(x·y) a(x) b(y): PMI − log k has rank ≤ ``rank`` + 2, so that many dimensions lose nothing."""
    rng = np.random.default_rng(0)
    words, contexts = rng.normal(size=(2, size, rank)) * 0.8
    table = np.exp(words @ contexts.T) * rng.random(size)[:, None] * rng.random(size)
    return SGNSObjective(JointDistribution.from_counts(table), negatives=5)


def test_planted_rank_is_found_and_fewer_dimensions_lose() -> None:
    objective = planted_objective()
    gaps, known = [], ()
    for dimension in range(1, 6):
        best = best_rank_embedding(objective, dimension, known, tolerance=1e-12)
        gaps.append(objective.gap(best.embedding).total)
        known = (best.embedding,)
    assert gaps[4] < 1e-9
    assert all(gap > 1e-5 for gap in gaps[:4])
    assert gaps == sorted(gaps, reverse=True)


@pytest.mark.parametrize("dimension", [2, 3])
def test_a_full_two_by_two_table_is_solved_exactly(dimension: int) -> None:
    objective = SGNSObjective(JointDistribution.from_counts([[7, 2], [3, 5]]), negatives=3)
    best = best_rank_embedding(objective, dimension, tolerance=1e-12)
    assert best.converged
    assert best.score == pytest.approx(objective.bound, rel=1e-12)


@pytest.mark.parametrize("skip_target", [False, True])
@pytest.mark.parametrize(
    ("shape", "dimension"), [((7, 9), 7), ((9, 7), 8), ((60, 50), 50), ((60, 50), 1_000), ((1, 4), 1)]
)
def test_from_the_shorter_side_on_the_rank_is_no_limit(
    shape: tuple[int, int], dimension: int, skip_target: bool
) -> None:
    """The bound itself is reached, whatever the start; dimensions beyond min(V, W) are columns of zeros."""
    rng = np.random.default_rng(4)
    counts = rng.integers(0, 4, shape)
    counts[0, 0] = 1
    noise = unigram_noise(counts.sum(axis=0) + 1)
    objective = SGNSObjective(JointDistribution.from_counts(counts), 5, noise, skip_target=skip_target)
    start = Embedding(*(rng.normal(size=(size, dimension)) for size in shape))
    best = best_rank_embedding(objective, dimension, [start])
    assert best.score == pytest.approx(objective.bound, rel=1e-13, abs=1e-16)
    assert best.converged
    assert best.gradient_norm < 1e-9
    assert (best.start, best.spread) == (UNLIMITED, 0)
    assert best.embedding.words.shape == (shape[0], dimension)
    assert best.embedding.contexts.shape == (shape[1], dimension)
    assert not best.embedding.words[:, min(shape) :].any()
    assert not best.embedding.contexts[:, min(shape) :].any()


def test_a_pair_that_is_never_a_negative_has_a_best_score_too() -> None:
    """q = 0 beside p > 0: the best score is +∞, and is cut off."""
    objective = SGNSObjective(JointDistribution.from_counts([[3, 1], [1, 2]]), 2, [1.0, 0.0])
    best = best_rank_embedding(objective, 5)
    assert best.score == pytest.approx(objective.bound, rel=1e-13)
    assert best.embedding.dimension == 5


def test_a_start_given_with_fewer_dimensions_comes_back_with_all_of_them() -> None:
    objective, exact = two_halves()
    best = best_rank_embedding(objective, 5, [exact], max_passes=2)
    assert best.start == f"{GIVEN} 1"
    assert best.embedding.dimension == 5
    np.testing.assert_array_equal(best.embedding.words[:, :3], exact.words)
    assert not best.embedding.words[:, 3:].any()


def test_correspondence_analysis_of_a_small_table_has_columns_of_zeros_too() -> None:
    objective = small_objective()
    wide, narrow = (correspondence_start(objective, dimension) for dimension in (30, 7))
    np.testing.assert_array_equal(wide.words[:, :7], narrow.words)
    assert wide.words.shape == (7, 30)
    assert not wide.contexts[:, 7:].any()


def test_rank_one_of_two_by_two_agrees_with_a_search_over_all_angles() -> None:
    """Every 2 × 2 matrix of rank 1 is s·(cos a, sin a)ᵀ(cos b, sin b): a grid over (a, b, s), then refined."""
    objective = SGNSObjective(JointDistribution.from_counts([[9, 1], [2, 4]]), negatives=2)

    def score(a: float, b: float, s: float) -> float:
        words = s * np.array([[math.cos(a)], [math.sin(a)]])
        return objective.score(Embedding(words, np.array([[math.cos(b)], [math.sin(b)]])))

    from scipy.optimize import minimize

    angles = np.linspace(0, math.pi, 13)
    starts = [(a, b, s) for a in angles for b in angles for s in (-2.0, 2.0)]
    best_starts = sorted(starts, key=lambda at: -score(*at))[:5]
    witness = max(-minimize(lambda at: -score(*at), at, tol=1e-14).fun for at in best_starts)
    best = best_rank_embedding(objective, 1, tolerance=1e-12)
    assert best.score == pytest.approx(witness, rel=1e-9)


def test_a_trained_model_is_never_better_and_the_solver_starts_from_it() -> None:
    corpus = sample_corpus("planted")
    corpus = Corpus.from_sentences([*corpus.sentences()][:1500])
    objective = SGNSObjective(expected_pairs(corpus, PairSampling()), 5, unigram_noise(corpus.counts))
    run = train_sgns(corpus, SGNSConfig(dimension=8, epochs=15))
    trained = objective.score(run.embedding)
    best = best_rank_embedding(objective, 8, [run.embedding])
    assert trained < best.score < objective.bound
    assert best.spread < 1e-3 * best.score
    assert best.gradient_norm < 1e-2
    scores = [step.score for step in best.history]
    assert scores == sorted(scores)


def test_a_start_of_smaller_rank_is_never_lost() -> None:
    objective = small_objective()
    smaller = best_rank_embedding(objective, 2, tolerance=1e-10)
    larger = best_rank_embedding(objective, 5, [smaller.embedding], tolerance=1e-10)
    assert larger.score >= smaller.score
    assert larger.embedding.dimension == 5


def test_best_score_does_not_depend_on_names_or_sides() -> None:
    objective = planted_objective(size=20)
    order = np.random.default_rng(5).permutation(20)
    counts = objective.joint.counts.toarray()
    turned = SGNSObjective(JointDistribution.from_counts(counts[order].T), negatives=5)
    both = [best_rank_embedding(each, 2, tolerance=1e-12).score for each in (objective, turned)]
    assert both[0] == pytest.approx(both[1], rel=1e-9)


def test_correspondence_start_beats_knowing_nothing() -> None:
    objective = planted_objective()
    # h(α) = 0.45 less as much again: 60 rows of 60, every sum rounded at 2⁻⁵³
    assert objective.score(correspondence_start(objective, 1)) == pytest.approx(0, abs=6e-15)
    assert objective.score(correspondence_start(objective, 4)) > 0.1 * objective.bound


def test_shifted_ppmi_is_what_it_says() -> None:
    joint = planted_objective(size=12).joint
    p = joint.p.toarray()
    plain = np.maximum(np.log(p / np.outer(p.sum(1), p.sum(0))) - math.log(2), 0)
    np.testing.assert_allclose(sppmi(joint, 2).toarray(), plain, atol=1e-13)
    embedding = sppmi_svd(joint, 11, 2)
    left, values, right = np.linalg.svd(plain)
    truncated = (left[:, :11] * values[:11]) @ right[:11]
    np.testing.assert_allclose(embedding.words @ embedding.contexts.T, truncated, atol=1e-12)
    assert not sppmi_svd(joint, 2, 10**6).words.any()


def test_cancel_and_bad_parameters_say_so() -> None:
    objective = small_objective()
    with pytest.raises(Cancelled, match="stopped after 1 steps"):
        best_rank_embedding(objective, 2, cancel=lambda: True)
    with pytest.raises(ParameterError, match="dimension = 0"):
        best_rank_embedding(objective, 0)
    with pytest.raises(ParameterError, match="tolerance = 0"):
        best_rank_embedding(objective, 1, tolerance=0)
    with pytest.raises(EmbeddingError, match="rank d or less"):
        best_rank_embedding(objective, 1, [Embedding(np.ones((7, 2)), np.ones((9, 2)))])


def two_halves(size: int = 1_024) -> tuple[SGNSObjective, Embedding]:
    """Words that go with their own half of the contexts, in a large table; and the best embedding, of rank 2.

    Its third column takes away what its first one has too much, as single precision cannot.
    """
    half = np.where(np.arange(size) < size // 2, 1.0, -1.0)
    objective = SGNSObjective(JointDistribution.from_counts(2 + np.outer(half, half)), negatives=5)
    same, other = math.log(1.5 / 5), math.log(0.5 / 5)
    words = np.column_stack([np.ones(size), half, np.ones(size)])
    return objective, Embedding(words, words * [1e4 + (same + other) / 2, (same - other) / 2, -1e4])


def test_a_large_table_is_climbed_in_single_precision_and_keeps_a_start_that_is_better_in_double() -> None:
    objective, exact = two_halves()
    # h(α) = 0.45 less nearly as much: 1,024 rows of 1,024, every sum rounded at 2⁻⁵³
    assert objective.score(exact) == pytest.approx(objective.bound, abs=1e-13)
    alone = best_rank_embedding(objective, 2, max_passes=20)
    assert alone.start == ANALYSIS
    assert alone.spread == 0
    assert 0 <= objective.bound - alone.score < 0.05 * objective.bound
    best = best_rank_embedding(objective, 3, [exact], max_passes=5)
    assert best.embedding is exact
    assert best.score == objective.score(exact)
    assert best.start == f"{GIVEN} 1"


def test_shifted_ppmi_of_a_large_table_is_the_best_of_its_rank() -> None:
    """Many singular values that are nearly the same once were too many for the solver."""
    joint = JointDistribution.from_counts(sp.random_array((1_100, 1_000), density=0.01, rng=np.random.default_rng(8)))
    table, embedding = sppmi(joint, 1).toarray(), sppmi_svd(joint, 5, 1)
    squares = eigh(table.T @ table, eigvals_only=True, subset_by_index=[995, 999])
    lost = np.square(table).sum() - squares.sum()
    assert np.square(table - embedding.words @ embedding.contexts.T).sum() == pytest.approx(lost, rel=1e-10)


def test_shifted_ppmi_of_a_large_table_with_fewer_dimensions_than_asked_for() -> None:
    """PROPACK gives what no singular value is for two groups, and gives up on three. With a large k nothing is left."""
    for groups in (2, 3):
        group = np.arange(1_024) % groups
        joint = JointDistribution.from_counts(1.0 + (group[:, None] == group))
        embedding = sppmi_svd(joint, 5, 1)
        np.testing.assert_allclose(embedding.words @ embedding.contexts.T, sppmi(joint, 1).toarray(), atol=1e-10)
        assert not sppmi_svd(joint, 5, 10**6).words.any()


@pytest.mark.slow
@pytest.mark.parametrize("dimension", [10, 50, 200])
def test_on_real_text_no_training_is_better_and_three_starts_agree(dimension: int) -> None:
    """The Lee sample under word2vec's own p and q: correspondence analysis, a trained model and chance as starts."""
    corpus = sample_corpus("lee")
    objective = SGNSObjective(expected_pairs(corpus, PairSampling()), 5, unigram_noise(corpus.counts))
    scores: dict[int, float] = {}
    embeddings: dict[int, Embedding] = {}

    def look(epoch: int, embedding: Embedding) -> None:
        if epoch in (5, 50, 200):
            scores[epoch], embeddings[epoch] = objective.score(embedding), embedding

    train_sgns(corpus, SGNSConfig(dimension=dimension, epochs=200), on_epoch=look)
    rng = np.random.default_rng(0)
    chance = Embedding(*(rng.normal(size=(2, len(corpus.vocabulary), dimension)) * 0.3).astype(np.float32))
    best = best_rank_embedding(objective, dimension, [embeddings[50], chance], tolerance=2e-5)
    print(f"d = {dimension}: S* {best.score:.6f}, spread {best.spread:.2e}, trained {scores}")
    assert best.spread < 1e-3 * best.score
    assert all(score < best.score for score in scores.values())
    assert objective.bound - best.score >= 0
