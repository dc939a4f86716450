"""Bound, score and gap against the plain definitions, cell by cell; the landmarks; what gensim's habits change."""

import math
from fractions import Fraction

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import assume, given, strategies as st

from jsmi_core import Embedding, JointDistribution, SGNSObjective, reference
from jsmi_core.errors import EmbeddingError, ParameterError
from jsmi_core.information.contrast import Contrast
from tests.core.oracle import MP, Oracle, relative_error
from tests.core.strategies import free, laws, random_counts, random_law, scored_laws

# reference.py subtracts where the paper subtracts: its own error is about a rounding of a nat.
PLAIN = {"rel": 1e-12, "abs": 1e-14}


def every_pair(shape):
    return np.indices(shape).reshape(2, -1)


# --- parity with the plain definitions -------------------------------------------------------------------------------


@given(scored_laws())
def test_bound_score_and_gap_are_the_definitions(scored):
    law, m = scored
    found = law.objective.evaluate(free(m))
    assert found.bound == pytest.approx(reference.jsmi(law.table, law.q, law.alpha), **PLAIN)
    assert found.score == pytest.approx(reference.sgns_score(law.table, law.q, m.tolist(), law.alpha), **PLAIN)
    cells = np.array(reference.gap_cells(law.table, law.q, m.tolist(), law.alpha))
    assert found.gap.total == pytest.approx(cells.sum(), **PLAIN)
    np.testing.assert_allclose(found.gap.by_word, cells.sum(axis=1), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(found.gap.by_context, cells.sum(axis=0), rtol=1e-12, atol=1e-14)
    of_pairs = found.gap.of_pairs(*every_pair(m.shape))
    np.testing.assert_allclose(of_pairs, cells.ravel(), rtol=1e-12, atol=1e-14)
    assert (of_pairs >= 0).all()


@given(laws())
def test_the_parts_of_the_bound_are_the_definitions(law):
    """A pair's part of JSMI is u KL(Bern(t)‖Bern(α)), the gap of the constant matrix −log k."""
    constant = [[-math.log(law.negatives)] * law.counts.shape[1]] * law.counts.shape[0]
    cells = np.array(reference.gap_cells(law.table, law.q, constant, law.alpha))
    objective = law.objective
    np.testing.assert_allclose(objective.bound_by_word, cells.sum(axis=1), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(
        objective.bound_of_pairs(*every_pair(cells.shape)), cells.ravel(), rtol=1e-12, atol=1e-14
    )
    assert objective.bound_by_word.sum() == pytest.approx(objective.bound, rel=1e-12, abs=1e-30)


@given(laws())
def test_best_scores_are_the_definition(law):
    """On the support, in the order of the rows; where a pair is never a negative the best score is +∞."""
    best = np.array(reference.best_scores(law.table, law.q, law.alpha)) if all(law.q) else None
    assume(best is not None)
    np.testing.assert_allclose(law.objective.best_scores, best[law.counts > 0], rtol=1e-12, atol=1e-12)


@given(laws(), st.data())
def test_one_pass_or_three_give_the_same_bits(law, data):
    m = np.array([[data.draw(st.floats(-5, 5)) for _ in row] for row in law.counts])
    found = law.objective.evaluate(free(m))
    assert found.bound == law.objective.bound
    assert found.score == law.objective.score(free(m))
    gap = law.objective.gap(free(m))
    assert found.gap.total == gap.total
    np.testing.assert_array_equal(found.gap.by_word, gap.by_word)
    np.testing.assert_array_equal(found.gap.by_context, gap.by_context)


@pytest.mark.parametrize("shape", [(1, 1), (300, 40), (40, 1100), (257, 1025), (600, 2100)])
def test_tables_larger_than_a_block(shape):
    """A stripe has 256 rows, a block 1,024 columns: what stands at their edges is counted once."""
    rng = np.random.default_rng(shape)
    law = random_law(rng, random_counts(rng, shape, zeros=0.95))
    words, contexts = (rng.normal(0, 0.7, (size, 5)) for size in shape)
    m, alpha = words @ contexts.T, law.alpha
    p, r = law.counts / law.counts.sum(), np.outer(law.joint.word_marginal, law.q)
    u = alpha * p + (1 - alpha) * r
    with np.errstate(divide="ignore", invalid="ignore"):
        posterior = np.where(p > 0, alpha * p * np.log(alpha * p / u), 0)
        posterior += np.where(r > 0, (1 - alpha) * r * np.log((1 - alpha) * r / u), 0)
    model = -alpha * p * np.logaddexp(0, -m) - (1 - alpha) * r * np.logaddexp(0, m)
    found = law.objective.evaluate(Embedding(words, contexts))
    assert found.score == pytest.approx(law.objective.class_entropy + model.sum(), rel=1e-12, abs=1e-14)
    np.testing.assert_allclose(found.gap.by_word, (posterior - model).sum(axis=1), rtol=1e-10, atol=1e-15)
    np.testing.assert_allclose(found.gap.by_context, (posterior - model).sum(axis=0), rtol=1e-10, atol=1e-15)


def test_single_precision_on_request():
    """float32 products for any table: the score moves by less than 1e-6 of h(α)."""
    rng = np.random.default_rng(0)
    law = random_law(rng, random_counts(rng, (20, 30), zeros=0.6))
    embedding = Embedding(*(rng.normal(0, 0.7, (size, 6)) for size in (20, 30)))
    double, single = (law.objective.evaluate(embedding, precision=precision) for precision in ("double", "single"))
    assert single.score == pytest.approx(double.score, rel=1e-6, abs=1e-6 * law.objective.class_entropy)
    np.testing.assert_allclose(single.gap.by_word, double.gap.by_word, rtol=1e-5)
    np.testing.assert_allclose(single.gap.by_context, double.gap.by_context, rtol=1e-5)


def test_alpha_in_the_place_of_negatives():
    joint = JointDistribution.from_counts([[3, 1], [0, 2]])
    by_k, by_alpha = SGNSObjective(joint, 4), SGNSObjective(joint, alpha=0.2)
    m = free([[1.0, -1.0], [0.5, 2.0]])
    assert by_k.alpha == by_alpha.alpha
    assert (by_k.negatives, by_alpha.negatives) == (4, None)
    assert by_k.score(m) == pytest.approx(by_alpha.score(m), rel=1e-14)
    assert by_k.gap(m).total == pytest.approx(by_alpha.gap(m).total, rel=1e-14)
    assert SGNSObjective(joint).negatives == 5


# --- landmarks -------------------------------------------------------------------------------------------------------


@given(laws())
def test_landmarks(law):
    """S = 0 for the constant −log k, S = h(α) − log 2 for the zero matrix."""
    objective, (rows, columns) = law.objective, law.counts.shape
    h = reference.binary_entropy(law.alpha)
    assert objective.class_entropy == pytest.approx(h, rel=1e-14)
    assert objective.zero_score == pytest.approx(h - math.log(2), rel=1e-13)
    assert objective.score(Embedding.constant(0.0, rows, columns)) == pytest.approx(h - math.log(2), rel=1e-13)
    assert abs(objective.score(Embedding.constant(-math.log(law.negatives), rows, columns))) <= 1e-15 * (1 + h)


# --- keys beyond 32 bits ---------------------------------------------------------------------------------------------


def test_pairs_of_large_vocabularies_keep_their_places():
    """200,000 × 100,000 words: row · width + column passes 2³² early on."""
    rng = np.random.default_rng(0)
    rows, columns = rng.integers(0, 200_000, 5_000), rng.integers(0, 100_000, 5_000)
    counts = sp.coo_array((rng.integers(1, 9, 5_000).astype(float), (rows, columns)), shape=(200_000, 100_000))
    joint = JointDistribution.from_counts(counts)
    contrast = Contrast.of(joint)
    places = contrast.find(rows.astype(np.int64), columns.astype(np.int64))
    np.testing.assert_array_equal(contrast.rows[places], rows)
    np.testing.assert_array_equal(contrast.columns[places], columns)
    assert contrast.find(np.array([199_999]), np.array([99_999])).tolist() in ([-1], [joint.pairs - 1])
    # the bound, from the stored pairs alone
    p, r = joint.p.data, joint.word_marginal[contrast.rows] * joint.context_marginal[contrast.columns]
    u = p / 6 + 5 * r / 6
    on = (p / 6 * np.log(p / u) + 5 * r / 6 * np.log(r / u)).sum()
    off = 5 / 6 * (1 - r.sum()) * -math.log(5 / 6)
    assert SGNSObjective(joint, 5).bound == pytest.approx(on + off, rel=1e-12)


def test_find_tells_stored_pairs_from_others():
    counts = np.array([[0, 3, 0], [0, 0, 0], [1, 0, 2]])
    contrast = Contrast.of(JointDistribution.from_counts(counts))
    places = contrast.find(*every_pair((3, 3)))
    assert places.tolist() == [-1, 0, -1, -1, -1, -1, 1, -1, 2]


# --- what gensim skips (beyond the paper); more of it in test_negatives.py --------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_skipping_the_target(seed):
    """r = q(y) (p(x) − p(x, y)): bound and gap cell by cell as for any r, S = 0 for the constant −log k."""
    rng = np.random.default_rng(seed)
    counts = random_counts(rng, tuple(rng.integers(1, 12, 2)), zeros=rng.choice([0, 0.5, 0.9]))
    law = random_law(rng, counts)
    oracle = Oracle(counts, law.noise, Fraction(1, law.negatives + 1), skip_target=True)
    objective = SGNSObjective(law.joint, law.negatives, law.noise, skip_target=True)
    m = rng.normal(0, 2, counts.shape)
    found = objective.evaluate(free(m))
    mass = MP.fsum(r for row in oracle.r for r in row)
    constant = [[-math.log(law.negatives)] * counts.shape[1]] * counts.shape[0]
    bound = oracle.gap(constant)  # the gap of the constant matrix: S = 0 there, so the gap is the bound
    assert relative_error(found.bound, bound, 1e-3) <= 1e-12
    assert relative_error(found.gap.total, oracle.gap(m)) <= 1e-12
    for value, row in zip(found.gap.by_word, oracle.gap_cells(m), strict=True):
        assert relative_error(value, MP.fsum(row), 1e-300) <= 1e-11
    assert relative_error(found.score, bound - oracle.gap(m), 1e-2) <= 1e-12
    assert relative_error(objective.contrast.negative_mass, mass, 1e-3) <= 1e-12
    zeros = Embedding.constant(0.0, *counts.shape)
    assert objective.score(zeros) == pytest.approx(objective.zero_score, abs=1e-14)
    assert abs(objective.score(Embedding.constant(constant[0][0], *counts.shape))) <= 1e-14


# --- the sampled score (9) -------------------------------------------------------------------------------------------


def test_sampled_score_is_reproducible_and_checked():
    joint = JointDistribution.from_counts([[1, 2], [3, 4]])
    objective, embedding = SGNSObjective(joint, 2), free([[1.0, -1.0], [0.5, 0.0]])
    assert objective.sampled_score(embedding, 5_000, seed=3) == objective.sampled_score(embedding, 5_000, seed=3)
    assert objective.sampled_score(embedding, 5_000, seed=3) != objective.sampled_score(embedding, 5_000, seed=4)
    generator = np.random.default_rng(3)
    assert objective.sampled_score(embedding, 5_000, generator) == objective.sampled_score(embedding, 5_000, seed=3)
    with pytest.raises(EmbeddingError):
        objective.sampled_score(Embedding(np.ones((3, 1)), np.ones((2, 1))))


# --- refusals --------------------------------------------------------------------------------------------------------


def test_embedding_must_fit():
    objective = SGNSObjective(JointDistribution.from_counts(np.ones((2, 3))))
    for shape in [(3, 3), (2, 2), (3, 2)]:
        told = rf"has {shape[0]} word and {shape[1]} context vectors but the distribution has 2 words and 3 contexts"
        with pytest.raises(EmbeddingError, match=told):
            objective.evaluate(Embedding.constant(0.0, *shape))


@pytest.mark.parametrize("precision", ["float32", "", None, 32, ["single"]])
def test_precision_is_checked(precision):
    objective = SGNSObjective(JointDistribution.from_counts([[1, 2], [3, 4]]))
    with pytest.raises(ParameterError, match=r"precision = .* give one of auto, double, single"):
        objective.score(Embedding.constant(0.0, 2, 2), precision=precision)


@pytest.mark.parametrize("pairs", [([2], [0]), ([-1], [0]), ([0.0], [0]), (["a"], [0]), ([None], [0]), ([True], [0])])
def test_indices_are_checked(pairs):
    objective = SGNSObjective(JointDistribution.from_counts(np.ones((2, 3))))
    gap = objective.gap(Embedding.constant(0.0, 2, 3))
    with pytest.raises(ParameterError, match=r"rows is not usable: give whole numbers from 0 to 1\."):
        gap.of_pairs(*pairs)
    with pytest.raises(ParameterError, match=r"columns is not usable: give whole numbers from 0 to 2\."):
        objective.bound_of_pairs([0], [3])
    with pytest.raises(ParameterError, match="there are 2 rows but 1 columns"):
        gap.of_pairs([0, 1], [0])
    assert gap.of_pairs(1, 2) == gap.of_pairs([1], [2])


def test_scores_beyond_float64_are_refused():
    """x · y may overflow though no vector does: an error, never a NaN."""
    objective = SGNSObjective(JointDistribution.from_counts([[1, 2], [3, 4]]))
    for huge in (Embedding([[1e200], [1.0]], [[1e200], [1.0]]), Embedding([[1e200, 1e200]] * 2, [[1e200, -1e200]] * 2)):
        with pytest.raises(EmbeddingError, match="too large for float64"):
            objective.evaluate(huge)
    large = Embedding([[1e30]] * 2, [[1e30]] * 2)
    with pytest.raises(EmbeddingError, match="too large for float32"):
        objective.evaluate(large, precision="single")
    assert objective.score(large) < -1e58
