"""Every formula of docs/math.md, evaluated as it is written there, against the function that it names.

The lines *Check (n).* of the document are comparisons. A side that names something of the library is computed by it,
in floats; any other side is the formula, computed by mpmath to 60 digits from the exact counts, noise and vectors.
"""

import ast
import itertools
import re
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from scipy.special import expit

from jsmi_core import (
    Corpus,
    Embedding,
    JointDistribution,
    PairSampling,
    SGNSObjective,
    best_contexts,
    best_rank_embedding,
    binary_entropy,
    expected_pairs,
    js_divergence,
    jsmi,
    mutual_information,
    unigram_noise,
)
from jsmi_core.experiments.split import Split
from jsmi_core.information import kernels
from jsmi_core.information.contrast import Contrast, _mixture_sums
from jsmi_core.information.measures import capacity, levy_goldberg_deviation
from jsmi_core.pairs.cooccurrence import keep_probabilities
from jsmi_core.reference import mixture, posterior
from tests.core.oracle import MP, exact, exact_scores

MATH = (Path(__file__).parents[2] / "docs" / "math.md").read_text(encoding="utf-8")
CHECK = re.compile(r"^\*Check(?: \((\d+)\))?\.\* `(.+)`$", flags=re.MULTILINE)
CHECKS = CHECK.findall(MATH)

WITHOUT = {18: "how sums are taken: a rule, with no formula"}

# --- the words of the formulas, to 60 digits -------------------------------------------------------------------------

log, exp, sqrt, floor = (np.frompyfunc(getattr(MP, name), 1, 1) for name in ("log", "exp", "sqrt", "floor"))
log1p = np.frompyfunc(lambda x: MP.log(1 + x), 1, 1)
sigma = np.frompyfunc(lambda m: 1 / (1 + MP.exp(-m)), 1, 1)
softplus = np.frompyfunc(lambda m: MP.log(1 + MP.exp(m)), 1, 1)
a_log_b = np.frompyfunc(lambda a, b: a * MP.log(b) if a else MP.zero, 2, 1)
nan_as_0 = np.frompyfunc(lambda value: MP.zero if MP.isnan(value) else value, 1, 1)


def total(values, axis=None):
    """Σ, where 0 · ∞ counts as 0."""
    return np.sum(nan_as_0(values if isinstance(values, np.ndarray) else np.array(list(values))), axis=axis)


def kl(a, b):
    return np.sum(a_log_b(a, a / b))


def js(p, r, alpha):
    u = alpha * p + (1 - alpha) * r
    return alpha * kl(p, u) + (1 - alpha) * kl(r, u)


def h(alpha):
    return -a_log_b(alpha, alpha) - a_log_b(1 - alpha, 1 - alpha)


WORDS = {
    **{"log": log, "log1p": log1p, "exp": exp, "sqrt": sqrt, "floor": floor, "sigma": sigma, "softplus": softplus},
    **{"minimum": np.minimum, "clip": lambda a, low, high: np.minimum(np.maximum(a, low), high)},
    **{"sum": total, "by_word": lambda a: total(a, axis=1)[:, None], "by_context": lambda a: total(a, axis=0)},
    **{"KL": kl, "JS": js, "h": h, "phi": lambda x: a_log_b(1 + x, 1 + x) - x},
    "KL_Bern": lambda t, s: a_log_b(t, t / s) + a_log_b(1 - t, (1 - t) / (1 - s)),
    "root": lambda function: MP.findroot(function, (exact(0.01), exact(0.99)), solver="anderson"),
}

LIBRARY = {
    **{"js_divergence": js_divergence, "jsmi": jsmi, "binary_entropy": binary_entropy, "capacity": capacity},
    **{"mutual_information": mutual_information, "levy_goldberg_deviation": levy_goldberg_deviation},
    **{"mixture": mixture, "posterior": posterior, "Contrast": Contrast, "SGNSObjective": SGNSObjective},
    **{"_mixture_sums": _mixture_sums, "bernoulli_loss": np.vectorize(kernels.bernoulli_loss)},
    **{"best_rank_embedding": best_rank_embedding, "best_contexts": best_contexts},
    **{"keep_probabilities": keep_probabilities},
    **{"PairSampling": PairSampling, "expected_pairs": expected_pairs, "unigram_noise": unigram_noise},
}

# --- small tables, and a small text ----------------------------------------------------------------------------------

TABLES = {
    "2 × 2": ([[2, 1], [1, 4]], [0.25, 0.75]),
    "with zeros": ([[7, 2, 0], [0, 11, 3], [20, 0, 41], [1, 1, 1]], [0.5, 0.3, 0.2]),
    "near independence": ([[100, 101, 60], [97, 100, 130], [203, 198, 200]], [0.33, 0.34, 0.33]),
}
CASES = [(table, given, k) for table in TABLES for given in (False, True) for k in (1, 5)]
TEXT = Corpus.from_sentences([("to", "be", "or", "not", "to", "be", "that")])
IDS, WINDOW, THRESHOLD = TEXT.ids.tolist(), 3, 0.05
DRAWS, SEED, RANK = 50, 3, 2


