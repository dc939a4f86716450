"""`make bench`: seconds *and* values. A time alone says nothing if the value beside it is wrong.

Every row is the median of several runs; a ratio compares two medians of this very run, because machines are
noisy and differ. Nothing here is asserted: the tests hold the values, people judge the times.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks import best_rank, sweeps
from jsmi_core import (
    Corpus,
    Embedding,
    JointDistribution,
    PairSampling,
    SGNSConfig,
    SGNSObjective,
    expected_pairs,
    jsmi,
    sample_corpus,
    train_sgns,
    unigram_noise,
)
from jsmi_core.runtime.threads import thread_count


def median_seconds(work: Callable[[], Any], repeats: int = 5) -> tuple[float, Any]:
    """The median time of the work, after one run that compiles and warms, and its last value."""
    value = work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        value = work()
        times.append(time.perf_counter() - start)
    return statistics.median(times), value


def row(name: str, seconds: float, value: str, beside: str = "") -> None:
    """Print one line of the report."""
    print(f"{name:<46} {seconds:>9.4f} s   {value:<34} {beside}", flush=True)


def counting(corpus: Corpus) -> JointDistribution:
    """Text → expected pair counts, beside counting the pairs of one drawn text with a Counter."""
    seconds, joint = median_seconds(lambda: expected_pairs(corpus, PairSampling()))
    start = time.perf_counter()
    plain = plain_window_counts(corpus)
    peer = time.perf_counter() - start
    speed = f"{len(corpus.ids) / seconds / 1e6:.2f} M tokens/s"
    row("expected pair counts", seconds, f"{joint.pairs:,} pairs, N = {joint.total:,.0f}", speed)
    row("  peer: Counter, fixed window, no subsampling", peer, f"{len(plain):,} pairs", f"{peer / seconds:.1f}×")
    return joint


def plain_window_counts(corpus: Corpus, window: int = 5) -> Counter[tuple[int, int]]:
    """What a first script would do: count the pairs of a fixed window in a dictionary."""
    counts: Counter[tuple[int, int]] = Counter()
    for start, stop in zip(corpus.offsets[:-1], corpus.offsets[1:], strict=True):
        sentence = corpus.ids[start:stop].tolist()
        for distance in range(1, window + 1):
            counts.update(zip(sentence, sentence[distance:], strict=False))
    return counts


def bounds(joint: JointDistribution, noise: np.ndarray[Any, Any]) -> None:
    """JSMI at one α and at 200, beside the two logaddexp of a textbook."""
    objective = SGNSObjective(joint, 5)
    seconds, value = median_seconds(lambda: jsmi(joint, 1 / 6))
    row("JSMI from the pair counts, k = 5, paper's q", seconds, f"{value:.12f} nats")
    seconds, value = median_seconds(lambda: jsmi(joint, 1 / 6, noise))
    row("the same for q = counts^0.75", seconds, f"{value:.12f} nats")
    seconds, value = median_seconds(lambda: objective.contrast.bound(1 / 6))
    row("JSMI at another α (under a slider)", seconds, f"{value:.12f} nats")
    alphas = np.linspace(0.005, 0.5, 200)
    seconds, values = median_seconds(lambda: objective.contrast.bounds_at(alphas), repeats=3)
    cost = f"{seconds / joint.pairs / len(alphas) * 1e9:.2f} ns per pair and α"
    row("JSMI at 200 α", seconds, f"{values[0]:.9f} … {values[-1]:.9f}", cost)
    seconds, value = median_seconds(lambda: textbook_bound(objective, 1 / 6), repeats=3)
    row("  peer: textbook, two logaddexp", seconds, f"{value:.12f} nats", "for one α")


def textbook_bound(objective: SGNSObjective, alpha: float) -> float:
    """h(α) + α Σ p log σ(m*) + (1−α) Σ r log σ(−m*), as the equation stands. (7)"""
    m, contrast = objective.best_scores, objective.contrast
    positive = -alpha * contrast.positive @ np.logaddexp(0, -m)
    negative = -(1 - alpha) * contrast.negative @ np.logaddexp(0, m)
    return float(objective.class_entropy + positive + negative)


def scores(objective: SGNSObjective, embedding: Embedding) -> None:
    """The exact score, beside BLAS multiplying the same blocks and nothing else, and beside NumPy."""
    floor, _ = median_seconds(lambda: products(embedding))
    pairs = len(embedding.words) * len(embedding.contexts)
    row("floor: the products alone, float32 BLAS", floor, f"{pairs:,} pairs, d = {embedding.dimension}", "1.00×")
    for precision in ("single", "double"):
        seconds, value = median_seconds(lambda precision=precision: objective.score(embedding, precision=precision))
        row(f"exact S(m), {precision} precision", seconds, f"{value:.12f} nats", f"{seconds / floor:.2f}×")
    seconds, evaluation = median_seconds(lambda: objective.evaluate(embedding))
    row("exact S(m), gap and its parts", seconds, f"gap {evaluation.gap.total:.12f}", f"{seconds / floor:.2f}×")
    seconds, value = median_seconds(lambda: plain_score(objective, embedding), repeats=1)
    row("  peer: NumPy logaddexp, in blocks", seconds, f"{value:.12f} nats", f"{seconds / floor:.2f}×")
    difference = objective.bound - evaluation.score
    print(f"    JSMI − S(m) against the cells' sum: {abs(difference / evaluation.gap.total - 1):.1e} relative")


def products(embedding: Embedding, block: int = 512) -> None:
    """m = words · contextsᵀ, block by block, thrown away."""
    turned = np.ascontiguousarray(embedding.contexts.T)
    out = np.empty((block, turned.shape[1]), np.float32)
    for start in range(0, len(embedding.words), block):
        rows = embedding.words[start : start + block]
        np.matmul(rows, turned, out=out[: len(rows)])


def plain_score(objective: SGNSObjective, embedding: Embedding, block: int = 512) -> float:
    """Equation (8) in NumPy: logaddexp over blocks of all pairs."""
    contrast, total = objective.contrast, 0.0
    word_marginal, p = objective.joint.word_marginal, objective.joint.p
    for start in range(0, len(embedding.words), block):
        part = slice(start, start + block)
        m = (embedding.words[part] @ embedding.contexts.T).astype(np.float64)
        total -= objective.alpha * float((p[part].toarray() * np.logaddexp(0, -m)).sum())
        negative = np.logaddexp(0, m) @ contrast.noise
        total -= (1 - objective.alpha) * float(word_marginal[part] @ negative)
    return objective.class_entropy + total


BEST_KNOWN = {("lee", 50): 0.129168, ("wikipedia", 100): 0.152897}
"""S*_d as far as known for word2vec's defaults: see docs/decisions/0004-solver-of-the-best-rank.md."""


