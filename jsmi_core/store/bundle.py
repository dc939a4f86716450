"""Results in one file, to carry from one store to another: a zip of JSON and .npz files, each with its checksum.

    bundle.json            what is in it: the record and the checksum of every result, the checksum of every corpus
    results/<id>.npz       a result with its arrays
    corpora/<digest>.npz   a corpus, where asked for

Nothing is extracted by name, unpacked or unpickled: an import reads the entries that the list names, checks each
against its checksum, its id and the theorems, and hands it to the store. An entry that fails is named and left out;
the others are kept.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np

from jsmi_core.checks import half_character
from jsmi_core.errors import StoreError
from jsmi_core.experiments import LAW_VERSION, LAWS, CellResult, Result, same_numbers
from jsmi_core.runtime.files import writing_whole
from jsmi_core.runtime.npz import UNREADABLE, check_npz, check_zip
from jsmi_core.store.bundled import LIST
from jsmi_core.store.store import Store
from jsmi_core.text import Corpus

SCHEMA = 1
_FORMAT = "jsmi bundle"
_ROUNDING = 1e-6  # the gap by word was summed in another order than the gap

Entry = Mapping[str, Any]


class Kept(Protocol):
    """What an export asks of a store, or of what one person may reach of it."""

    @property
    def path(self) -> Path: ...  # noqa: D102
    def results(self, corpus_digest: str | None = None, *, kind: type[Result]) -> tuple[Result, ...]: ...  # noqa: D102
    def get(self, cell: str, kind: type[Result]) -> Result | None: ...  # noqa: D102
    def corpus(self, digest: str) -> Corpus: ...  # noqa: D102


@dataclass(frozen=True)
class Exported:
    """What went into a bundle: ids of results, digests of corpora."""

    results: tuple[str, ...]
    corpora: tuple[str, ...]


@dataclass(frozen=True)
class Imported:
    """What came out of a bundle: ids that are new, ids that the store had, digests of new corpora.

    ``refused`` names every entry that was left out, and why, one sentence each; ``known_corpora`` are the digests of
    the corpora that the store had.
    """

    added: tuple[str, ...]
    known: tuple[str, ...]
    corpora: tuple[str, ...]
    refused: tuple[str, ...]
    known_corpora: tuple[str, ...] = field(default=(), repr=False, compare=False)


def export_bundle(
    store: Kept,
    target: str | os.PathLike[str] | BinaryIO,
    ids: Iterable[str] | None = None,
    *,
    with_corpora: bool = False,
) -> Exported:
    """Write stored results, and if asked their corpora, into one file.

    Parameters
    ----------
    store : Store or Shelf
    target : path, or binary file
        A path is written whole or not at all.
    ids : iterable of str, optional
        All results if left out.
    with_corpora : bool
        So that the results can be computed again elsewhere; left out, a bundle holds no sentence of any text, only
        its words.

    Returns
    -------
    Exported

    Raises
    ------
    StoreError
        If a result or a corpus is not there, or the file cannot be written.

    Examples
    --------
    >>> import io, tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Store(folder) as store:
    ...     export_bundle(store, io.BytesIO()).results
    ()
    """
    chosen = tuple(dict.fromkeys(ids)) if ids is not None else tuple(run.id for run in store.results(kind=Result))
    if not isinstance(target, (str, os.PathLike)):
        return _export(store, target, chosen, with_corpora)
    try:
        with writing_whole(target) as file:
            return _export(store, file, chosen, with_corpora)
    except StoreError:
        raise
    except OSError as error:
        raise StoreError(f"{os.fspath(target)} cannot be written ({error.strerror}): name another file.") from error


def _export(store: Kept, file: BinaryIO, ids: tuple[str, ...], with_corpora: bool) -> Exported:
    results, corpora = [], []
    digests: dict[str, None] = {}
    with zipfile.ZipFile(file, "w") as archive:
        for cell_id in ids:
            result = store.get(cell_id, Result)
            if result is None:
                raise StoreError(f"no sound result {cell_id[:20]} is in {store.path}: see jsmi runs list.")
            entry = _add(archive, f"results/{result.id}.npz", result.to_bytes())
            results.append({"id": result.id, **entry, "record": result.to_dict()})
            digests[result.cell.corpus] = None
        for digest in digests if with_corpora else ():
            entry = _add(archive, f"corpora/{digest}.npz", store.corpus(digest).to_bytes())
            corpora.append({"digest": digest, **entry})
        listed = {
            "format": _FORMAT,
            "schema": SCHEMA,
            "law": LAW_VERSION,
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "results": results,
            "corpora": corpora,
        }
        _add(archive, LIST, json.dumps(listed, indent=1, ensure_ascii=False).encode())
    return Exported(ids, tuple(entry["digest"] for entry in corpora))


def _add(archive: zipfile.ZipFile, name: str, payload: bytes) -> dict[str, str]:
    archive.writestr(zipfile.ZipInfo(name), payload)  # stored as it is: vectors do not compress
    return {"file": name, "sha256": hashlib.sha256(payload).hexdigest()}


# -- import -----------------------------------------------------------------------------------------------------------


def import_bundle(store: Store, source: str | os.PathLike[str] | bytes) -> Imported:
    """Take the results and corpora of a bundle into a store; a second time changes nothing.

    What is new is marked as imported: it was computed elsewhere, and only :func:`recompute` tells whether it is true.
    A stored result is never overwritten: one of the same id with other numbers is refused.

    Parameters
    ----------
    store : Store
    source : path, or bytes

    Returns
    -------
    Imported

    Raises
    ------
    StoreError
        If it is no bundle, a newer version wrote it, or the store cannot be written.

    Examples
    --------
    >>> import io, tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Store(folder) as store:
    ...     exported = export_bundle(store, file := io.BytesIO())
    ...     import_bundle(store, file.getvalue())
    Imported(added=(), known=(), corpora=(), refused=())
    """
    with _opened(source) as archive:
        try:
            listed = _list_of(archive)
        except UNREADABLE as error:
            raise _no_bundle(error) from error
        if listed["schema"] > SCHEMA or listed["law"] != LAW_VERSION:
            raise StoreError(
                f"this bundle is of another version (format {listed['schema']}, law {listed['law']}; this program reads"
                f" format {SCHEMA}, law {LAW_VERSION}): export and import with the same version of the program."
            )
        return _Import(store, archive).take(listed)


@contextmanager
def _opened(source: str | os.PathLike[str] | bytes) -> Iterator[zipfile.ZipFile]:
    """The archive, once nothing in it can be larger than the file itself."""
    try:
        size = len(source) if isinstance(source, bytes) else Path(source).stat().st_size
        archive = zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
    except OSError as error:
        raise StoreError(f"{str(source)[:200]!r} cannot be read ({error.strerror}): check the path.") from error
    except UNREADABLE as error:
        raise _no_bundle(error) from error
    with archive:
        try:
            check_zip(archive, size)
        except ValueError as error:
            raise _no_bundle(error) from error
        yield archive


def _no_bundle(reason: object) -> StoreError:
    return StoreError(f"this is not a bundle of results ({reason}): give a file that jsmi runs export wrote.")


def _list_of(archive: zipfile.ZipFile) -> dict[str, Any]:
    listed = json.loads(archive.read(LIST))
    if listed["format"] != _FORMAT or not isinstance(listed["schema"], int):
        raise ValueError("its list is of another kind")
    for kind, name in (("results", "id"), ("corpora", "digest")):
        for entry in listed[kind]:
            if not all(isinstance(entry[key], str) for key in (name, "file", "sha256")):
                raise ValueError(f"its list of {kind} is damaged")
    return dict(listed)


class _Refused(Exception):  # noqa: N818 - an outcome, told in the list of what was refused
    """Why one entry is left out."""


class _Import:
    """One import under way."""

    def __init__(self, store: Store, archive: zipfile.ZipFile) -> None:
        self._store = store
        self._archive = archive

    def take(self, listed: Mapping[str, Any]) -> Imported:
        added: list[str] = []
        known: list[str] = []
        corpora: list[str] = []
        known_corpora: list[str] = []
        refused = []
        for entry in listed["corpora"]:
            try:
                (corpora if self._corpus(entry) else known_corpora).append(entry["digest"])
            except _Refused as reason:
                refused.append(f"the corpus {entry['digest'][:12]} was left out because {reason}.")
        for entry in listed["results"]:
            try:
                (added if self._result(entry) else known).append(entry["id"])
            except _Refused as reason:
                refused.append(f"the run {entry['id'][:20]} was left out because {reason}.")
        names = {LIST, *(entry["file"] for entry in (*listed["corpora"], *listed["results"]))}
        refused += [
            f"the entry {name[:80]!r} was left out because the bundle's list does not name it."
            for name in sorted(set(self._archive.namelist()) - names)
        ]
        return Imported(tuple(added), tuple(known), tuple(corpora), tuple(refused), tuple(known_corpora))

    def _corpus(self, entry: Entry) -> bool:
        """Whether it is new."""
        with _reading("a corpus"):
            corpus = Corpus.from_bytes(self._payload(entry))
        if corpus.digest != entry["digest"]:
            raise _Refused("it is not the corpus that its name says")
        new = not self._store.has_corpus(corpus.digest)
        self._store.save_corpus(corpus)
        return new

    def _result(self, entry: Entry) -> bool:
        """Whether it is new; refuses one that is damaged, or other than the stored one of its id."""
        with _reading("a result"):
            result: Result = Result.from_bytes(self._payload(entry))
            _check_sound(result)
        if result.id != entry["id"] or result.to_dict() != entry.get("record"):
            raise _Refused("it is not the result that the bundle's list says")
        stored = self._store.get(result.id, Result)
        if stored is None:
            self._store.save(result, imported=True)
        elif not same_numbers(stored, result):
            mine, other = (run.own.score for run in (stored, result))
            raise _Refused(
                f"the store has other numbers under that id (S = {mine!r}, in the bundle {other!r}), which stay: delete"
                " the stored run first to take this one"
            )
        return stored is None

    def _payload(self, entry: Entry) -> bytes:
        if not re.fullmatch(r"(results|corpora)/[0-9a-f]{8,128}\.npz", entry["file"]):
            raise _Refused(f"{entry['file'][:80]!r} is not the name of an entry")
        payload = self._archive.read(entry["file"])
        if hashlib.sha256(payload).hexdigest() != entry["sha256"]:
            raise _Refused("its checksum does not fit")
        check_npz(payload)
        return payload


@contextmanager
def _reading(what: str) -> Iterator[None]:
    """Whatever damaged bytes make the readers raise, as one reason."""
    try:
        yield
    except UNREADABLE as error:
        raise _Refused(f"it is not {what} ({error})") from error


def _check_sound(result: Result) -> None:
    """Raise ValueError for what no computation of ours gives: wrong types or sizes, numbers that break a theorem."""
    manifest, embedding, by_word = result.manifest, result.embedding, result.gap_by_word
    for record in (manifest, *result.laws, *result.history):
        _check_types(record)
    if not all(isinstance(word, str) for package in manifest.versions.items() for word in package):
        raise ValueError("its versions are no words")
    drawn = isinstance(result, CellResult) and result.cell.drawn
    if [law.law for law in result.laws] != [*LAWS, *(["drawn"] if drawn else [])]:
        raise ValueError("its laws are others")
    if isinstance(result, CellResult) and tuple(m.epoch for m in result.history) != result.cell.scored_epochs:
        raise ValueError("its history does not tell of every epoch after which it was scored")
    for law in result.laws:
        rounding = _ROUNDING * max(1.0, abs(law.score))
        if law.gap < -rounding or abs(law.bound - law.score - law.gap) > rounding:
            raise ValueError("its score, gap and bound do not fit each other")
    shape = (manifest.vocabulary_size, result.cell.config.dimension)
    if embedding is None or by_word is None or {embedding.words.shape, embedding.contexts.shape} != {shape}:
        raise ValueError("its arrays do not have the shapes that its record says")
    gap = result.own.gap
    if by_word.shape != shape[:1] or not abs(float(np.sum(by_word)) - gap) <= _ROUNDING * max(1.0, gap):
        raise ValueError("its gap by word does not add up to its gap")


def _check_types(record: Any) -> None:
    """Raise ValueError unless every field that is declared a word or a number is one, and finite."""
    for one in fields(record):
        value, declared = getattr(record, one.name), str(one.type)
        if declared == "str":
            sound = isinstance(value, str) and not half_character([value])
        elif declared in ("int", "float", "float | None"):
            absent = value is None and declared == "float | None"
            sound = absent or (isinstance(value, (int, float)) and math.isfinite(value))
        else:
            continue
        if not sound:
            raise ValueError(f"its {one.name} is not of type {declared}")
