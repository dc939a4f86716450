"""What else is so of the bound and the score: landmarks, limits, and what keeps or lowers them. Beyond the paper.

Each statement in LaTeX, then by production, then by the plain definitions.
"""

from __future__ import annotations

import math

import numpy as np

from jsmi_core import reference
from jsmi_core.embeddings import Embedding
from jsmi_core.information import (
    Contrast,
    JointDistribution,
    binary_entropy,
    capacity,
    jsmi,
    levy_goldberg_deviation,
    mutual_information,
    unigram_noise,
)
from jsmi_core.objective import SGNSObjective
from jsmi_core.proofs.case import Case, best_scores, free, plain, plain_best_scores
from jsmi_core.proofs.check import FLOOR, Card, Values

SHRINKING = (0.5, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001)
"""α on its way to 0."""
ALPHAS = tuple(step / 20 for step in range(1, 20))
"""α from one end of the curve to the other."""
EXPONENT = 0.75

# --- Ceilings and limits in α -----------------------------------------------------------------------------------------


def _ceilings(case: Case) -> Values:
    return {
        "JSMI": jsmi(case.joint, case.alpha),
        "h(α)": binary_entropy(case.alpha),
        "α I(X;Y)": case.alpha * mutual_information(case.joint),
    }


def _plain_ceilings(case: Case) -> Values:
    p, q = plain(case)
    return {
        "JSMI": reference.jsmi(p, q, case.alpha),
        "h(α)": reference.binary_entropy(case.alpha),
        "α I(X;Y)": case.alpha * reference.mutual_information(p),
    }


def _per_positive(case: Case) -> Values:
    contrast = Contrast.of(case.joint)
    chi_squared = float((contrast.positive * contrast.excess).sum())
    return _limit(jsmi(case.joint, np.array(SHRINKING)).tolist(), mutual_information(case.joint), chi_squared)


def _plain_per_positive(case: Case) -> Values:
    p, q = plain(case)
    chi_squared = reference.chi_squared(p, reference.negative_pairs(p, q))
    return _limit([reference.jsmi(p, q, alpha) for alpha in SHRINKING], reference.mutual_information(p), chi_squared)


def _limit(values: list[float], information: float, chi_squared: float) -> Values:
    """I − JSMI_α/α = KL(u‖r)/α, and no KL exceeds its χ², here α² χ²(p‖r): that is why the limit is I."""
    shares = [value / alpha for value, alpha in zip(values, SHRINKING, strict=True)]
    return {
        "JSMI_α/α for α = 0.5 … 0.001": shares,
        "the same at the next larger α": shares[:1] + shares[:-1],
        "I(X;Y)": information,
        "I(X;Y) − α χ²(p‖r)": [information - alpha * chi_squared for alpha in SHRINKING],
    }


def _curve(case: Case) -> Values:
    return _arch(jsmi(case.joint, np.array(ALPHAS)).tolist(), capacity(case.joint)[1])


def _plain_curve(case: Case) -> Values:
    p, q = plain(case)
    return _arch([reference.jsmi(p, q, alpha) for alpha in ALPHAS], reference.capacity(p, q))


def _arch(values: list[float], top: float) -> Values:
    """Concave: nowhere below the chord between its neighbours."""
    chords = [(left + right) / 2 for left, right in zip(values, values[2:], strict=False)]
    return {
        "JSMI_α for α = 0.05 … 0.95": values,
        "between its neighbours": [values[0], *chords, values[-1]],
        "capacity": top,
    }


# --- Landmarks of the score -------------------------------------------------------------------------------------------


def _class_ratio(case: Case) -> Values:
    found = case.objective.evaluate(Embedding.constant(-math.log(case.negatives), *case.counts.shape))
    return {"S(−log k)": found.score, "its gap": found.gap.total, "JSMI": found.bound}


def _plain_class_ratio(case: Case) -> Values:
    p, q = plain(case)
    constant = [[-math.log(case.negatives)] * len(q) for _ in p]
    return {
        "S(−log k)": reference.sgns_score(p, q, constant, case.alpha),
        "its gap": reference.gap(p, q, constant, case.alpha),
        "JSMI": reference.jsmi(p, q, case.alpha),
    }


def _zero_matrix(case: Case) -> Values:
    score = case.objective.score(Embedding.constant(0.0, *case.counts.shape))
    return {"S(0)": score, "h(α) − log 2": binary_entropy(case.alpha) - math.log(2)}


