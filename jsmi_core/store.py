"""Results on disk: one SQLite row for each finished training, its arrays in a file beside it."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from jsmi_core.experiment import CellResult

if TYPE_CHECKING:
    from jsmi_core.corpus import Corpus

__all__ = ["Store"]


class Store:
    """A folder of finished trainings and the corpora they were made from; safe for many threads and processes.

    Parameters
    ----------
    path : path, optional
        The folder, made if missing. Default: the environment's ``JSMI_STORE``, or the user's data folder.

    Raises
    ------
    StoreError
        If the store was written by a newer version, or cannot be read at all.

    Attributes
    ----------
    path : Path
    writable : bool
        False where the folder cannot be written: stored results show, new ones raise StoreError.
    notices : tuple of str
        What was found damaged and set aside.
    """

    path: Path
    writable: bool
    notices: tuple[str, ...]

    def __init__(self, path: str | PathLike[str] | None = None) -> None:
        raise NotImplementedError

    def save(self, result: CellResult) -> None:
        """Write a result; when this returns, it survives a crash. Raises StoreError."""
        raise NotImplementedError

    def get(self, cell_id: str) -> CellResult | None:
        """The result with its arrays, checked against its checksums; None if there is none (or it was damaged)."""
        raise NotImplementedError

    def has(self, cell_id: str) -> bool:
        """Whether that training is finished and stored."""
        raise NotImplementedError

    def results(self, corpus_digest: str | None = None) -> tuple[CellResult, ...]:
        """All results (of one corpus) without their arrays, oldest first."""
        raise NotImplementedError

    def delete(self, cell_id: str) -> None:
        """Remove a result."""
        raise NotImplementedError

    def save_corpus(self, corpus: Corpus) -> None:
        """Keep a corpus under its digest, for workers and later visits."""
        raise NotImplementedError

    def corpus(self, digest: str) -> Corpus:
        """The corpus of that digest. Raises StoreError if it is not kept here or damaged."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the database; the store is not usable afterwards."""
        raise NotImplementedError
