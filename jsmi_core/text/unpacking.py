"""Packed bytes → bytes: the one layer of gzip, bzip2 or zip that is unpacked, piece by piece."""

from __future__ import annotations

import bz2
import zipfile
import zlib
from collections.abc import Callable
from typing import BinaryIO, Protocol

from jsmi_core.errors import CorpusError
from jsmi_core.text import kinds

DAMAGED = (EOFError, OSError, zlib.error, zipfile.BadZipFile)
"""What reading a damaged archive raises."""

_PIECE = 1 << 16
_HEAD = 1 << 12
_MOST_LOOKED_AT = 100
_NAMED = 5

# What systems put beside the files that a person packed.
_JUNK_FOLDERS = ("__MACOSX",)
_JUNK_FILES = (".ds_store", "thumbs.db", "desktop.ini", ".localized")
_DOCUMENTS = {  # files that tell what a zip archive is in truth
    "word/document.xml": "a Word document",
    "xl/workbook.xml": "an Excel table",
    "ppt/presentation.xml": "a PowerPoint presentation",
    "[Content_Types].xml": "an Office document",
    "META-INF/container.xml": "an EPUB book",
    "META-INF/manifest.xml": "an OpenDocument text or table",
    "META-INF/MANIFEST.MF": "a Java program",
    "bundle.json": "a bundle of results, which `jsmi runs import` takes",
}


class Bytes(Protocol):
    """Bytes that are read once, from their beginning."""

    def read(self, size: int, /) -> bytes:
        """At most so many of the next bytes; none at the end."""


class Gzip:
    """The bytes that a gzip file holds, its members one after another.

    As gzip(1) does, it passes over what stands behind the last member, such as a line break or zeros: ``ignored``
    counts these bytes, zeros apart.
    """

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self._member = zlib.decompressobj(31)
        self._ahead = b""
        self.ignored = 0

    def read(self, size: int, /) -> bytes:
        """At most so many of the next bytes; none at the end. Raises EOFError or zlib.error for damage."""
        while True:
            if self._member.eof and not self._next_member():
                return b""
            given = self._ahead or self._raw.read(_PIECE)
            if not given:
                raise EOFError
            piece = self._member.decompress(given, size)
            self._ahead = self._member.unconsumed_tail or self._member.unused_data
            if piece:
                return piece

    def _next_member(self) -> bool:
        """Go to the next member; without one, count what there is instead."""
        rest = self._ahead.lstrip(b"\0")
        while len(rest) < 2 and (more := self._raw.read(_PIECE)):
            rest = (rest + more).lstrip(b"\0")
        self._ahead = rest
        if rest.startswith(b"\x1f\x8b"):
            self._member = zlib.decompressobj(31)
            return True
        while rest:
            self.ignored += len(rest)
            rest = self._raw.read(_PIECE)
        self._ahead = b""
        return False


def opened(kind: str, raw: BinaryIO, shown: str) -> tuple[Bytes, str | None]:
    """Begin to unpack an archive of a kind; return also what should be known about how it was opened.

    Raises CorpusError for a zip archive that holds another number of texts than one, or one that cannot be read.
    """
    raw.seek(0)
    if kind == kinds.GZIP:
        return Gzip(raw), None
    if kind == kinds.BZIP2:
        return bz2.BZ2File(raw), None  # which passes over what stands behind by itself
    return _only_text(raw, shown)


def _only_text(raw: BinaryIO, shown: str) -> tuple[Bytes, str | None]:
    """The one text of a zip archive."""
    try:
        archive = zipfile.ZipFile(raw)
    except (*DAMAGED, ValueError, NotImplementedError):
        raise CorpusError(f"{shown} is a damaged zip archive: get the file again, or unpack it first.") from None
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_junk(entry.filename)]
    names = {entry.filename for entry in entries}
    document = next((kind for name, kind in _DOCUMENTS.items() if name in names), None)
    if document or (names and all(name.endswith(".npy") for name in names)):
        raise CorpusError(f"{shown} is {document or 'a file of NumPy arrays'} (a zip archive): give plain text.")
    if not entries:
        raise CorpusError(f"{shown} is an empty zip archive: give plain text, or pack one text file.")
    texts = entries if len(entries) == 1 else [e for e in entries[:_MOST_LOOKED_AT] if _looks_like_text(archive, e)]
    if len(texts) != 1:
        listed = sorted(printable(entry.filename) for entry in texts or entries)
        more = f" and {len(listed) - _NAMED:,} more" if len(listed) > _NAMED else ""
        what = f"{len(listed):,} texts" if texts else f"{len(listed):,} files and no text"
        raise CorpusError(
            f"{shown} is a zip archive with {what} ({', '.join(map(repr, listed[:_NAMED]))}{more}): "
            "unpack it and give one text, or join them into one."
        )
    (entry,) = texts
    others = len(entries) - 1
    told = f"of the archive's {others + 1:,} files the one text was read, {printable(entry.filename)!r}"
    return _entered(archive, entry, shown), told if others else None


def _entered(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, shown: str) -> Bytes:
    """The bytes of one file in an archive."""
    if entry.flag_bits & 1:
        raise CorpusError(f"{shown} is a zip archive with a password: unpack it and give the plain text.")
    try:
        return archive.open(entry)
    except NotImplementedError:
        raise CorpusError(
            f"{shown} is a zip archive packed in an unusual way: unpack it and give the plain text."
        ) from None
    except (*DAMAGED, ValueError, RuntimeError):
        raise CorpusError(f"{shown} is a damaged zip archive: get the file again, or unpack it first.") from None


def _looks_like_text(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """Whether one of several files in an archive may be a text; one with a password may."""
    if entry.flag_bits & 1:
        return True
    try:
        with archive.open(entry) as file:
            head = file.read(_HEAD)
    except (*DAMAGED, ValueError, RuntimeError):
        return True  # one that cannot be read is not passed over without a word
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    marks: tuple[Callable[[bytes], object], ...] = (kinds.archive, kinds.binary)
    return bool(head) and not any(mark(head) for mark in marks) and (wide or not kinds.control_share(head, None))


def _is_junk(name: str) -> bool:
    folder, _, file = name.rpartition("/")
    return folder.split("/")[0] in _JUNK_FOLDERS or file.lower() in _JUNK_FILES or file.startswith("._")


def printable(name: str) -> str:
    r"""A file's name as it can be shown and stored anywhere: what is no UTF-8, or shows on no screen, is escaped.

    Examples
    --------
    >>> printable("caf\udce9\n.txt")
    'caf\\xe9\\n.txt'
    """
    readable = name.encode("utf-8", "surrogateescape" if _escaped(name) else "backslashreplace")
    shown = readable.decode("utf-8", "backslashreplace")
    return "".join(sign if sign.isprintable() else _escape(sign) for sign in shown)


def _escape(sign: str) -> str:
    return sign.encode("unicode-escape").decode()


def _escaped(name: str) -> bool:
    """Whether all surrogates in a name stand for the bytes of a file system."""
    return all("\udc80" <= sign <= "\udcff" for sign in name if "\ud800" <= sign <= "\udfff")
