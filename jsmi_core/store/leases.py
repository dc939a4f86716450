"""Who is at work on what, among the processes that share a store: a lock that the system lifts when its holder dies."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from filelock import lock_descriptor


class Lease:
    """The right to work on something, until :meth:`release` or the end of the process, however it ends."""

    def __init__(self, path: Path, descriptor: int | None) -> None:
        self._path = path
        self._descriptor = descriptor

    def release(self) -> None:
        """Give it back; a second call does nothing."""
        if self._descriptor is None:
            return
        removed = self._remove()
        os.close(self._descriptor)
        self._descriptor = None
        if not removed:
            self._remove()

    def _remove(self) -> bool:
        """Take the file away, while it is still ours; not so on Windows, which keeps what anybody has open."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
            return True
        return False


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
            if not lock_descriptor(descriptor, blocking=False):
                os.close(descriptor)
                return None
        except OSError:
            os.close(descriptor)
            return Lease(path, None)
        if _is(path, descriptor):
            return Lease(path, descriptor)
        os.close(descriptor)  # its holder took the file away after we had opened it


def _is(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False
