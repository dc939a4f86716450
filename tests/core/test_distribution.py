"""Counts → p(x, y) and its marginals; counts → q(y); and what is refused on the way."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, strategies as st

from jsmi_core import JointDistribution, reference, unigram_noise
from jsmi_core.errors import DistributionError, ParameterError
from tests.core.oracle import MP, exact, relative_error
from tests.core.strategies import tables

TABLE = np.array([[2.0, 0.0, 1.0], [0.0, 0.0, 0.0], [1.0, 4.0, 0.0]])


@given(tables())
def test_the_definitions(counts):
    joint, table = JointDistribution.from_counts(counts), reference.joint_distribution(counts.tolist())
    np.testing.assert_allclose(joint.p.toarray(), table, rtol=1e-15)
    np.testing.assert_allclose(joint.word_marginal, reference.word_marginal(table), rtol=1e-15)
    np.testing.assert_allclose(joint.context_marginal, reference.context_marginal(table), rtol=1e-15)
    assert joint.total == counts.sum()
    assert joint.shape == counts.shape
    assert joint.pairs == np.count_nonzero(counts)
    assert joint.p.sum() == pytest.approx(1, abs=1e-14)
    np.testing.assert_array_equal(joint.counts.toarray(), counts)


@pytest.mark.parametrize(
    "matrix",
    [
        TABLE,
        TABLE.tolist(),
        TABLE.astype(np.int32),
        TABLE.astype(np.float32),
        np.asfortranarray(TABLE),
        sp.csr_array(TABLE),
        sp.csc_matrix(TABLE),
        sp.coo_matrix(TABLE.astype(np.int64)),
        sp.coo_array(([1, 1, 1, 1, 3, 1], ([0, 0, 0, 2, 2, 2], [0, 2, 0, 0, 1, 1])), shape=(3, 3)),  # parts to add up
        sp.csr_array(([1.0, 2.0, 1.0, 4.0, 0.0], [2, 0, 0, 1, 2], [0, 2, 2, 5]), shape=(3, 3)),  # unsorted, a stored 0
    ],
    ids=lambda matrix: type(matrix).__name__,
)
def test_any_matrix_will_do(matrix):
    joint = JointDistribution.from_counts(matrix)
    np.testing.assert_array_equal(joint.counts.toarray(), TABLE)
    assert joint.pairs == 4
    assert joint.counts.dtype == np.float64
    assert joint.counts.has_sorted_indices


def test_a_row_is_a_table_of_one_word():
    assert JointDistribution.from_counts([1, 2, 3]).shape == (1, 3)


@pytest.mark.parametrize("kind", [np.array, sp.csr_array, sp.csr_matrix, sp.coo_array])
def test_the_callers_matrix_is_left_alone(kind):
    """Not even reordered: a stored zero and unsorted columns stay as they were."""
    matrix = kind(TABLE)
    if kind is sp.csr_array:
        matrix = sp.csr_array(([1.0, 2.0, 0.0, 4.0], [2, 0, 0, 1], [0, 2, 2, 4]), shape=(3, 3))
    before = matrix.copy()
    joint = JointDistribution.from_counts(matrix)
    assert joint.counts is not matrix
    for name in ("data", "indices", "indptr"):
        if kind in (sp.csr_array, sp.csr_matrix):
            np.testing.assert_array_equal(getattr(matrix, name), getattr(before, name))
            assert not np.shares_memory(matrix.data, joint.counts.data)
    if kind is np.array:
        np.testing.assert_array_equal(matrix, before)


@pytest.mark.parametrize(
    ("matrix", "told"),
    [
        ([[1, 2], [3, -4]], "row 1, column 1 is -4.0"),
        ([[1, np.nan], [3, 4]], "row 0, column 1 is nan"),
        ([[1, 2], [np.inf, 4]], "row 1, column 0 is inf"),
        (sp.coo_array(([5.0, -7.0], ([0, 2], [1, 0])), shape=(3, 2)), "row 2, column 0 is -7.0"),
        ([[1, 2], [3]], "not a table of numbers"),
        ([["a", "b"]], "not a table of numbers"),
        ([[None, 1]], "not a table of numbers|row 0, column 0 is nan"),
        (None, "not a table of numbers|row 0, column 0 is nan"),
        (np.ones((2, 2, 2)), "not a table of numbers"),
        ([[0, 0], [0, 0]], "no pair at all"),
        ([[]], "no pair at all"),
        (np.zeros((0, 3)), "no pair at all"),
        ([[1e308, 1e308]], "more than a float64 holds"),
    ],
)
def test_what_is_refused(matrix, told):
    with pytest.raises(DistributionError, match=told) as caught:
        JointDistribution.from_counts(matrix)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=8).filter(any), st.sampled_from([-1, 0, 0.5, 0.75, 1, 3]))
def test_unigram_noise_to_60_digits(counts, exponent):
    powers = [MP.mpf(n) ** exact(exponent) if n else MP.zero for n in counts]
    noise = unigram_noise(counts, exponent)
    assert noise.dtype == np.float64
    for value, power in zip(noise, powers, strict=True):
        assert relative_error(value, power / MP.fsum(powers)) <= 5e-15
    np.testing.assert_allclose(noise, reference.unigram_noise(counts, exponent), rtol=1e-14)


def test_default_noise_is_word2vecs():
    np.testing.assert_array_equal(unigram_noise([3, 0, 9]), unigram_noise([3, 0, 9], exponent=0.75))
    assert unigram_noise([16, 0, 1]).tolist() == pytest.approx([8 / 9, 0, 1 / 9])


@pytest.mark.parametrize("counts", [[], [0, 0], [1, -1], [1, np.nan], [np.inf, 1], [[1, 2]], 3.0])
def test_noise_needs_counts(counts):
    with pytest.raises(DistributionError, match="noise needs"):
        unigram_noise(counts)


@pytest.mark.parametrize("exponent", [np.nan, np.inf, 11, -11, "0.75", None, True])
def test_noise_exponent_is_checked(exponent):
    with pytest.raises(ParameterError, match=r"exponent = .* from -10 to 10"):
        unigram_noise([1, 2], exponent)
