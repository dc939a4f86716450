"""Embedding → a file that other programs read."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from jsmi_core.embeddings.embedding import Embedding
from jsmi_core.errors import ParameterError, StoreError
from jsmi_core.runtime.files import write_whole


def check_vectors_path(path: str | os.PathLike[str]) -> Path:
    """Return the path if vectors can be written there, before any work is done for it.

    Raises ParameterError for a name that cannot be meant, StoreError for a place that cannot be written.
    """
    path = Path(path)
    if path.suffix not in (".npz", ".txt", ".vec"):
        raise ParameterError(f"out = {str(path)!r} is not usable: give a name that ends in .npz, .txt or .vec.")
    if not path.parent.is_dir():
        raise ParameterError(f"out = {str(path)!r} is not usable: give a name in a folder that exists.")
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise StoreError(f"{str(path)!r} cannot be written: name a file, in a folder that may be written.")
    return path


def write_vectors(path: str | os.PathLike[str], embedding: Embedding) -> None:
    """Write an embedding with a vocabulary; the file is whole or absent.

    Parameters
    ----------
    path : path
        ``.npz``: arrays ``words`` (V, d), ``contexts`` (V, d) and ``vocabulary`` (V,), read by ``numpy.load``
        without pickle. ``.txt`` or ``.vec``: word2vec's text format, word vectors only, with all their digits.
    embedding : Embedding
        Its words must be such that they can be read back: no white space for a text format, no NUL at the end for
        ``.npz``.

    Raises
    ------
    ParameterError
        If the name ends in something else, its folder does not exist, or a word could not be read back.
    StoreError
        If the file cannot be written.
    """
    path = check_vectors_path(path)
    words = embedding.vocabulary or tuple(map(str, range(len(embedding.words))))
    try:
        write_whole(path, _arrays(embedding, words) if path.suffix == ".npz" else _lines(embedding, words))
    except OSError as error:
        raise StoreError(
            f"{str(path)!r} cannot be written ({error.strerror}): free some space, or name another folder."
        ) from error


def _arrays(embedding: Embedding, words: Sequence[str]) -> bytes:
    """An .npz; NumPy gives every word the room of the longest, so only that array is packed."""
    if (bad := next((word for word in words if word.endswith("\0")), None)) is not None:
        raise ParameterError(f"the word {bad!r} ends with NUL, which NumPy drops: rename it before it is written.")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in (("words", embedding.words), ("contexts", embedding.contexts), ("vocabulary", words)):
            kind = zipfile.ZIP_DEFLATED if name == "vocabulary" else zipfile.ZIP_STORED
            entry = zipfile.ZipInfo(f"{name}.npy")
            entry.compress_type = kind
            with archive.open(entry, "w", force_zip64=True) as target:
                np.lib.format.write_array(target, np.asarray(array), allow_pickle=False)
    return file.getvalue()


def _lines(embedding: Embedding, words: Sequence[str]) -> bytes:
    """word2vec's text format: the numbers of words and of coordinates, then a line for each word."""
    if (bad := next((word for word in words if word.split() != [word]), None)) is not None:
        raise ParameterError(
            f"the word {bad!r} cannot be read back from a text with one word on each line, then its numbers: "
            "give a name that ends in .npz."
        )
    digits = 9 if embedding.words.dtype == np.float32 else 17
    lines = [f"{len(words)} {embedding.dimension}"]
    for word, vector in zip(words, embedding.words.tolist(), strict=True):
        lines.append(" ".join([word, *(f"{value:.{digits}g}" for value in vector)]))
    return ("\n".join(lines) + "\n").encode()
