"""Words and numbers → bytes: what a text is known by, whoever reads it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt


def content_digest(vocabulary: Sequence[str], *arrays: tuple[int, Iterable[npt.NDArray[Any]]]) -> str:
    """SHA-256 of the words and of arrays, each given as its length and its parts in order."""
    letters, lengths = packed_words(vocabulary)
    digest = hashlib.sha256()
    words: list[tuple[int, Iterable[npt.NDArray[Any]]]] = [(len(letters), [letters]), (len(lengths), [lengths])]
    for length, parts in (*words, *arrays):
        digest.update(length.to_bytes(8, "little"))
        for part in parts:
            digest.update(np.ascontiguousarray(part, part.dtype.newbyteorder("<")).data)
    return digest.hexdigest()


def packed_words(words: Sequence[str]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]:
    """Return the words as UTF-8 bytes end to end, and the length of each in bytes."""
    encoded = [word.encode() for word in words]
    return np.frombuffer(b"".join(encoded), np.uint8), np.array([len(word) for word in encoded], np.int32)


def unpacked_words(letters: npt.NDArray[np.uint8], lengths: npt.NDArray[np.int32]) -> tuple[str, ...]:
    """The words that ``packed_words`` packed."""
    stops = np.cumsum(lengths).tolist()
    data = letters.tobytes()
    starts = [0, *stops[:-1]]
    return tuple(data[a:b].decode() for a, b in zip(starts, stops, strict=True))
