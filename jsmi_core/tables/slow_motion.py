"""word2vec in slow motion: its own update on pairs drawn from a law, recorded from the first draw to the last.

No text is needed: x, y come from p and the negatives from q, and with endless draws this is stochastic gradient ascent
of S itself. One update may lower S; only its expectation rises. All values are nats per draw of W.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jsmi_core import checks
from jsmi_core.embeddings import Embedding
from jsmi_core.errors import ParameterError
from jsmi_core.information import FloatArray
from jsmi_core.objective import REACH, SGNSObjective
from jsmi_core.training import kernels

Indices = npt.NDArray[np.int64]
MOMENTS = 150
SLOWEST = 1 / 250
"""Of the learning rate: what it has fallen to at the end, as word2vec's from 0.025 to 0.0001."""


class Draws(NamedTuple):
    """Positive pairs from p, ``words`` and ``contexts`` (n,), and ``negatives`` (n, k) from q; indices, int64."""

    words: Indices
    contexts: Indices
    negatives: Indices


class Pull(NamedTuple):
    """What one target does in an update: the real context (label 1) or a negative (label 0).

    ``score`` is m before it, ``sigmoid`` σ(m). ``weight`` is (label − σ(m)) · rate: the word moves by it along the
    context's vector, and the context along the word's; 0 where m is out of reach.
    """

    context: int
    label: int
    score: float
    sigmoid: float
    weight: float


@dataclass(frozen=True, eq=False)
class Update:
    """One update, taken apart: which pair, which negatives, the vectors before and after, and what S made of it.

    ``before`` and ``after`` are the embeddings; ``gain`` is the exact S after − S before, in nats, often negative.
    """

    number: int
    word: int
    pulls: tuple[Pull, ...]
    rate: float
    before: Embedding
    after: Embedding
    gain: float


@dataclass(frozen=True, eq=False)
class Film:
    """A training from the first draw to the last.

    ``moments`` (n,) int64 counts the updates made before each moment, from 0 on. There are ``words`` (n, V, d) and
    ``contexts`` (n, W, d) float64, and exact ``scores`` and ``gaps`` (n,) in nats. ``draws`` and ``rates`` are of all
    updates.
    """

    objective: SGNSObjective
    moments: Indices
    words: FloatArray
    contexts: FloatArray
    scores: FloatArray
    gaps: FloatArray
    draws: Draws
    rates: FloatArray

    def update(self, number: int) -> Update:
        """The update of this number, from 1 on, taken apart. Raises ParameterError if there are not so many."""
        at = checks.integer("number", number, 1, len(self.rates)) - 1
        moment = int(np.searchsorted(self.moments, at, "right")) - 1
        words, contexts = self.words[moment].copy(), self.contexts[moment].copy()
        _updated(words, contexts, self.draws, self.rates, slice(int(self.moments[moment]), at))
        before = Embedding(words.copy(), contexts.copy())
        x, rate, pulls = int(self.draws.words[at]), float(self.rates[at]), []
        moving = contexts.copy()  # a context that is drawn twice has moved by the second time
        for place, y in enumerate((self.draws.contexts[at], *self.draws.negatives[at])):
            m = float(words[x] @ moving[y])
            sigmoid = float(np.exp(-np.logaddexp(0, -m)))
            weight = 0.0 if abs(m) >= REACH else ((place == 0) - sigmoid) * rate
            moving[y] += weight * words[x]
            pulls.append(Pull(int(y), int(place == 0), m, sigmoid, weight))
        _updated(words, contexts, self.draws, self.rates, slice(at, at + 1))
        after = Embedding(words, contexts)
        gain = self.objective.score(after) - self.objective.score(before)
        return Update(number, x, tuple(pulls), rate, before, after, gain)


