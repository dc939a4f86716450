"""Arithmetic only: arrays in, arrays out, no checks. Each kernel has its plain twin in reference.py.

Sparse tables come as CSR: ``bounds`` (V+1,) int64, ``columns`` (nnz,) int32, values (nnz,) float64, with the
columns of each row in increasing order.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.polynomial import Chebyshev, Polynomial

from jsmi_core._jit import kernel


def _log1p_polynomial(degree: int) -> tuple[np.float32, ...]:
    """Coefficients, lowest first, of the polynomial through log(1+u)/u at Chebyshev's nodes of [0, 1]."""
    fit = Chebyshev.interpolate(lambda u: np.log1p(u) / u, degree, domain=[0.0, 1.0])
    return tuple(np.float32(c) for c in fit.convert(kind=Polynomial).coef)


LOG1P = _log1p_polynomial(9)

# --- error-free sums and products -------------------------------------------------------------------------


@kernel
def two_sum(a: float, b: float) -> tuple[float, float]:
    """a + b as a rounded sum and its exact remainder (Knuth)."""
    total = a + b
    shadow = total - a
    return total, (a - (total - shadow)) + (b - shadow)


@kernel
def two_product(a: float, b: float) -> tuple[float, float]:
    """a · b as a rounded product and its exact remainder (Dekker, Veltkamp)."""
    product = a * b
    big = 134217729.0 * a
    a_high = big - (big - a)
    a_low = a - a_high
    big = 134217729.0 * b
    b_high = big - (big - b)
    b_low = b - b_high
    return product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low


# --- contrast of positive and negative pairs --------------------------------------------------------------


@kernel
def excess_ratios(columns: Any, counts: Any, word_counts: Any, noise: Any, noise_rest: Any, out: Any) -> None:
    """out[i] = p/r − 1 = (n − n_x q)/(n_x q) on the support, the difference taken without cancellation.

    ``word_counts`` has n_x for each stored pair; ``noise + noise_rest`` is q in twice the precision.
    """
    for i in range(len(counts)):
        expected, rest = two_product(word_counts[i], noise[columns[i]])
        rest += word_counts[i] * noise_rest[columns[i]]
        out[i] = ((counts[i] - expected) - rest) / expected if expected > 0 else np.inf


@kernel
def uncovered_mass(bounds: Any, columns: Any, mass: Any, by_row: Any) -> None:
    """by_row[x] = Σ mass[y] over the columns y that are *not* in row x, exact to the rounding of its result."""
    whole, whole_rest = 0.0, 0.0
    for y in range(len(mass)):
        whole, rest = two_sum(whole, mass[y])
        whole_rest += rest
    for x in range(len(bounds) - 1):
        part, part_rest = 0.0, 0.0
        for i in range(bounds[x], bounds[x + 1]):
            part, rest = two_sum(part, mass[columns[i]])
            part_rest += rest
        by_row[x] = max((whole - part) + (whole_rest - part_rest), 0.0)


# --- the scores of the pairs ------------------------------------------------------------------------------


@kernel
def take_support(tile: Any, first_row: int, first_column: int, bounds: Any, columns: Any, scores: Any) -> None:
    """Copy the support's scores out of a tile of m, and leave −∞ there, whose softplus is 0."""
    last_column = first_column + tile.shape[1]
    for row in range(tile.shape[0]):
        start, stop = bounds[first_row + row], bounds[first_row + row + 1]
        i = start + np.searchsorted(columns[start:stop], first_column)
        while i < stop and columns[i] < last_column:
            scores[i] = tile[row, columns[i] - first_column]
            tile[row, columns[i] - first_column] = -np.inf
            i += 1


@kernel
def log_sigmoid(score: float) -> float:
    """log σ(m) = min(m, 0) − log1p(exp(−|m|))."""
    return min(score, 0.0) - math.log1p(math.exp(-abs(score)))


@kernel
def score_cells(alpha: float, positive: Any, negative: Any, scores: Any, out: Any) -> None:
    """out[i] = α p log σ(m) + (1−α) r log σ(−m) on the support. (8)"""
    for i in range(len(scores)):
        m = scores[i]
        log_tail = math.log1p(math.exp(-abs(m)))
        towards, away = min(m, 0.0) - log_tail, -max(m, 0.0) - log_tail  # log σ(m), log σ(−m)
        out[i] = alpha * positive[i] * towards + (1.0 - alpha) * negative[i] * away


@kernel
def expm1_excess(x: float) -> float:
    """exp(x) − 1 − x, without cancellation near 0."""
    if abs(x) > 0.5:
        return math.expm1(x) - x
    term, total = 0.5 * x * x, 0.0
    for n in range(3, 18):
        total += term
        term *= x / n
    return total + term


