"""Arithmetic only: expected pairs of a text, whole or in chunks, and the two halves of a symmetric table.

A run of cells is CSR: ``bounds`` (rows + 1,) int64 from 0, ``columns`` int32 increasing in each row, ``values``.
"""

from __future__ import annotations

import numpy as np

from jsmi_core.runtime.arrays import Float64Vector, Int32Vector, Int64Vector
from jsmi_core.runtime.jit import kernel


@kernel
def places_of(
    first: int,
    last: int,
    ids: Int32Vector,
    offsets: Int64Vector,
    starts: Int64Vector,
    places: Int32Vector,
    homes: Int32Vector,
) -> None:
    """List the tokens with ids first … last−1 word by word, each word's in the order of the text.

    Those of the word x go to ``places[starts[x − first]:starts[x − first + 1]]``, their sentences' numbers to
    ``homes``; ``starts`` (last − first + 1,) is filled here.
    """
    starts[:] = 0
    for word in ids:
        if first <= word < last:
            starts[word - first + 1] += 1
    for x in range(last - first):
        starts[x + 1] += starts[x]
    heads = starts.copy()
    for s in range(len(offsets) - 1):
        for place in range(offsets[s], offsets[s + 1]):
            word = ids[place]
            if first <= word < last:
                places[heads[word - first]] = place
                homes[heads[word - first]] = s
                heads[word - first] += 1


@kernel
def continued_rows(
    first: int,
    last: int,
    starts: Int64Vector,
    places: Int32Vector,
    homes: Int32Vector,
    offsets: Int64Vector,
    ids: Int32Vector,
    keep: Float64Vector,
    weights: Float64Vector,
    bounds: Int64Vector,
    columns: Int32Vector,
    values: Float64Vector,
    new_bounds: Int64Vector,
    new_columns: Int32Vector,
    new_values: Float64Vector,
) -> int:
    """Add a chunk's expected pairs to the rows first … last−1, columns y ≥ x only; return how many rows had room.

    Each sum goes on where the run (bounds, columns, values) left it, term after term in the order of the text, so
    that it does not depend on the chunks.
    """
    row = np.zeros(len(keep))
    touched = np.empty(len(keep), np.int32)
    chances = np.empty(len(weights))
    new_bounds[0] = 0
    for x in range(first, last):
        size = 0
        for i in range(bounds[x - first], bounds[x - first + 1]):
            row[columns[i]] = values[i]
            touched[size] = columns[i]
            size += 1
        for i in range(starts[x - first], starts[x - first + 1]):
            begin, end = offsets[homes[i]], offsets[homes[i] + 1]
            size = reach_from(places[i], -1, begin - 1, x, ids, keep, weights, chances, row, touched, size)
            size = reach_from(places[i], 1, end, x, ids, keep, weights, chances, row, touched, size)
        filled = new_bounds[x - first]
        if filled + size > len(new_columns):
            return x - first
        drain(row, x, touched[:size], new_columns[filled : filled + size], new_values[filled : filled + size])
        new_bounds[x - first + 1] = filled + size
    return last - first


@kernel
def add_margins(
    first: int,
    bounds: Int64Vector,
    columns: Int32Vector,
    values: Float64Vector,
    sums: Float64Vector,
    sizes: Int64Vector,
) -> None:
    """Add the upper rows first … to the row sums and row sizes of the whole symmetric table.

    Rows come in order, so that each sum takes its terms in the order of its row's columns.
    """
    for x in range(first, first + len(bounds) - 1):
        for i in range(bounds[x - first], bounds[x - first + 1]):
            y = columns[i]
            sums[x] += values[i]
            sizes[x] += 1
            if y != x:
                sums[y] += values[i]
                sizes[y] += 1