def searches(name: str, corpus: Corpus, joint: JointDistribution, dimension: int) -> None:
    """The search for the best embedding of rank d, and on the small text its peer."""
    objective = SGNSObjective(joint, 5, unigram_noise(corpus.counts))
    known = BEST_KNOWN[name, dimension]
    best_rank.search(row, name, objective, dimension, known)
    if name == "lee":
        best_rank.peer(row, name, objective, dimension, known)


def main() -> None:
    """Run everything on the Wikipedia sample, and the search for the best rank on both."""
    print(f"Python {sys.version.split()[0]}, NumPy {np.__version__}, {thread_count()} threads")
    seconds, corpus = median_seconds(lambda: sample_corpus("wikipedia"), repeats=1)
    row("sample:wikipedia from its cache", seconds, f"{len(corpus.ids):,} tokens, V = {len(corpus.vocabulary):,}")
    joint = counting(corpus)
    noise = unigram_noise(corpus.counts)
    bounds(joint, noise)
    start = time.perf_counter()
    run = train_sgns(corpus, SGNSConfig(epochs=1))
    seconds = time.perf_counter() - start
    row("one SGNS epoch, d = 100, one worker", seconds, f"{len(corpus.ids) / seconds / 1e6:.2f} M tokens/s")
    scores(SGNSObjective(joint, 5, noise), run.embedding)
    sweeps.sweep(row, corpus)
    lee = sample_corpus("lee")
    searches("lee", lee, expected_pairs(lee, PairSampling()), 50)
    searches("wikipedia", corpus, joint, 100)
    print(f"largest memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")


if __name__ == "__main__":
    main()
