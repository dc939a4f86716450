"""Work in pieces over threads, with the results in the order of the pieces.

Kernels and BLAS release the GIL, so Python threads keep all cores busy. The pieces never depend on the
number of threads, and their results are reduced in order: the same bits come out for any number of threads.
BLAS itself is held to one thread while pieces run: its own threads would spin beside ours.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ContextDecorator, contextmanager
from functools import cache
from importlib import import_module
from typing import TypeVar

from threadpoolctl import ThreadpoolController

from jsmi_core import checks

Piece = TypeVar("Piece")
Result = TypeVar("Result")


def thread_count() -> int:
    """The cores that a caller may use: this process's, the environment's JSMI_THREADS, or 1 in :func:`one_thread`.

    Raises ParameterError if JSMI_THREADS is no whole number from 1 to 1,024.
    """
    if getattr(_here, "alone", False):
        return 1
    asked = os.environ.get("JSMI_THREADS")
    if asked:
        return checks.integer("JSMI_THREADS", checks.number(asked), 1, 1_024)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def map_in_order(function: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[Result]:
    """Yield function(piece) for each piece, in order, computed on ``thread_count()`` threads."""
    with one_blas_thread:
        todo = tuple(pieces)
        threads = min(thread_count(), len(todo))
        if threads < 2:  # starting threads takes longer than all the work on a small table
            yield from map(function, todo)
            return
        with ThreadPoolExecutor(threads) as pool:
            yield from pool.map(function, todo)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let the work of this thread stay in it: where others keep the remaining cores busy."""
    before, _here.alone = getattr(_here, "alone", False), True
    try:
        with one_blas_thread:
            yield
    finally:
        _here.alone = before


class _OneBlasThread(ContextDecorator):
    """Holds BLAS to one thread: whoever comes first sets the limit, whoever leaves last lifts it.

    The limit is the whole process's: if each caller restored what it found, the first to leave would lift it for all,
    and products that are cut in two have other last bits.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0

    def __enter__(self) -> None:
        with self._lock:
            if self._users == 0:
                _take_control()
                self._limit = _blas().limit(limits=1, user_api="blas")
            self._users += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0:
                _take_control()
                self._limit.restore_original_limits()


def _take_control() -> None:
    """threadpoolctl 3.8 lets only the thread that set a limit change it; the last to leave may be another."""
    for library in _blas().lib_controllers:
        if hasattr(library, "clear_controlling_thread"):
            library.clear_controlling_thread(force=True)


@cache
def _blas() -> ThreadpoolController:
    """The BLAS libraries of this process, NumPy's and SciPy's; finding them takes milliseconds, so it is done once."""
    import_module("scipy.linalg.blas")  # else it may be loaded later, with threads of its own
    return ThreadpoolController()


_here = threading.local()
one_blas_thread = _OneBlasThread()
"""Around work whose products are small or in blocks: more threads would spin more than they compute."""