def _plain_zero_matrix(case: Case) -> Values:
    p, q = plain(case)
    score = reference.sgns_score(p, q, [[0.0] * len(q) for _ in p], case.alpha)
    return {"S(0)": score, "h(α) − log 2": reference.binary_entropy(case.alpha) - math.log(2)}


def _sums(case: Case) -> Values:
    objective = case.objective
    pairs = objective.joint.total
    score = objective.score(case.embedding)
    return {"ℓ(m)": pairs * (case.negatives + 1) * (score - objective.class_entropy), "N": pairs, "S(m)": score}


def _plain_sums(case: Case) -> Values:
    p, q = plain(case)
    return {
        "ℓ(m)": reference.unnormalised_score(case.table, q, case.scores, case.negatives),
        "N": math.fsum(n for row in case.table for n in row),
        "S(m)": reference.sgns_score(p, q, case.scores, case.alpha),
    }


def _deviation(case: Case) -> Values:
    found = case.objective.evaluate(case.embedding)
    return {"deviation": levy_goldberg_deviation(found.bound, found.score, case.alpha)}


def _plain_deviation(case: Case) -> Values:
    """As its authors write it: by how much the sum of a model misses the largest one."""
    _, q = plain(case)
    largest = reference.unnormalised_score(case.table, q, plain_best_scores(case), case.negatives)
    reached = reference.unnormalised_score(case.table, q, case.scores, case.negatives)
    return {"deviation": (largest - reached) / abs(largest)}


# --- Other noises, fewer words, parts of the whole --------------------------------------------------------------------


def _any_noise(case: Case) -> Values:
    noise = unigram_noise(case.joint.context_counts, EXPONENT)
    objective = SGNSObjective(case.joint, case.negatives, noise)
    found = objective.evaluate(case.embedding)
    return {
        "JS_α(p, r)": found.bound,
        "S(m*)": objective.score(free(best_scores(objective))),
        "S(m)": found.score,
        "JS_α(p, r) − S(m)": found.bound - found.score,
        "KL(p(Z|W)‖p_m(Z|W))": found.gap.total,
    }


def _plain_any_noise(case: Case) -> Values:
    p, marginal = plain(case)
    q = reference.unigram_noise(marginal, EXPONENT)
    bound, score = reference.jsmi(p, q, case.alpha), reference.sgns_score(p, q, case.scores, case.alpha)
    return {
        "JS_α(p, r)": bound,
        "S(m*)": reference.jsmi_from_scores(p, q, case.alpha),
        "S(m)": score,
        "JS_α(p, r) − S(m)": bound - score,
        "KL(p(Z|W)‖p_m(Z|W))": reference.gap(p, q, case.scores, case.alpha),
    }


def _merging(case: Case) -> Values:
    rows = case.counts

    def merged(x: int) -> JointDistribution:
        return JointDistribution.from_counts(np.vstack([rows[x] + rows[x + 1], rows[:x], rows[x + 2 :]]))

    values = [jsmi(merged(x), case.alpha) for x in range(len(case.counts) - 1)]
    return {"JSMI with two neighbouring rows as one": values, "JSMI": jsmi(case.joint, case.alpha)}


def _plain_merging(case: Case) -> Values:
    p, q = plain(case)
    values = [reference.jsmi(reference.merged_words(p, x, x + 1), q, case.alpha) for x in range(len(p) - 1)]
    return {"JSMI with two neighbouring rows as one": values, "JSMI": reference.jsmi(p, q, case.alpha)}


def _parts(case: Case) -> Values:
    gap = case.objective.gap(case.embedding)
    return {
        "loss of each word": gap.by_word,
        "their sum": float(gap.by_word.sum()),
        "loss of each context": gap.by_context,
        "sum of these": float(gap.by_context.sum()),
        "gap": gap.total,
    }


def _plain_parts(case: Case) -> Values:
    p, q = plain(case)
    cells = reference.gap_cells(p, q, case.scores, case.alpha)
    by_word = [math.fsum(row) for row in cells]
    by_context = [math.fsum(column) for column in zip(*cells, strict=True)]
    return {
        "loss of each word": by_word,
        "their sum": math.fsum(by_word),
        "loss of each context": by_context,
        "sum of these": math.fsum(by_context),
        "gap": reference.gap(p, q, case.scores, case.alpha),
    }


# --- The cards --------------------------------------------------------------------------------------------------------

