"""What an array of a kernel is, its dtype and its number of axes; how long each axis is, the kernel says in words.

numba compiles for what it is given and reads no annotation; people, mypy and tests/core/test_arrays.py do.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

Float32Vector: TypeAlias = np.ndarray[tuple[int], np.dtype[np.float32]]
"""(n,) float32."""

Float64Vector: TypeAlias = np.ndarray[tuple[int], np.dtype[np.float64]]
"""(n,) float64: one number for each word, each context, or each pair of a support."""

Int32Vector: TypeAlias = np.ndarray[tuple[int], np.dtype[np.int32]]
"""(n,) int32: ids of words, columns of a CSR table."""

Int64Vector: TypeAlias = np.ndarray[tuple[int], np.dtype[np.int64]]
"""(n,) int64: counts, and bounds (rows + 1,) of a CSR table or of sentences."""

Float32Matrix: TypeAlias = np.ndarray[tuple[int, int], np.dtype[np.float32]]
"""(rows, columns) float32: a tile of a score matrix."""

Float64Matrix: TypeAlias = np.ndarray[tuple[int, int], np.dtype[np.float64]]
"""(rows, columns) float64: a tile of a score matrix."""

Int64Matrix: TypeAlias = np.ndarray[tuple[int, int], np.dtype[np.int64]]
"""(rows, columns) int64: indices of what was drawn."""

FloatMatrix: TypeAlias = Float32Matrix | Float64Matrix
"""(rows, columns): a tile in the precision of its products."""