@kernel
def mirror(
    first: int,
    bounds: Int64Vector,
    columns: Int32Vector,
    values: Float64Vector,
    low: int,
    high: int,
    heads: Int64Vector,
    full: Int32Vector,
    out: Float64Vector,
) -> None:
    """Put the cells of the upper rows first … into the whole rows low … high−1, to ``full`` (columns) and ``out``.

    ``heads`` has the next free place of each whole row. Given the upper rows in order, columns come out in order.
    """
    for x in range(first, first + len(bounds) - 1):
        start, stop = bounds[x - first], bounds[x - first + 1]
        for i in range(start + np.searchsorted(columns[start:stop], low), stop):
            y = columns[i]
            if y >= high:
                break
            if y != x:
                full[heads[y - low]] = x
                out[heads[y - low]] = values[i]
                heads[y - low] += 1
        if low <= x < high:
            for i in range(start, stop):
                full[heads[x - low]] = columns[i]
                out[heads[x - low]] = values[i]
                heads[x - low] += 1


# --- pairs from a text ------------------------------------------------------------------------------------


@kernel
def reach_from(
    position: int,
    step: int,
    stop: int,
    word: int,
    ids: Int32Vector,
    keep: Float64Vector,
    weights: Float64Vector,
    chances: Float64Vector,
    row: Float64Vector,
    touched: Int32Vector,
    size: int,
) -> int:
    """Add to row[y] the expected pairs of one token with the tokens y ≥ word on one side of it.

    ``chances[t]`` is the probability that t kept tokens lie between; what passes the window is dropped.
    """
    window = len(weights)
    chances[:] = 0.0
    chances[0] = 1.0
    j = position + step
    while j != stop:
        y = ids[j]
        covered = 0.0
        for t in range(window):
            covered += chances[t] * weights[t]
        if covered < 1e-20:  # it only falls from here: what is left out is below 1e-20 of one pair
            break
        if y >= word:
            if row[y] == 0.0:
                touched[size] = y
                size += 1
            row[y] += keep[word] * keep[y] * covered
        kept = keep[y]
        for t in range(window - 1, 0, -1):
            chances[t] = chances[t] * (1.0 - kept) + chances[t - 1] * kept
        chances[0] *= 1.0 - kept
        j += step
    return size


@kernel
def drain(row: Float64Vector, first: int, touched: Int32Vector, columns: Int32Vector, values: Float64Vector) -> None:
    """Move the cells ``touched``, all from ``first`` on, out of a row that is 0 elsewhere, in increasing order."""
    if 16 * len(touched) < len(row) - first:  # few: sorting them is quicker than looking at all
        columns[:] = np.sort(touched)
    else:
        size = 0
        for y in range(first, len(row)):
            if row[y] != 0.0:
                columns[size] = y
                size += 1
    for i in range(len(columns)):
        values[i] = row[columns[i]]
        row[columns[i]] = 0.0


@kernel
def expected_rows(
    first: int,
    last: int,
    starts: Int64Vector,
    positions: Int64Vector,
    sentence: Int32Vector,
    offsets: Int64Vector,
    ids: Int32Vector,
    keep: Float64Vector,
    weights: Float64Vector,
) -> tuple[Int64Vector, Int32Vector, Float64Vector]:
    """The rows first … last−1 of the expected pair counts, columns y ≥ x only: (row sizes, columns, values).

    ``positions[starts[x]:starts[x+1]]`` are the places of word x in ``ids``; ``sentence`` numbers the
    sentence of each token, ``offsets`` bounds the sentences.
    """
    row = np.zeros(len(keep))
    touched = np.empty(len(keep), np.int32)
    chances = np.empty(len(weights))
    sizes = np.zeros(last - first, np.int64)
    columns = np.empty(1024, np.int32)
    values = np.empty(1024)
    filled = 0
    for x in range(first, last):
        size = 0
        for place in range(starts[x], starts[x + 1]):
            position = positions[place]
            begin, end = offsets[sentence[position]], offsets[sentence[position] + 1]
            size = reach_from(position, -1, begin - 1, x, ids, keep, weights, chances, row, touched, size)
            size = reach_from(position, 1, end, x, ids, keep, weights, chances, row, touched, size)
        if filled + size > len(columns):
            capacity = max(2 * len(columns), filled + size)
            wider = np.empty(capacity, np.int32)
            wider[:filled] = columns[:filled]
            columns = wider
            longer = np.empty(capacity)
            longer[:filled] = values[:filled]
            values = longer
        drain(row, x, touched[:size], columns[filled : filled + size], values[filled : filled + size])
        sizes[x - first] = size
        filled += size
    return sizes, columns[:filled].copy(), values[:filled].copy()
