"""An .npz that somebody else may have made: looked at before any of its arrays is read.

What this program writes is uncompressed, so whatever is not, or claims more than it holds, is refused: nothing here
can grow beyond the bytes that are already in memory. Nothing is ever unpickled.
"""

from __future__ import annotations

import io
import math
import struct
import zipfile
import zlib
from collections.abc import Collection
from typing import IO

from numpy.lib import format as npy

UNREADABLE = (  # what NumPy, zipfile, zlib and json raise for damaged files
    *(ArithmeticError, AttributeError, EOFError, LookupError, MemoryError, OSError, RuntimeError, TypeError),
    *(ValueError, struct.error, zipfile.BadZipFile, zlib.error),
)


def check_zip(archive: zipfile.ZipFile, size: int, packed: Collection[str] = ()) -> None:
    """Raise ValueError unless the entries have names of their own and fit, as they are, into the file's ``size``.

    Those named in ``packed`` may be compressed, to no less than a thousandth of themselves.
    """
    entries = archive.infolist()
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries if entry.filename not in packed):
        raise ValueError("it is compressed")
    if sum(entry.file_size for entry in entries if entry.filename not in packed) > size:
        raise ValueError("its entries are larger than the whole")
    if any(entry.file_size > 1000 * size for entry in entries):
        raise ValueError("what it packs is too large")
    if len({entry.filename for entry in entries}) < len(entries):
        raise ValueError("two of its entries have one name")


def check_npz(payload: bytes, packed: Collection[str] = ()) -> None:
    """Raise ValueError unless every array of the .npz is plain numbers and exactly as long as its header says.

    None is compressed, but for those named in ``packed``.
    """
    with zipfile.ZipFile(io.BytesIO(payload)) as archive:
        check_zip(archive, len(payload), packed)
        for entry in archive.infolist():
            with archive.open(entry) as file:
                if _header_and_numbers(file) != entry.file_size:
                    raise ValueError(f"the array {entry.filename[:40]!r} is not as long as it says")


def _header_and_numbers(file: IO[bytes]) -> int:
    """The length that the header of a .npy file claims, header included."""
    major, _ = npy.read_magic(file)
    read = npy.read_array_header_1_0 if major == 1 else npy.read_array_header_2_0
    shape, _, dtype = read(file)
    if dtype.hasobject:
        raise ValueError("it holds objects")
    return file.tell() + math.prod(shape) * dtype.itemsize
