"""Arrays that are too long for memory, on disk in files without a name.

A file without a name is gone once nobody holds it, however the process ends: a killed run leaves nothing behind, and
nothing has to be tidied up.
"""

from __future__ import annotations

import errno
import os
import tempfile
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from jsmi_core.errors import StoreError


class ScratchArray:
    """A one-dimensional array that grows at its end, on disk.

    Parameters
    ----------
    dtype : numpy dtype
    folder : path, optional
        On the disk that takes it; by default the environment's ``TMPDIR``, else the system's place for such files.

    Raises
    ------
    StoreError
        If the folder cannot be written to, now or later, as when its disk is full.

    Examples
    --------
    >>> array = ScratchArray(np.int32)
    >>> array.append(np.arange(5, dtype=np.int32))
    >>> len(array), array.read(1, 3)
    (5, array([1, 2], dtype=int32))
    """

    def __init__(self, dtype: npt.DTypeLike, folder: str | os.PathLike[str] | None = None) -> None:
        self.dtype = np.dtype(dtype)
        self._folder = os.fspath(folder) if folder is not None else tempfile.gettempdir()
        self._length = 0
        try:
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed once nobody holds it
        except OSError as error:
            raise self._refusal(error) from None
        weakref.finalize(self, self._file.close)

    def __len__(self) -> int:
        return self._length

    @property
    def nbytes(self) -> int:
        """The bytes that it takes on disk."""
        return self._length * self.dtype.itemsize

    def append(self, values: npt.NDArray[Any]) -> None:
        """Write the values behind those that are there; they must be of the array's own type."""
        try:
            self._file.seek(self.nbytes)
            self._file.write(np.ascontiguousarray(values, self.dtype).data)
            self._file.flush()  # a full disk shows here
        except OSError as error:
            raise self._refusal(error) from None
        self._length += len(values)

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """A copy of the values start … stop−1."""
        out = np.empty(stop - start, self.dtype)
        try:
            self._file.seek(start * self.dtype.itemsize)
            self._file.readinto(out.data.cast("B"))  # type: ignore[attr-defined]
        except OSError as error:
            raise self._refusal(error) from None
        return out

    def parts(self, length: int) -> Iterator[npt.NDArray[Any]]:
        """All values, in copies of ``length`` of them."""
        for start in range(0, len(self), length):
            yield self.read(start, min(start + length, len(self)))

    def mapped(self) -> npt.NDArray[Any]:
        """All values as an array that reads the disk where it is looked at; the file lives as long as the array."""
        if not len(self):  # no system maps nothing
            return np.empty(0, self.dtype)
        return np.memmap(self._file, self.dtype, "r", shape=(len(self),)).view(np.ndarray)

    def _refusal(self, error: OSError) -> StoreError:
        way_out = "another folder for them, in TMPDIR say"
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return StoreError(
                f"the disk of {self._folder!r} is full after {self.nbytes:,} bytes of numbers: make room, "
                f"or give {way_out}."
            )
        return StoreError(f"no numbers can be kept in {self._folder!r} ({error.strerror}): give {way_out}.")
