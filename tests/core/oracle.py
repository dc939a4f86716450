"""Bound, score and gap to 60 digits by mpmath, from the paper's equations: a witness that shares no code with us.

Counts are taken as the exact numbers they are, α as an exact rational, scores as exact sums of products. Only
the definitions (1), (8) and (10) stand here, in their plainest form: at 60 digits nothing cancels that matters.
"""

from dataclasses import dataclass
from fractions import Fraction

import mpmath
import numpy as np

MP = mpmath.mp.clone()
MP.dps = 60


def exact(value):
    """Any integer, float or fraction as the number it is, without a rounding."""
    if isinstance(value, Fraction):
        return MP.mpf(value.numerator) / value.denominator
    return MP.mpf(value.item() if isinstance(value, np.generic) else value)


def exact_scores(words, contexts):
    """The score matrix m(x, y) = Σ_i x_i y_i of two tables of vectors."""
    left = [[exact(v) for v in row] for row in np.asarray(words)]
    right = [[exact(v) for v in row] for row in np.asarray(contexts)]
    return [[MP.fdot(x, y) for y in right] for x in left]


@dataclass
class Oracle:
    """p, r and t of a table of counts, a noise (None: the context marginal) and an α, to 60 digits.

    With ``skip_target`` a negative that equals the positive's target is thrown away: r = q(y) (p(x) − p(x, y)).
    """

    counts: np.ndarray
    noise: np.ndarray | None
    alpha: Fraction | float
    skip_target: bool = False

    def __post_init__(self):
        self.a, self.b = exact(self.alpha), 1 - exact(self.alpha)
        numbers = [[exact(n) for n in row] for row in np.asarray(self.counts)]
        total = MP.fsum(n for row in numbers for n in row)
        self.p = [[n / total for n in row] for row in numbers]
        self.word_marginal = [MP.fsum(row) for row in self.p]
        self.context_marginal = [MP.fsum(column) for column in zip(*self.p, strict=True)]
        self.q = self.context_marginal if self.noise is None else [exact(v) for v in self.noise]
        self.r = [
            [(px - p if self.skip_target else px) * qy for p, qy in zip(row, self.q, strict=True)]
            for px, row in zip(self.word_marginal, self.p, strict=True)
        ]
        self.h = -self.a * MP.log(self.a) - self.b * MP.log(self.b)

    def _pairs(self):
        for x, (p_row, r_row) in enumerate(zip(self.p, self.r, strict=True)):
            for y, (p, r) in enumerate(zip(p_row, r_row, strict=True)):
                if p or r:
                    yield x, y, p, r, self.a * p + self.b * r

    def bound_cells(self):
        """α p log(p/u) + (1−α) r log(r/u). (1)"""
        cells = [[MP.zero for _ in self.q] for _ in self.p]
        for x, y, p, r, u in self._pairs():
            cells[x][y] = (self.a * p * MP.log(p / u) if p else 0) + (self.b * r * MP.log(r / u) if r else 0)
        return cells

    def bound(self):
        """JS_α(p, r) = α KL(p‖u) + (1−α) KL(r‖u). (1), (2)"""
        return MP.fsum(cell for row in self.bound_cells() for cell in row)

    def divergence(self):
        """KL(p‖r), the mutual information for the paper's q."""
        return MP.fsum(p * MP.log(p / r) for _, _, p, r, _ in self._pairs() if p)

    def score(self, scores):
        """S(m) = h(α) + α Σ p log σ(m) + (1−α) Σ r log σ(−m). (8)"""
        terms = (
            (self.a * p * log_sigmoid(scores[x][y]) if p else 0) + (self.b * r * log_sigmoid(-scores[x][y]) if r else 0)
            for x, y, p, r, _ in self._pairs()
        )
        return self.h + MP.fsum(terms)

    def gap_cells(self, scores):
        """u KL(Bern(t)‖Bern(σ(m))) with t = αp/u. (10)"""
        cells = [[MP.zero for _ in self.q] for _ in self.p]
        for x, y, p, r, u in self._pairs():
            m = scores[x][y]
            cells[x][y] = (self.a * p * (MP.log(self.a * p / u) - log_sigmoid(m)) if p else 0) + (
                self.b * r * (MP.log(self.b * r / u) - log_sigmoid(-m)) if r else 0
            )
        return cells

    def gap(self, scores):
        """Σ u KL(Bern(t)‖Bern(σ(m))). (10)"""
        return MP.fsum(cell for row in self.gap_cells(scores) for cell in row)


def log_sigmoid(score):
    """log σ(m) = −log(1 + exp(−m))."""
    m = exact(score)
    return -MP.log1p(MP.exp(-m)) if m > 0 else m - MP.log1p(MP.exp(m))


def relative_error(value, truth, floor=0):
    """|value − truth| / max(|truth|, floor); 0 where both are 0, infinite where the value is no number."""
    if not np.isfinite(value):
        return float("inf")
    difference = abs(exact(value) - truth)
    return float(difference / max(abs(truth), exact(floor))) if difference else 0.0
