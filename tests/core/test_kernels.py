"""The kernels one by one against 60 digits and plain loops; the same tests pass without the compiler.

`NUMBA_DISABLE_JIT=1` runs a kernel as the Python it is written in, which is how its lines are counted as covered.
"""

import math
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st

from jsmi_core import reference
from jsmi_core.information import kernels as information_kernels
from jsmi_core.objective import kernels as objective_kernels
from jsmi_core.pairs import kernels as pairs_kernels
from jsmi_core.runtime.jit import kernel
from tests.core.oracle import MP, exact, log_sigmoid, relative_error
from tests.core.strategies import random_counts, texts

JIT = os.environ.get("NUMBA_DISABLE_JIT", "0") == "0"

WIDE = MP.clone()
WIDE.dps = 700  # 1 + 1e-300 is not 1

ordinary = st.floats(-1e100, 1e100, allow_subnormal=False)
# Products whose halves neither overflow nor fall below the smallest normal number.
factors = st.floats(1e-100, 1e100) | st.floats(-1e100, -1e-100)


@pytest.mark.skipif(not JIT, reason="this is the run without the compiler")
def test_all_this_without_the_compiler():
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__]
    run = subprocess.run(
        command,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-3000:]
    assert " 1 skipped" in run.stdout


def test_a_kernel_without_a_place_for_its_cache_is_compiled_all_the_same(monkeypatch):
    asked = []

    def njit(function, *, cache=False, **options):
        asked.append(cache)
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return function

    monkeypatch.setattr("numba.njit", njit)
    assert kernel(lambda a, b: math.hypot(a, b))(3.0, 4.0) == 5.0
    assert asked == [True, False]


# --- error-free sums and products ------------------------------------------------------------------------------------


@given(ordinary, ordinary)
def test_two_sum_loses_nothing(a, b):
    total, rest = information_kernels.two_sum(a, b)
    assert total == a + b
    assert Fraction(total) + Fraction(rest) == Fraction(a) + Fraction(b)


@given(factors, factors)
def test_two_product_loses_nothing(a, b):
    product, rest = information_kernels.two_product(a, b)
    assert product == a * b
    assert Fraction(product) + Fraction(rest) == Fraction(a) * Fraction(b)


# --- contrast --------------------------------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.floats(1e-30, 1e15), st.floats(1e-30, 1e15), st.floats(1e-20, 1.0)), min_size=1, max_size=5)
)
def test_excess_ratios_are_differences_of_exact_products(cells):
    counts, words, noise = (np.array(column) for column in zip(*cells, strict=True))
    rest = noise * 2.0**-55
    out = np.empty(len(cells))
    information_kernels.excess_ratios(np.arange(len(cells), dtype=np.int32), counts, words, noise, rest, out)
    for value, n, weight, q, more in zip(out, counts, words, noise, rest, strict=True):
        expected = exact(weight) * (exact(q) + exact(more))
        truth = (exact(n) - expected) / expected
        # near 0 the error is absolute: that of n_x q in twice the precision
        assert relative_error(value, truth, 1e-14) <= 1e-15


def test_excess_ratios_where_nothing_is_ever_drawn():
    out = np.empty(1)
    information_kernels.excess_ratios(np.array([0], np.int32), np.ones(1), np.ones(1), np.zeros(1), np.zeros(1), out)
    assert out.tolist() == [math.inf]


@pytest.mark.parametrize("seed", range(5))
def test_uncovered_mass_has_all_its_digits(seed):
    """What a row leaves over of the whole, down to 1e-25 of it."""
    rng = np.random.default_rng(seed)
    mass = 10.0 ** rng.uniform(-25, 0, 40)
    covered = rng.random((6, 40)) < 0.8
    covered[0], covered[1] = True, False
    covered[2, np.argmin(mass)] = False
    columns = np.concatenate([np.flatnonzero(row) for row in covered]).astype(np.int32)
    bounds = np.concatenate([[0], np.cumsum(covered.sum(axis=1))]).astype(np.int64)
    out = np.empty(6)
    information_kernels.uncovered_mass(bounds, columns, mass, out)
    for value, row in zip(out, covered, strict=True):
        assert relative_error(value, MP.fsum(exact(m) for m in mass[~row]), 1e-28) <= 1e-14
    assert out[0] == 0


