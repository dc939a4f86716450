"""Who brought what: the owners of texts and results, and which results were imported rather than computed here.

It stands in a database of its own beside the index: that one can be made anew from the files, this one cannot. Of an
owner it keeps a digest, so that nobody who reads a store can pass for somebody.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from jsmi_core.store.database import DamagedError, Database
from jsmi_core.store.texts import set_aside_database, sha256

EVERYONE = ""
"""The owner of what is shared with the room."""
_SCHEMA = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS owned (owner TEXT NOT NULL, item TEXT NOT NULL, PRIMARY KEY (owner, item)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS owned_by_item ON owned (item);
CREATE TABLE IF NOT EXISTS imported (id TEXT NOT NULL, owner TEXT NOT NULL, PRIMARY KEY (id, owner)) WITHOUT ROWID;
"""


class People:
    """The owners of a store's items; an item is the id of a result, or the key or digest of a text."""

    def __init__(self, file: Path) -> None:
        try:
            self._database = Database(file, _TABLES, _SCHEMA)
        except DamagedError:  # then nobody owns anything, and nothing is shown to the wrong person
            set_aside_database(file)
            self._database = Database(file, _TABLES, _SCHEMA)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def own(self, owner: str, *items: str) -> None:
        """From now on these are the owner's too. Raises StoreError if that cannot be kept."""
        rows = [(_named(owner), item) for item in items]
        self._database.write_many("INSERT OR IGNORE INTO owned VALUES (?, ?)", rows)

    def disown(self, owner: str | None, *items: str) -> None:
        """From now on these are not the owner's any more, or nobody's. Raises StoreError if that cannot be kept."""
        rows = [(item, None if owner is None else _named(owner)) for item in items]
        self._database.write_many("DELETE FROM owned WHERE item = ? AND owner = ifnull(?, owner)", rows)

    def items(self, owner: str) -> frozenset[str]:
        """All that an owner has."""
        rows = self._database.read("SELECT item FROM owned WHERE owner = ?", _named(owner))
        return frozenset(item for (item,) in rows)

    def has(self, owner: str, item: str) -> bool:
        """Whether an owner has it."""
        return bool(self._database.read("SELECT 1 FROM owned WHERE owner = ? AND item = ?", _named(owner), item))

    def wanted(self, item: str) -> bool:
        """Whether anybody has it."""
        return bool(self._database.read("SELECT 1 FROM owned WHERE item = ? LIMIT 1", item))

    def imported(self) -> frozenset[str]:
        """The results that were taken from a bundle, and not computed here since."""
        return frozenset(result_id for (result_id,) in self._database.read("SELECT id FROM imported"))

    def imported_by_others(self, owner: str) -> frozenset[str]:
        """Those of them that the owner did not take from a bundle: to ask for one is not to have imported it."""
        query = "SELECT id FROM imported EXCEPT SELECT id FROM imported WHERE owner = ?"
        return frozenset(result_id for (result_id,) in self._database.read(query, _named(owner)))

    def mark_imported(self, owner: str, ids: Iterable[str]) -> None:
        """Say that somebody took these results from a bundle. Raises StoreError if it cannot be kept."""
        rows = [(result_id, _named(owner)) for result_id in ids]
        self._database.write_many("INSERT OR IGNORE INTO imported VALUES (?, ?)", rows)

    def mark_computed(self, result_id: str) -> None:
        """Say that a result was computed here, or is gone. Raises StoreError if it cannot be kept."""
        self._database.write_many("DELETE FROM imported WHERE id = ?", [(result_id,)])


def _named(owner: str) -> str:
    return EVERYONE if owner == EVERYONE else sha256(owner.encode())
