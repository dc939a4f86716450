"""S with its derivatives, by pair and in both factors: against the plain definition, sixty digits and differences."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, strategies as st

from jsmi_core import Embedding, JointDistribution, SGNSObjective, reference, unigram_noise
from jsmi_core.errors import EmbeddingError, ParameterError
from tests.core.oracle import MP, Oracle, exact, exact_scores
from tests.core.strategies import Law, laws, scored_laws

Array = npt.NDArray[np.floating]


def small_objective(skip_target: bool = False) -> SGNSObjective:
    """A 7 × 9 table with empty cells, an empty row and word2vec's kind of noise."""
    counts = np.random.default_rng(4).integers(0, 4, (7, 9))
    counts[2] = 0
    noise = unigram_noise(counts.sum(axis=0) + 1)
    return SGNSObjective(JointDistribution.from_counts(counts), 5, noise, skip_target=skip_target)


def of_many_blocks() -> tuple[SGNSObjective, Array, Array]:
    """700 × 1,300, so that rows and columns fill several blocks, and some factors."""
    rng = np.random.default_rng(3)
    objective = SGNSObjective(JointDistribution.from_counts(rng.integers(0, 2, (700, 1300))), 5)
    return objective, rng.normal(size=(700, 8)), rng.normal(size=(1300, 8))


def oracle_of(objective: SGNSObjective) -> Oracle:
    counts = objective.joint.counts.toarray()
    return Oracle(counts, objective.noise, Fraction(1, 6), objective.contrast.skip_target)


# --- in both factors -------------------------------------------------------------------------------------------------


