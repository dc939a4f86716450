"""L-BFGS and Newton's method as functions of an objective: what they ask of it, and the certificate they end with."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest

from jsmi_core import Embedding, JointDistribution, SGNSObjective, unigram_noise
from jsmi_core.lowrank import Ascent, lbfgs, newton
from tests.core.test_gradient import small_objective

Array = npt.NDArray[np.float64]
Solver = Callable[..., Ascent]
SOLVERS = pytest.mark.parametrize("solver", [lbfgs, newton])


class LeastSquares:
    """S = −½ Σ (M − m)², the objective of which Eckart and Young (1936) know the best matrix of every rank.

    All that a solver asks of an objective, and nothing of SGNS.
    """

    alpha = 0.5

    def __init__(self, target: Array) -> None:
        self.target = target
        self.asked = 0

    @property
    def mixture_marginals(self) -> tuple[Array, Array]:
        rows, columns = self.target.shape
        return np.full(rows, 1 / rows), np.full(columns, 1 / columns)

    def value_and_gradient(
        self, words: Array, contexts: Array, *, dtype: npt.DTypeLike = np.float64
    ) -> tuple[float, Array, Array]:
        score, slopes, _ = self.value_and_derivatives((words @ contexts.T).astype(dtype))
        return score, slopes @ contexts, slopes.T @ words

    def value_and_derivatives(self, scores: Array) -> tuple[float, Array, Array]:
        self.asked += 1
        error = self.target - scores
        return -0.5 * float(np.vdot(error, error)), error, np.ones_like(error)


def start_of(objective: SGNSObjective | LeastSquares, dimension: int = 2, seed: int = 7) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    words, contexts = (rng.normal(size=(len(marginal), dimension)) for marginal in objective.mixture_marginals)
    return words, contexts


@SOLVERS
@pytest.mark.parametrize("rank", [1, 2, 4])
def test_it_finds_the_best_matrix_of_a_rank_where_that_is_known(solver: Solver, rank: int) -> None:
    objective = LeastSquares(np.random.default_rng(1).normal(size=(9, 6)))
    found = solver(objective, *start_of(objective, rank), tolerance=1e-13)
    left, values, right = np.linalg.svd(objective.target)
    assert found.converged
    assert found.score == pytest.approx(-0.5 * np.square(values[rank:]).sum(), rel=1e-10)
    best = (left[:, :rank] * values[:rank]) @ right[:rank]
    np.testing.assert_allclose(found.words @ found.contexts.T, best, atol=1e-4)


@SOLVERS
def test_it_counts_what_it_asks_for_and_rises_at_every_step(solver: Solver) -> None:
    objective = LeastSquares(np.random.default_rng(2).normal(size=(7, 8)))
    told: list[tuple[float, float]] = []
    found = solver(objective, *start_of(objective), tolerance=1e-9, on_step=lambda *step: told.append(step))
    assert found.passes == objective.asked
    assert 1 < len(found.history) <= found.passes
    assert all(before <= after for before, after in pairwise(found.history))
    assert [score for score, _ in told][-1] == found.score == found.history[-1]
    assert all(0 <= share <= 1 for _, share in told)


@SOLVERS
def test_the_certificate_is_what_the_gradient_says(solver: Solver) -> None:
    """√(g C⁻¹ g), which no change of coordinates between the factors changes; at the end, nothing is left to gain."""
    counts = np.random.default_rng(3).integers(1, 30, (5, 6))
    objective = SGNSObjective(JointDistribution.from_counts(counts), 5, unigram_noise(counts.sum(axis=0)))
    found = solver(objective, *start_of(objective), tolerance=1e-12)
    assert found.converged
    assert found.gradient_norm < 1e-5
    words, contexts = start_of(objective)
    turn = np.array([[3.0, 1.0], [-2.0, 0.5]])
    both = [(words, contexts), (words @ turn, contexts @ np.linalg.inv(turn).T)]
    norms = [solver(objective, *pair, max_passes=0).gradient_norm for pair in both]
    assert norms[0] == pytest.approx(norms[1], rel=1e-4)  # but for the ridge of 1e-6
    _, *gradient = objective.value_and_gradient(words, contexts)
    p, w = objective.mixture_marginals
    by_words = [np.linalg.solve((contexts.T * w) @ contexts, g) / n for g, n in zip(gradient[0], p, strict=True)]
    by_contexts = [np.linalg.solve((words.T * p) @ words, g) / n for g, n in zip(gradient[1], w, strict=True)]
    square = np.vdot(gradient[0], by_words) + np.vdot(gradient[1], by_contexts)
    assert norms[0] == pytest.approx(math.sqrt(square / (objective.alpha * (1 - objective.alpha))), rel=1e-4)


@SOLVERS
def test_no_more_passes_than_asked_for_but_for_the_search_along_one_line(solver: Solver) -> None:
    objective = small_objective()
    words, contexts = start_of(objective)
    none = solver(objective, words, contexts, max_passes=0)
    assert (none.passes, none.converged, len(none.history)) == (1, False, 1)
    np.testing.assert_array_equal(none.words, words)
    few = solver(objective, words, contexts, tolerance=1e-12, max_passes=9)
    assert not few.converged
    assert 10 <= few.passes < 40
    assert few.score > none.score


@SOLVERS
def test_a_start_without_a_gradient_ends_at_once(solver: Solver) -> None:
    """At words = contexts = 0 neither factor can rise alone: a saddle where training would stay for ever."""
    objective = small_objective()
    words, contexts = (np.zeros((size, 2)) for size in objective.joint.shape)
    found = solver(objective, words, contexts)
    assert found.converged
    assert (found.passes, found.gradient_norm) == (1, 0)
    assert found.history == (pytest.approx(objective.zero_score, abs=1e-15),)
    np.testing.assert_array_equal(found.words, words)


@SOLVERS
def test_a_start_that_is_no_number_ends_and_is_not_converged(solver: Solver) -> None:
    objective = small_objective()
    words, contexts = start_of(objective)
    words[3, 1] = np.nan
    with np.errstate(invalid="ignore"):
        found = solver(objective, words, contexts, max_passes=50)
    assert not found.converged
    assert np.isnan(found.score)


@SOLVERS
def test_a_start_at_the_top_is_left_alone(solver: Solver) -> None:
    """The best scores themselves: what a step promises there, no score can show."""
    counts = np.random.default_rng(3).integers(1, 30, (5, 6))
    objective = SGNSObjective(JointDistribution.from_counts(counts), 5)
    top = np.zeros((5, 6))
    top[objective.contrast.rows, objective.contrast.columns] = objective.best_scores
    found = solver(objective, np.eye(5), top.T)
    assert (found.converged, found.passes) == (True, 1)
    assert found.score == pytest.approx(objective.bound, rel=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_lbfgs_multiplies_in_the_floats_of_its_start(dtype: type[np.floating]) -> None:
    rng = np.random.default_rng(3)
    objective = SGNSObjective(JointDistribution.from_counts(rng.integers(0, 4, (60, 80))), 5)
    words, contexts = (vectors.astype(dtype) for vectors in start_of(objective, 3))
    found = lbfgs(objective, words, contexts)
    assert found.words.dtype == found.contexts.dtype == dtype
    assert found.history[0] == objective.value_and_gradient(words, contexts, dtype=dtype)[0]
    assert found.score == pytest.approx(objective.score(Embedding(found.words, found.contexts)), rel=1e-5)


@SOLVERS
def test_what_a_listener_raises_ends_the_ascent(solver: Solver) -> None:
    class Enough(Exception):  # noqa: N818 - no error
        pass

    heard: list[float] = []

    def listen(score: float, share: float) -> None:
        heard.append(score)
        if len(heard) == 3:
            raise Enough

    objective = small_objective()
    with pytest.raises(Enough):
        solver(objective, *start_of(objective), tolerance=1e-12, on_step=listen)
    assert len(heard) == 3


@SOLVERS
def test_the_same_bits_for_any_number_of_threads(solver: Solver, monkeypatch: pytest.MonkeyPatch) -> None:
    objective = small_objective() if solver is newton else _of_several_blocks()
    found = []
    for threads in ("1", "2", "4"):
        monkeypatch.setenv("JSMI_THREADS", threads)
        end = solver(objective, *start_of(objective), max_passes=10)
        found.append((end.history, end.words.tobytes(), end.contexts.tobytes()))
    assert found[0] == found[1] == found[2]


def _of_several_blocks() -> SGNSObjective:
    counts = np.random.default_rng(4).integers(0, 2, (600, 1_100))
    return SGNSObjective(JointDistribution.from_counts(counts), 5)
