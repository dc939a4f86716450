"""The texts of a store: what results and workers need of them under their digest, and what else is known of each."""

from __future__ import annotations

import hashlib
import json
import re
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jsmi_core.errors import CorpusError, StoreError
from jsmi_core.runtime.files import write_whole

if TYPE_CHECKING:
    from jsmi_core.text import Corpus


class Texts(ABC):
    """The part of a store that keeps texts, in its folder ``corpora``."""

    path: Path

    @abstractmethod
    def check_writable(self) -> None:
        """Raise StoreError where nothing can be stored."""

    @abstractmethod
    def not_written(self, reason: object) -> StoreError:
        """The error that says so."""

    def save_corpus(self, corpus: Corpus) -> None:
        """Keep a corpus under its digest, for workers and later visits. Raises StoreError.

        Its name, and how it was read, are not in the digest: another text may have the same words. They are left out
        here, and kept by :meth:`save_text`.
        """
        file = self._corpus_file(corpus.digest)
        if not file.is_file():
            self._write_file(file, _bare(corpus).to_bytes())

    def save_text(self, corpus: Corpus) -> str:
        """Keep a corpus with its name and how it was read; return the key by which :meth:`text` opens both."""
        self.save_corpus(corpus)
        reading = asdict(corpus.reading) if corpus.reading else None
        facts = {"name": corpus.name, "notices": corpus.notices, "reading": reading}
        payload = json.dumps(facts, sort_keys=True).encode()
        key = f"{corpus.digest}.{sha256(payload)[:16]}"
        self._write_file(self.path / "corpora" / f"{key}.json", payload)
        return key

    def text(self, key: str) -> Corpus:
        """The corpus that :meth:`save_text` kept under a key; of a digest alone, without a name. Raises StoreError."""
        from jsmi_core.text import Reading

        digest, _, facts = key.partition(".")
        corpus = self.corpus(digest)
        if not re.fullmatch(r"[0-9a-f]{16}", facts):  # it becomes a file name, and may come from a link
            return corpus
        try:
            payload = (self.path / "corpora" / f"{key}.json").read_bytes()
            if sha256(payload)[:16] != facts:
                raise ValueError("its checksum does not fit")
            known = json.loads(payload)
            reading = Reading(**known["reading"]) if known["reading"] else None
            return replace(corpus, name=known["name"], notices=tuple(known["notices"]), reading=reading)
        except (OSError, ValueError, KeyError, TypeError):
            return corpus  # all that counts is there; only its name is lost

    def delete_text(self, key: str, *, words_too: bool) -> None:
        """Delete what is known of a text, and its words if asked. Raises StoreError if the store cannot be written."""
        self.check_writable()
        digest, _, facts = key.partition(".")
        if re.fullmatch(r"[0-9a-f]{16}", facts):
            (self.path / "corpora" / f"{key}.json").unlink(missing_ok=True)
        if words_too:
            self._corpus_file(digest).unlink(missing_ok=True)

    def _write_file(self, file: Path, payload: bytes) -> None:
        self.check_writable()
        try:
            write_whole(file, payload)
        except OSError as error:
            raise self.not_written(error) from error

    def has_corpus(self, digest: str) -> bool:
        """Whether the corpus of that digest is kept here."""
        return self._corpus_file(digest).is_file()

    def corpora(self) -> tuple[str, ...]:
        """The digests of all corpora that are kept here."""
        return tuple(sorted(file.stem for file in (self.path / "corpora").glob("*.npz")))

    def corpus(self, digest: str) -> Corpus:
        """The corpus of that digest. Raises StoreError if it is not kept here, or damaged."""
        from jsmi_core.text import Corpus

        file = self._corpus_file(digest)
        if not file.is_file():
            raise StoreError(f"no corpus {digest[:12]} is kept in {self.path}: read the text again.")
        try:
            corpus = Corpus.load(file)
            if corpus.digest != digest:
                raise CorpusError("it is not the corpus that its name says")
        except CorpusError as error:
            set_aside(file)
            raise StoreError(
                f"the kept corpus {digest[:12]} was damaged and is set aside ({error}): read the text again."
            ) from error
        return _bare(corpus)  # older versions kept the facts of the first text that had these words

    def _corpus_file(self, digest: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{8,128}", digest):  # it becomes a file name, and may come from a link
            raise StoreError(f"{digest[:40]!r} is not the digest of a corpus: read the text again.")
        return self.path / "corpora" / f"{digest}.npz"


def _bare(corpus: Corpus) -> Corpus:
    """A corpus without what is not in its digest."""
    return replace(corpus, name=f"corpus {corpus.digest[:6]}", notices=(), reading=None)


def set_aside(file: Path) -> None:
    """Set a damaged file aside, for whoever wants to look into it."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
    with suppress(OSError):  # already gone, or a folder that cannot be written: the caller hides it in any case
        file.rename(file.with_name(f"{file.name}.damaged-{stamp}"))


def set_aside_database(file: Path) -> None:
    """Set a damaged SQLite file aside, with what it has not taken in yet."""
    for part in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
        set_aside(part)


def sha256(payload: bytes) -> str:
    """64 hex digits."""
    return hashlib.sha256(payload).hexdigest()
