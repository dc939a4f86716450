"""Files that are whole or absent, whatever happens while they are written; damaged ones are kept, out of the way."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

TEMPORARY = ".tmp"
"""Suffix of a file that is being written; an old one belongs to a writer that died."""


def write_whole(path: str | os.PathLike[str], payload: bytes) -> None:
    """Write the bytes under another name, sync, and rename: a reader sees the old file or all of the new one.

    Raises
    ------
    OSError
        If it could not be written: then nothing of it remains.
    """
    path = Path(path)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}-", suffix=TEMPORARY, dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(payload)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        _sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def set_aside(file: Path) -> None:
    """Rename a damaged file to a dated name beside it, if it is there and the folder can be written."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    with suppress(OSError):
        file.rename(file.with_name(f"{file.name}.damaged-{stamp}"))


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut (a folder cannot be opened for this on Windows)."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
