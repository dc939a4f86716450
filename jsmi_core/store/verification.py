"""Is what is stored still what was computed? Checksums of every file, and one result computed again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jsmi_core.errors import StoreError
from jsmi_core.experiments import LawName, Result, run_cell, same_numbers
from jsmi_core.store.store import Store


@dataclass(frozen=True)
class Verified:
    """How many results and corpora fit their checksums, and one sentence about each that did not."""

    results: int
    corpora: int
    damaged: tuple[str, ...]


@dataclass(frozen=True)
class Recomputed:
    """A stored result and the same cell computed again, here and now, both with arrays."""

    stored: Result
    again: Result

    @property
    def same(self) -> bool:
        """Whether every score and every coordinate is the same to the last bit."""
        return same_numbers(self.stored, self.again)

    @property
    def differences(self) -> dict[LawName, float]:
        """S of the new one − S of the stored one, in nats, under each law."""
        return {then.law: self.again.law(then.law).score - then.score for then in self.stored.laws}

    @property
    def versions(self) -> dict[str, tuple[str, str]]:
        """The packages whose versions differ: then, and now."""
        then, now = self.stored.manifest.versions, self.again.manifest.versions
        return {name: (then.get(name, "–"), now[name]) for name in now if then.get(name) != now[name]}

    def to_dict(self) -> dict[str, Any]:
        """What came out, as JSON-able values."""
        return {
            "id": self.stored.id,
            "same": self.same,
            "differences": self.differences,
            "stored": [law.to_dict() for law in self.stored.laws],
            "again": [law.to_dict() for law in self.again.laws],
            "versions": {name: list(pair) for name, pair in self.versions.items()},
        }


def verify(store: Store) -> Verified:
    """Read every result and corpus of a store and check it against its checksum; damaged ones are set aside.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Store(folder) as store:
    ...     verify(store)
    Verified(results=0, corpora=0, damaged=())
    """
    before = set(store.notices)
    sound = sum(store.get(run.id, Result) is not None for run in store.results(kind=Result))
    damaged = []
    corpora = 0
    for digest in store.corpora():
        try:
            store.corpus(digest)
            corpora += 1
        except StoreError as error:
            damaged.append(str(error))
    return Verified(sound, corpora, (*(notice for notice in store.notices if notice not in before), *damaged))


def recompute(store: Store, cell_id: str, progress: Callable[[float], None] | None = None) -> Recomputed:
    """Compute a stored result once more, from its kept corpus; the store is left as it is.

    Parameters
    ----------
    store : Store
    cell_id : str
    progress : callable, optional
        As in :func:`run_cell`.

    Raises
    ------
    StoreError
        If the result or its corpus is not in the store, or damaged.
    """
    stored = store.get(cell_id, Result)
    if stored is None:
        raise StoreError(f"no sound result {cell_id[:20]} is in {store.path}: see jsmi runs list.")
    corpus = store.corpus(stored.cell.corpus)
    cell: Any = stored.cell
    return Recomputed(stored, run_cell(cell, corpus, progress=progress, trained=store.get))
