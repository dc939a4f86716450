"""Arithmetic only: arrays in, arrays out, no checks. Each kernel has its plain twin in reference.py.

Sparse tables come as CSR: ``bounds`` (V+1,) int64, ``columns`` (nnz,) int32, values (nnz,) float64, with the
columns of each row in increasing order.
"""

from __future__ import annotations

import math

import numpy as np

from jsmi_core.runtime.arrays import Float64Vector, Int32Vector, Int64Vector
from jsmi_core.runtime.jit import fused_kernel, kernel

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


# --- logarithms of many numbers at once -------------------------------------------------------------------
#
# Nothing branches and no function is called, so that a processor looks at 8 numbers at once.

ATANH = tuple(2.0 / (2 * i + 1) for i in range(18))
"""z times this polynomial at z² is 2 artanh z = log (1+z)/(1−z): with all terms to 1e-17 for z ≤ 1/3."""
HALF_BITS = np.float64(math.sqrt(0.5)).view(np.int64)
LOG2 = math.log(2)


@fused_kernel
def twice_artanh(z: float, terms: int) -> float:
    """2 artanh z by so many terms of its series."""
    z2, total = z * z, ATANH[terms - 1]
    for i in range(terms - 2, -1, -1):
        total = total * z2 + ATANH[i]
    return total * z


@fused_kernel
def log1p_of_many(x: float) -> float:
    """log(1 + x) for x > −1 within 3e-16: the exponent of 1 + x times log 2, and what is left, in √½ … √2."""
    bits = np.float64(1.0 + x).view(np.int64)
    exponent = np.int64(bits - HALF_BITS) >> np.int64(52)
    left = np.int64(bits - np.int64(exponent << np.int64(52))).view(np.float64)
    above = x if exponent == 0 else left - 1.0  # x itself, since 1 + x is rounded
    return exponent * LOG2 + twice_artanh(above / (2.0 + above), 11)


# --- contrast of positive and negative pairs --------------------------------------------------------------


@kernel
def excess_ratios(
    columns: Int32Vector,
    counts: Float64Vector,
    word_counts: Float64Vector,
    noise: Float64Vector,
    noise_rest: Float64Vector,
    out: Float64Vector,
) -> None:
    """out[i] = p/r − 1 = (n − n_x q)/(n_x q) on the support, the difference taken without cancellation.

    ``word_counts`` has n_x for each stored pair; ``noise + noise_rest`` is q in twice the precision.
    """
    for i in range(len(counts)):
        expected, rest = two_product(word_counts[i], noise[columns[i]])
        rest += word_counts[i] * noise_rest[columns[i]]
        out[i] = ((counts[i] - expected) - rest) / expected if expected > 0 else np.inf


@fused_kernel
def mixture_sums(alphas: Float64Vector, excess: Float64Vector, negative: Float64Vector, out: Float64Vector) -> None:
    """out[j] = Σ r s log s with s = 1 + αδ, for each α."""
    for j in range(len(alphas)):
        alpha, total = alphas[j], 0.0
        for i in range(len(excess)):
            x = alpha * excess[i]
            total += negative[i] * (1.0 + x) * log1p_of_many(x)
        out[j] = total


@kernel
def uncovered_mass(bounds: Int64Vector, columns: Int32Vector, mass: Float64Vector, by_row: Float64Vector) -> None:
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


@kernel
def log_sigmoid(score: float) -> float:
    """log σ(m) = min(m, 0) − log1p(exp(−|m|))."""
    return min(score, 0.0) - math.log1p(math.exp(-abs(score)))


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
def bound_cells(
    alpha: float,
    positive: Float64Vector,
    negative: Float64Vector,
    excess: Float64Vector,
    log_ratio: Float64Vector,
    out: Float64Vector,
) -> None:
    """out[i] = u · KL(Bern(t)‖Bern(α)) on the support: the gap of the constant matrix m = log α/(1−α)."""
    log_odds = math.log(alpha) - math.log1p(-alpha)
    for i in range(len(out)):
        p, r = positive[i], negative[i]
        if r > 0.0 and p / r > 0.0 and excess[i] < np.inf:
            s = 1.0 + alpha * excess[i]
            out[i] = r * s * bernoulli_loss(alpha * (p / r) / s, (1.0 - alpha) / s, log_odds, -log_ratio[i])
        else:
            out[i] = -(alpha * p * math.log(alpha) + (1.0 - alpha) * r * math.log1p(-alpha))