@kernel
def log1p_deficit(x: float) -> float:
    """x − log(1 + x) ≥ 0 for x > −1, without cancellation near 0."""
    if abs(x) > 0.1:
        return x - math.log1p(x)
    # log(1+x) = 2 artanh z with z = x/(2+x), and x = 2z/(1−z)
    z = x / (2.0 + x)
    z2 = z * z
    power, total = z2, 0.0
    for n in range(3, 19, 2):
        total += power / n
        power *= z2
    return x * z - 2.0 * z * total


@kernel
def bernoulli_loss(t: float, rest: float, score: float, error: float) -> float:
    """KL(Bern(t)‖Bern(σ(m))) ≥ 0 from t, rest = 1 − t, the score m and its error e = m − m*.

    It is log(1 − t + t eᵉ) − t e; taken from the side with t ≤ 1/2, as t (eᵉ − 1 − e) − [x − log1p(x)] with
    x = t (eᵉ − 1), so that nothing cancels when e is small. For a large e, t eᵉ = (1−t) eᵐ.
    """
    if t > rest:
        t, rest, score, error = rest, t, -score, -error
    if error > 30.0:
        return math.log(rest) - log_sigmoid(-score) - t * error
    if abs(error) > 1.0:
        return math.log1p(t * math.expm1(error)) - t * error
    return t * expm1_excess(error) - log1p_deficit(t * math.expm1(error))


@kernel
def gap_cells(
    alpha: float,
    log_odds: float,
    positive: Any,
    negative: Any,
    excess: Any,
    log_ratio: Any,
    scores: Any,
    out: Any,
) -> None:
    """out[i] = u · KL(Bern(t)‖Bern(σ(m))) on the support. (10)

    With s = u/r = 1 + α (p/r − 1): t = α (p/r)/s, 1 − t = (1−α)/s and m* = log p/r + ``log_odds``.
    """
    for i in range(len(scores)):
        p, r = positive[i], negative[i]
        if r > 0.0 and p / r > 0.0 and excess[i] < np.inf:
            s = 1.0 + alpha * excess[i]
            error = scores[i] - (log_ratio[i] + log_odds)
            out[i] = r * s * bernoulli_loss(alpha * (p / r) / s, (1.0 - alpha) / s, scores[i], error)
        else:  # one of the two is never drawn (or too rarely for a float): t is 0 or 1
            out[i] = -(alpha * p * log_sigmoid(scores[i]) + (1.0 - alpha) * r * log_sigmoid(-scores[i]))


@kernel
def bound_cells(alpha: float, positive: Any, negative: Any, excess: Any, log_ratio: Any, out: Any) -> None:
    """out[i] = u · KL(Bern(t)‖Bern(α)) on the support: the gap of the constant matrix m = log α/(1−α)."""
    log_odds = math.log(alpha) - math.log1p(-alpha)
    for i in range(len(out)):
        p, r = positive[i], negative[i]
        if r > 0.0 and p / r > 0.0 and excess[i] < np.inf:
            s = 1.0 + alpha * excess[i]
            out[i] = r * s * bernoulli_loss(alpha * (p / r) / s, (1.0 - alpha) / s, log_odds, -log_ratio[i])
        else:
            out[i] = -(alpha * p * math.log(alpha) + (1.0 - alpha) * r * math.log1p(-alpha))


@kernel
def softplus_tail(tail: Any, scores: Any) -> None:
    """scores ← max(m, 0) + log(1 + u) in place, for u = exp(−|m|) in ``tail``; float32, flat arrays.

    log(1 + u) on [0, 1] as a polynomial that interpolates it in Chebyshev nodes, u · P(u); its error is
    below 4·10⁻⁸, half a unit in the last place of float32 at log 2.
    """
    for i in range(len(scores)):
        u = tail[i]
        p = LOG1P[9]
        for n in range(8, -1, -1):
            p = p * u + LOG1P[n]
        scores[i] = max(scores[i], np.float32(0.0)) + p * u


@kernel
def loss_and_slope_single(tail: Any, scores: Any, row_weights: Any, column_weights: Any) -> None:
    """In place: scores ← softplus(m), tail ← w_x w_y σ(m), for u = exp(−|m|) in ``tail``; float32 tiles."""
    for x in range(scores.shape[0]):
        row, slopes, weight = scores[x], tail[x], row_weights[x]
        for y in range(len(row)):
            u, m = slopes[y], row[y]
            p = LOG1P[9]
            for n in range(8, -1, -1):
                p = p * u + LOG1P[n]
            small = np.float32(1.0) / (np.float32(1.0) + u)  # σ(|m|)
            slopes[y] = weight * column_weights[y] * (small if m >= np.float32(0.0) else u * small)
            row[y] = max(m, np.float32(0.0)) + p * u


