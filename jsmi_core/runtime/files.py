"""Files that are whole or absent, whatever happens while they are written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


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
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