@given(st.floats(-1 + 1e-12, 1e6) | st.floats(-0.5, 0.5) | st.floats(-1e-9, 1e-9) | st.floats(1, 1e300))
def test_log1p_of_many(x):
    assert relative_error(information_kernels.log1p_of_many(x), WIDE.log1p(WIDE.mpf(x)), 1e-300) <= 5e-16


def test_mixture_sums_beside_wide_arithmetic():
    rng = np.random.default_rng(4)
    excess, r = np.exp(rng.normal(0, 3, 500)) - 0.99, rng.random(500)
    alphas = np.array([1e-9, 1 / 6, 0.5, 1 - 1e-9])
    out = np.empty(4)
    information_kernels.mixture_sums(alphas, excess, r, out)
    for value, alpha in zip(out, alphas, strict=True):
        mixed = [1 + exact(alpha) * exact(d) for d in excess]
        cells = [exact(b) * s * MP.log(s) for b, s in zip(r, mixed, strict=True)]
        one_by_one = len(cells) * 2.0**-53  # what adding them in the worst order may round
        assert abs(exact(value) - MP.fsum(cells)) <= one_by_one * MP.fsum(map(abs, cells))


# --- scores ----------------------------------------------------------------------------------------------------------


def test_take_support_moves_scores_out_of_any_tile():
    rng = np.random.default_rng(0)
    counts = random_counts(rng, (9, 11), zeros=0.6)
    rows, columns = np.nonzero(counts)
    bounds = np.concatenate([[0], np.cumsum((counts > 0).sum(axis=1))]).astype(np.int64)
    m = rng.normal(size=counts.shape)
    taken = np.full(len(rows), np.nan)
    for first_row in (0, 4, 7):
        of_rows = bounds[first_row : first_row + 5]
        places = of_rows[:-1].copy()
        for first_column, width in ((0, 3), (3, 7), (10, 1)):
            place = np.s_[first_row : first_row + 4, first_column : first_column + width]
            tile, inside = m[place].copy(), counts[place] > 0
            objective_kernels.take_support(tile, first_column, places, of_rows, columns.astype(np.int32), taken)
            assert (tile[inside] == -np.inf).all()
            np.testing.assert_array_equal(tile[~inside], m[place][~inside])
        np.testing.assert_array_equal(places, of_rows[1:])
    np.testing.assert_array_equal(taken, m[rows, columns])


@given(st.floats(-1e4, 1e4))
def test_log_sigmoid(score):
    assert relative_error(information_kernels.log_sigmoid(score), log_sigmoid(score), 1e-300) <= 1e-15
    assert information_kernels.log_sigmoid(score) == reference.log_sigmoid(score)


@given(st.floats(1e-6, 1 - 1e-6), st.floats(0, 1), st.floats(0, 1), st.floats(-100, 100))
def test_score_cells(alpha, p, r, m):
    out = np.empty(1)
    objective_kernels.score_cells(alpha, np.array([p]), np.array([r]), np.array([m]), out)
    a = exact(alpha)
    truth = a * exact(p) * log_sigmoid(m) + (1 - a) * exact(r) * log_sigmoid(-m)
    assert relative_error(out[0], truth, 1e-300) <= 1e-14


@given(st.floats(-700, 700) | st.floats(-1, 1))
def test_expm1_excess(x):
    truth = WIDE.expm1(WIDE.mpf(x)) - WIDE.mpf(x)
    assert relative_error(information_kernels.expm1_excess(x), truth, 1e-300) <= 1e-14


@given(st.floats(-0.999999, 1e6) | st.floats(-0.2, 0.2))
def test_log1p_deficit(x):
    truth = WIDE.mpf(x) - WIDE.log1p(WIDE.mpf(x))
    assert relative_error(information_kernels.log1p_deficit(x), truth, 1e-300) <= 1e-13


