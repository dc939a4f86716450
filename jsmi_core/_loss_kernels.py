"""Arithmetic only: the pairs that never occur, sorted by score and by loss, one stripe of rows at a time."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from jsmi_core._jit import kernel


@kernel
def survey_unseen(
    scores: Any,
    first: int,
    bounds: Any,
    columns: Any,
    weights: Any,
    noise: Any,
    low: float,
    width: float,
    histogram: Any,
    worst: Any,
    places: Any,
) -> None:
    """Add weight · noise · softplus(m) of the pairs off the support to ``histogram`` by m, and keep the largest.

    ``scores`` are the rows ``first`` … of m. Bin i is low + i · width …; the outermost hold what lies beyond.
    ``worst`` (n,) float64, from the start at 0, gets the n largest cells, ``places`` (n,) int64 their x · W + y.
    """
    last = len(histogram) - 1
    weakest = 0
    for i in range(scores.shape[0]):
        x = first + i
        at, end = bounds[x], bounds[x + 1]
        for y in range(scores.shape[1]):
            if at < end and columns[at] == y:
                at += 1
                continue
            m = scores[i, y]
            cell = weights[x] * noise[y] * (max(m, 0.0) + math.log1p(math.exp(-abs(m))))
            histogram[int(min(max(math.floor((m - low) / width), 0.0), float(last)))] += cell
            if cell > worst[weakest]:
                worst[weakest] = cell
                places[weakest] = x * len(noise) + y
                weakest = int(np.argmin(worst))