@kernel
def loss_and_slope_double(tail: Any, scores: Any, row_weights: Any, column_weights: Any) -> None:
    """The same in float64, with the logarithm of the library."""
    for x in range(scores.shape[0]):
        for y in range(scores.shape[1]):
            u, m = tail[x, y], scores[x, y]
            tail[x, y] = row_weights[x] * column_weights[y] * ((1.0 if m >= 0.0 else u) / (1.0 + u))
            scores[x, y] = max(m, 0.0) + math.log1p(u)


@kernel
def support_slopes(
    tile: Any,
    first_row: int,
    first_column: int,
    bounds: Any,
    columns: Any,
    alpha: float,
    positive: Any,
    negative: Any,
    unit: float,
    scores: Any,
    cells: Any,
) -> None:
    """Put −∂S/∂m · ``unit`` of the support's pairs into a tile of slopes, and their part of S into ``cells``."""
    last_column = first_column + tile.shape[1]
    for row in range(tile.shape[0]):
        start, stop = bounds[first_row + row], bounds[first_row + row + 1]
        i = start + np.searchsorted(columns[start:stop], first_column)
        while i < stop and columns[i] < last_column:
            m, p, r = scores[i], alpha * positive[i], (1.0 - alpha) * negative[i]
            u = math.exp(-abs(m))
            towards, away = (1.0, u) if m >= 0.0 else (u, 1.0)
            log_tail = math.log1p(u)
            tile[row, columns[i] - first_column] = (r * towards - p * away) / (1.0 + u) * unit
            cells[i] = p * (min(m, 0.0) - log_tail) - r * (max(m, 0.0) + log_tail)
            i += 1


# --- pairs from a text ------------------------------------------------------------------------------------


@kernel
def reach_from(
    position: int,
    step: int,
    stop: int,
    word: int,
    ids: Any,
    keep: Any,
    weights: Any,
    chances: Any,
    row: Any,
    touched: Any,
    size: int,
) -> int:
    """Add to row[y] the expected pairs of one token with the tokens y ≥ word on one side of it.

    ``chances[t]`` is the probability that t kept tokens lie between; what passes the window is dropped.
    """
    window = len(weights)
    chances[:] = 0.0
    chances[0] = 1.0
    j = position + step
    while j != stop:
        y = ids[j]
        covered = 0.0
        for t in range(window):
            covered += chances[t] * weights[t]
        if covered < 1e-20:  # it only falls from here: what is left out is below 1e-20 of one pair
            break
        if y >= word:
            if row[y] == 0.0:
                touched[size] = y
                size += 1
            row[y] += keep[word] * keep[y] * covered
        kept = keep[y]
        for t in range(window - 1, 0, -1):
            chances[t] = chances[t] * (1.0 - kept) + chances[t - 1] * kept
        chances[0] *= 1.0 - kept
        j += step
    return size


@kernel
def drain(row: Any, first: int, touched: Any, columns: Any, values: Any) -> None:
    """Move the cells ``touched``, all from ``first`` on, out of a row that is 0 elsewhere, in increasing order."""
    if 16 * len(touched) < len(row) - first:  # few: sorting them is quicker than looking at all
        columns[:] = np.sort(touched)
    else:
        size = 0
        for y in range(first, len(row)):
            if row[y] != 0.0:
                columns[size] = y
                size += 1
    for i in range(len(columns)):
        values[i] = row[columns[i]]
        row[columns[i]] = 0.0


@kernel
def expected_rows(
    first: int, last: int, starts: Any, positions: Any, sentence: Any, offsets: Any, ids: Any, keep: Any, weights: Any
) -> Any:
    """The rows first … last−1 of the expected pair counts, columns y ≥ x only: (row sizes, columns, values).

    ``positions[starts[x]:starts[x+1]]`` are the places of word x in ``ids``; ``sentence`` numbers the
    sentence of each token, ``offsets`` bounds the sentences.
    """
    row = np.zeros(len(keep))
    touched = np.empty(len(keep), np.int32)
    chances = np.empty(len(weights))
    sizes = np.zeros(last - first, np.int64)
    columns = np.empty(1024, np.int32)
    values = np.empty(1024)
    filled = 0
    for x in range(first, last):
        size = 0
        for place in range(starts[x], starts[x + 1]):
            position = positions[place]
            begin, end = offsets[sentence[position]], offsets[sentence[position] + 1]
            size = reach_from(position, -1, begin - 1, x, ids, keep, weights, chances, row, touched, size)
            size = reach_from(position, 1, end, x, ids, keep, weights, chances, row, touched, size)
        if filled + size > len(columns):
            capacity = max(2 * len(columns), filled + size)
            wider = np.empty(capacity, np.int32)
            wider[:filled] = columns[:filled]
            columns = wider
            longer = np.empty(capacity)
            longer[:filled] = values[:filled]
            values = longer
        drain(row, x, touched[:size], columns[filled : filled + size], values[filled : filled + size])
        sizes[x - first] = size
        filled += size
    return sizes, columns[:filled].copy(), values[:filled].copy()