@given(st.floats(-700, 700), st.floats(-50, 50) | st.floats(-1e-3, 1e-3) | st.floats(-1e-12, 1e-12))
def test_bernoulli_loss(best, error):
    """KL(Bern(σ(m*))‖Bern(σ(m))) for errors m − m* of all sizes, t of all sizes."""
    t, rest = math.exp(reference.log_sigmoid(best)), math.exp(reference.log_sigmoid(-best))
    e = WIDE.mpf(error)
    a = WIDE.mpf(t) if t < rest else 1 - WIDE.mpf(rest)  # of the two, the smaller has the digits
    truth = WIDE.log1p(a * WIDE.expm1(e)) - a * e
    score = float(WIDE.log(a / (1 - a)) + e)
    assert relative_error(information_kernels.bernoulli_loss(t, rest, score, error), truth, 1e-300) <= 2e-13


@given(
    st.sampled_from([1, 2, 5, 1000]),
    st.floats(1e-12, 1),
    st.floats(1e-12, 1) | st.just(0.0),
    st.floats(-800, 800) | st.floats(-5, 5),
)
def test_gap_and_bound_cells(negatives, p, r, m):
    alpha, a = 1 / (negatives + 1), MP.one / (negatives + 1)
    positive, negative = exact(p), exact(r)
    u = a * positive + (1 - a) * negative

    def cell(score):
        loss = a * positive * (MP.log(a * positive / u) - log_sigmoid(score))
        if r:
            loss += (1 - a) * negative * (MP.log((1 - a) * negative / u) - log_sigmoid(-score))
        return loss

    excess = np.array([float(positive / negative - 1) if r else math.inf])
    log_ratio = np.array([float(MP.log(positive / negative)) if r else math.inf])
    out = np.empty(1)
    inputs = (np.array([p]), np.array([r]), excess, log_ratio)
    objective_kernels.gap_cells(alpha, -math.log(negatives), *inputs, np.array([m]), out)
    # m* = log p/r − log k is rounded to about 1e-16 |m*|; the loss follows with (σ(m) − t) times that.
    assert relative_error(out[0], cell(m), 1e-14 * float(u)) <= 1e-11
    information_kernels.bound_cells(alpha, *inputs, out)
    assert relative_error(out[0], cell(-MP.log(negatives)), 1e-14 * float(u)) <= 1e-11


def test_cells_of_pairs_that_are_hardly_ever_positive():
    """p/r below the smallest float: t = 0, and the loss is that of a pair never seen."""
    out, m = np.empty(1), np.array([1.5])
    inputs = (np.array([1e-320]), np.array([1e5]), np.array([-1.0]), np.array([-748.0]))
    objective_kernels.gap_cells(0.5, 0.0, *inputs, m, out)
    assert out[0] == pytest.approx(-0.5e5 * reference.log_sigmoid(-1.5), rel=1e-14)
    information_kernels.bound_cells(0.5, *inputs, out)
    assert out[0] == pytest.approx(0.5e5 * math.log(2), rel=1e-14)


def test_softplus_of_a_tile_and_its_sums_in_float32():
    """exp and log as polynomials: |m| is rounded before exp is taken of it, so the error grows with it."""
    m = np.concatenate([np.linspace(-45, 45, 9_001), np.linspace(-1, 1, 999)]).astype(np.float32).reshape(4, -1)
    exact_m, weights = m.astype(np.float64), np.linspace(0.5, 1, m.shape[1]).astype(np.float32)
    tile, sums = m.copy(), np.ones(4)
    objective_kernels.softplus_of_tile(tile, weights, sums)
    truth = np.logaddexp(0, exact_m)
    assert (np.abs(tile - truth) <= 1e-7 * (1.5 + np.abs(exact_m)) * truth).all()
    np.testing.assert_allclose(sums, 1 + truth @ weights.astype(np.float64), rtol=1e-6)


