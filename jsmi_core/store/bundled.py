"""The results that ship with the program: read where they are installed, never written, the same for everyone."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsmi_core.errors import StoreError
from jsmi_core.experiments import LAW_VERSION, Result
from jsmi_core.store.texts import sha256
from jsmi_core.text import sample_data_directory

LIST = "bundle.json"
"""The entry of a bundle that says what is in it; see bundle.py for the format."""


class Bundled:
    """The results in one bundle, whose list is read at once and whose arrays when they are asked for.

    Parameters
    ----------
    file : path, optional
        A bundle as :func:`jsmi_core.store.export_bundle` writes it; without one there are no results.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._entries: dict[str, Mapping[str, Any]] = {}
        if file is not None:
            listed = json.loads(self._read(LIST))
            if listed["law"] == LAW_VERSION:
                self._entries = {entry["id"]: entry for entry in listed["results"]}
        self._results = {name: Result.from_dict(entry["record"]) for name, entry in self._entries.items()}

    def __contains__(self, result_id: object) -> bool:
        return result_id in self._entries

    def results(self, corpus_digest: str | None = None) -> tuple[Result, ...]:
        """All results (of one corpus) without their arrays, in the order of the bundle."""
        return tuple(run for run in self._results.values() if corpus_digest in (None, run.cell.corpus))

    def get(self, result_id: str) -> Result | None:
        """The result of that id with its arrays, or None. Raises StoreError where its file was damaged."""
        entry = self._entries.get(result_id)
        if entry is None:
            return None
        payload = self._read(entry["file"])
        if sha256(payload) != entry["sha256"]:
            raise StoreError("the results that ship with the program are damaged: install it again.")
        return Result.from_bytes(payload)

    def _read(self, name: str) -> bytes:
        assert self._file is not None  # or there would be no name to ask for
        try:
            with zipfile.ZipFile(self._file) as archive:
                return archive.read(name)
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise StoreError(
                f"the results that ship with the program cannot be read ({error}): install it again."
            ) from error


@cache
def bundled() -> Bundled:
    """Those of this installation; none where the program came without them."""
    file = sample_data_directory() / "results.zip"
    return Bundled(file if file.is_file() else None)
