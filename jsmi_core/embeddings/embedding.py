"""An embedding: one vector for each word, one for each context; the score matrix is their product.

Imports numpy only. Knows no trainer and no objective.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jsmi_core import checks
from jsmi_core.errors import EmbeddingError


@dataclass(frozen=True, eq=False)
class Embedding:
    """Word and context vectors of an SGNS model: m(x, y) = words[x] · contexts[y], a matrix of rank ≤ d.

    For a model trained by gensim, ``words`` are its input vectors (``wv.vectors``) and ``contexts`` its
    output vectors (``syn1neg``).

    Parameters
    ----------
    words : (V, d) float32 or float64
    contexts : (W, d) float32 or float64
    vocabulary : tuple of V str, optional
        The words, in the order of the rows.

    Raises
    ------
    EmbeddingError
        If the shapes do not fit, a number is NaN or infinite (the message names the row), or a word holds half a
        character.

    Examples
    --------
    >>> import numpy as np
    >>> Embedding(np.ones((3, 2)), np.ones((4, 2))).dimension
    2
    """

    words: npt.NDArray[np.floating]
    contexts: npt.NDArray[np.floating]
    vocabulary: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        for name in ("words", "contexts"):
            object.__setattr__(self, name, checked_vectors(name, getattr(self, name)))
        if self.words.shape[1] != self.contexts.shape[1]:
            raise EmbeddingError(
                f"word vectors have {self.words.shape[1]} numbers but context vectors {self.contexts.shape[1]}: "
                "give both the same dimension."
            )
        if self.vocabulary is not None and len(self.vocabulary) != len(self.words):
            raise EmbeddingError(
                f"the vocabulary names {len(self.vocabulary):,} words but there are {len(self.words):,} word vectors: "
                "give one word for each row."
            )
        broken = checks.half_character(self.vocabulary or ())
        if broken:
            raise EmbeddingError(f"{broken}, which no file can: mend the vocabulary at its source.")

    @property
    def dimension(self) -> int:
        """d, the number of coordinates of each vector."""
        return int(self.words.shape[1])

    @classmethod
    def constant(cls, value: float, words: int, contexts: int) -> Embedding:
        """The rank-1 embedding whose score matrix is ``value`` everywhere (−log k scores exactly 0)."""
        return cls(np.full((words, 1), value), np.ones((contexts, 1)))


def checked_vectors(name: str, array: npt.ArrayLike) -> npt.NDArray[np.floating]:
    """(V, d) float32 or float64: the array, read-only and C-contiguous, others than these two as float64.

    Raises EmbeddingError, with ``name`` and the row, if it is no table of finite numbers.
    """
    try:
        vectors = np.asarray(array)
        if vectors.dtype not in (np.float32, np.float64):
            vectors = vectors.astype(np.float64)
    except (TypeError, ValueError):
        raise EmbeddingError(f"{name} is not a table of numbers: give one row of d numbers for each word.") from None
    if vectors.ndim != 2 or 0 in vectors.shape:
        raise EmbeddingError(f"{name} has shape {vectors.shape}: give one row of d ≥ 1 numbers for each word.")
    bad = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if bad.size:
        raise EmbeddingError(f"{name} row {bad[0]} holds NaN or infinity: remove or retrain that vector.")
    vectors = np.ascontiguousarray(vectors).view()
    vectors.flags.writeable = False
    return vectors
