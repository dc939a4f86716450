"""Bytes → text: what kind of file this is, how it is packed, how its letters are encoded.

Everything is a bounded stream, so that a large or hostile file costs no more memory than one piece of it.

The rules, in the order in which they apply:

1. gzip, bzip2 and a zip archive with one text in it are unpacked, once; any other archive, and an archive inside one,
   is refused.
2. A file whose first bytes belong to a known binary format, or that is rich in control characters, is refused.
3. The encoding is the one that was asked for, else the byte-order mark's, else UTF-8, always strict: a byte
   that does not decode is an error with its offset and the likeliest encodings, never skipped or replaced.
"""

from __future__ import annotations

import codecs
import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TypeAlias, cast

from jsmi_core.errors import CorpusError
from jsmi_core.text import kinds
from jsmi_core.text.encodings import SAMPLE, EncodingError, advice, check_encoding, guesses, is_iso_2022
from jsmi_core.text.unpacking import DAMAGED, Bytes, Gzip, opened, printable

Source: TypeAlias = str | os.PathLike[str] | bytes | bytearray | memoryview

MAXIMUM_BYTES = 2 << 30
"""Most bytes of text that are read from one source (2 GiB, about 4·10⁸ words)."""

MAXIMUM_EXPANSION, EXPANDED_BYTES = 200, 64 << 20
"""A packed text that grows more than 200 times, to more than 64 MiB, is taken for a bomb; real text grows 2 to 20
times, and a short text that says the same again and again may grow a thousand times."""

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


