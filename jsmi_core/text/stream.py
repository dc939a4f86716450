"""Bytes → text: what kind of file this is, how it is compressed, how its letters are encoded.

Everything is a bounded stream, so that a large or hostile file costs no more memory than one piece of it.

The rules, in the order in which they apply:

1. gzip and bzip2 are unpacked, once; any other archive, and an archive inside one, is refused.
2. A file whose first bytes belong to a known binary format, or that is rich in control characters, is refused.
3. The encoding is the one that was asked for, else the byte-order mark's, else UTF-8, always strict: a byte
   that does not decode is an error with its offset, never skipped or replaced.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import os
import re
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TypeAlias, cast

from jsmi_core.errors import CorpusError, ParameterError

Source: TypeAlias = str | os.PathLike[str] | bytes | bytearray | memoryview

MAXIMUM_BYTES = 2 << 30
"""Most bytes of text that are read from one source (2 GiB, about 4·10⁸ words)."""

MAXIMUM_EXPANSION = 200
"""A compressed text that grows more than this is taken for a bomb; real text grows 2 to 20 times."""

_SHOWN = 80  # characters of a file's name that a message repeats
_PIECE = 1 << 20
_HEAD = 1 << 16

_MARKS = (  # longest first: UTF-32's mark begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_ARCHIVES = (
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"PK\x03\x04", "a zip archive (as .docx, .odt, .epub, .xlsx and .npz files are)"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstandard archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
)

_BINARIES = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"RIFF", "a sound, video or WebP file"),
    (b"OggS", "a sound file"),
    (b"ID3\x02", "a sound file"),
    (b"ID3\x03", "a sound file"),
    (b"ID3\x04", "a sound file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"{\\rtf", "an RTF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x89HDF\r\n", "an HDF5 file"),
    (b"PAR1", "a Parquet table"),
    *((bytes([0x80, protocol]), "a Python pickle, which could run code when opened") for protocol in range(2, 6)),
)

_NOT_OF_FILES = ("idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape")

_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_FEWEST_CONTROLS, _CONTROL_SHARE = 4, 0.05


class TextStream:
    """One source, opened: iterate over it for its text in pieces of about a million characters.

    Parameters
    ----------
    source : path, or bytes
        A regular file, or the content of one; plain, gzip or bzip2.
    encoding : str, optional
        Any text encoding Python knows; by default the byte-order mark's, else UTF-8.
    maximum_bytes : int, optional
        Most bytes of (unpacked) text that are read; by default 2 GiB.

    Raises
    ------
    CorpusError
        If the source is missing, not a regular file, of a binary kind, damaged, too large, or does not decode.
    ParameterError
        If the encoding has no such name.

    Examples
    --------
    >>> "".join(TextStream("naïve".encode("utf-16")))
    'naïve'
    """

    def __init__(self, source: Source, encoding: str | None = None, maximum_bytes: int | None = None) -> None:
        self.maximum_bytes = maximum_bytes or MAXIMUM_BYTES
        if encoding is not None:
            check_encoding(encoding)
        self.name, self._raw = _open(source)
        self._shown = _short(self.name)
        self._text: BinaryIO = self._raw
        self.bytes_read = 0
        try:
            head = self._raw.read(_HEAD)
            self.compression = _compression(head)
            if self.compression:
                self._text = _unpacked(self._raw, head)
                head = self._read(_HEAD)
            mark = next((name for bom, name in _MARKS if head.startswith(bom)), None)
            self.encoding = encoding or mark or "utf-8"
            self._refuse_binary(head, encoding or mark)
            self._refuse_without_mark(head)
            self._text.seek(0)
        except BaseException:
            self._raw.close()
            raise

    def __iter__(self) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder(self.encoding)("strict")
        lines = 1
        with self._raw:
            while piece := self._read(_PIECE):
                yield self._decoded(decoder, piece, lines)
                lines += piece.count(b"\n")
                self.bytes_read += len(piece)
            yield self._decoded(decoder, b"", lines)

    @property
    def source_bytes_read(self) -> int:
        """How far the source has been read, in its own bytes, packed if it is packed."""
        return self._raw.tell()

    def _read(self, size: int) -> bytes:
        """Read from the (unpacked) source; refuse damage, bombs and texts without end."""
        try:
            piece = self._text.read(size)
        except (EOFError, OSError, zlib.error):
            raise CorpusError(
                f"{self._shown} is damaged after {self.bytes_read:,} bytes of text: get the file again, "
                "or unpack it first."
            ) from None
        total = self.bytes_read + len(piece)
        if self.compression and total > max(16 * _PIECE, MAXIMUM_EXPANSION * self._raw.tell()):
            raise CorpusError(
                f"{self._shown} grows more than {MAXIMUM_EXPANSION} times when unpacked, as no real text does: "
                "unpack it yourself and give the plain text."
            )
        if total > self.maximum_bytes:
            raise CorpusError(
                f"{self._shown} holds more than {self.maximum_bytes:,} bytes of text: give a part of it, "
                "for example its first lines."
            )
        return piece

    def _decoded(self, decoder: codecs.IncrementalDecoder, piece: bytes, lines: int) -> str:
        """Decode the next piece; on failure say at which byte and line."""
        try:
            return decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            # The decoder may have kept some bytes of the piece before: count from the end of this one.
            start = self.bytes_read + len(piece) - len(error.object) + error.start
            line = lines + piece[: max(0, start - self.bytes_read)].count(b"\n")
            advice = 'encoding="latin-1"' if self.encoding.startswith("utf-8") else 'encoding="utf-8"'
            raise CorpusError(
                f"{self._shown} does not decode as {self.encoding} at byte {start:,} (line {line:,}, "
                f"byte 0x{error.object[error.start]:02X}): save it as UTF-8 or name its encoding, "
                f"for example {advice}."
            ) from None

    def _refuse_without_mark(self, head: bytes) -> None:
        """Refuse a text in UTF-16 or UTF-32 that does not say which of its bytes come first."""
        name = codecs.lookup(self.encoding).name
        if head and name in ("utf-16", "utf-32") and not any(head.startswith(bom) for bom, of in _MARKS if of == name):
            raise CorpusError(
                f"{self._shown} does not decode as {self.encoding} (it does not start with a byte-order mark): save it "
                f'as UTF-8 or name the order of its bytes, for example encoding="{name}-le".'
            )

    def _refuse_binary(self, head: bytes, encoding: str | None) -> None:
        """Refuse what is not text by its first bytes; without a known encoding each byte counts as a character."""
        found = f"an archive inside {self.compression}" if self.compression and _kind(head, _ARCHIVES) else None
        found = found or _kind(head, _ARCHIVES) or _kind(head, _BINARIES)
        if found is None and head[257:262] == b"ustar":
            found = "a tar archive"
        if found is None:
            letters = head.decode(encoding or "latin-1", "replace")
            controls = len(_CONTROLS.findall(letters))
            if controls >= _FEWEST_CONTROLS and controls > _CONTROL_SHARE * len(letters):
                found = _looks_like_utf16(head) if encoding is None else None
                found = found or f"binary data ({controls / len(letters):.0%} control characters)"
        if found is not None:
            raise CorpusError(f"{self._shown} is {found}: give plain text, or plain text packed with gzip or bzip2.")


def check_encoding(encoding: str) -> str:
    """Return the name if it is a text encoding Python knows; raise ParameterError otherwise."""
    try:
        known = codecs.lookup(encoding).name not in _NOT_OF_FILES
        b"a".decode(encoding)  # refuses codecs from bytes to bytes, such as "hex" and "zlib"
    except UnicodeError:
        pass  # one byte is half a letter in some encodings
    except (LookupError, TypeError, ValueError):
        known = False
    if not known:
        raise ParameterError(
            f"encoding = {encoding!r} is not usable: give the name of a text encoding, "
            "such as utf-8, utf-16, latin-1 or cp1252."
        )
    return encoding


def _open(source: Source) -> tuple[str, BinaryIO]:
    """Open the source as a stream of bytes; return its name for messages too."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        return "text", io.BytesIO(source)
    try:
        path = Path(source)
        kind = path.stat().st_mode
        if stat.S_ISREG(kind):
            return path.name, cast(BinaryIO, path.open("rb"))
        problem = "is a folder" if stat.S_ISDIR(kind) else "is not a regular file"
    except TypeError:
        raise CorpusError(
            f"a {type(source).__name__} is no text: give a path, or the content of a file as bytes."
        ) from None
    except PermissionError:
        problem = "may not be read"
    except (OSError, ValueError):
        problem = "does not exist"
    raise CorpusError(
        f"the file {_short(path.name)} {problem}: give the path of a text file (or a text itself as bytes)."
    )


def _short(name: str) -> str:
    return repr(name if len(name) <= _SHOWN else name[:_SHOWN] + "…")


def _kind(head: bytes, kinds: tuple[tuple[bytes, str], ...]) -> str | None:
    return next((name for magic, name in kinds if head.startswith(magic)), None)


def _compression(head: bytes) -> str | None:
    """Name the one layer of compression that is unpacked here, if there is one."""
    return _kind(head, _ARCHIVES[:2])


def _unpacked(raw: BinaryIO, head: bytes) -> BinaryIO:
    raw.seek(0)
    return cast(BinaryIO, gzip.GzipFile(fileobj=raw) if head.startswith(b"\x1f\x8b") else bz2.BZ2File(raw))


def _looks_like_utf16(head: bytes) -> str | None:
    """Text in UTF-16 without its mark is every second byte NUL (for Latin letters)."""
    for start, order in ((1, "le"), (0, "be")):
        half = head[start::2]
        if half.count(0) > 0.7 * len(half):
            return f'UTF-16 without a byte-order mark, it seems (try encoding="utf-16-{order}")'
    return None
