"""Work in pieces over threads, with the results in the order of the pieces.

Kernels and BLAS release the GIL, so Python threads keep all cores busy. The pieces never depend on the
number of threads, and their results are reduced in order: the same bits come out for any number of threads.
BLAS itself is held to one thread while pieces run: its own threads would spin beside ours.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from threadpoolctl import ThreadpoolController

Piece = TypeVar("Piece")
Result = TypeVar("Result")


def thread_count() -> int:
    """The cores this process may use, or the environment's JSMI_THREADS."""
    asked = os.environ.get("JSMI_THREADS", "")
    if asked.isdigit() and int(asked) > 0:
        return int(asked)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def map_in_order(function: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[Result]:
    """Yield function(piece) for each piece, in order, computed on ``thread_count()`` threads."""
    with _blas().limit(limits=1, user_api="blas"):
        if thread_count() == 1:
            yield from map(function, pieces)
            return
        with ThreadPoolExecutor(thread_count()) as pool:
            yield from pool.map(function, pieces)


@cache
def _blas() -> ThreadpoolController:
    """The BLAS libraries of this process; finding them takes milliseconds, so it is done once."""
    return ThreadpoolController()
