"""Newton's method on small tables: its second derivatives against differences, and what it finds."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import approx_fprime, minimize

from jsmi_core import Embedding, JointDistribution, SGNSObjective, best_rank_embedding, binary_entropy, unigram_noise
from jsmi_core.lowrank import lbfgs, newton
from jsmi_core.lowrank.damped_newton import negative_hessian
from jsmi_core.lowrank.progress import CountedObjective, RankStep
from jsmi_core.lowrank.search import ORDERED
from jsmi_core.lowrank.starts import correspondence_start, ordered_factors

# Nearly a diagonal: the best matrix of rank 2 puts its four rows on a circle, ever farther out.
FAR_OUT = [[42, 0, 2, 2], [2, 41, 1, 2], [0, 1, 41, 1], [0, 0, 2, 42]]


ORDER = [0.0, 3.0, 1.0, 2.0, 4.0], [0.0, 1.0, 2.0, 5.0, 3.0, 4.0]


def table(skip_target: bool = False) -> SGNSObjective:
    """5 × 6 with empty cells, an empty row, a context that is only ever noise, and word2vec's kind of noise."""
    counts = np.random.default_rng(3).integers(0, 5, (5, 6))
    counts[1] = counts[:, 4] = 0
    noise = unigram_noise(counts.sum(axis=0) + 1)
    return SGNSObjective(JointDistribution.from_counts(counts), 5, noise, skip_target=skip_target)


