"""The vectors themselves: which words are near each other, and a flat map of them. (Beyond the paper.)

Both look at directions: each vector is divided by its length first, since lengths tell mostly how frequent a word is.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from threading import Lock
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jsmi_core import checks
from jsmi_core.errors import ParameterError
from jsmi_core.information import FloatArray

Vectors = npt.NDArray[np.floating]
_one_at_a_time = Lock()  # UMAP's own compiled code must not be entered by two threads


class Neighbour(NamedTuple):
    """Another vector of the same table: its place there, and the cosine of the angle to it."""

    place: int
    cosine: float


class WordMap(NamedTuple):
    """``places`` (n, 2) float64; ``kept``: the share of the vectors' variance in the two coordinates, if known."""

    places: FloatArray
    kept: float | None


def neighbours(vectors: Vectors, index: int, most: int = 10) -> tuple[Neighbour, ...]:
    """The vectors that point most nearly in one vector's direction, nearest first.

    Parameters
    ----------
    vectors : (V, d) float32 or float64
        ``embedding.words`` or ``embedding.contexts``.
    index : int, 0 … V − 1
    most : int, 1 or more

    Returns
    -------
    tuple of Neighbour
        Without the vector itself. A vector of length 0 has the cosine 0 with all.

    Raises
    ------
    ParameterError
        If the index is out of range.

    Examples
    --------
    >>> neighbours(np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 0.0]]), 0, most=1)
    (Neighbour(place=2, cosine=1.0),)
    """
    checks.integer("index", index, 0, len(vectors) - 1)
    checks.integer("most", most, 1, 2**31)
    cosines = _directions(vectors) @ _directions(vectors[index : index + 1])[0]
    order = np.argsort(-cosines, kind="stable")
    return tuple(Neighbour(int(i), float(cosines[i])) for i in order[order != index][:most])


def pca_map(vectors: Vectors) -> WordMap:
    """The two directions in which the vectors differ most: principal components, by a singular value decomposition.

    Parameters
    ----------
    vectors : (n, d) float32 or float64

    Returns
    -------
    WordMap
        The largest coordinate on each axis is positive, so that the map is always the same way up.

    Examples
    --------
    >>> pca_map(np.array([[1.0, 0.0], [-1.0, 0.0]])).kept
    1.0
    """
    centred = _directions(vectors)
    centred = centred - centred.mean(axis=0)
    left, lengths, _ = np.linalg.svd(centred, full_matrices=False)
    places = np.zeros((len(centred), 2))
    places[:, : len(lengths)] = (left * lengths)[:, :2]
    places *= np.where(places[np.abs(places).argmax(axis=0), [0, 1]] < 0, -1.0, 1.0)
    variance = float(lengths @ lengths)
    return WordMap(places, float(lengths[:2] @ lengths[:2]) / variance if variance > 0 else 1.0)


@cache
def has_umap() -> bool:
    """Whether the optional package umap-learn is installed."""
    return find_spec("umap") is not None


def umap_map(vectors: Vectors, seed: int = 1) -> WordMap:
    """A map that keeps near words near: UMAP of the angles between vectors; needs the extra ``umap``.

    Parameters
    ----------
    vectors : (n, d) float32 or float64
        n ≥ 4.
    seed : int
        The same seed gives the same map.

    Raises
    ------
    ParameterError
        If umap-learn is not installed, or there are too few vectors.
    """
    if not has_umap():
        raise ParameterError("UMAP is not installed here: run pip install 'jsmi-explorer[umap]'.")
    if len(vectors) < 4:
        raise ParameterError(f"UMAP needs at least 4 words but got {len(vectors)}: choose more, or PCA.")
    from umap import UMAP

    with _one_at_a_time:
        size = min(15, len(vectors) - 1)
        mapper = UMAP(n_neighbors=size, metric="cosine", init="random", random_state=seed, n_jobs=1)
        return WordMap(np.asarray(mapper.fit_transform(_directions(vectors)), np.float64), None)


def _directions(vectors: Vectors) -> FloatArray:
    """The vectors at length 1; a vector of length 0 stays."""
    wide = np.asarray(vectors, np.float64)
    lengths = np.linalg.norm(wide, axis=1, keepdims=True)
    return np.divide(wide, lengths, out=np.zeros_like(wide), where=lengths > 0)
