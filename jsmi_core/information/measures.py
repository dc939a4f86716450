"""Distributions → information: entropy, divergences, mutual information, and the JSMI. All in nats.

The tables here are whole distributions; the joint distribution of words and contexts is sparse and its
bound is summed over stored pairs only, see :mod:`jsmi_core.information.contrast`.
"""

from __future__ import annotations

import math
from typing import overload

import numpy as np
import numpy.typing as npt
import scipy

from jsmi_core import checks
from jsmi_core.errors import DistributionError, ParameterError
from jsmi_core.information.contrast import Contrast
from jsmi_core.information.distribution import FloatArray, JointDistribution


def check_alpha(alpha: float) -> float:
    """Return α as a float strictly between 0 and 1; raise ParameterError otherwise."""
    return checks.real("alpha", alpha, 0, 1, open_low=True, open_high=True)


@overload
def binary_entropy(alpha: float) -> float: ...
@overload
def binary_entropy(alpha: FloatArray) -> FloatArray: ...
def binary_entropy(alpha: float | FloatArray) -> float | FloatArray:
    """h(α) = −α log α − (1−α) log(1−α), the entropy of the class Z, in nats.

    Parameters
    ----------
    alpha : float or array of any shape, 0 … 1

    Raises
    ------
    ParameterError
        If an α is below 0 or above 1.

    Examples
    --------
    >>> round(binary_entropy(0.5), 6)
    0.693147
    """
    a = np.asarray(alpha, np.float64)
    if not ((a >= 0) & (a <= 1)).all():
        raise ParameterError(f"alpha = {alpha!r} is not usable: give a number from 0 to 1.")
    value = scipy.special.entr(a) - (1 - a) * np.log1p(-np.minimum(a, 1 - 2.0**-53))
    return float(value) if value.ndim == 0 else value


def entropy(p: npt.ArrayLike) -> float:
    """H(p) = −Σ p log p, in nats.

    Parameters
    ----------
    p : array-like of any shape, non-negative, sums to 1

    Raises
    ------
    DistributionError
        If p is not a distribution.

    Examples
    --------
    >>> round(entropy([0.5, 0.25, 0.25]), 6)
    1.039721
    """
    return math.fsum(scipy.special.entr(_distribution("p", p)).ravel())


def kl_divergence(p: npt.ArrayLike, r: npt.ArrayLike) -> float:
    """KL(p‖r) = Σ p log(p/r), in nats; infinite where r is 0 and p is not.

    Parameters
    ----------
    p, r : array-like of one shape, non-negative, each sums to 1
        To 1e-9; what is left of that is divided out, so that the value is never below 0.

    Raises
    ------
    DistributionError
        If one of them is not a distribution, or their shapes differ.

    Examples
    --------
    >>> round(kl_divergence([0.5, 0.5], [0.75, 0.25]), 6)
    0.143841
    """
    contrast = _contrast(p, r)
    return 0.0 if contrast is None else contrast.divergence


def js_divergence(p: npt.ArrayLike, r: npt.ArrayLike, alpha: float) -> float:
    """JS_α(p, r) = α KL(p‖u) + (1−α) KL(r‖u) with u = αp + (1−α)r, in nats. (1)

    Parameters
    ----------
    p, r : array-like of one shape, non-negative, each sums to 1
        To 1e-9; what is left of that is divided out, so that the value is never below 0.
    alpha : float, 0 < α < 1

    Raises
    ------
    ParameterError
        If α is not between 0 and 1.
    DistributionError
        If p or r is not a distribution, or their shapes differ.

    Examples
    --------
    >>> round(js_divergence([1.0, 0.0], [0.0, 1.0], 0.5), 6)
    0.693147
    """
    alpha, contrast = check_alpha(alpha), _contrast(p, r)
    return 0.0 if contrast is None else contrast.bound(alpha)


def mutual_information(joint: JointDistribution, noise: npt.ArrayLike | None = None) -> float:
    """I(X;Y) = KL(p(x, y)‖p(x) p(y)) = Σ p log(p/r), in nats. Computed by (17), beyond the paper.

    Parameters
    ----------
    joint : JointDistribution, V × W
    noise : (W,) float64 that sums to 1, optional
        Another q in the place of p(y); the value is then KL(p(x, y)‖p(x) q(y)) and not the mutual information.

    Raises
    ------
    DistributionError
        If the noise is not a distribution over the contexts.

    Examples
    --------
    >>> round(mutual_information(JointDistribution.from_counts([[1, 0], [0, 1]])), 6)
    0.693147
    """
    return Contrast.of(joint, noise).divergence


