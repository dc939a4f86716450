"""Embedding → a file that other programs read."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np

from jsmi_core.embeddings.embedding import Embedding
from jsmi_core.errors import ParameterError, StoreError
from jsmi_core.runtime.files import write_whole


def check_vectors_path(path: str | os.PathLike[str]) -> Path:
    """Return the path if vectors can be written there. Raises ParameterError, before any work is done for it."""
    path = Path(path)
    if path.suffix not in (".npz", ".txt", ".vec"):
        raise ParameterError(f"out = {str(path)!r} is not usable: give a name that ends in .npz, .txt or .vec.")
    if not path.parent.is_dir():
        raise ParameterError(f"out = {str(path)!r} is not usable: give a name in a folder that exists.")
    return path


def write_vectors(path: str | os.PathLike[str], embedding: Embedding) -> None:
    """Write an embedding with a vocabulary; the file is whole or absent.

    Parameters
    ----------
    path : path
        ``.npz``: arrays ``words`` (V, d), ``contexts`` (V, d) and ``vocabulary`` (V,), read by ``numpy.load``
        without pickle. ``.txt`` or ``.vec``: word2vec's text format, word vectors only, with all their digits.
    embedding : Embedding

    Raises
    ------
    ParameterError
        If the name ends in something else, or its folder does not exist.
    StoreError
        If the file cannot be written.
    """
    path = check_vectors_path(path)
    words = embedding.vocabulary or tuple(map(str, range(len(embedding.words))))
    if path.suffix == ".npz":
        file = io.BytesIO()
        np.savez(file, words=embedding.words, contexts=embedding.contexts, vocabulary=np.array(words))
        payload = file.getvalue()
    else:
        digits = 9 if embedding.words.dtype == np.float32 else 17
        lines = [f"{len(words)} {embedding.dimension}"]
        for word, vector in zip(words, embedding.words.tolist(), strict=True):
            lines.append(" ".join([word, *(f"{value:.{digits}g}" for value in vector)]))
        payload = ("\n".join(lines) + "\n").encode()
    try:
        write_whole(path, payload)
    except OSError as error:
        raise StoreError(
            f"{str(path)!r} cannot be written ({error.strerror}): free some space, or name another folder."
        ) from error
