"""How kernels are compiled: cached where a place for the cache exists, without the GIL, never with fastmath."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function of arrays and numbers; it keeps IEEE arithmetic and releases the GIL."""
    try:
        return numba.njit(function, nogil=True, error_model="numpy", cache=True)
    except RuntimeError:  # no writable place for the cache: compile afresh in each process instead
        return numba.njit(function, nogil=True, error_model="numpy")