def factors(objective: SGNSObjective, dimension: int = 2, scale: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    words, contexts = (scale * rng.normal(size=(size, dimension)) for size in objective.joint.shape)
    return words, contexts


@pytest.mark.parametrize("skip_target", [False, True])
def test_second_derivatives_are_differences_of_the_first(skip_target: bool) -> None:
    objective = table(skip_target)
    words, contexts = factors(objective)
    _, slopes, curvatures = objective.value_and_derivatives(words @ contexts.T)
    upper = np.triu(negative_hessian(words, contexts, slopes, curvatures))

    def gradient(flat: np.ndarray) -> np.ndarray:
        _, *parts = objective.value_and_gradient(
            flat[: words.size].reshape(words.shape), flat[words.size :].reshape(contexts.shape)
        )
        return np.concatenate([part.ravel() for part in parts])

    differences = -approx_fprime(np.concatenate([words.ravel(), contexts.ravel()]), gradient, 1e-6)
    np.testing.assert_allclose(upper + np.triu(upper, 1).T, differences, atol=1e-5 * np.abs(differences).max())


def test_it_climbs_at_every_step_and_ends_where_scipy_ends() -> None:
    objective = SGNSObjective(JointDistribution.from_counts(np.random.default_rng(3).integers(1, 30, (5, 6))), 5)
    words, contexts = factors(objective)
    told: list[RankStep] = []
    best = best_rank_embedding(objective, 2, [Embedding(words, contexts)], tolerance=1e-12, on_step=told.append)
    assert best.converged
    assert best.gradient_norm < 1e-6
    assert all(before.score <= after.score for before, after in pairwise(told))

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        score, *gradient = objective.value_and_gradient(
            flat[: words.size].reshape(words.shape), flat[words.size :].reshape(contexts.shape)
        )
        return -score, -np.concatenate([part.ravel() for part in gradient])

    starts = [np.random.default_rng(seed).normal(size=words.size + contexts.size) for seed in range(8)]
    peers = [minimize(loss, start, jac=True, method="BFGS", options={"gtol": 1e-9}).fun for start in starts]
    assert best.score == pytest.approx(-min(peers), rel=1e-6)


def test_it_goes_on_where_scores_run_towards_infinity() -> None:
    objective = SGNSObjective(JointDistribution.from_counts(FAR_OUT), negatives=5)
    start = correspondence_start(objective, 2)
    by_newton, by_lbfgs = (
        solver(objective, start.words, start.contexts, tolerance=1e-5, max_passes=500) for solver in (newton, lbfgs)
    )
    assert 1.05 * by_lbfgs.score < by_newton.score < objective.bound


@pytest.mark.parametrize("size", [5, 8, 20])
def test_two_dimensions_tell_the_rows_of_a_diagonal_apart(size: int) -> None:
    """With m = 0 on the diagonal and −∞ elsewhere, S = h(α) − (α + (1−α)/n) log 2; better yet is found at its ends.

    The order is given, since a diagonal has none: each of its axes is as good as any other.
    """
    objective = SGNSObjective(JointDistribution.from_counts(np.eye(size)), 5)
    places = np.arange(size, dtype=np.float64)[:, None]
    start = ordered_factors(CountedObjective(objective), places, places)
    best = newton(objective, *start, tolerance=1e-5, max_passes=500)
    limit = binary_entropy(1 / 6) - (1 / 6 + 5 / 6 / size) * math.log(2)
    assert 0.99 * limit < best.score < objective.bound


def test_words_in_order_win_where_the_table_has_one_axis() -> None:
    """Each row beside the next: 0.267 of 0.285 nats from words in order, 0.21 from each of the other starts."""
    objective = SGNSObjective(JointDistribution.from_counts(50 * np.eye(12) + np.eye(12, k=1) + np.eye(12, k=-1)), 5)
    best = best_rank_embedding(objective, 2, tolerance=1e-5, max_passes=500)
    assert best.start == ORDERED
    assert 0.9 * objective.bound < best.score < objective.bound
    assert best.spread > 0.1 * objective.bound


def test_places_that_rounding_alone_tells_apart_are_one() -> None:
    """Equal rows have equal places on the axis, but for the order in which BLAS happens to sum."""
    places = np.array([[1.0], [-0.25], [-0.25], [0.5], [-0.25], [1.0]])
    shaken = places * (1 + np.array([[0.0], [3.0], [-2.0], [1.0], [0.0], [-1.0]]) * np.finfo(float).eps)
    exact, rounded = (ordered_factors(CountedObjective(table()), side[:5], side) for side in (places, shaken))
    for one, other in zip(exact, rounded, strict=True):
        np.testing.assert_array_equal(one, other)
        assert len(np.unique(other, axis=0)) == 3


def test_an_ordered_start_is_a_hyperbolic_cosine_of_distances() -> None:
    words, contexts = ordered_factors(CountedObjective(table()), *(np.array(ranks)[:, None] for ranks in ORDER))
    scores, distances = words @ contexts.T, np.abs(np.subtract.outer(*ORDER))
    top, next_to_it = scores[0, 0], scores[0, 1]
    step = np.arccosh(next_to_it / top)
    assert top < 0 < step
    np.testing.assert_allclose(scores, top * np.cosh(step * distances), rtol=1e-12)


def test_rows_and_columns_that_never_occur_are_never_moved() -> None:
    objective = SGNSObjective(JointDistribution.from_counts([[0, 0, 0], [5, 0, 1], [1, 0, 4]]), negatives=2)
    words, contexts = factors(objective)
    end = newton(objective, words, contexts, tolerance=1e-12)
    assert end.score == pytest.approx(objective.bound, rel=1e-9)
    np.testing.assert_array_equal(end.words[0], words[0])
    np.testing.assert_array_equal(end.contexts[1], contexts[1])


@pytest.mark.parametrize("counts", [[[3]], [[3, 1, 2]], [[1], [4]]])
def test_tables_that_know_nothing_score_nothing(counts: list[list[int]]) -> None:
    objective = SGNSObjective(JointDistribution.from_counts(counts), negatives=1_000)
    assert best_rank_embedding(objective, 1, tolerance=1e-12).score == pytest.approx(0, abs=1e-15)


def test_an_ascent_ends_where_no_damping_helps_and_is_not_converged() -> None:
    """Along context vectors of 10²⁰ even the stiffest step of a word vector overshoots."""
    objective = table()
    words, contexts = factors(objective)
    stuck = newton(objective, words, 1e20 * contexts)
    assert not stuck.converged
    assert stuck.history == (stuck.score,)
    assert 1 < stuck.passes < 100
    np.testing.assert_array_equal(stuck.words, words)
