"""Section 3 of the paper: the score of an embedding, its maximum, its estimate, and what it loses.

Each statement in LaTeX, then by production, then by the plain definitions, in the paper's order. Melamud & Goldberger,
ACL 2017 (P17-2026).
"""

from __future__ import annotations

import math
import random
from itertools import accumulate
from typing import Any

import numpy as np

from jsmi_core import reference
from jsmi_core.information import jsmi
from jsmi_core.objective import SGNSObjective
from jsmi_core.proofs.case import Case, all_pairs, best_scores, free, plain, plain_best_scores
from jsmi_core.proofs.check import Card, Values, Whole

STEPS = tuple(step / 8 for step in range(-4, 13))
"""How far along the line from m* to m: 0 is m*, 1 is m."""
SAMPLES = (100, 300, 1_000, 3_000, 10_000, 30_000, 100_000)
"""How many positive pairs are drawn for (9)."""
PLAIN_DRAWS = 15_000  # negatives
STANDARD_ERRORS = 5  # so that chance alone turns no card red: once in a million draws

# --- Section 3: the score of an embedding -----------------------------------------------------------------------------


def _score(case: Case) -> Values:
    return {"S(m)": case.objective.score(case.embedding)}


def _plain_score(case: Case) -> Values:
    p, q = plain(case)
    return {"S(m)": reference.sgns_score(p, q, case.scores, case.alpha)}


def _whole_score(case: Case) -> Values:
    assert case.whole is not None
    assert case.whole_embedding is not None
    objective = SGNSObjective(case.whole, case.negatives)
    return {"S(m) of the whole model": objective.score(case.whole_embedding, precision="double")}


def _plain_whole_score(case: Case) -> Values:
    """(8) over all V² pairs, a row of numpy at a time."""
    assert case.whole is not None
    assert case.whole_embedding is not None
    p, alpha = case.whole.p, case.alpha
    q = p.sum(axis=0)
    contexts = case.whole_embedding.contexts.astype(float)
    rows = []
    for x, word in enumerate(case.whole_embedding.words.astype(float)):
        start, end = p.indptr[x], p.indptr[x + 1]
        m = np.einsum("yd,d->y", contexts, word)
        lost = np.maximum(m, 0) + np.log1p(np.exp(-np.abs(m)))  # −log σ(−m), and −log σ(m) is this minus m
        seen = p.indices[start:end]
        positive = -(p.data[start:end] * (lost[seen] - m[seen])).sum()
        negative = -p.data[start:end].sum() * (q * lost).sum()
        rows.append(alpha * positive + (1 - alpha) * negative)
    return {"S(m) of the whole model": math.fsum([reference.binary_entropy(alpha), *rows])}


def _seconds_of_model(case: Case) -> float | None:
    model = case.whole_embedding
    return None if model is None else len(model.words) * len(model.contexts) / 2e7


def _maximum(case: Case) -> Values:
    objective = case.objective
    best = best_scores(objective)
    m = case.embedding.words.astype(float) @ case.embedding.contexts.astype(float).T
    along = [objective.score(free(best + step * (m - best))) for step in STEPS]
    return {
        "S(m*)": objective.score(free(best)),
        "JSMI": jsmi(case.joint, case.alpha),
        "S(m)": objective.score(case.embedding),
        "S from m* to m": np.array(along),
    }


def _plain_maximum(case: Case) -> Values:
    p, q = plain(case)
    best, m = plain_best_scores(case), case.scores

    def along(step: float) -> float:
        rows = zip(best, m, strict=True)
        there = [[b + step * (a - b) for b, a in zip(*row, strict=True)] for row in rows]
        return reference.sgns_score(p, q, there, case.alpha)

    return {
        "S(m*)": reference.jsmi_from_scores(p, q, case.alpha),
        "JSMI": reference.jsmi(p, q, case.alpha),
        "S(m)": reference.sgns_score(p, q, m, case.alpha),
        "S from m* to m": [along(step) for step in STEPS],
    }


def _samples(case: Case) -> Values:
    objective = case.objective
    most = 1_000_000 // case.negatives  # with many negatives, fewer pairs
    sizes = [size for size in SAMPLES if size <= most]
    drawn = [objective.sampled_score(case.embedding, size, seed) for seed, size in enumerate(sizes, start=1)]
    return _estimates(objective.score(case.embedding), *drawn[-1]) | {"sizes": sizes, "drawn": drawn}