def test_softplus_of_what_lies_beyond_float32():
    tile = np.float32([[-np.inf, -1e30, -90.0, 0.0, 90.0, 1e30, np.nan]])
    with np.errstate(invalid="ignore"):  # a NaN is cast to some whole number, which changes nothing
        objective_kernels.softplus_of_tile(tile, np.zeros(7, np.float32), np.zeros(1))
    truth = [0.0, 0.0, 0.0, math.log(2), 90.0, float(np.float32(1e30))]
    assert tile[0, :6].tolist() == pytest.approx(truth, rel=2e-7, abs=2e-20)
    assert np.isnan(tile[0, 6])
    assert not ((tile > 0) & (tile < np.finfo(np.float32).tiny)).any()  # no denormal number: they are 50 times slower


@given(st.floats(-700, 700) | st.floats(-2, 2))
def test_log1p_exp_minus_abs(m):
    truth = WIDE.log1p(WIDE.exp(-abs(WIDE.mpf(m))))
    size = 1 + abs(m)  # |m| log₂ e is rounded once before exp is taken of it
    assert relative_error(objective_kernels.log1p_exp_minus_abs(m), truth, 1e-300) <= 4e-16 * size


@given(
    st.sampled_from([1, 5, 1000]), st.floats(1e-12, 1), st.floats(1e-12, 1) | st.just(0.0), st.floats(-60, 60, width=32)
)
def test_cells_of_single_scores(negatives, p, r, m):
    """Beside the kernels for scores of float64: as close as what float32 makes of m."""
    alpha, log_odds = 1 / (negatives + 1), -math.log(negatives)
    positive, negative, scores = np.array([p]), np.array([r]), np.array([m])
    excess = np.array([p / r - 1 if r else math.inf])
    log_ratio = np.array([math.log(p) - math.log(r) if r else math.inf])
    out, truth = np.empty(1), np.empty(1)
    objective_kernels.score_cells(alpha, positive, negative, scores, truth)
    objective_kernels.score_cells_single(alpha, positive, negative, scores, out)
    assert out[0] == pytest.approx(truth[0], rel=4e-16 * (2 + abs(m)))
    objective_kernels.gap_cells(alpha, log_odds, positive, negative, excess, log_ratio, scores, truth)
    objective_kernels.gap_cells_single(alpha, log_odds, positive, negative, log_ratio, scores, out)
    assert out[0] >= 0
    mass = (alpha * p + (1 - alpha) * r) * (abs(m) + abs(min(log_ratio[0] + log_odds, 700)) + 1)
    assert out[0] == pytest.approx(truth[0], rel=1e-12, abs=2e-15 * mass)


def test_sums_by_row_take_empty_rows_for_nothing():
    out = np.full(4, np.nan)
    objective_kernels.sums_by_row(np.array([0, 0, 2, 2, 3]), np.array([1.0, 2.0, 4.0]), out)
    assert out.tolist() == [0.0, 3.0, 0.0, 4.0]


@pytest.mark.parametrize("single", [False, True])
def test_loss_and_gradient_are_softplus_and_its_derivative(single):
    """scores ← softplus(m), gradient ← w_x w_y σ(m); a score of −∞, left by take_support, gives 0 and (nearly) 0."""
    rng = np.random.default_rng(0)
    m = rng.normal(0, 5, (4, 30))
    m[0, 0], m[1, 1], m[2, 2], m[3, 3] = -np.inf, 0.0, 80.0, -80.0
    rows, columns = rng.random(4), rng.random(30)
    dtype, limit = (np.float32, 1e-6) if single else (np.float64, 1e-14)
    kernel = objective_kernels.loss_and_gradient_single if single else objective_kernels.loss_and_gradient_double
    m = m.astype(dtype)
    rows, columns = rows.astype(dtype), columns.astype(dtype)
    scores, gradient = m.copy(), np.exp(-np.abs(m))
    kernel(scores, gradient, rows, columns)
    assert scores.dtype == gradient.dtype == dtype
    exact_m = m.astype(np.float64)
    np.testing.assert_allclose(scores, np.logaddexp(0, exact_m), rtol=limit, atol=2e-20)
    sigmoid = np.exp(-np.logaddexp(0, -exact_m))
    least = 2e-20 if single else 0.0  # exp(−|m|) ends there in float32
    np.testing.assert_allclose(gradient, np.outer(rows, columns) * sigmoid, rtol=limit, atol=least)
    assert scores[0, 0] <= least
    assert gradient[0, 0] <= least


