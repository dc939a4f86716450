"""Results on disk: a SQLite index, and one .npz file with the whole of each result beside it.

The order of a write is the promise: the file is written under another name, synced and renamed, and only then does its
row enter the index (WAL, synchronous=FULL). A row therefore always points to a whole file, a result is acknowledged
only once it survives a power cut, and the index can be rebuilt from the files. What does not match its checksum is set
aside under a dated name, never shown.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self, TypeVar, overload

import platformdirs

from jsmi_core.errors import StoreError
from jsmi_core.experiments import LAW_VERSION, CellResult, Result, Spec, ids_of
from jsmi_core.runtime.files import sync_folder, write_whole
from jsmi_core.store.bundled import Bundled, bundled as shipped
from jsmi_core.store.database import DamagedError, Database
from jsmi_core.store.leases import Lease, take
from jsmi_core.store.people import EVERYONE, People
from jsmi_core.store.texts import Texts, set_aside, set_aside_database, sha256

SCHEMA = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS results (
    id TEXT PRIMARY KEY,
    law INTEGER NOT NULL,            -- LAW_VERSION of the program that scored it
    corpus TEXT NOT NULL,            -- digest
    record TEXT NOT NULL,            -- Result.to_dict() as JSON
    record_sha256 TEXT NOT NULL,
    file TEXT NOT NULL,              -- under arrays/, <id>-<sha256 of the file>.npz
    created TEXT NOT NULL            -- UTC, ISO 8601
);
CREATE INDEX IF NOT EXISTS results_by_corpus ON results (corpus);
CREATE TABLE IF NOT EXISTS damaged (id TEXT NOT NULL, found TEXT NOT NULL, notice TEXT NOT NULL);
"""
_STALE_SECONDS = 24 * 3600.0  # a file this old that no row names belongs to a writer that died
_T = TypeVar("_T")
_R = TypeVar("_R", bound=Result)


