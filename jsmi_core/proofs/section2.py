"""Section 2 of the paper: a measure of dependence, and what it is the information of.

Each statement in LaTeX, then by production, then by the plain definitions, in the paper's order. Melamud & Goldberger,
ACL 2017 (P17-2026).
"""

from __future__ import annotations

import math

import numpy as np
import scipy

from jsmi_core import reference
from jsmi_core.information import (
    FloatArray,
    JointDistribution,
    binary_entropy,
    js_divergence,
    jsmi,
    kl_divergence,
    mutual_information,
)
from jsmi_core.proofs.case import NEVER, Case, best_scores, dense, free, plain
from jsmi_core.proofs.check import Card, Values, Whole

# --- Section 2: the divergence, and what it is the information of -----------------------------------------------------


def _divergence(case: Case) -> Values:
    p, r = dense(case)
    u = case.alpha * p + (1 - case.alpha) * r
    return {
        "JS_α(p, r)": js_divergence(p, r, case.alpha),
        "KL(p‖u)": kl_divergence(p, u),
        "KL(r‖u)": kl_divergence(r, u),
    }


def _plain_divergence(case: Case) -> Values:
    p, q = plain(case)
    r = reference.negative_pairs(p, q)
    u = reference.mixture(p, r, case.alpha)
    return {
        "JS_α(p, r)": reference.js_divergence(p, r, case.alpha),
        "KL(p‖u)": reference.kl_divergence(p, u),
        "KL(r‖u)": reference.kl_divergence(r, u),
    }


def _jsmi(case: Case) -> Values:
    return {"JSMI": jsmi(case.joint, case.alpha)}


def _plain_jsmi(case: Case) -> Values:
    p, q = plain(case)
    return {"JSMI": reference.jsmi(p, q, case.alpha)}


def _whole_jsmi(case: Case) -> Values:
    assert case.whole is not None
    return {"JSMI of the whole text": jsmi(case.whole, case.alpha)}


def _plain_whole_jsmi(case: Case) -> Values:
    assert case.whole is not None
    pairs = case.whole.counts.tocoo()
    listed = zip(pairs.row.tolist(), pairs.col.tolist(), pairs.data.tolist(), strict=True)
    return {"JSMI of the whole text": reference.jsmi_of_pairs(listed, case.alpha)}


def _seconds_of_pairs(case: Case) -> float | None:
    return None if case.whole is None else case.whole.pairs / 700_000


def _independence(case: Case) -> Values:
    p, r = dense(case)
    joint = case.joint
    independent = JointDistribution.from_counts(np.outer(joint.word_counts, joint.context_counts))
    difference = np.abs(p - r).sum()
    return {
        "Σ|p − r|": difference,
        "JSMI if independent": jsmi(independent, case.alpha),
        "½ α(1−α) (Σ|p − r|)²": case.alpha * (1 - case.alpha) * difference**2 / 2,
        "JSMI": jsmi(joint, case.alpha),
    }


def _plain_independence(case: Case) -> Values:
    p, q = plain(case)
    r = reference.negative_pairs(p, q)
    difference = reference.total_difference(p, r)
    return {
        "Σ|p − r|": difference,
        "JSMI if independent": reference.jsmi(r, q, case.alpha),
        "½ α(1−α) (Σ|p − r|)²": case.alpha * (1 - case.alpha) * difference**2 / 2,
        "JSMI": reference.jsmi(p, q, case.alpha),
    }


def _information(case: Case) -> Values:
    """Z and W as two variables of their own: a table of two rows, real pairs and made-up ones."""
    p, r = dense(case)
    channel = np.stack([case.alpha * p.ravel(), (1 - case.alpha) * r.ravel()])
    return {"I(W;Z)": mutual_information(JointDistribution.from_counts(channel)), "JSMI": jsmi(case.joint, case.alpha)}


def _plain_information(case: Case) -> Values:
    p, q = plain(case)
    r = reference.negative_pairs(p, q)
    real = [case.alpha * cell for row in p for cell in row]
    made_up = [(1 - case.alpha) * cell for row in r for cell in row]
    return {"I(W;Z)": reference.mutual_information([real, made_up]), "JSMI": reference.jsmi(p, q, case.alpha)}


def _entropies(case: Case) -> Values:
    p, r = dense(case)
    u = case.alpha * p + (1 - case.alpha) * r
    uncertainty = float((u * binary_entropy(_posterior(case))).sum())
    class_entropy = binary_entropy(case.alpha)
    return {
        "h(α) − H(Z|W)": class_entropy - uncertainty,
        "h(α)": class_entropy,
        "H(Z|W)": uncertainty,
        "JSMI": jsmi(case.joint, case.alpha),
    }


def _plain_entropies(case: Case) -> Values:
    p, q = plain(case)
    information = reference.jsmi_as_information(p, q, case.alpha)
    class_entropy = reference.binary_entropy(case.alpha)
    return {
        "h(α) − H(Z|W)": information,
        "h(α)": class_entropy,
        "H(Z|W)": class_entropy - information,
        "JSMI": reference.jsmi(p, q, case.alpha),
    }


# --- Section 2: the posterior -----------------------------------------------------------------------------------------


def _posterior(case: Case) -> FloatArray:
    """t(x, y) of production: σ(m*), 0 where p = 0, and α for a pair that neither p nor r ever draws."""
    t = np.where(best_scores(case.objective) == NEVER, 0.0, scipy.special.expit(best_scores(case.objective)))
    t[dense(case)[1] == 0] = case.alpha
    return t


