"""How kernels are compiled: when first called, cached where a place for the cache exists, without the GIL.

numba takes longer to load than all else that a stored figure needs, so a process that calls no kernel never loads it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import update_wrapper
from typing import Any

__all__ = ["fused_kernel", "kernel"]

_turn = threading.RLock()


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function of arrays and numbers once it is called; it keeps IEEE arithmetic, never fastmath."""
    return _Kernel(function)


def fused_kernel(function: Callable[..., Any]) -> Any:
    """Likewise, but as in BLAS a product and the sum after it may be rounded once, and sums be taken in any order.

    A processor needs both liberties to look at many numbers at once. NaN, infinities and the sign of 0 are as ever.
    """
    return _Kernel(function, {"contract", "reassoc"})


class _Kernel:
    """A function as it is written, ``py_func``, and as numba compiled it."""

    def __init__(self, function: Callable[..., Any], liberties: set[str] | None = None) -> None:
        update_wrapper(self, function)
        self.py_func: Any = function
        self._liberties = liberties or False
        self._compiled: Any = None

    def __call__(self, *arguments: Any) -> Any:
        return (self._compiled or self.compiled())(*arguments)

    def compiled(self) -> Any:
        """numba's function, made once; the kernels that it calls become numba's too, which knows no others."""
        with _turn:
            if self._compiled is None:
                names = self.py_func.__globals__
                for name in self.py_func.__code__.co_names:
                    if isinstance(names.get(name), _Kernel):
                        names[name] = names[name].compiled()
                self._compiled = _njit(self.py_func, self._liberties)
            return self._compiled


def _njit(function: Callable[..., Any], liberties: set[str] | bool) -> Any:
    import numba

    try:
        return numba.njit(function, nogil=True, error_model="numpy", fastmath=liberties, cache=True)
    except RuntimeError:  # no writable place for the cache: compile afresh in each process instead
        return numba.njit(function, nogil=True, error_model="numpy", fastmath=liberties)