class Store(Texts):
    """A folder of finished trainings and searches, and their corpora; safe for many threads and processes.

    Parameters
    ----------
    path : path, optional
        The folder, made if missing. Default: the environment's ``JSMI_STORE``, or the user's data folder.
    bundled : bool
        Whether the results that ship with the program are found in it too; they cannot be deleted.

    Raises
    ------
    StoreError
        If a newer version of the program wrote the store.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Store(folder) as store:
    ...     store.results()
    ()
    """

    def __init__(self, path: str | os.PathLike[str] | None = None, *, bundled: bool = False) -> None:
        self.path = Path(path) if path is not None else _default_folder()
        self.bundled = shipped() if bundled else Bundled()
        self._lock = threading.RLock()  # guards the replacement of a damaged database
        self._session_notices: list[str] = []
        self._hidden: set[str] = set()  # damaged results of a store that cannot be written
        self._open()
        self.people = People(self.path / "people.sqlite3")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def writable(self) -> bool:
        """False where the folder cannot be written: stored results still show, new ones raise StoreError."""
        return not self._obstacle

    # -- results ---------------------------------------------------------------------------------------------------

    def save(self, result: Result, *, imported: bool = False) -> None:
        """Write a result; once this returns, it survives a crash. The first of two equal cells stays.

        One that was ``imported``, so computed elsewhere, is marked as such and gives way to one that was computed here.

        Raises
        ------
        StoreError
            If it could not be written: nothing of it remains on disk, and the caller still has it.
        """
        payload = result.to_bytes()
        file = self._arrays / f"{result.id}-{sha256(payload)}.npz"
        self.check_writable()
        if imported:
            self.people.mark_imported(EVERYONE, [result.id])  # before it can be seen
        gives_way = not imported and result.id in self.people.imported()
        try:
            write_whole(file, payload)
            sync_folder(self._arrays)
            if gives_way and self._file_of(result.id) != file.name:
                self.delete(result.id)
            self._insert(result, file.name)
        except OSError as error:
            with suppress(OSError):
                file.unlink(missing_ok=True)
            raise self.not_written(error) from error
        if self._file_of(result.id) != file.name:
            file.unlink(missing_ok=True)
        if gives_way:
            self.people.mark_computed(result.id)

    @overload
    def get(self, cell: str | Spec) -> CellResult | None: ...
    @overload
    def get(self, cell: str | Spec, kind: type[_R]) -> _R | None: ...
    def get(self, cell: str | Spec, kind: type[Result] = CellResult) -> Result | None:
        """The result that answers a cell, or has that id, with its arrays, checked against its checksum.

        None if there is none of that kind (CellResult, RankResult, or Result for both), or it was damaged.
        """
        found = (self._get(cell_id) for cell_id in ids_of(cell))
        return next((result for result in found if isinstance(result, kind)), None)

    def _get(self, cell_id: str) -> Result | None:
        name = self._file_of(cell_id)
        if name is None:
            return self.bundled.get(cell_id)
        try:
            return _read_result(self._arrays / name)
        except (FileNotFoundError, StoreError) as error:
            self._set_aside(cell_id, name, str(error) if isinstance(error, StoreError) else "its file is missing")
            return None
        except OSError as error:
            raise StoreError(f"the file {name} in {self.path} cannot be read ({error.strerror}): try again.") from error

    def has(self, cell: str | Spec) -> bool:
        """Whether a result that answers the cell, or has that id, is stored."""
        return any(cell_id in self.bundled or self._file_of(cell_id) is not None for cell_id in ids_of(cell))

    @overload
    def results(self, corpus_digest: str | None = None) -> tuple[CellResult, ...]: ...
    @overload
    def results(self, corpus_digest: str | None = None, *, kind: type[_R]) -> tuple[_R, ...]: ...
    def results(self, corpus_digest: str | None = None, *, kind: type[Result] = CellResult) -> tuple[Result, ...]:
        """All results of a kind (of one corpus) without their arrays, oldest first, those of the program before all."""
        query = "SELECT id, record, record_sha256, file FROM results WHERE law = ? AND corpus = ifnull(?, corpus)"
        found = list(self.bundled.results(corpus_digest))
        for cell_id, record, checksum, name in self._read(query + " ORDER BY created, id", LAW_VERSION, corpus_digest):
            if cell_id in self._hidden or cell_id in self.bundled:
                continue
            if sha256(record.encode()) == checksum and (self._arrays / name).is_file():
                found.append(Result.from_dict(json.loads(record)))
            else:
                self._set_aside(cell_id, name, "its record or its file is damaged")
        return tuple(result for result in found if isinstance(result, kind))

    def delete(self, cell_id: str) -> None:
        """Remove a result. Raises StoreError if the store cannot be written."""
        self.check_writable()
        query = "DELETE FROM results WHERE id = ? RETURNING file"
        for (name,) in self._write(lambda database: database.execute(query, (cell_id,)).fetchall()):
            (self._arrays / name).unlink(missing_ok=True)
        self.people.mark_computed(cell_id)

    def lease(self, cell: str | Spec) -> Lease | None:
        """The right to compute a cell, so that no other process on this store does it too; None if one is at it.

        A training has one lease, however often it is scored. It ends with its release or with this process. Look for
        the result once more when you have it.
        """
        return take(self.path / "leases" / f"{cell if isinstance(cell, str) else cell.work_id}.lock")

    # -- what was found damaged ------------------------------------------------------------------------------------

    @property
    def notices(self) -> tuple[str, ...]:
        """What was found damaged and set aside, one sentence each, oldest first."""
        stored = tuple(notice for (notice,) in self._read("SELECT notice FROM damaged ORDER BY rowid"))
        return stored + tuple(self._session_notices)

    def _set_aside(self, cell_id: str, name: str, reason: str) -> None:
        """Take a damaged result out of sight; the others stay."""
        notice = f"the stored run {cell_id} was set aside because {reason}: train it again."
        if not self.writable:
            self._hidden.add(cell_id)
            self._session_notices.append(notice)
            return

        def forget(database: sqlite3.Connection) -> bool:
            # Another process may have replaced or deleted the row meanwhile: then there is nothing to say.
            gone = database.execute("DELETE FROM results WHERE id = ? AND file = ?", (cell_id, name)).rowcount == 1
            if gone:
                database.execute("INSERT INTO damaged VALUES (?, ?, ?)", (cell_id, _now(), notice))
            return gone

        if self._write(forget):
            set_aside(self._arrays / name)

    # -- files and database ----------------------------------------------------------------------------------------

    def close(self) -> None:
        """Close the databases; the store is not usable afterwards."""
        self._database.close()
        self.people.close()

    @property
    def _arrays(self) -> Path:
        return self.path / "arrays"

    def _file_of(self, cell_id: str) -> str | None:
        rows = self._read("SELECT file FROM results WHERE id = ? AND law = ?", cell_id, LAW_VERSION)
        return None if not rows or cell_id in self._hidden else str(rows[0][0])

    def _open(self) -> None:
        """Open for writing; where that is impossible, for reading; a damaged index is made anew from the files."""
        file = self.path / "runs.sqlite3"
        obstacle = ""
        for folder in (self._arrays, self.path / "corpora"):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                obstacle = error.strerror or str(error)
        try:
            self._database = Database(file, _TABLES, SCHEMA)
        except DamagedError:
            set_aside_database(file)
            self._database = Database(file, _TABLES, SCHEMA)
            self._session_notices.append(
                "the index of stored runs was damaged and is set aside: it was made anew from the runs' own files."
            )
        self._obstacle = obstacle or self._database.obstacle
        try:
            if self.writable:
                self._adopt_files()
        except BaseException:  # nobody else can close it: the caller gets no store
            self._database.close()
            raise

    def _adopt_files(self) -> None:
        """Index whole result files that have no row: of an index that was lost, or a writer killed before its row."""
        known = dict(self._read("SELECT id, file FROM results"))
        for file in self._arrays.iterdir():
            cell_id = file.name.partition("-")[0]
            with suppress(FileNotFoundError):  # its writer has just renamed it, or taken it back
                stale = time.time() - file.stat().st_mtime > _STALE_SECONDS
                if file.suffix == ".npz" and cell_id not in known:
                    self._adopt(file)
                elif stale and file.suffix in (".npz", ".tmp") and file.name != known.get(cell_id):
                    file.unlink()

    def _adopt(self, file: Path) -> None:
        try:
            result = _read_result(file)
        except StoreError:
            set_aside(file)
        else:
            self._insert(result, file.name)

    def _insert(self, result: Result, file: str) -> None:
        record = json.dumps(result.to_dict())
        row = (result.id, LAW_VERSION, result.cell.corpus, record, sha256(record.encode()), file, _now())
        self._write(lambda database: database.execute("INSERT OR IGNORE INTO results VALUES (?,?,?,?,?,?,?)", row))

    def _read(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        return self._mending(lambda: self._database.read(query, *values))

    def _write(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        return self._mending(lambda: self._database.write(work))

    def _mending(self, work: Callable[[], _T]) -> _T:
        """Do ``work``; if the database turns out damaged, once more with a new one."""
        used = self._database
        try:
            return work()
        except DamagedError:
            with self._lock:
                if self._database is used:  # no other thread has replaced it meanwhile
                    used.close()
                    self._open()
            return work()

    def check_writable(self) -> None:
        """Raise StoreError where nothing can be stored, before anybody works for nothing."""
        if not self.writable:
            with self._lock:
                self._database.close()
                self._open()  # the disk may have room again
        if not self.writable:
            raise self.not_written(self._obstacle)

    def not_written(self, reason: object) -> StoreError:
        """The sentence for what could not be written, with the reason."""
        return StoreError(
            f"{self.path} cannot be written ({reason}): free some space, or name another folder in JSMI_STORE."
        )


def _read_result(file: Path) -> Result:
    """The result in a file whose name tells its checksum. Raises StoreError if anything in it has changed."""
    payload = file.read_bytes()
    if file.stem.partition("-")[2] != sha256(payload):
        raise StoreError("its checksum does not fit")
    return Result.from_bytes(payload)


def _default_folder() -> Path:
    return Path(os.environ.get("JSMI_STORE") or platformdirs.user_data_dir("jsmi-explorer", appauthor=False))


def _now() -> str:
    return datetime.now(UTC).isoformat()
