"""A film of a training in slow motion, as the numbers that a player in the browser draws its frames from."""

from __future__ import annotations

import json
from typing import NamedTuple

import numpy as np

from jsmi_core.figures.formatting import Unit, number, of_bound, scale_of
from jsmi_core.figures.variables import Names
from jsmi_core.information import FloatArray
from jsmi_core.runtime.wording import counted
from jsmi_core.tables import Film

DIGITS = 4  # of a coordinate: less than a pixel
NOTHING = 1e-12  # nats: what rounding leaves of a bound of 0


class FilmData(NamedTuple):
    """What a player shows: ``title`` states the finding; all else are plain numbers and words.

    ``words`` (n, V, d) and ``contexts`` (n, W, d) are the vectors at each of ``updates`` (n,); ``plane`` (d, 2) lays
    them flat; ``best`` (V, W) is m*, None where it is −∞; ``scores`` (n,), ``bound``, ``rank`` (the best score of this
    dimension) and ``zero`` (that of the zero matrix) are in ``unit``.
    """

    title: str
    subtitle: str
    unit: Unit
    word_names: tuple[str, ...]
    context_names: tuple[str, ...]
    updates: tuple[int, ...]
    words: tuple[tuple[tuple[float, ...], ...], ...]
    contexts: tuple[tuple[tuple[float, ...], ...], ...]
    plane: tuple[tuple[float, float], ...]
    best: tuple[tuple[float | None, ...], ...]
    scores: tuple[float, ...]
    bound: float
    rank: float
    zero: float

    def to_json(self) -> str:
        """JSON text that may stand in the script of a page: no word in it ends that script."""
        return json.dumps(self._asdict(), separators=(",", ":")).replace("<", "\\u003c")

    def table(self) -> tuple[tuple[str, ...], list[tuple[float, ...]]]:
        """The curve as columns and rows."""
        return ("update", f"score S ({self.unit})"), list(zip(self.updates, self.scores, strict=True))


def film_data(film: Film, names: Names, best: FloatArray, rank: float, *, unit: Unit = "nats") -> FilmData:
    """A film beside the best of all matrices and the best of its dimension.

    Parameters
    ----------
    film : Film of V words and W contexts
    names : Names
    best : (V, W) float64
        m*, −∞ where a pair is never seen.
    rank : float
        S*_d in nats, as far as it is known; what the film reaches counts too.
    unit : "nats" or "bits"

    Returns
    -------
    FilmData
    """
    scale, bound = scale_of(unit), film.objective.bound
    rank = max(rank, float(film.scores.max()))
    rounded = np.where(np.isfinite(best), best, np.nan).round(DIGITS)
    last, updates = float(film.scores[-1]), int(film.moments[-1])
    dimension = film.words.shape[2]
    return FilmData(
        title=_finding(last, bound, rank, updates, dimension),
        subtitle=(
            f"d = {dimension}, k = {film.objective.negatives}, learning rate {film.rates[0]:g} falling to 0 · "
            f"S = {number(scale * last)} of {number(scale * bound)} {unit}"
        ),
        unit=unit,
        word_names=tuple(names.words),
        context_names=tuple(names.contexts),
        updates=tuple(film.moments.tolist()),
        words=_plain(film.words),
        contexts=_plain(film.contexts),
        plane=_plane(film.words[-1], film.contexts[-1]),
        best=tuple(tuple(None if np.isnan(m) else float(m) for m in row) for row in rounded),
        scores=tuple((scale * film.scores).tolist()),
        bound=scale * bound,
        rank=scale * rank,
        zero=scale * film.objective.zero_score,
    )


def _plain(vectors: FloatArray) -> tuple[tuple[tuple[float, ...], ...], ...]:
    return tuple(tuple(map(tuple, moment)) for moment in vectors.round(DIGITS).tolist())


def _plane(words: FloatArray, contexts: FloatArray) -> tuple[tuple[float, float], ...]:
    """The plane that shows most of where the vectors ended, through the origin; one or two dimensions as they are."""
    dimension = words.shape[1]
    if dimension <= 2:
        return ((1.0, 0.0), (0.0, 1.0))[:dimension]
    axes = np.linalg.svd(np.vstack([words, contexts]), full_matrices=False)[2][:2]
    return tuple((float(a), float(b)) for a, b in axes.T.round(6))


def _finding(score: float, bound: float, rank: float, updates: int, dimension: int) -> str:
    """What the film ends with, in one sentence made from its numbers."""
    dimensions = "1 dimension allows" if dimension == 1 else f"{dimension} dimensions allow"
    done = counted(updates, "update")
    if bound <= NOTHING:
        return "There is nothing to learn here: the pairs are independent"
    if not np.isfinite(score) or score < 0:
        return f"After {done} the model is worse than knowing the class ratio alone"
    if rank <= 1e-9 * bound:
        return f"{dimensions.capitalize()} nothing here: no such matrix beats the class ratio"
    return (
        f"After {done} the model has {of_bound(score, bound)} of what there is to know, "
        f"{of_bound(score, rank)} of what {dimensions}"
    )