def _posteriors(case: Case) -> Values:
    p, r = dense(case)
    t = _posterior(case)
    return {"t(x, y)": t, "Σ u t": float(((case.alpha * p + (1 - case.alpha) * r) * t).sum()), "α": case.alpha}


def _plain_posteriors(case: Case) -> Values:
    p, q = plain(case)
    t = reference.posterior(p, q, case.alpha)
    u = reference.mixture(p, reference.negative_pairs(p, q), case.alpha)
    expected = math.fsum(a * b for u_row, t_row in zip(u, t, strict=True) for a, b in zip(u_row, t_row, strict=True))
    return {"t(x, y)": t, "Σ u t": expected, "α": case.alpha}


def _logits(case: Case) -> Values:
    p, r = dense(case)
    seen, best = p > 0, best_scores(case.objective)
    t = case.alpha * p[seen] / (case.alpha * p + (1 - case.alpha) * r)[seen]
    return {"PMI − log k": best[seen], "σ(PMI − log k)": scipy.special.expit(best[seen]), "t(x, y)": t}


def _plain_logits(case: Case) -> Values:
    p, q = plain(case)
    t = reference.posterior(p, q, case.alpha)
    best = reference.best_scores(p, q, case.alpha)
    seen = [(x, y) for x, row in enumerate(p) for y, cell in enumerate(row) if cell > 0]
    return {
        "PMI − log k": [best[x][y] for x, y in seen],
        "σ(PMI − log k)": [math.exp(reference.log_sigmoid(best[x][y])) for x, y in seen],
        "t(x, y)": [t[x][y] for x, y in seen],
    }


def _sigmoid_form(case: Case) -> Values:
    return {
        "S(PMI − log k)": case.objective.score(free(best_scores(case.objective))),
        "JSMI": jsmi(case.joint, case.alpha),
    }


def _plain_sigmoid_form(case: Case) -> Values:
    p, q = plain(case)
    return {
        "S(PMI − log k)": reference.jsmi_from_scores(p, q, case.alpha),
        "JSMI": reference.jsmi(p, q, case.alpha),
    }


# --- The cards --------------------------------------------------------------------------------------------------------

DEPENDENCE = (
    Card(
        "divergence",
        "(1)",
        "Two distributions and their mixture",
        r"JS_\alpha(p, r) = \alpha\, KL(p \,\|\, u) + (1-\alpha)\, KL(r \,\|\, u), \qquad u = \alpha p + (1-\alpha) r",
        _divergence,
        _plain_divergence,
    ),
    Card(
        "jsmi",
        "(2)",
        "Jensen–Shannon mutual information",
        r"JSMI_\alpha(X, Y) = JS_\alpha\big(p(x,y),\; p(x)\,p(y)\big)",
        _jsmi,
        _plain_jsmi,
        whole=Whole(_whole_jsmi, _plain_whole_jsmi, _seconds_of_pairs),
    ),
    Card(
        "independence",
        "after (2)",
        "Zero if and only if independent",
        r"JSMI_\alpha(X, Y) = 0 \iff p(x,y) = p(x)\,p(y) \text{ for all } x, y; \qquad "
        r"JSMI_\alpha \ge \tfrac12\, \alpha(1-\alpha) \Big(\sum_{x,y} |p - r|\Big)^2",
        _independence,
        _plain_independence,
        (("JSMI if independent", "=", 0.0), ("JSMI", "≥", "½ α(1−α) (Σ|p − r|)²")),
    ),
    Card(
        "information",
        "(3)",
        "What a pair tells about its class",
        r"JSMI_\alpha(X, Y) = I(W; Z), \qquad p(W \mid Z{=}1) = p(x,y), \quad p(W \mid Z{=}0) = p(x)\,p(y)",
        _information,
        _plain_information,
        (("I(W;Z)", "=", "JSMI"),),
    ),
    Card(
        "entropies",
        "(4)",
        "Uncertainty before minus uncertainty after",
        r"JSMI_\alpha(X, Y) = h(\alpha) - H(Z \mid W)",
        _entropies,
        _plain_entropies,
        (("h(α) − H(Z|W)", "=", "JSMI"),),
    ),
    Card(
        "posterior",
        "(5)",
        "The probability that a pair is real",
        r"t(x,y) = p(Z{=}1 \mid x, y) = \frac{\alpha\, p(x,y)}{\alpha\, p(x,y) + (1-\alpha)\, p(x)\,p(y)}",
        _posteriors,
        _plain_posteriors,
        (("Σ u t", "=", "α"),),
    ),
    Card(
        "logit",
        "(6)",
        "Its log-odds are the shifted PMI",
        r"t(x,y) = \sigma\big(PMI(x,y) - \log k\big), \qquad PMI(x,y) = \log\frac{p(x,y)}{p(x)\,p(y)}",
        _logits,
        _plain_logits,
        (("σ(PMI − log k)", "=", "t(x, y)"),),
    ),
    Card(
        "sigmoids",
        "(7)",
        "The same information, written with sigmoids",
        r"JSMI_\alpha = h(\alpha) + \alpha \sum_{x,y} p(x,y) \log\sigma(PMI - \log k)"
        r" + (1-\alpha) \sum_{x,y} p(x)\,p(y) \log\sigma(\log k - PMI)",
        _sigmoid_form,
        _plain_sigmoid_form,
        (("S(PMI − log k)", "=", "JSMI"),),
    ),
)
