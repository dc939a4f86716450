"""Where an embedding lost information: one gap by word, by context, by band of frequency, by pair. (Beyond the paper.)

The gap is a sum of cells u · KL(Bern(t)‖Bern(σ(m))) ≥ 0, one for each pair (10), so that every way of sorting the cells
adds up to the same total. All values are nats per draw of W.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt
import scipy

from jsmi_core import checks
from jsmi_core.embeddings import Embedding
from jsmi_core.errors import ParameterError
from jsmi_core.information import FloatArray
from jsmi_core.objective import kernels
from jsmi_core.objective.evaluation import Gap
from jsmi_core.objective.sgns import SGNSObjective
from jsmi_core.runtime.threads import map_in_order

SideName = Literal["word", "context"]
SIDES: tuple[SideName, ...] = get_args(SideName)
STRIPE = 1 << 21  # pairs looked at together: their scores take 16 MB
FARTHEST, WIDTH = 16.0, 0.25  # of the bins of PMI and of m, in nats
KEPT = 200  # of the worst pairs
Indices = npt.NDArray[np.int64]


class Side(NamedTuple):
    """The gap laid out over the words, or over the contexts: five arrays (V,) float64, nats but for the last.

    ``loss`` = ``seen`` + ``unseen``, from the pairs that occur and from those that never do; ``information`` is the
    part of the bound; ``weight`` how often a draw of W, real or noise, has this word: α p + (1−α) r.
    """

    loss: FloatArray
    seen: FloatArray
    unseen: FloatArray
    information: FloatArray
    weight: FloatArray


class FrequencyBand(NamedTuple):
    """The words of ranks ``first`` + 1 … ``last``: what they lost, what there was to know; nats."""

    first: int
    last: int
    seen: float
    unseen: float
    information: float
    worst: int  # the word of the band that lost most

    @property
    def loss(self) -> float:
        """All that the words of the band lost."""
        return self.seen + self.unseen


class Pairs(NamedTuple):
    """Chosen pairs: eight arrays (n,), in one order.

    ``rows`` and ``columns`` int64; float64: ``counts``, expected pairs of an epoch, 0 for a pair that never occurs;
    ``log_ratio`` = log p/r, the PMI for the paper's q, −∞ for such a pair; ``best`` = log p/r − log k, (6);
    ``score`` = m; ``posterior`` = t = σ(best), (5); ``loss``, nats.
    """

    rows: Indices
    columns: Indices
    counts: FloatArray
    log_ratio: FloatArray
    best: FloatArray
    score: FloatArray
    posterior: FloatArray
    loss: FloatArray

    @property
    def model(self) -> FloatArray:
        """(n,) float64: σ(m), what the model takes the posterior for."""
        return np.asarray(scipy.special.expit(self.score), np.float64)

    def take(self, chosen: Indices) -> Pairs:
        """Some of the pairs, in the order of their places."""
        parts: Any = (array[chosen] for array in self)
        return Pairs(*parts)


class Causes(NamedTuple):
    """The gap by what is wrong with the score of a pair; nats. The three add up to the gap."""

    too_low: float  # pairs that occur, m < log p/r − log k
    too_high: float  # pairs that occur, m ≥ log p/r − log k
    unseen: float  # pairs that never occur: any finite score is too high


class Density(NamedTuple):
    """All pairs over log p/r and m, in bins of one width; the outermost bins hold what lies beyond.

    ``edges`` (n+1,) float64, of both axes; ``pairs`` and ``loss`` (n, n) float64: p(x, y) and nats of the pairs that
    occur, by log p/r and then m; ``unseen`` (n,): nats of the pairs that never occur, by m.
    """

    edges: FloatArray
    pairs: FloatArray
    loss: FloatArray
    unseen: FloatArray


class _Survey(NamedTuple):
    """What one look at all pairs finds: m on the support, the loss off it by m, and the worst pairs off it."""

    on_support: FloatArray
    unseen: FloatArray
    worst: Indices  # x · W + y


@dataclass(frozen=True, eq=False)
class Loss:
    """One gap, sorted in every way that a reader may ask for.

    Made by :meth:`of`, or of a stored result by :func:`loss_of`.

    Parameters
    ----------
    objective : SGNSObjective
        The p, q and α that the gap is of.
    embedding : Embedding
        What lost it.
    gap : Gap
        ``objective.gap(embedding)``, in nats.

    Examples
    --------
    >>> from jsmi_core import Embedding, JointDistribution, SGNSObjective
    >>> objective = SGNSObjective(JointDistribution.from_counts([[2, 1], [1, 0]]), negatives=1)
    >>> loss = Loss.of(objective, Embedding.constant(0.0, 2, 2))
    >>> bool(abs(sum(loss.causes) - loss.total) < 1e-15)
    True
    """

    objective: SGNSObjective
    embedding: Embedding
    gap: Gap

    @classmethod
    def of(cls, objective: SGNSObjective, embedding: Embedding) -> Loss:
        """The loss of an embedding under one p, q and α. Raises EmbeddingError as ``objective.gap`` does."""
        return cls(objective, embedding, objective.gap(embedding))

    @property
    def total(self) -> float:
        """The gap in nats; everything else here adds up to it."""
        return self.gap.total

    # --- by word and by context --------------------------------------------------------------------------------------

    def side(self, name: SideName) -> Side:
        """The gap over the words (input vectors) or over the contexts (output vectors).

        Parameters
        ----------
        name : "word" or "context"

        Raises
        ------
        ParameterError
            If it is neither.
        """
        _check_side(name)
        return self.by_word if name == "word" else self.by_context

    @cached_property
    def by_word(self) -> Side:
        """(V,) arrays: the rows of the table of pairs."""
        objective, seen = self.objective, self._sum_on_support(self.gap.on_support, "word")
        unseen = np.maximum(self.gap.by_word - seen, 0.0)
        return Side(self.gap.by_word, seen, unseen, objective.bound_by_word, objective.joint.word_marginal)

    @cached_property
    def by_context(self) -> Side:
        """(W,) arrays: the columns of the table of pairs."""
        objective, contrast, alpha = self.objective, self.objective.contrast, self.objective.alpha
        seen = self._sum_on_support(self.gap.on_support, "context")
        unseen = np.maximum(self.gap.by_context - seen, 0.0)
        covered = self._sum_on_support(objective.joint.word_marginal[contrast.rows], "context")
        off = -(1 - alpha) * math.log1p(-alpha) * contrast.noise * np.maximum(1 - covered, 0.0)
        information = self._sum_on_support(objective.bound_on_support, "context") + off
        weight = alpha * objective.joint.context_marginal + (1 - alpha) * contrast.noise
        return Side(self.gap.by_context, seen, unseen, information, weight)

    def _sum_on_support(self, cells: FloatArray, side: SideName) -> FloatArray:
        contrast, (words, contexts) = self.objective.contrast, self.objective.joint.shape
        return _sums(contrast.rows, cells, words) if side == "word" else _sums(contrast.columns, cells, contexts)

    def bands(self, name: SideName = "word", edges: tuple[int, ...] | None = None) -> tuple[FrequencyBand, ...]:
        """The gap by frequency: words are taken to stand most frequent first, as in a Corpus.

        Parameters
        ----------
        name : "word" or "context"
        edges : rising ints from 0 to V, optional
            Where bands begin and end; default ``zipf_edges(V)``.

        Returns
        -------
        tuple of FrequencyBand
            Their losses add up to ``total``.

        Raises
        ------
        ParameterError
            If the side is neither, or the edges do not rise from 0 to V.
        """
        side = self.side(name)
        edges = zipf_edges(len(side.loss)) if edges is None else tuple(edges)
        if edges[:1] != (0,) or edges[-1] != len(side.loss) or sorted(set(edges)) != list(edges):
            raise ParameterError(f"edges = {edges!r} is not usable: give rising ranks from 0 to {len(side.loss):,}.")
        return tuple(
            FrequencyBand(
                first,
                last,
                math.fsum(side.seen[first:last]),
                math.fsum(side.unseen[first:last]),
                math.fsum(side.information[first:last]),
                first + int(np.argmax(side.loss[first:last])),
            )
            for first, last in pairwise(edges)
        )

    # --- by pair -----------------------------------------------------------------------------------------------------

    def pairs(self, rows: npt.ArrayLike, columns: npt.ArrayLike) -> Pairs:
        """Everything about chosen pairs. Parameters and errors as in :meth:`Gap.of_pairs`."""
        loss = self.gap.of_pairs(rows, columns)  # checks both
        x, y = (np.atleast_1d(np.asarray(side, np.int64)) for side in (rows, columns))
        objective, places = self.objective, self.objective.contrast.find(x, y)
        seen = places >= 0
        counts = np.where(seen, objective.joint.counts.data[places], 0.0)
        log_ratio = np.where(seen, objective.contrast.log_ratio[places], -math.inf)
        best = log_ratio + objective.log_odds
        score = np.einsum("ij,ij->i", self.embedding.words[x], self.embedding.contexts[y], dtype=np.float64)
        return Pairs(x, y, counts, log_ratio, best, score, scipy.special.expit(best), loss)

    def pairs_of(self, name: SideName, index: int, most: int = KEPT) -> Pairs:
        """The pairs of one word with every context, or of one context with every word: the worst of them first.

        Parameters
        ----------
        name : "word" or "context"
        index : int
            Which word, or which context.
        most : int, 1 or more
            With all of them, ``loss`` adds up to the word's part of the gap.

        Raises
        ------
        ParameterError
            If the side is neither, or the index is out of range.
        """
        _check_side(name)
        checks.integer("most", most, 1, 2**31)
        words, contexts = self.objective.joint.shape
        others = np.arange(contexts if name == "word" else words)
        own = np.full(len(others), index)
        found = self.pairs(own, others) if name == "word" else self.pairs(others, own)
        return found.take(np.argsort(-found.loss, kind="stable")[:most])

    def worst_pairs(self, most: int = 50) -> Pairs:
        """The pairs, seen or never seen, that lost most, in falling order; at most 200."""
        checks.integer("most", most, 1, KEPT)
        cells, contrast = self.gap.on_support, self.objective.contrast
        seen = np.argpartition(-cells, min(most, len(cells)) - 1)[:most]
        unseen = np.divmod(self._survey.worst, self.objective.joint.shape[1])
        rows = np.concatenate([contrast.rows[seen].astype(np.int64), unseen[0]])
        columns = np.concatenate([contrast.columns[seen].astype(np.int64), unseen[1]])
        found = self.pairs(rows, columns)
        return found.take(np.lexsort((found.columns, found.rows, -found.loss))[:most])

    @cached_property
    def causes(self) -> Causes:
        """The gap by scores that are too low, too high, and of pairs that never occur."""
        low = self._survey.on_support < self.objective.best_scores
        cells = self.gap.on_support
        too_low, too_high = math.fsum(cells[low]), math.fsum(cells[~low])
        return Causes(too_low, too_high, max(self.total - too_low - too_high, 0.0))

    @cached_property
    def density(self) -> Density:
        """All pairs over log p/r and m, in bins of 0.25 nats from −16 to 16."""
        edges = np.arange(-FARTHEST, FARTHEST + WIDTH, WIDTH)
        bins = len(edges) - 1
        at = _bins(self.objective.contrast.log_ratio, bins) * bins + _bins(self._survey.on_support, bins)
        pairs, loss = (
            _sums(at, weights, bins * bins).reshape(bins, bins)
            for weights in (self.objective.contrast.positive, self.gap.on_support)
        )
        return Density(edges, pairs, loss, self._survey.unseen)

    @cached_property
    def _survey(self) -> _Survey:
        """One pass over all V × W pairs, a stripe of rows at a time, in float64."""
        contrast, (words, contexts) = self.objective.contrast, self.objective.joint.shape
        columns = np.ascontiguousarray(self.embedding.contexts.astype(np.float64, copy=False).T)
        weights = (1 - self.objective.alpha) * self.objective.joint.word_marginal
        on_support = np.empty(len(contrast.columns))
        height = max(1, STRIPE // contexts)

        def stripe(first: int) -> tuple[FloatArray, FloatArray, Indices]:
            rows = self.embedding.words[first : first + height].astype(np.float64, copy=False)
            scores = rows @ columns
            begin, end = contrast.bounds[first], contrast.bounds[first + len(rows)]
            on_support[begin:end] = scores[contrast.rows[begin:end] - first, contrast.columns[begin:end]]
            histogram, worst = np.zeros(round(2 * FARTHEST / WIDTH)), np.zeros(KEPT)
            places = np.full(KEPT, -1, np.int64)
            law = (contrast.bounds, contrast.columns, weights, contrast.noise)
            kernels.survey_unseen(scores, first, *law, -FARTHEST, WIDTH, histogram, worst, places)
            return histogram, worst, places

        found = list(map_in_order(stripe, range(0, words, height)))
        worst, places = (np.concatenate([piece[part] for piece in found]) for part in (1, 2))
        order = np.lexsort((places, -worst))[:KEPT]
        return _Survey(on_support, np.sum([piece[0] for piece in found], axis=0), places[order][places[order] >= 0])


def zipf_edges(size: int) -> tuple[int, ...]:
    """Bands of ranks 1–3, 4–10, 11–30, 31–100, …: even steps on the log axis of Zipf's law.

    Examples
    --------
    >>> zipf_edges(50)
    (0, 3, 10, 30, 50)
    """
    steps = (round(10 ** (i // 2)) * (1, 3)[i % 2] for i in range(1, 40))
    return (0, *(step for step in steps if step < size), size)


def _sums(places: npt.NDArray[np.integer], values: FloatArray, size: int) -> FloatArray:
    """The sum of the values that go to each place."""
    return np.bincount(places, values, size).astype(np.float64, copy=False)


def _bins(values: FloatArray, bins: int) -> Indices:
    """Which bin each value falls into."""
    return np.clip(np.floor((values + FARTHEST) / WIDTH), 0, bins - 1).astype(np.int64)


def _check_side(name: SideName) -> None:
    checks.one_of("side", name, SIDES)
