"""What kind of file some bytes begin, told by the bytes themselves and never by a name."""

from __future__ import annotations

import re

GZIP, BZIP2, ZIP = "a gzip archive", "a bzip2 archive", "a zip archive"

_UNPACKED = ((b"\x1f\x8b", GZIP), (b"BZh", BZIP2), (b"PK\x03\x04", ZIP), (b"PK\x05\x06", ZIP), (b"PK00PK\x03\x04", ZIP))

_ARCHIVES = (
    *_UNPACKED,
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

_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_FEWEST_CONTROLS, _CONTROL_SHARE = 4, 0.05


def packed(head: bytes) -> str | None:
    """Which of the archives that are unpacked here the bytes begin, if any."""
    return _named(head, _UNPACKED)


def archive(head: bytes) -> str | None:
    """Which archive the bytes begin, if any."""
    return _named(head, _ARCHIVES) or ("a tar archive" if head[257:262] == b"ustar" else None)


def binary(head: bytes) -> str | None:
    """Which known kind of file without text in it the bytes begin, if any."""
    return _named(head, _BINARIES)


def control_share(head: bytes, encoding: str | None) -> float:
    """The share of control characters, if they are so many that this is no text, else 0; undecoded, of all bytes."""
    letters = head.decode(encoding or "latin-1", "replace")
    controls = len(_CONTROLS.findall(letters))
    return controls / len(letters) if controls >= _FEWEST_CONTROLS and controls > _CONTROL_SHARE * len(letters) else 0.0


def _named(head: bytes, kinds: tuple[tuple[bytes, str], ...]) -> str | None:
    return next((name for magic, name in kinds if head.startswith(magic)), None)