def formulas(counts, noise, k, embedding, best):
    """What the symbols of the formulas stand for: tables of mpmath's numbers."""
    n = np.array([[exact(count) for count in row] for row in counts])
    n_x, n_y, alpha = n.sum(axis=1)[:, None], n.sum(axis=0), 1 / exact(k + 1)
    p, p_x, p_y = n / n.sum(), n_x / n.sum(), n_y / n.sum()
    q = p_y if noise is None else np.array([exact(share) for share in noise])
    r = p_x * q
    u = alpha * p + (1 - alpha) * r
    m, m_d = (np.array(exact_scores(vectors.words, vectors.contexts)) for vectors in (embedding, best))
    m_star = log(p / r) + log(alpha / (1 - alpha))
    given = {"n": n, "n_x": n_x, "n_y": n_y, "p": p, "p_x": p_x, "p_y": p_y, "q": q, "r": r, "u": u, "k": exact(k)}
    given |= {"alpha": alpha, "m": m, "m_d": m_d, "m_star": m_star, "pmi": log(p / (p_x * p_y)), "t": alpha * p / u}
    given |= {"delta": p / r - 1, "s": u / r, "e": m - m_star, "rho": 1 - np.sum(p * q), "d": RANK, "N": DRAWS}
    given |= {"x_1": exact_column(embedding.words)[:, None], "y_1": exact_column(embedding.contexts)}
    given["near"] = abs(given["delta"]) <= exact(1 / 16)
    given["S"] = lambda m: h(alpha) + alpha * total(p * log(sigma(m))) + (1 - alpha) * total(r * log(sigma(-m)))
    return given


def exact_column(vectors):
    """The first coordinate of each vector."""
    return np.array([exact(vector[0]) for vector in vectors])


def draws(p, q, k):
    """Positive pairs (N,) and their negatives (k, N): where the seed's numbers fall on the cumulated p and q."""
    numbers, cumulated, noise = np.random.default_rng(SEED), np.cumsum(p), np.cumsum(q)
    pairs = np.searchsorted(cumulated, numbers.random(DRAWS) * cumulated[-1], side="right")
    negatives = np.searchsorted(noise, numbers.random((DRAWS, k)) * noise[-1], side="right")
    x, y = np.divmod(pairs, p.shape[1])
    return {"x": x, "y": y, "y_j": negatives.T}


def of_the_text():
    """The symbols of (23)–(26): counts, thresholds and chances of the words of one sentence."""
    count = np.array([exact(IDS.count(word)) for word in range(max(IDS) + 1)])
    share = np.minimum(1, (sqrt(count / (exact(THRESHOLD) * len(IDS))) + 1) * exact(THRESHOLD) * len(IDS) / count)
    keep = ((floor(share * (2**32 - 1)) + 1) / 2**32)[IDS]

    def chance(tau, i, j):
        """P(τ) that τ of the tokens strictly between two positions are kept, over every subset of them."""
        between = range(i + 1, j)
        subsets = itertools.combinations(between, tau)
        return MP.fsum(MP.fprod(keep[at] if at in kept else 1 - keep[at] for at in between) for kept in subsets)

    def both_orders(expected):
        table = np.full((len(count), len(count)), MP.zero)
        for i, j in itertools.combinations(range(len(IDS)), 2):
            table[IDS[i], IDS[j]] += expected(i, j)
            table[IDS[j], IDS[i]] += expected(i, j)
        return table

    distance = np.array([exact(step) for step in range(1, WINDOW + 1)])
    return {
        **{"count": count, "T": exact(THRESHOLD) * len(IDS), "threshold": THRESHOLD, "gamma": exact(0.75)},
        **{"keep": keep, "P": chance, "both_orders": both_orders, "window": WINDOW, "distance": distance},
        "c": lambda step: exact(WINDOW - step + 1) / WINDOW,
    }