def _plain_samples(case: Case) -> Values:
    p, q = plain(case)
    rng = random.Random(1)
    pairs = [(x, y) for x in range(len(p)) for y in range(len(q))]
    positives = rng.choices(
        pairs, cum_weights=list(accumulate(p[x][y] for x, y in pairs)), k=max(100, PLAIN_DRAWS // case.negatives)
    )
    cumulated = list(accumulate(q))
    negatives = [rng.choices(range(len(q)), cum_weights=cumulated, k=case.negatives) for _ in positives]
    exact = reference.sgns_score(p, q, case.scores, case.alpha)
    return _estimates(exact, *reference.sampled_score(positives, negatives, case.scores))


def _estimates(exact: float, estimate: float, error: float) -> dict[str, Any]:
    return {
        "S(m)": exact,
        "Ŝ(m)": estimate,
        "|Ŝ − S|": abs(estimate - exact),
        f"{STANDARD_ERRORS} standard errors": STANDARD_ERRORS * error,
    }


# --- Section 3: what is lost ------------------------------------------------------------------------------------------


def _cells(case: Case) -> Values:
    gap = case.objective.gap(case.embedding)
    return {"u · KL of each pair": gap.of_pairs(*all_pairs(case)), "their sum": gap.total}


def _plain_cells(case: Case) -> Values:
    p, q = plain(case)
    rows = reference.gap_cells(p, q, case.scores, case.alpha)
    return {
        "u · KL of each pair": [cell for row in rows for cell in row],
        "their sum": reference.gap(p, q, case.scores, case.alpha),
    }


def _gap(case: Case) -> Values:
    found = case.objective.evaluate(case.embedding)
    return {
        "JSMI": found.bound,
        "S(m)": found.score,
        "JSMI − S(m)": found.bound - found.score,
        "KL(p(Z|W)‖p_m(Z|W))": found.gap.total,
    }


def _plain_gap(case: Case) -> Values:
    p, q = plain(case)
    bound, score = reference.jsmi(p, q, case.alpha), reference.sgns_score(p, q, case.scores, case.alpha)
    return {
        "JSMI": bound,
        "S(m)": score,
        "JSMI − S(m)": bound - score,
        "KL(p(Z|W)‖p_m(Z|W))": reference.gap(p, q, case.scores, case.alpha),
    }


def _two_divergences(case: Case) -> Values:
    objective = case.objective
    known = float(objective.bound_of_pairs(*all_pairs(case)).sum())
    lost = objective.gap(case.embedding).total
    return _difference_of_divergences(known, lost, objective.score(case.embedding))


def _plain_two_divergences(case: Case) -> Values:
    p, q = plain(case)
    r = reference.negative_pairs(p, q)
    known = reference.bound_of(p, r, case.alpha)
    lost = reference.loss_of(p, r, case.scores, case.alpha)
    return _difference_of_divergences(known, lost, reference.sgns_score(p, q, case.scores, case.alpha))


def _difference_of_divergences(known: float, lost: float, score: float) -> Values:
    return {
        "KL(p(Z|W)‖p(Z))": known,
        "KL(p(Z|W)‖p_m(Z|W))": lost,
        "their difference": known - lost,
        "S(m)": score,
    }


# --- The cards --------------------------------------------------------------------------------------------------------

SCORE = (
    Card(
        "score",
        "(8)",
        "The score of any matrix",
        r"S(m) = h(\alpha) + \alpha \sum_{x,y} p(x,y) \log\sigma(m) + (1-\alpha) \sum_{x,y} p(x)\,p(y) \log\sigma(-m)",
        _score,
        _plain_score,
        whole=Whole(_whole_score, _plain_whole_score, _seconds_of_model),
    ),
    Card(
        "theorem-1",
        "Theorem 1",
        "The shifted PMI scores most",
        r"\max_m S(m) = JSMI_\alpha(X, Y), \qquad \text{attained at } m^*(x,y) = PMI(x,y) - \log k",
        _maximum,
        _plain_maximum,
        (("S(m*)", "=", "JSMI"), ("S(m)", "≤", "JSMI"), ("S from m* to m", "≤", "JSMI")),
    ),
    Card(
        "sampled",
        "(9)",
        "What training sees of the score",
        r"\hat S(m) = h(\alpha) + \frac{\alpha}{N} \sum_{i=1}^{N} \Big[ \log\sigma(m(x_i, y_i)) + "
        r"\sum_{j=1}^{k} \log\sigma(-m(x_i, y_{ij})) \Big] \;\longrightarrow\; S(m)",
        _samples,
        _plain_samples,
        (("|Ŝ − S|", "≤", f"{STANDARD_ERRORS} standard errors"),),
        ("Ŝ(m)", "|Ŝ − S|", f"{STANDARD_ERRORS} standard errors"),
    ),
    Card(
        "loss",
        "(10)",
        "What is lost, pair by pair",
        r"KL\big(p(Z|W) \,\|\, p_m(Z|W)\big) = \sum_{x,y} u(x,y)\; KL\big(\mathrm{Bern}(t) \,\|\, "
        r"\mathrm{Bern}(\sigma(m))\big)",
        _cells,
        _plain_cells,
        (("u · KL of each pair", "≥", 0.0),),
    ),
    Card(
        "theorem-2",
        "Theorem 2",
        "The gap is a divergence",
        r"JSMI_\alpha(X, Y) - S(m) = KL\big(p(Z|W) \,\|\, p_m(Z|W)\big) \ge 0",
        _gap,
        _plain_gap,
        (("JSMI − S(m)", "=", "KL(p(Z|W)‖p_m(Z|W))"), ("KL(p(Z|W)‖p_m(Z|W))", "≥", 0.0)),
    ),
    Card(
        "two-divergences",
        "end of Section 3",
        "The score is a difference of two divergences",
        r"S(m) = KL\big(p(Z|W) \,\|\, p(Z)\big) - KL\big(p(Z|W) \,\|\, p_m(Z|W)\big)",
        _two_divergences,
        _plain_two_divergences,
        (("their difference", "=", "S(m)"),),
    ),
)
