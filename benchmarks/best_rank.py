"""How fast the best embedding of rank d is found: seconds and passes over all pairs, beside floor and peer.

A pass is S with its gradient in both factors: three products of all V × W pairs are its floor. Their ratio is of
processor seconds, which a busy machine spoils least. A search is timed to within a share of the best score known,
which a search of thousands of passes found; passes depend on no machine.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from jsmi_core import SGNSObjective, best_rank_embedding
from jsmi_core.lowrank.starts import correspondence_start
from jsmi_core.objective import Vectors

Row = Callable[..., None]
Moment = tuple[int, float, float]  # passes, best S so far, seconds
SHARES = (0.01, 0.001, 0.0001)


def search(row: Row, name: str, objective: SGNSObjective, dimension: int, known: float) -> None:
    """One search to its default tolerance."""
    floor, once = per_pass(objective, dimension)
    row(f"floor of a pass: three products, {name}", floor, f"d = {dimension}, float32 BLAS", "1.00×")
    row("  one pass: S and its gradient", once, "processor seconds", f"{once / floor:.2f}×")
    processor = time.process_time()
    best = best_rank_embedding(objective, dimension)
    processor = time.process_time() - processor
    moments = [(step.passes, step.score, step.seconds) for step in best.history]
    passes, _, seconds = moments[-1]
    off = f"{1 - best.score / known:.1e} below the best known"
    row(f"best rank, {name}, d = {dimension}", seconds, f"S = {best.score:.6f}, {passes:,} passes", off)
    row("  for each pass, with the solver's own work", processor / passes, "processor seconds",
        f"{processor / passes / floor:.2f}×")  # fmt: skip
    for share in SHARES:
        row_of_share(row, moments, known, share)


def peer(row: Row, name: str, objective: SGNSObjective, dimension: int, known: float, passes: int = 300) -> None:
    """SciPy's L-BFGS from the same start, in variables scaled by √p(x) and √q(y)."""
    moments = scaled_lbfgs(objective, dimension, passes)
    row(f"  peer: SciPy's L-BFGS, √p, √q, {name}", moments[-1][2], f"S = {moments[-1][1]:.6f}", f"{passes} passes")
    for share in SHARES:
        row_of_share(row, moments, known, share)


def row_of_share(row: Row, moments: Sequence[Moment], known: float, share: float) -> None:
    """When a search came within a share of the best score known."""
    reached = next((moment for moment in moments if moment[1] >= (1 - share) * known), None)
    name = f"    to within {share:.2%} of S = {known:.5f}"
    if reached is None:
        row(name, math.nan, "not reached")
    else:
        row(name, reached[2], f"{reached[0]:,} passes")


def scaled_lbfgs(objective: SGNSObjective, dimension: int, passes: int) -> list[Moment]:
    """Passes, best score and seconds of SciPy's L-BFGS-B."""
    start = correspondence_start(objective, dimension)
    scales = [np.sqrt(objective.joint.word_marginal)[:, None], np.sqrt(objective.contrast.noise)[:, None]]
    inverses = [np.divide(1, scale, out=np.zeros_like(scale), where=scale > 0) for scale in scales]
    size = start.words.size
    began = time.perf_counter()
    moments: list[Moment] = []

    def loss(flat: Vectors) -> tuple[float, Vectors]:
        words, contexts = flat[:size].reshape(start.words.shape), flat[size:].reshape(start.contexts.shape)
        unscaled = words * inverses[0], contexts * inverses[1]
        score, *gradient = objective.value_and_gradient(*unscaled, dtype=np.float32)
        moments.append(
            (len(moments) + 1, max(score, moments[-1][1]) if moments else score, time.perf_counter() - began)
        )
        return -score, -np.concatenate([(of * scale).ravel() for of, scale in zip(gradient, inverses, strict=True)])

    first = np.concatenate([(start.words * scales[0]).ravel(), (start.contexts * scales[1]).ravel()])
    options = {"maxfun": passes, "maxiter": passes, "maxcor": 20, "ftol": 0.0, "gtol": 0.0}
    minimize(loss, first.astype(np.float64), jac=True, method="L-BFGS-B", options=options)
    return moments


def per_pass(objective: SGNSObjective, dimension: int, repeats: int = 5) -> tuple[float, float]:
    """Processor seconds of the three products of a pass by BLAS alone, and of the pass: medians."""
    rng = np.random.default_rng(0)
    words, contexts = (0.3 * rng.normal(size=(n, dimension)).astype(np.float32) for n in objective.joint.shape)
    floors, passes = [], []
    for _ in range(repeats + 1):
        with threadpool_limits(1):  # idle BLAS threads would spin, and their seconds count
            began = time.process_time()
            products(words, contexts)
            floors.append(time.process_time() - began)
        began = time.process_time()
        objective.value_and_gradient(words, contexts, dtype=np.float32)
        passes.append(time.process_time() - began)
    return float(np.median(floors[1:])), float(np.median(passes[1:]))


def products(words: Vectors, contexts: Vectors, block: int = 512) -> None:
    """m = words · contextsᵀ in blocks, and each block times either factor, thrown away."""
    turned = np.ascontiguousarray(contexts.T)
    by_context = np.zeros_like(contexts)
    for first in range(0, len(words), block):
        rows = words[first : first + block]
        scores = rows @ turned
        _ = scores @ contexts
        by_context += scores.T @ rows