@given(laws(), st.integers(1, 4), st.booleans(), st.integers(0, 2**32 - 1))
def test_gradient_is_the_plain_definition(law: Law, dimension: int, skip: bool, seed: int) -> None:
    objective = SGNSObjective(law.joint, law.negatives, law.noise, skip_target=skip)
    rng = np.random.default_rng(seed)
    words, contexts = (rng.normal(scale=2, size=(size, dimension)) for size in law.counts.shape)
    r = (reference.used_negative_pairs if skip else reference.negative_pairs)(law.table, law.q)
    plain = reference.score_gradient(law.table, r, words.tolist(), contexts.tolist(), law.alpha)
    score, by_words, by_contexts = objective.value_and_gradient(words, contexts)
    assert score == pytest.approx(objective.score(Embedding(words, contexts)), rel=1e-12, abs=1e-14)
    np.testing.assert_allclose(by_words, plain[0], rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(by_contexts, plain[1], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("skip_target", [False, True])
def test_gradient_against_sixty_digits(skip_target: bool) -> None:
    """Σ_y ∂S/∂m y and Σ_x ∂S/∂m x with ∂S/∂m = α p (1 − σ(m)) − (1−α) r σ(m), in mpmath."""
    objective = small_objective(skip_target)
    rng = np.random.default_rng(1)
    words, contexts = rng.normal(size=(7, 3)), rng.normal(size=(9, 3))
    oracle, m = oracle_of(objective), exact_scores(words, contexts)
    shares = [[1 / (1 + MP.exp(-score)) for score in row] for row in m]
    slopes = np.array([
        [oracle.a * p * (1 - share) - oracle.b * r * share for p, r, share in zip(*rows, strict=True)]
        for rows in zip(oracle.p, oracle.r, shares, strict=True)
    ])  # fmt: skip
    to_exact = np.vectorize(exact, otypes=[object])
    score, by_words, by_contexts = objective.value_and_gradient(words, contexts)
    assert score == pytest.approx(objective.score(Embedding(words, contexts)), abs=1e-15)
    np.testing.assert_allclose(by_words, (slopes @ to_exact(contexts)).astype(float), rtol=1e-12, atol=1e-16)
    np.testing.assert_allclose(by_contexts, (slopes.T @ to_exact(words)).astype(float), rtol=1e-12, atol=1e-16)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gradient_over_many_blocks_is_a_difference_of_scores(dtype: type[np.floating]) -> None:
    """Along any direction, by a central difference of the score itself."""
    objective, words, contexts = of_many_blocks()
    rng = np.random.default_rng(9)
    _, by_words, by_contexts = objective.value_and_gradient(words, contexts, dtype=dtype)
    for _ in range(3):
        steps = rng.normal(size=words.shape), rng.normal(size=contexts.shape)
        ends = [objective.score(Embedding(words + h * steps[0], contexts + h * steps[1])) for h in (1e-4, -1e-4)]
        along = float(np.vdot(by_words, steps[0]) + np.vdot(by_contexts, steps[1]))
        # each entry of the gradient is rounded as its own size asks, so along a direction the sizes add up
        sizes = np.vdot(abs(by_words), abs(steps[0])) + np.vdot(abs(by_contexts), abs(steps[1]))
        rounding = float(np.finfo(dtype).eps * sizes)
        assert along == pytest.approx((ends[0] - ends[1]) / 2e-4, rel=1e-5, abs=rounding)


def test_no_gradient_without_a_word_or_a_context() -> None:
    """In the row that never occurs, and in either factor while the other one is 0."""
    objective = small_objective()
    words, contexts = np.random.default_rng(2).normal(size=(7, 2)), np.random.default_rng(3).normal(size=(9, 2))
    _, by_words, by_contexts = objective.value_and_gradient(words, contexts)
    assert not by_words[2].any()
    assert np.delete(by_words, 2, axis=0).all()
    assert by_contexts.all()
    _, by_words, by_contexts = objective.value_and_gradient(words, np.zeros_like(contexts))
    assert not by_words.any()
    assert by_contexts.all()


@pytest.mark.parametrize("shift", [0.0, -45.0, -47.0, -90.0, -100.0, 90.0])
def test_single_precision_stays_close_to_double(shift: float) -> None:
    """exp(−|m|) would be a denormal number of float32 from |m| = 87 on: it stops at 1e-20, which no sum can tell."""
    objective, _, _ = of_many_blocks()
    rng = np.random.default_rng(6)
    words, contexts = (0.1 * rng.normal(size=(size, 10)) for size in objective.joint.shape)
    words[:, 0], contexts[:, 0] = shift / 8, 8.0
    single, double = (objective.value_and_gradient(words, contexts, dtype=kind) for kind in (np.float32, np.float64))
    assert single[0] == pytest.approx(double[0], rel=1e-6)
    assert [part.dtype for part in single[1:]] == [np.float32, np.float64]
    for one, other in zip(single[1:], double[1:], strict=True):
        assert other.dtype == np.float64
        assert np.abs(one - other).max() < 1e-5 * np.abs(other).max()
    embedding = Embedding(words, contexts)
    assert objective.score(embedding, precision="single") == pytest.approx(objective.score(embedding), rel=1e-6)


def test_the_same_bits_for_any_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    objective, words, contexts = of_many_blocks()
    found = []
    for threads in ("1", "2", "4"):
        monkeypatch.setenv("JSMI_THREADS", threads)
        score, *gradient = objective.value_and_gradient(words, contexts, dtype=np.float32)
        found.append((score, *(part.tobytes() for part in gradient)))
    assert found[0] == found[1] == found[2]


def test_factors_are_left_as_they_were() -> None:
    objective, words, contexts = of_many_blocks()
    before = words.tobytes(), contexts.tobytes()
    objective.value_and_gradient(words, contexts)
    assert (words.tobytes(), contexts.tobytes()) == before


def test_factors_that_do_not_fit_are_refused() -> None:
    objective = small_objective()
    fits = np.ones((7, 2)), np.ones((9, 2))
    with pytest.raises(ParameterError, match="give float32 or float64"):
        objective.value_and_gradient(*fits, dtype=np.int64)
    with pytest.raises(EmbeddingError, match="8 word and 9 context vectors but the distribution has 7 words"):
        objective.value_and_gradient(np.ones((8, 2)), fits[1])
    with pytest.raises(EmbeddingError, match=r"shapes \(7, 2\) and \(9, 3\): give one row of d numbers"):
        objective.value_and_gradient(fits[0], np.ones((9, 3)))
    with pytest.raises(EmbeddingError, match=r"shapes \(7,\) and \(9, 2\)"):
        objective.value_and_gradient(np.ones(7), fits[1])


# --- by pair ---------------------------------------------------------------------------------------------------------


@given(scored_laws(), st.booleans())
def test_derivatives_of_a_cell_are_the_plain_definition(scored: tuple[Law, Array], skip: bool) -> None:
    law, m = scored
    objective = SGNSObjective(law.joint, law.negatives, law.noise, skip_target=skip)
    r = (reference.used_negative_pairs if skip else reference.negative_pairs)(law.table, law.q)
    slopes, curvatures = reference.score_derivatives(law.table, r, m.tolist(), law.alpha)
    score, found_slopes, found_curvatures = objective.value_and_derivatives(m)
    assert score == pytest.approx(objective.score(Embedding(m, np.eye(m.shape[1]))), rel=1e-12, abs=1e-13)
    np.testing.assert_allclose(found_slopes, slopes, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(found_curvatures, curvatures, rtol=1e-12, atol=1e-18)


@pytest.mark.parametrize("skip_target", [False, True])
def test_derivatives_of_a_cell_are_differences_at_sixty_digits(skip_target: bool) -> None:
    """Of the definition (8) itself: with steps of 1e-15 the quotients are good to some 30 digits."""
    objective = small_objective(skip_target)
    oracle, h = oracle_of(objective), MP.mpf("1e-15")
    m = 4 * np.random.default_rng(5).normal(size=(7, 9))
    _, slopes, curvatures = objective.value_and_derivatives(m)
    for x, y in [(0, 0), (2, 4), (3, 8), (6, 1)]:
        scores = [[exact(score) for score in row] for row in m]
        middle = scores[x][y]
        values = []
        for shift in (-h, 0, h):
            scores[x][y] = middle + shift
            values.append(oracle.score(scores))
        assert slopes[x, y] == pytest.approx(float((values[2] - values[0]) / (2 * h)), rel=1e-12, abs=1e-17)
        bend = float((2 * values[1] - values[0] - values[2]) / h**2)
        assert curvatures[x, y] == pytest.approx(bend, rel=1e-12, abs=1e-17)


def test_scores_of_another_shape_are_refused() -> None:
    with pytest.raises(EmbeddingError, match=r"the scores have shape \(9, 7\): give one for each pair, \(7, 9\)"):
        small_objective().value_and_derivatives(np.zeros((9, 7)))