@overload
def jsmi(joint: JointDistribution, alpha: float, noise: npt.ArrayLike | None = None) -> float: ...
@overload
def jsmi(joint: JointDistribution, alpha: FloatArray, noise: npt.ArrayLike | None = None) -> FloatArray: ...
def jsmi(joint: JointDistribution, alpha: float | FloatArray, noise: npt.ArrayLike | None = None) -> float | FloatArray:
    """JSMI_α(X, Y) = JS_α(p(x, y), p(x) q(y)), in nats per draw of W: the ceiling of every SGNS score. (2)–(4), (7)

    Costs O(pairs) for each α; each cell of the sum is 0 or more.

    Parameters
    ----------
    joint : JointDistribution, V × W
    alpha : float or (n,) float64, 0 < α < 1
        1/(k+1) for k negatives.
    noise : (W,) float64 that sums to 1, optional
        q(y); None is the context marginal, the paper's choice. For another q the value is the bound for that
        q (beyond the paper) and not the paper's JSMI.

    Returns
    -------
    float, or (n,) float64 for an array of α

    Raises
    ------
    ParameterError
        If an α is not between 0 and 1.
    DistributionError
        If the noise is not a distribution over the contexts.

    Examples
    --------
    >>> joint = JointDistribution.from_counts([[2, 1], [1, 4]])
    >>> round(jsmi(joint, 1 / 6), 6)
    0.015345
    """
    contrast = Contrast.of(joint, noise)
    if np.ndim(alpha) == 0:
        return contrast.bound(check_alpha(alpha))  # type: ignore[arg-type]
    return contrast.bounds_at(np.array([check_alpha(float(a)) for a in np.ravel(alpha)]))


def capacity(joint: JointDistribution, noise: npt.ArrayLike | None = None) -> tuple[float, float]:
    """The capacity of the channel Z → W: the largest JSMI_α over α, and where it is. (20), beyond the paper.

    JSMI_α is the mutual information I(W;Z) of the class and the pair, concave in α, with one maximum.

    Parameters
    ----------
    joint : JointDistribution, V × W
    noise : (W,) float64 that sums to 1, optional
        None is the context marginal.

    Returns
    -------
    (alpha, nats)
        α to about 1e-8 (the top is flat), the value to rounding.

    Raises
    ------
    DistributionError
        If the noise is not a distribution over the contexts.

    Examples
    --------
    >>> alpha, nats = capacity(JointDistribution.from_counts([[1, 0], [0, 1]]))
    >>> round(alpha, 6), round(nats, 6)
    (0.6, 0.223144)
    """
    contrast = Contrast.of(joint, noise)
    ends, fine = (1e-9, 1 - 1e-9), {"xatol": 1e-9}
    top = scipy.optimize.minimize_scalar(
        lambda alpha: -contrast.bound(alpha), bounds=ends, method="bounded", options=fine
    )
    return float(top.x), -float(top.fun)


def levy_goldberg_deviation(bound: float, score: float, alpha: float) -> float:
    """(JSMI − S)/(h(α) − JSMI): the share by which a score misses the best one, in Levy & Goldberg's unit.

    Their Table 1 (NIPS 2014) normalises SGNS scores without h(α). (21), beyond the paper.

    Parameters
    ----------
    bound, score : float, nats, of one p, q and α
    alpha : float, 0 < α < 1

    Examples
    --------
    >>> round(levy_goldberg_deviation(bound=0.2, score=0.1, alpha=0.5), 6)
    0.202779
    """
    return (bound - score) / (binary_entropy(check_alpha(alpha)) - bound)


def share_of(part: float, whole: float) -> float | None:
    """part/whole, of what there is to know say; None where there is nothing: a share of nothing is no number.

    Parameters
    ----------
    part, whole : float, nats
        The whole is a bound or a gap: 0 or more, but for rounding.

    Examples
    --------
    >>> share_of(0.1, 0.4), share_of(-0.2, 0.0)
    (0.25, None)
    """
    return part / whole if whole > 0 else None


@overload
def to_bits(nats: float) -> float: ...
@overload
def to_bits(nats: FloatArray) -> FloatArray: ...
def to_bits(nats: float | FloatArray) -> float | FloatArray:
    """Nats to bits, for display only: divide by log 2.

    Parameters
    ----------
    nats : float or array of any shape

    Examples
    --------
    >>> round(to_bits(math.log(2)), 12)
    1.0
    """
    return nats / math.log(2)


def _distribution(name: str, values: npt.ArrayLike) -> FloatArray:
    array = np.asarray(values, np.float64)
    if not (np.isfinite(array).all() and (array >= 0).all() and abs(math.fsum(array.ravel()) - 1) <= 1e-9):
        raise DistributionError(f"{name} is not a distribution: give numbers of 0 or more that sum to 1.")
    return array


def _contrast(p: npt.ArrayLike, r: npt.ArrayLike) -> Contrast | None:
    """p against r as a table of one row, whose sums keep all digits however close the two are; None if equal."""
    first, second = _distribution("p", p), _distribution("r", r)
    if first.shape != second.shape:
        raise DistributionError(f"p has shape {first.shape} and r has {second.shape}: give both the same shape.")
    if np.array_equal(first, second):
        return None
    return Contrast.normalised(JointDistribution.from_counts(first.reshape(1, -1)), second.ravel())
