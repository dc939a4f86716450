"""Arithmetic only: the pairs of one training job, replayed from its draws, and counted.

gensim's generator is a 48-bit linear congruential one, s ← (25214903917 s + 11) mod 2⁴⁸, that gives s >> 16.
Products wrap at 64 bits, which leaves the lower 48 as they are; without the JIT, Python's integers do the same.
"""

from __future__ import annotations

import math

import numpy as np

from jsmi_core.runtime.arrays import Float64Matrix, Float64Vector, Int32Vector, Int64Matrix, Int64Vector
from jsmi_core.runtime.jit import fused_kernel, kernel


@kernel
def surviving_tokens(
    ids: Int32Vector,
    bounds: Int64Vector,
    thresholds: Int64Vector,
    subsampled: bool,
    state: int,
    kept: Int32Vector,
    bounds_kept: Int64Vector,
) -> tuple[int, int]:
    """Subsample the sentences ``ids[bounds[s]:bounds[s+1]]`` of a job into ``kept``: (number kept, state after).

    A token goes where its word's threshold is below a 32-bit draw; once ``kept`` is full, the rest of the job is
    left out, unlooked at.
    """
    size = 0
    for s in range(len(bounds) - 1):
        for i in range(bounds[s], bounds[s + 1]):
            if size == len(kept):
                break
            if subsampled:
                draw = state >> 16
                state = (state * 25214903917 + 11) & 281474976710655
                if thresholds[ids[i]] < draw:
                    continue
            kept[size] = ids[i]
            size += 1
        bounds_kept[s + 1] = size
    return size, state


@kernel
def window_bounds(
    bounds: Int64Vector, reductions: Int64Vector, window: int, first: Int64Vector, last: Int64Vector
) -> None:
    """first[i] … last[i]−1 are the places within ``window − reductions[i]`` of i and within its sentence."""
    for s in range(len(bounds) - 1):
        for i in range(bounds[s], bounds[s + 1]):
            reach = window - reductions[i]
            first[i] = max(i - reach, bounds[s])
            last[i] = min(i + reach + 1, bounds[s + 1])


@kernel
def pair_keys(
    words: Int32Vector, first: Int64Vector, last: Int64Vector, begin: int, end: int, size: int, keys: Int64Vector
) -> None:
    """The pairs of the centres begin … end−1, neighbour · size + centre, in the order they are trained in."""
    place = 0
    for i in range(begin, end):
        for j in range(first[i], last[i]):
            if j != i:
                keys[place] = np.int64(words[j]) * size + words[i]
                place += 1


@kernel
def skipped_draws(
    words: Int32Vector,
    first: Int64Vector,
    last: Int64Vector,
    begin: int,
    end: int,
    negatives: int,
    lowest: Int64Vector,
    highest: Int64Vector,
    state: int,
) -> tuple[int, int]:
    """How many negatives of the centres begin … end−1 hit the centre they are drawn for: (number, state after).

    A draw modulo 2³¹ − 1 from lowest[y] to highest[y] means the word y.
    """
    skipped = 0
    for i in range(begin, end):
        low, high = lowest[words[i]], highest[words[i]]
        for _ in range((last[i] - first[i] - 1) * negatives):
            draw = (state >> 16) % 2147483647
            state = (state * 25214903917 + 11) & 281474976710655
            skipped += (low <= draw) & (draw <= high)
    return skipped, state


@kernel
def counted(keys: Int64Vector) -> tuple[Int64Vector, Int64Vector]:
    """Sorted keys → (each key once, how often it occurs)."""
    distinct = np.empty(len(keys), np.int64)
    counts = np.empty(len(keys), np.int64)
    size = 0
    for key in keys:
        if size > 0 and distinct[size - 1] == key:
            counts[size - 1] += 1
        else:
            distinct[size] = key
            counts[size] = 1
            size += 1
    return distinct[:size].copy(), counts[:size].copy()


@kernel
def merged(
    keys: Int64Vector, counts: Int64Vector, other_keys: Int64Vector, other_counts: Int64Vector
) -> tuple[Int64Vector, Int64Vector]:
    """Two counts with increasing keys as one; without branches, which no processor could predict."""
    all_keys = np.empty(len(keys) + len(other_keys), np.int64)
    all_counts = np.empty(len(all_keys), np.int64)
    i = j = size = 0
    while i < len(keys) and j < len(other_keys):
        key, other = keys[i], other_keys[j]
        here, there = int(key <= other), int(other <= key)
        all_keys[size] = min(key, other)
        all_counts[size] = here * counts[i] + there * other_counts[j]
        i += here
        j += there
        size += 1
    rest = len(keys) - i
    all_keys[size : size + rest], all_counts[size : size + rest] = keys[i:], counts[i:]
    size += rest
    rest = len(other_keys) - j
    all_keys[size : size + rest], all_counts[size : size + rest] = other_keys[j:], other_counts[j:]
    size += rest
    return all_keys[:size].copy(), all_counts[:size].copy()


@fused_kernel  # as any BLAS, gensim's too, it adds up a product in an order of its own
def sgns_updates(
    words: Float64Matrix,
    contexts: Float64Matrix,
    xs: Int64Vector,
    ys: Int64Vector,
    negatives: Int64Matrix,
    rates: Float64Vector,
    reach: float,
    steps: Float64Vector,
) -> None:
    """word2vec's update in place for each drawn pair and its negatives; ``steps`` is room for d numbers."""
    dimension = words.shape[1]
    for t in range(len(xs)):
        x = xs[t]
        steps[:] = 0.0
        for j in range(-1, negatives.shape[1]):
            target = ys[t] if j < 0 else negatives[t, j]
            m = 0.0
            for i in range(dimension):
                m += words[x, i] * contexts[target, i]
            if abs(m) >= reach:
                continue
            tail = math.exp(-abs(m))
            sigmoid = (1.0 if m >= 0.0 else tail) / (1.0 + tail)
            g = ((1.0 if j < 0 else 0.0) - sigmoid) * rates[t]
            for i in range(dimension):
                steps[i] += g * contexts[target, i]
                contexts[target, i] += g * words[x, i]
        for i in range(dimension):
            words[x, i] += steps[i]