def test_support_gradient_is_the_derivative_of_the_cells():
    """∂/∂m of α p log σ(m) + (1−α) r log σ(−m) is α p σ(−m) − (1−α) r σ(m), at any place of any tile."""
    rng = np.random.default_rng(1)
    counts = random_counts(rng, (5, 9), zeros=0.5)
    rows, columns = np.nonzero(counts)
    bounds = np.concatenate([[0], np.cumsum((counts > 0).sum(axis=1))]).astype(np.int64)
    p, r, m = rng.random((3, len(rows)))
    m = (m - 0.5) * 60
    alpha, unit = 0.2, 7.0
    cells, gradient = m.copy(), np.zeros(counts.shape)
    places = bounds[:-1].copy()
    for first_row, first_column in [(0, 0), (0, 4), (3, 0), (3, 4)]:
        place = np.s_[first_row : first_row + 3, first_column : first_column + (4 if first_column == 0 else 5)]
        tile = np.zeros_like(gradient[place])
        where = (places[first_row:], bounds[first_row:], columns.astype(np.int32))
        objective_kernels.support_gradient(tile, first_column, *where, alpha, p, r, unit, cells)
        gradient[place] = tile
    sigmoid = np.exp(-np.logaddexp(0, -m))
    derivative = alpha * p * np.exp(-np.logaddexp(0, m)) - (1 - alpha) * r * sigmoid
    np.testing.assert_allclose(gradient[rows, columns], -derivative * unit, rtol=1e-13)
    assert not gradient[counts == 0].any()
    part = -alpha * p * np.logaddexp(0, -m) - (1 - alpha) * r * np.logaddexp(0, m)
    np.testing.assert_allclose(cells, part, rtol=1e-13)


# --- pairs -----------------------------------------------------------------------------------------------------------


def upper_rows(sentences, keep, window, dynamic, pieces):
    """Run the kernel over these ranges of words, and return its rows as a table."""
    ids = np.array([word for sentence in sentences for word in sentence], np.int32)
    offsets = np.concatenate([[0], np.cumsum([len(sentence) for sentence in sentences])]).astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(np.bincount(ids, minlength=len(keep)))])
    positions = np.argsort(ids, kind="stable")
    of_token = np.repeat(np.arange(len(sentences), dtype=np.int32), np.diff(offsets))
    weights = np.array(reference.window_weights(window, dynamic))
    table = np.zeros((len(keep), len(keep)))
    for first, last in pieces:
        sizes, columns, values = pairs_kernels.expected_rows(
            first, last, starts, positions, of_token, offsets, ids, np.array(keep), weights
        )
        rows = np.repeat(np.arange(first, last), sizes)
        assert len(columns) == len(values) == sizes.sum()
        assert all((np.diff(columns[rows == row]) > 0).all() for row in range(first, last))
        table[rows, columns] = values
    return table


@given(texts(max_words=5, max_sentences=4, max_length=8), st.integers(1, 6), st.booleans())
def test_expected_rows_are_the_upper_triangle_of_the_definition(text, window, dynamic):
    sentences, keep = text
    half = len(keep) // 2
    table = upper_rows(sentences, keep, window, dynamic, [(0, half), (half, len(keep))])
    truth = np.triu(reference.expected_pair_counts(sentences, keep, window, dynamic))
    np.testing.assert_allclose(table, truth, rtol=1e-12, atol=1e-300)


def test_expected_rows_make_room_for_thousands_of_pairs():
    sentence = list(range(60))
    table = upper_rows([sentence], [1.0] * 60, 60, False, [(0, 60)])
    assert np.count_nonzero(table) == 60 * 59 // 2
    assert (table[np.triu_indices(60, 1)] == 1).all()
