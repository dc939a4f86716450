"""Arithmetic only: expected pairs of a text that comes in chunks, and the two halves of a symmetric table.

A run of cells is CSR: ``bounds`` (rows + 1,) int64 from 0, ``columns`` int32 increasing in each row, ``values``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jsmi_core._jit import kernel
from jsmi_core._kernels import drain, reach_from


@kernel
def places_of(first: int, last: int, ids: Any, offsets: Any, starts: Any, places: Any, homes: Any) -> None:
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
    starts: Any,
    places: Any,
    homes: Any,
    offsets: Any,
    ids: Any,
    keep: Any,
    weights: Any,
    bounds: Any,
    columns: Any,
    values: Any,
    new_bounds: Any,
    new_columns: Any,
    new_values: Any,
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
def add_margins(first: int, bounds: Any, columns: Any, values: Any, sums: Any, sizes: Any) -> None:
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
    first: int, bounds: Any, columns: Any, values: Any, low: int, high: int, heads: Any, full: Any, out: Any
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
