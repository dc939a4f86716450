"""Small tables: whatever is done to one, it stays a distribution; and what does not fit is told in one sentence."""

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.stats import multivariate_normal

from jsmi_core import JointDistribution, jsmi, mutual_information
from jsmi_core.errors import DistributionError, ParameterError
from jsmi_core.tables.joint import (
    PRESETS,
    SIZES,
    corner,
    edited,
    edited_block,
    edited_within_margins,
    preset,
    read_table,
    write_table,
)
from tests.core.strategies import tables

COUNTS = tables(max_side=8, min_side=2)


@st.composite
def edits(draw):
    """A table, a cell of it, and a number from 0 to 1."""
    counts = draw(COUNTS)
    cell = draw(st.integers(0, counts.shape[0] - 1)), draw(st.integers(0, counts.shape[1] - 1))
    return counts / counts.sum(), *cell, draw(st.floats(0, 1))


def limits(table, row, column):
    """Between which values a cell may lie while the margins stay."""
    words, contexts = table.sum(axis=1), table.sum(axis=0)
    return max(0.0, words[row] + contexts[column] - 1), min(words[row], contexts[column])


def is_distribution(table):
    return (table >= 0).all() and table.sum() == pytest.approx(1, rel=0, abs=1e-12)


# --- presets -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PRESETS)
@given(size=st.sampled_from(SIZES), strength=st.floats(0, 0.99))
def test_every_preset_is_a_distribution(name, size, strength):
    table = preset(name, size, strength)
    assert table.shape == (size, size)
    assert is_distribution(table)
    np.testing.assert_allclose(table, table.T, rtol=0, atol=1e-13)


@pytest.mark.parametrize(("name", "strength"), [("independent", 0.3), ("copy", 1), ("zipf", 1), ("gaussian", 0)])
def test_some_presets_have_nothing_to_know(name, strength):
    assert mutual_information(JointDistribution.from_counts(preset(name, 5, strength))) < 1e-14


@pytest.mark.parametrize("name", ["copy", "zipf", "blocks"])
def test_noise_takes_information_away(name):
    values = [jsmi(JointDistribution.from_counts(preset(name, 5, noise)), 1 / 6) for noise in (0, 0.2, 0.5, 0.8, 1)]
    assert values == sorted(values, reverse=True)


def test_the_diagonal_is_the_noisy_copy_without_noise():
    np.testing.assert_array_equal(preset("diagonal", 3), preset("copy", 3, 0))
    assert mutual_information(JointDistribution.from_counts(preset("diagonal", 4))) == pytest.approx(np.log(4))


@pytest.mark.parametrize("correlation", [-0.99, -0.5, 0.3, 0.9, 0.99])
def test_binned_gaussians_are_those_of_scipy(correlation):
    edges = [-8.0, -2 / 3, 2 / 3, 8.0]
    normal = multivariate_normal(cov=[[1, correlation], [correlation, 1]], allow_singular=False)
    below = np.array([[normal.cdf([x, y]) for y in edges] for x in edges])
    exact = np.diff(np.diff(below, axis=0), axis=1)
    np.testing.assert_allclose(preset("gaussian", 3, correlation), exact, rtol=0, atol=1e-7)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("chess", 4, 0.3), "preset = 'chess'"),
        (("copy", 9, 0.3), "size = 9"),
        (("copy", 4, 1.5), "noise = 1.5"),
        (("gaussian", 4, 1.0), "correlation = 1.0"),
    ],
)
def test_a_preset_that_is_not_there_is_refused(wrong, told):
    with pytest.raises(ParameterError, match=told):
        preset(*wrong)


def test_the_corner_of_a_text_is_that_of_its_counts():
    counts = np.arange(100.0).reshape(10, 10)
    np.testing.assert_allclose(corner(JointDistribution.from_counts(counts), 3), counts[:3, :3] / counts[:3, :3].sum())
    with pytest.raises(DistributionError, match="no pair at all"):
        corner(JointDistribution.from_counts(np.diag([0, 0, 1.0])), 2)


# --- edits -------------------------------------------------------------------------------------------------------


@given(edits())
def test_a_free_edit_keeps_a_distribution_and_the_proportions_of_the_rest(edit):
    table, row, column, value = edit
    changed = edited(table, row, column, value)
    assert is_distribution(changed)
    assert changed[row, column] == value
    others = np.arange(table.size) != row * table.shape[1] + column
    before, after = table.ravel()[others], changed.ravel()[others]
    if before.sum() > 0:
        np.testing.assert_allclose(after * before.sum(), before * (1 - value), rtol=1e-12, atol=1e-300)
    else:
        np.testing.assert_allclose(after, (1 - value) / len(after))


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_a_free_edit_takes_probabilities_only(value):
    with pytest.raises(ParameterError, match="a cell = "):
        edited(preset("copy", 2), 0, 0, value)


