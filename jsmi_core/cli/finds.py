"""What a command of the shell computes itself: looked up in the store, claimed, and kept before it is shown."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from jsmi_core.cli.printing import duration, note
from jsmi_core.errors import StoreError
from jsmi_core.experiments import Cell, RankCell, Result, check_size, estimated_multiply_adds, estimated_pace
from jsmi_core.jobs import Unclaimed, claim, keep
from jsmi_core.store import Store
from jsmi_core.text import Corpus

_LOOK_SECONDS = 0.5  # how often to look whether another program is done with a cell
_R = TypeVar("_R", bound=Result)


class Finds:
    """The results that one command asks for; see :func:`found_in`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.unsaved: list[str] = []

    def of(self, cell: Cell | RankCell, corpus: Corpus, kind: type[_R], compute: Callable[[], _R]) -> tuple[_R, bool]:
        """The result of a cell, and whether it was stored already; else it is computed now and kept at once.

        Raises
        ------
        StoreError
            If the store cannot be written, before any work begins.
        """
        waiting = False
        while (found := self._store.get(cell, kind)) is None:
            self._store.check_writable()
            claimed = claim(self._store, cell)
            if not isinstance(claimed, Unclaimed):
                try:
                    return self._made(cell, corpus, compute), False
                finally:
                    claimed.release()
            if claimed is Unclaimed.BUSY:
                if not waiting:
                    note("another program that uses this store is at it: waiting for what it finds")
                waiting = True
                time.sleep(_LOOK_SECONDS)
        return found, True

    def _made(self, cell: Cell | RankCell, corpus: Corpus, compute: Callable[[], _R]) -> _R:
        pace = estimated_pace((run.manifest.cost, run.manifest.seconds) for run in self._store.results(kind=Result))
        check_size(corpus, cell, pace, math.inf)
        note(f"this takes about {duration(pace * estimated_multiply_adds(corpus, cell))}")
        self._store.save_corpus(corpus)  # a result can be computed again only from its text
        result = compute()
        trouble = keep(self._store, result)
        if trouble:
            self.unsaved.append(trouble)
        return result


@contextmanager
def found_in(store: Store) -> Iterator[Finds]:
    """Look results up in a store, or compute them; what could not be kept is told last, when all has been shown."""
    finds = Finds(store)
    yield finds
    if finds.unsaved:
        raise StoreError(finds.unsaved[0])
