"""What is large and dear to compute, remembered within a budget of bytes: what was asked for longest ago goes first.

Values may grow while they are remembered, as what they compute once is kept in them; so they are weighed again
whenever something is asked for. An array that several of them hold counts once.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar, cast

import numpy as np

from jsmi_core import checks
from jsmi_core.runtime.processes import give_back_memory

MEBIBYTE = 1 << 20
BUDGET = 600
"""Mebibytes, unless the environment's JSMI_MEMORY says otherwise."""
_T = TypeVar("_T")


def budget() -> int:
    """Bytes that may be remembered. Raises ParameterError if JSMI_MEMORY is no whole number from 1 to 1,000,000."""
    asked = os.environ.get("JSMI_MEMORY")
    return MEBIBYTE * (checks.integer("JSMI_MEMORY", checks.number(asked), 1, 1_000_000) if asked else BUDGET)


class Memory:
    """Remembers values by keys, for all threads.

    Examples
    --------
    >>> memory = Memory(limit=lambda: 1_000)
    >>> [memory.get(key, lambda: np.zeros(100)).nbytes for key in ("one", "two", "two")]
    [800, 800, 800]
    >>> "one" in memory, "two" in memory, memory.held
    (False, True, 800)
    """

    def __init__(self, limit: Callable[[], int] = budget) -> None:
        self._limit = limit
        self._values: OrderedDict[Hashable, Any] = OrderedDict()
        self._turns: dict[Hashable, threading.RLock] = {}
        self._lock = threading.Lock()

    def __contains__(self, key: Hashable) -> bool:
        with self._lock:
            return key in self._values

    def get(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """The value of this key: remembered, or made now, by one thread while others that ask for it wait.

        What ``make`` raises is raised, and nothing is remembered. The latest value stays, however large it is.
        """
        with self._lock:
            turn = self._turns.setdefault(key, threading.RLock())
        with turn:
            with self._lock:
                known = key in self._values
                value = self._values.get(key)
            if not known:
                value = make()
            with self._lock:
                self._values[key] = value
                self._values.move_to_end(key)
                self._turns.pop(key, None)
                forgotten = self._forget()
        if forgotten:
            give_back_memory()
        return cast("_T", value)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values.clear()
        give_back_memory()

    @property
    def held(self) -> int:
        """The bytes that are remembered."""
        with self._lock:
            return bytes_of(self._values.values())

    def _forget(self) -> bool:
        """Drop the oldest values until the rest is within the limit; whether there were any."""
        before, limit = len(self._values), self._limit()
        while len(self._values) > 1 and bytes_of(self._values.values()) > limit:
            self._values.popitem(last=False)
        return len(self._values) < before


def bytes_of(values: Iterable[object]) -> int:
    """The bytes of all arrays in these values, and in what they are made of; each array once.

    Examples
    --------
    >>> array = np.zeros(10)
    >>> bytes_of([array, (array, array[:5])])
    80
    """
    seen: set[int] = set()
    total, waiting = 0, list(values)
    while waiting:
        value = waiting.pop()
        while isinstance(value, np.ndarray) and isinstance(value.base, np.ndarray):
            value = value.base  # a view holds what it looks into
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, np.ndarray):
            total += value.nbytes
        elif isinstance(value, (tuple, list)):
            waiting += value if not value or not isinstance(value[0], (str, int, float)) else []  # no plain numbers
        elif isinstance(value, dict):
            waiting += value.values()
        elif hasattr(value, "__dict__") and not isinstance(value, type):
            waiting += vars(value).values()
    return total


shared = Memory()
"""The one of this process."""
