"""A SQLite file that many threads and processes share, that says what is wrong with it, and never "locked".

One connection behind one lock: a store makes few and short queries, and a page of Streamlit runs in many threads.
"""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from jsmi_core.errors import StoreError

_BUSY_SECONDS = 30.0
_T = TypeVar("_T")


class DamagedError(StoreError):
    """The file is not a sound SQLite database; the caller sets it aside."""

    def __init__(self, reason: object) -> None:
        super().__init__(f"the index of stored runs is damaged ({reason}): delete it, and it is made anew.")


class Database:
    """One open SQLite file; where ``obstacle`` says what is in the way of writing, for reading only.

    Raises
    ------
    DamagedError
        If the file is damaged, now or in any later call.
    StoreError
        If a newer version of the program wrote it.
    """

    def __init__(self, file: Path, tables: str, schema: int) -> None:
        self._lock = threading.RLock()
        self.obstacle = ""
        try:
            self._connection = _patiently(lambda: _connect(file, tables, schema))
        except sqlite3.OperationalError as error:
            self.obstacle = str(error)
            self._connection = _connect_to_read(file, tables, schema)

    def read(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows of a query. Raises StoreError."""
        return self._do(lambda: self._connection.execute(query, values).fetchall())

    def write(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Run ``work`` in one transaction; once this returns, it survives a power cut. Raises StoreError."""

        def transaction() -> _T:
            # IMMEDIATE: a read transaction that turns into a write one may find the database locked for good.
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                value = work(self._connection)
                self._connection.execute("COMMIT")
                return value
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

        return self._do(transaction)

    def write_many(self, query: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Do one query for each row, all or none. Raises StoreError."""
        self.write(lambda database: database.executemany(query, rows))

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()

    def _do(self, work: Callable[[], _T]) -> _T:
        with self._lock:
            try:
                return _patiently(work)
            except sqlite3.Error as error:
                if _is(error, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                    raise DamagedError(error) from error
                raise StoreError(
                    f"the index of stored runs cannot be used ({error}): free space or try again."
                ) from error


def _connect(file: Path, tables: str, schema: int) -> sqlite3.Connection:
    """Open for reading and writing, with every check that makes later calls safe."""
    connection = sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > schema:
            raise StoreError(
                f"the store {file.parent} was written by a newer version of this program (format {version}, this one"
                f" reads {schema}): upgrade, or name another folder in JSMI_STORE."
            )
        if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise DamagedError("the check of its pages failed")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(f"BEGIN IMMEDIATE; {tables} PRAGMA user_version = {schema}; COMMIT;")
        return connection
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.DatabaseError) and _is(error, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise DamagedError(error) from error
        raise


def _connect_to_read(file: Path, tables: str, schema: int) -> sqlite3.Connection:
    """Open what can be read of a folder that cannot be written: at worst an empty database in memory."""
    for options in ("mode=ro", "mode=ro&immutable=1"):  # immutable: where SQLite may not even make its lock files
        with suppress(sqlite3.DatabaseError):  # then the next, weaker way
            address = f"file:///{quote(file.absolute().as_posix().lstrip('/'), safe='/:')}?{options}"
            connection = sqlite3.connect(address, uri=True, check_same_thread=False)
            with ExitStack() as unless_sound:
                unless_sound.callback(connection.close)
                if connection.execute("PRAGMA user_version").fetchone()[0] == schema:
                    unless_sound.pop_all()
                    return connection
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.executescript(tables)
    return connection


def _patiently(work: Callable[[], _T]) -> _T:
    """Repeat while another process holds the file; SQLite's own waiting leaves out a few cases (WAL recovery)."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            return work()
        except sqlite3.OperationalError as error:
            if not _is(error, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) or time.monotonic() > deadline:
                raise
            time.sleep(random.uniform(0.01, 0.1))


def _is(error: sqlite3.Error, *codes: int) -> bool:
    """Whether the error has one of these primary result codes."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in codes
