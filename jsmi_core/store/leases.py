"""Who is at work on what, among the processes that share a store: a lock that the kernel lifts when its holder dies."""

from __future__ import annotations

import errno
import fcntl
import os
from contextlib import suppress
from pathlib import Path


class Lease:
    """The right to work on something, until :meth:`release` or the end of the process, however it ends."""

    def __init__(self, path: Path, descriptor: int | None) -> None:
        self._path = path
        self._descriptor = descriptor

    def release(self) -> None:
        """Give it back; a second call does nothing."""
        if self._descriptor is not None:
            with suppress(FileNotFoundError):
                self._path.unlink()
            os.close(self._descriptor)
            self._descriptor = None


def take(path: Path) -> Lease | None:
    """The lease on what the file stands for, or None if somebody has it, in this process or another.

    Where no file can be made or locked, nobody can share anything: everyone gets a lease.
    """
    while True:
        try:
            path.parent.mkdir(exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError:
            return Lease(path, None)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is(path, descriptor):
                return Lease(path, descriptor)
            os.close(descriptor)  # its holder took the file away after we had opened it
        except OSError as error:
            os.close(descriptor)
            return None if error.errno in (errno.EWOULDBLOCK, errno.EACCES) else Lease(path, None)


def _is(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False
