"""Tasks on any ``concurrent.futures.Executor``, and how its workers come by the large thing that the tasks share.

A corpus or a table of vectors goes to a worker once, as bytes under their digest, and not with every task. What a task
computes does not depend on where it runs: it is given one thread, as there are as many tasks at a time as the executor
has workers.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, Self, TypeVar

from jsmi_core.runtime.files import write_whole
from jsmi_core.runtime.threads import one_thread

_MOST_KEPT = 3  # shared things that a worker remembers


class Shared(Protocol):
    """What many tasks have in common; ``digest`` names the content."""

    @property
    def digest(self) -> str:
        """The name of the content: the same for equal content, in any process."""

    def to_bytes(self) -> bytes:
        """All of it, to be sent."""

    @classmethod
    def from_bytes(cls, payload: bytes) -> Self:
        """The same again, at the other end."""


_P = ParamSpec("_P")
_R = TypeVar("_R")
_S = TypeVar("_S", bound=Shared)
_Piece = TypeVar("_Piece")


class Pool:
    """An executor with a way to share.

    Parameters
    ----------
    executor : concurrent.futures.Executor
        Threads, processes, or what speaks for a cluster. Tasks are top-level functions of plain values and arrays.
    folder : path, optional
        A folder that all workers can read: shared things are left there as files. Without it they travel with every
        task, which costs nothing between threads only.
    slots : int, optional
        How many tasks the executor runs at a time. Default: this machine's processors.

    Examples
    --------
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> from jsmi_core.text import Corpus
    >>> corpus = Corpus.from_sentences([["to", "be"], ["or", "not"]])
    >>> with ThreadPoolExecutor(2) as threads:
    ...     list(Pool(threads).map(lambda corpus, word: corpus.vocabulary[word], corpus, [0, 3]))
    ['to', 'not']
    """

    def __init__(
        self, executor: Executor, folder: str | os.PathLike[str] | None = None, slots: int | None = None
    ) -> None:
        self.slots = slots or os.cpu_count() or 1
        self._executor = executor
        self._folder = None if folder is None else Path(folder)

    def submit(
        self, task: Callable[Concatenate[_S, _P], _R], shared: _S, *arguments: _P.args, **named: _P.kwargs
    ) -> Future[_R]:
        """Have ``task(shared, *arguments)`` computed by a worker."""
        handed = self._hand(shared)
        return self._executor.submit(_do, task, type(shared), shared.digest, handed, arguments, named)

    def map(self, task: Callable[[_S, _Piece], _R], shared: _S, pieces: Iterable[_Piece]) -> Iterator[_R]:
        """Yield ``task(shared, piece)`` for each piece, in order; the first error ends it."""
        futures = [self.submit(task, shared, piece) for piece in pieces]
        try:
            for future in futures:
                yield future.result()
        finally:
            for future in futures:
                future.cancel()

    def _hand(self, shared: Shared) -> Any:
        """What a task is given in the place of the shared thing: bytes, or the path of a file with them."""
        if self._folder is None:
            return shared.to_bytes()
        file = self._folder / f"{shared.digest}.npz"
        if not file.is_file():
            write_whole(file, shared.to_bytes())
        return str(file.absolute())


# -- in the worker ----------------------------------------------------------------------------------------------------


def _do(
    task: Callable[..., Any],
    kind: type[Shared],
    digest: str,
    handed: bytes | str,
    arguments: tuple[Any, ...],
    named: dict[str, Any],
) -> Any:
    with one_thread():
        return task(_received(kind, digest, handed), *arguments, **named)


_kept: dict[tuple[type[Shared], str], Shared] = {}
_keeping = threading.Lock()


def _received(kind: type[Shared], digest: str, handed: bytes | str) -> Shared:
    """The shared thing, from memory where this worker has seen it before."""
    with _keeping:
        found = _kept.pop((kind, digest), None)
        if found is None:
            found = kind.from_bytes(Path(handed).read_bytes() if isinstance(handed, str) else handed)
        _kept[kind, digest] = found  # the latest stands last
        while len(_kept) > _MOST_KEPT:
            del _kept[next(iter(_kept))]
        return found