def rounded(value):
    """A symbol as the library is given it."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        return value.astype(np.float64)
    return float(value) if isinstance(value, MP.mpf) else value


@lru_cache
def case(table, given, k):
    """Two sets of names: for the sides that the library computes, and for those that are formulas."""
    counts, noise = TABLES[table][0], TABLES[table][1] if given else None
    joint, numbers = JointDistribution.from_counts(counts), np.random.default_rng(1)
    words, contexts = joint.shape
    embedding = Embedding(numbers.normal(size=(words, RANK)), numbers.normal(size=(contexts, RANK)))
    objective = SGNSObjective(joint, k, noise)
    best = best_rank_embedding(objective, RANK)
    symbols = formulas(counts, noise, k, embedding, best.embedding) | of_the_text()
    computed = {
        **{"joint": joint, "embedding": embedding, "objective": objective, "contrast": objective.contrast},
        "skipping": SGNSObjective(joint, k, noise, skip_target=True),
        "split": Split(objective.bound, best.score, objective.score(embedding)),
        "constant": lambda m: Embedding.constant(m, words, contexts),
        **{"text": TEXT, "sampling": PairSampling(WINDOW, subsample=THRESHOLD)},
    }
    given_to_it = {name: rounded(symbol) for name, symbol in symbols.items()} | {"k": k, "seed": SEED}
    given_to_it |= {"log": np.log, "nonzero": np.nonzero, "expit": expit}
    symbols |= draws(objective.joint.p.toarray(), objective.contrast.noise, k)
    return {**given_to_it, **LIBRARY, **computed}, {**WORDS, **symbols}, {*LIBRARY, *computed}


# --- what is checked -------------------------------------------------------------------------------------------------

LIMIT, FLOOR = 1e-12, 1e-3  # relative; values below the floor are held to 1e-15 nats


def sides(code):
    """The sides of a comparison, and how each is compared with the next."""
    comparison = ast.parse(code, mode="eval").body
    return [comparison.left, *comparison.comparators], [type(op) for op in comparison.ops]


def names(node):
    return {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}


def value(side, table):
    """A side's value in one case, as a flat array."""
    computed, symbols, ours = case(*table)
    code = compile(ast.fix_missing_locations(ast.Expression(side)), "docs/math.md", "eval")
    known = computed if names(side) & ours else symbols
    with np.errstate(all="ignore"):
        return np.ravel(eval(code, {"__builtins__": {"abs": abs, "range": range}, **known}))


def worst_error(left, right):
    """The largest relative error of a side beside the next, or infinity where one of them is no number."""
    assert left.size == right.size or 1 in (left.size, right.size)
    worst = 0.0
    for a, b in np.broadcast(left, right):
        difference = abs(exact(a) - exact(b)) / max(abs(exact(b)), exact(FLOOR))
        worst = max(worst, float(difference)) if MP.isfinite(difference) else float("inf")
    return worst


@pytest.mark.parametrize(("number", "code"), CHECKS)
def test_the_library_computes_what_is_written(number, code, measured):
    parts, comparisons = sides(code)
    for table in CASES:
        values = [value(side, table) for side in parts]
        for comparison, left, right in zip(comparisons, values, values[1:], strict=False):
            if comparison is ast.Eq:
                measured("the formulas of docs/math.md, as they are written", worst_error(left, right), LIMIT)
            else:
                assert comparison is ast.LtE
                assert (left <= right + LIMIT).all()


class Swapped(ast.NodeTransformer):
    """One sign of a formula changed: the n-th of its +, −, ·, / and powers."""

    OTHER: ClassVar = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult}

    def __init__(self, place):
        self.place = place

    def visit_BinOp(self, node):
        self.generic_visit(node)
        self.place -= 1
        return ast.BinOp(node.left, self.OTHER[type(node.op)](), node.right) if self.place == -1 else node


@pytest.mark.parametrize(("number", "code"), [check for check in CHECKS if "==" in check[1]])
def test_a_wrong_sign_would_be_seen(number, code):
    """Each formula with each of its signs changed in turn differs from what the library computes, on some table."""
    parts, comparisons = sides(code)
    ours = case(*CASES[0])[2]
    (computed, *_) = [side for side in parts if names(side) & ours]
    equal = [side for side, how in zip(parts[1:], comparisons, strict=True) if how is ast.Eq]
    equal += parts[:1] if comparisons[0] is ast.Eq else []
    for side in equal:
        if names(side) & ours:
            continue
        for place in range(sum(isinstance(node, ast.BinOp) for node in ast.walk(side))):
            wrong = Swapped(place).visit(ast.parse(ast.unparse(side), mode="eval").body)
            assert any(differs(wrong, computed, table) for table in reversed(CASES)), ast.unparse(wrong)


def differs(wrong, computed, table):
    """Whether a changed formula has another value, or none at all."""
    try:
        return worst_error(value(wrong, table), value(computed, table)) > LIMIT
    except (ArithmeticError, ValueError, AssertionError, TypeError):
        return True


def test_every_formula_is_checked_by_the_function_that_it_names():
    tags = {int(number) for number in re.findall(r"\\tag\{(\d+)\}", MATH)}
    assert tags == set(range(1, max(tags) + 1)) - set(WITHOUT)
    assert {int(number) for number, _ in CHECKS if number} == tags
    ours = case(*CASES[0])[2]
    kinds = {"objective": "SGNSObjective", "skipping": "SGNSObjective", "contrast": "Contrast", "split": "Split"}
    for section in re.split(r"\n(?=\*\*\(|## )", MATH):
        named = {part for path in re.findall(r"`(jsmi_core\.[\w.]+)`", section) for part in path.split(".")}
        for _, code in CHECK.findall(section):
            used = {kinds.get(name, name) for name in names(ast.parse(code)) & ours}
            assert used & named, f"{code} holds the formula against {used or 'nothing'}, the text names {named}"