class TextStream:
    """One source, opened: iterate over it for its text in pieces of about a million characters.

    Parameters
    ----------
    source : path, or bytes
        A regular file, or the content of one; plain, gzip, bzip2, or a zip archive with one text in it.
    encoding : str, optional
        Any text encoding Python knows; by default the byte-order mark's, else UTF-8.
    maximum_bytes : int, optional
        Most bytes of (unpacked) text that are read; by default 2 GiB.
    name : str, optional
        What messages call it; by default the file's name.

    Raises
    ------
    CorpusError
        If the source is missing, not a regular file, of a binary kind, damaged, or too large. One that does not decode
        is an EncodingError, which has the likeliest encodings.
    ParameterError
        If the encoding has no such name.

    Examples
    --------
    >>> "".join(TextStream("naïve".encode("utf-16")))
    'naïve'
    """

    def __init__(
        self,
        source: Source,
        encoding: str | None = None,
        maximum_bytes: int | None = None,
        name: str | None = None,
    ) -> None:
        self.maximum_bytes = maximum_bytes or MAXIMUM_BYTES
        if encoding is not None:
            check_encoding(encoding)
        self.name, self._raw = _open(source)
        self.name = name or self.name
        self._shown = _short(self.name)
        self._text: Bytes = self._raw
        self.bytes_read = 0
        self._told: str | None = None
        try:
            self._head = self._raw.read(_HEAD)
            self.packing = kinds.packed(self._head)
            if self.packing:
                self._text, self._told = opened(self.packing, self._raw, self._shown)
                self._head = self._read(_HEAD)
            mark = next((name for bom, name in _MARKS if self._head.startswith(bom)), None)
            self.encoding = encoding or mark or "utf-8"
            self._refuse_binary(encoding or mark)
            self._refuse_without_mark()
        except BaseException:
            self._raw.close()
            raise

    def __iter__(self) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder(self.encoding)("strict")
        lines, tail = 1, b""
        with self._raw:
            while piece := self._next():
                yield self._decoded(decoder, piece, lines, tail)
                lines += piece.count(b"\n")
                self.bytes_read += len(piece)
                tail = piece[-SAMPLE:]
            yield self._decoded(decoder, b"", lines, tail)

    @property
    def source_bytes_read(self) -> int:
        """How far the source has been read, in its own bytes, packed if it is packed."""
        return self._raw.tell()

    @property
    def notices(self) -> list[str]:
        """What should be known about how the text was opened, once it is read."""
        told = [self._told] if self._told else []
        if isinstance(self._text, Gzip) and self._text.ignored:
            told.append(f"bytes behind the end of the packed text, passed over: {self._text.ignored:,}")
        if not self.encoding.startswith("utf-8"):
            told.append(f"the text was decoded as {self.encoding}")
        return told

    def _next(self) -> bytes:
        """The next bytes; refuse bombs and texts without end."""
        piece, self._head = self._head or self._read(_PIECE), b""
        total = self.bytes_read + len(piece)
        if self.packing and total > max(EXPANDED_BYTES, MAXIMUM_EXPANSION * self._raw.tell()):
            raise CorpusError(
                f"{self._shown} grows more than {MAXIMUM_EXPANSION} times when unpacked, to more than "
                f"{EXPANDED_BYTES >> 20} MiB, as no real text does: unpack it yourself and give the plain text."
            )
        if total > self.maximum_bytes:
            raise CorpusError(
                f"{self._shown} holds more than {self.maximum_bytes:,} bytes of text: give a part of it, "
                "for example its first lines."
            )
        return piece

    def _read(self, size: int) -> bytes:
        """Read from the (unpacked) source; refuse damage."""
        try:
            return self._text.read(size)
        except (*DAMAGED, RuntimeError):
            raise CorpusError(
                f"{self._shown} is damaged after {self.bytes_read:,} bytes of text: get the file again, "
                "or unpack it first."
            ) from None

    def _decoded(self, decoder: codecs.IncrementalDecoder, piece: bytes, lines: int, tail: bytes) -> str:
        """Decode the next piece; on failure say at which byte and line, and what the text may be instead.

        ``tail`` is what stands before the piece.
        """
        try:
            return decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            # The decoder may have kept some bytes of the piece before: count from the end of this one.
            start = self.bytes_read + len(piece) - len(error.object) + error.start
            line = lines + piece[: max(0, start - self.bytes_read)].count(b"\n")
            found = guesses(tail + piece, start - self.bytes_read + len(tail))
            raise EncodingError(
                f"{self._shown} does not decode as {self.encoding} at byte {start:,} (line {line:,}, "
                f"byte 0x{error.object[error.start]:02X}); {advice(found)}.",
                found,
            ) from None

    def _refuse_without_mark(self) -> None:
        """Refuse a text in UTF-16 or UTF-32 that does not say which of its bytes come first."""
        head, name = self._head, codecs.lookup(self.encoding).name
        if head and name in ("utf-16", "utf-32") and not any(head.startswith(bom) for bom, of in _MARKS if of == name):
            raise EncodingError(
                f"{self._shown} does not decode as {self.encoding} (it does not start with a byte-order mark): save it "
                f'as UTF-8 or name the order of its bytes, for example encoding="{name}-le".',
                guesses(head),
            )

    def _refuse_binary(self, encoding: str | None) -> None:
        """Refuse what is not text by its first bytes; without a known encoding each byte counts as a character."""
        head = self._head
        inside = kinds.archive(head)
        found = f"an archive inside {self.packing}" if self.packing and inside else inside or kinds.binary(head)
        share = 0.0 if found else kinds.control_share(head, encoding)
        if encoding is None and (share or is_iso_2022(head)):
            self._ask_for_encoding(head)
        if share:
            found = f"binary data ({share:.0%} control characters)"
        if found is not None:
            raise CorpusError(
                f"{self._shown} is {found}: give plain text, or one plain text packed with gzip, bzip2 or zip."
            )

    def _ask_for_encoding(self, head: bytes) -> None:
        """Refuse a text whose encoding only a person can confirm, if it is one."""
        found = tuple(guess for guess in guesses(head) if not kinds.control_share(head, guess.encoding))
        if found:
            raise EncodingError(
                f"{self._shown} seems to be {found[0].encoding} without a byte-order mark; {advice(found)}.", found
            )


def _open(source: Source) -> tuple[str, BinaryIO]:
    """Open the source as a stream of bytes; return its name for messages too."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        return "text", io.BytesIO(source)
    try:
        path = Path(source)
        kind = path.stat().st_mode
        if stat.S_ISREG(kind):
            return printable(path.name), cast(BinaryIO, path.open("rb"))
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
    shown = printable(name)
    return repr(shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…")