def test_a_block_is_set_and_the_rest_keeps_its_proportions() -> None:
    table = np.array([[0.1, 0.2, 0.3], [0.1, 0.1, 0.2]])
    changed = edited_block(table, {(0, 0): 0.25, (0, 1): 0.05})
    np.testing.assert_allclose(changed, [[0.25, 0.05, 0.3], [0.1, 0.1, 0.2]], atol=1e-15)
    np.testing.assert_allclose(edited_block(table, {(0, 2): 0.65})[1], np.array([0.1, 0.1, 0.2]) / 2, atol=1e-15)
    full = edited_block(np.full((2, 2), 0.25), {(0, 0): 0.1, (0, 1): 0.1, (1, 0): 0.2, (1, 1): 0.1})
    np.testing.assert_allclose(full, [[0.2, 0.2], [0.4, 0.2]], atol=1e-15)
    even = edited_block(np.array([[0.5, 0.5], [0.0, 0.0]]), {(0, 0): 0.1, (0, 1): 0.3})
    np.testing.assert_allclose(even, [[0.1, 0.3], [0.3, 0.3]], atol=1e-15)


@pytest.mark.parametrize("values", [(0.6, 0.5), (0.5, -0.1), (0.5, np.nan)])
def test_an_impossible_block_is_refused(values: tuple[float, float]) -> None:
    with pytest.raises(ParameterError, match="give"):
        edited_block(np.full((2, 2), 0.25), dict(zip([(0, 0), (0, 1)], values, strict=True)))
    with pytest.raises(ParameterError, match="100 %"):
        edited_block(np.full((2, 2), 0.25), dict.fromkeys([(0, 0), (0, 1), (1, 0), (1, 1)], 0.0))


def test_a_block_within_the_margins_is_typed_cell_by_cell_or_not_at_all() -> None:
    table = np.full((3, 3), 1 / 9)
    changed = edited_block(table, {(0, 0): 1 / 3, (1, 1): 1 / 3}, keep_margins=True)
    np.testing.assert_allclose(changed, np.eye(3) / 3, atol=1e-15)
    with pytest.raises(ParameterError, match="margins"):
        edited_block(table, {(0, 0): 0.1, (0, 1): 0.5}, keep_margins=True)


@given(edits())
def test_an_edit_within_margins_keeps_them(edit):
    table, row, column, share = edit
    low, high = limits(table, row, column)
    value = low + share * (high - low)
    changed = edited_within_margins(table, row, column, value)
    assert is_distribution(changed)
    assert changed[row, column] == pytest.approx(value, rel=0, abs=1e-12)
    for axis in (0, 1):
        np.testing.assert_allclose(changed.sum(axis), table.sum(axis), rtol=0, atol=1e-12)


@given(edits())
def test_what_no_table_with_these_margins_has_is_refused_in_one_sentence(edit):
    table, row, column, _ = edit
    low, high = limits(table, row, column)
    for value in (low - 1e-6, high + 1e-6):
        with pytest.raises(ParameterError, match=r"^with these margins this cell lies between .*: give .*\.$"):
            edited_within_margins(table, row, column, value)


def test_an_independent_table_can_be_made_diagonal_with_its_margins_kept():
    table = edited_within_margins(edited_within_margins(np.full((3, 3), 1 / 9), 0, 0, 1 / 3), 1, 1, 1 / 3)
    np.testing.assert_allclose(table, np.eye(3) / 3, atol=1e-15)


# --- as text -----------------------------------------------------------------------------------------------------


@given(COUNTS)
def test_a_link_gives_the_same_table(counts):
    table = counts / counts.sum()
    np.testing.assert_allclose(read_table(write_table(table)), table, rtol=0, atol=1e-12)


@given(edits())
def test_margins_survive_the_link(edit):
    table, row, column, share = edit
    low, high = limits(table, row, column)
    again = read_table(write_table(edited_within_margins(table, row, column, low + share * (high - low))))
    for axis in (0, 1):
        np.testing.assert_allclose(again.sum(axis), table.sum(axis), rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "text",
    ["", "1-2", "1_2", "1-2_3", "1-2_3-x", "1--2_3-4", "-1-2_3-4", "1e3-2_3-4", "inf-1_1-1",
     "0-0_0-0", "1-1-1-1-1-1-1-1-1_1-1-1-1-1-1-1-1-1",
     "١-2_3-4", "1-2_3-4\n", "9" * 400 + "-1_1-1"],
)  # fmt: skip
def test_text_that_is_no_table_is_refused(text):
    with pytest.raises(DistributionError, match=r"\.$"):
        read_table(text)