BEYOND = (
    Card(
        "ceilings",
        "beyond",
        "Two ceilings",
        r"0 \le JSMI_\alpha(X, Y) \le \min\big(h(\alpha),\; \alpha\, I(X;Y)\big)",
        _ceilings,
        _plain_ceilings,
        (("JSMI", "≥", 0.0), ("JSMI", "≤", "h(α)"), ("JSMI", "≤", "α I(X;Y)")),
    ),
    Card(
        "per-positive",
        "beyond",
        "Many negatives: towards mutual information",
        r"\alpha < \beta \Rightarrow \frac{JSMI_\alpha}{\alpha} \ge \frac{JSMI_\beta}{\beta}, \qquad "
        r"I(X;Y) - \alpha\,\chi^2(p \,\|\, r) \le \frac{JSMI_\alpha}{\alpha} \le I(X;Y)",
        _per_positive,
        _plain_per_positive,
        (
            ("JSMI_α/α for α = 0.5 … 0.001", "≥", "the same at the next larger α"),
            ("JSMI_α/α for α = 0.5 … 0.001", "≤", "I(X;Y)"),
            ("JSMI_α/α for α = 0.5 … 0.001", "≥", "I(X;Y) − α χ²(p‖r)"),
        ),
        floor=FLOOR / SHRINKING[-1],  # what the definition rounds is divided by α too
    ),
    Card(
        "capacity",
        "beyond",
        "One best α: the capacity",
        r"JSMI_{(\alpha+\beta)/2} \ge \tfrac12\big(JSMI_\alpha + JSMI_\beta\big), \qquad "
        r"\max_\alpha JSMI_\alpha = \text{capacity of } Z \to W",
        _curve,
        _plain_curve,
        (
            ("JSMI_α for α = 0.05 … 0.95", "≥", "between its neighbours"),
            ("JSMI_α for α = 0.05 … 0.95", "≤", "capacity"),
        ),
    ),
    Card(
        "class-ratio",
        "beyond",
        "Zero: knows only the class ratio",
        r"m(x,y) = -\log k \text{ for all } x, y \;\Rightarrow\; S(m) = 0",
        _class_ratio,
        _plain_class_ratio,
        (("S(−log k)", "=", 0.0), ("its gap", "=", "JSMI")),
    ),
    Card(
        "zero-matrix",
        "beyond",
        "Where training starts",
        r"m(x,y) = 0 \text{ for all } x, y \;\Rightarrow\; S(m) = h(\alpha) - \log 2",
        _zero_matrix,
        _plain_zero_matrix,
        (("S(0)", "=", "h(α) − log 2"),),
    ),
    Card(
        "sums",
        "beyond",
        "The sum that word2vec maximises",
        r"\ell(m) = \sum_{x,y} n(x,y) \log\sigma(m) + k \sum_{x,y} n(x)\,q(y) \log\sigma(-m) "
        r"= N (k+1) \big(S(m) - h(\alpha)\big)",
        _sums,
        _plain_sums,
    ),
    Card(
        "deviation",
        "beyond",
        "Levy and Goldberg's unit",
        r"\frac{\ell(m^*) - \ell(m)}{|\ell(m^*)|} = \frac{JSMI_\alpha - S(m)}{h(\alpha) - JSMI_\alpha}",
        _deviation,
        _plain_deviation,
    ),
    Card(
        "any-noise",
        "beyond",
        "Both theorems for any noise",
        r"q(y) \propto p(y)^{3/4}: \qquad \max_m S(m) = JS_\alpha\big(p,\; p(x)\,q(y)\big), \qquad "
        r"JS_\alpha - S(m) = KL\big(p(Z|W) \,\|\, p_m(Z|W)\big)",
        _any_noise,
        _plain_any_noise,
        (
            ("S(m*)", "=", "JS_α(p, r)"),
            ("S(m)", "≤", "JS_α(p, r)"),
            ("JS_α(p, r) − S(m)", "=", "KL(p(Z|W)‖p_m(Z|W))"),
        ),
    ),
    Card(
        "merging",
        "beyond",
        "Merging words never raises JSMI",
        r"JSMI_\alpha\big(f(X), Y\big) \le JSMI_\alpha(X, Y) \text{ for any } f",
        _merging,
        _plain_merging,
        (("JSMI with two neighbouring rows as one", "≤", "JSMI"),),
    ),
    Card(
        "parts",
        "beyond",
        "Losses add up",
        r"\sum_x \mathrm{loss}(x) = \sum_y \mathrm{loss}(y) = JSMI_\alpha - S(m), \qquad "
        r"\mathrm{loss}(x) = \sum_y u\, KL\big(\mathrm{Bern}(t) \,\|\, \mathrm{Bern}(\sigma(m))\big)",
        _parts,
        _plain_parts,
        (("their sum", "=", "gap"), ("sum of these", "=", "gap"), ("loss of each word", "≥", 0.0)),
    ),
)