def drawn(objective: SGNSObjective, count: int, seed: int = 1) -> Draws:
    """Pairs drawn from p with k negatives each from q.

    Parameters
    ----------
    objective : SGNSObjective made from a number of negatives
    count : int, 1 … 1,000,000
    seed : int, 0 … 2³² − 1

    Returns
    -------
    Draws

    Raises
    ------
    ParameterError
        If a number is out of range, or the objective was made from an α that is no 1/(k+1).

    Examples
    --------
    >>> from jsmi_core import JointDistribution
    >>> draws = drawn(SGNSObjective(JointDistribution.from_counts([[1, 0], [0, 1]]), negatives=2), 3)
    >>> bool((draws.words == draws.contexts).all()), draws.negatives.shape
    (True, (3, 2))
    """
    checks.integer("count", count, 1, 1_000_000)
    if objective.negatives is None:
        raise ParameterError("an update draws k negatives: make the objective from a number of negatives.")
    rng = np.random.default_rng(checks.integer("seed", seed, 0, 2**32 - 1))
    contrast = objective.contrast
    pairs = rng.choice(len(contrast.positive), count, p=contrast.positive / contrast.positive.sum())
    negatives = rng.choice(len(contrast.noise), (count, objective.negatives), p=contrast.noise / contrast.noise.sum())
    return Draws(contrast.rows[pairs].astype(np.int64), contrast.columns[pairs].astype(np.int64), negatives)


def film(objective: SGNSObjective, dimension: int, updates: int = 20_000, *, rate: float = 0.25, seed: int = 1) -> Film:
    """Train an embedding by word2vec's update, from its start, and record it at about 150 moments.

    Parameters
    ----------
    objective : SGNSObjective made from a number of negatives, V × W
        Of a small table: S is computed exactly at every moment.
    dimension : int, 1 … 100
    updates : int, 1 … 1,000,000
    rate : float, 0 < rate ≤ 10
        The learning rate at the start; it falls in a line to 1/250 of that.
    seed : int, 0 … 2³² − 1
        Of the start and the draws.

    Returns
    -------
    Film

    Raises
    ------
    ParameterError
        As :func:`drawn`, or if the dimension or the rate is out of range.

    Examples
    --------
    >>> from jsmi_core import JointDistribution
    >>> objective = SGNSObjective(JointDistribution.from_counts([[4, 1], [1, 4]]), negatives=1)
    >>> learned = film(objective, dimension=2, updates=20_000)
    >>> bool(learned.gaps[-1] < 0.01 * objective.bound), len(learned.moments) <= MOMENTS
    (True, True)
    """
    checks.integer("dimension", dimension, 1, 100)
    checks.real("rate", rate, 0, 10, open_low=True)
    draws = drawn(objective, updates, seed)
    rates = rate * np.maximum(1 - np.arange(updates) / updates, SLOWEST)
    moments = np.unique(np.append(0, np.geomspace(1, updates, MOMENTS - 1).round())).astype(np.int64)
    shape = objective.joint.shape
    words = (np.random.default_rng(seed).random((shape[0], dimension)) - 0.5) / dimension  # as word2vec starts
    contexts = np.zeros((shape[1], dimension))
    recorded: list[tuple[FloatArray, FloatArray]] = [(words.copy(), contexts.copy())]
    for start, stop in pairwise(moments.tolist()):
        _updated(words, contexts, draws, rates, slice(start, stop))
        recorded.append((words.copy(), contexts.copy()))
    found = [objective.evaluate(Embedding(*pair)) for pair in recorded]
    return Film(
        objective=objective,
        moments=moments,
        words=np.array([pair[0] for pair in recorded]),
        contexts=np.array([pair[1] for pair in recorded]),
        scores=np.array([evaluation.score for evaluation in found]),
        gaps=np.array([evaluation.gap.total for evaluation in found]),
        draws=draws,
        rates=rates,
    )


def _updated(words: FloatArray, contexts: FloatArray, draws: Draws, rates: FloatArray, part: slice) -> None:
    """The vectors after these of the updates, in place."""
    arrays = draws.words[part], draws.contexts[part], draws.negatives[part], rates[part]
    kernels.sgns_updates(words, contexts, *arrays, REACH, np.empty(words.shape[1]))
