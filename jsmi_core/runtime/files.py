"""Files that are whole or absent, whatever happens while they are written."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_RENAMING_PAUSES = (0.01, 0.03, 0.1, 0.3, 1.0)  # seconds


def write_whole(path: str | os.PathLike[str], payload: bytes) -> None:
    """Write the bytes under another name, sync, and rename: a reader sees the old file or all of the new one.

    Raises
    ------
    OSError
        If it could not be written: then nothing of it remains.
    """
    with writing_whole(path) as file:
        file.write(payload)


@contextmanager
def writing_whole(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """The same for what is written bit by bit: the file takes its name when the block ends without an error."""
    path = Path(path)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}-", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _rename(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def sync_folder(folder: str | os.PathLike[str]) -> None:
    """Make the names in a folder survive a power cut, where a folder can be synced: Windows writes names by itself."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _rename(temporary: str, path: Path) -> None:
    """Windows refuses to replace a file that somebody is reading, or a virus scanner has open: soon nobody has."""
    for pause in _RENAMING_PAUSES:
        try:
            os.replace(temporary, path)
            return
        except PermissionError:
            time.sleep(pause)
    os.replace(temporary, path)
