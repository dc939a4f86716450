"""LargeCorpus → pairs: the expected pair counts of a text, within a bound on the memory.

A range of rows is counted at a time, as many as there is room for, from the whole text in chunks. A cell's sum goes
on from chunk to chunk with the same terms in the same order as in cooccurrence.py: neither chunks nor ranges change a
bit of it. Since the table is symmetric, only its upper half is kept, on disk; whole rows are put together from it
where they are wanted, again a range at a time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy

from jsmi_core import checks
from jsmi_core.errors import CorpusError, ParameterError
from jsmi_core.information import Contrast, FloatArray, JointDistribution, check_alpha
from jsmi_core.pairs import kernels
from jsmi_core.pairs.cooccurrence import NO_PAIRS, keep_probabilities
from jsmi_core.pairs.sampling import PairSampling
from jsmi_core.text import Cancel, Folder, LargeCorpus, Progress, Report, ScratchArray

IntArray = npt.NDArray[np.int64]
Run = tuple[IntArray, npt.NDArray[np.int32], FloatArray]  # rows as CSR: bounds, columns, values

# Bytes: of a word in the arrays that have all of them; of a token in a chunk, whose sentences may be single words; of
# a cell in a run that grows into another; of a cell; of a cell while its part of a bound is computed.
WORD, TOKEN, GROWING_CELL, CELL, CONTRAST_CELL = 128, 40, 24, 12, 112
MEMORY = "2GB"  # that counting may take if nothing else is said
LEAST_WORD = 512  # bytes of memory for each word, so that a row of any length has room everywhere


@dataclass(frozen=True)
class Limits:
    """How much is in memory at a time.

    ``chunk`` tokens of the text, not fewer than its longest sentence has, and a run of ``run`` cells while counting;
    ``block`` cells of whole rows, put together from pieces of the same size, and ``part`` of them in a bound: none of
    the three below the number of words.
    """

    chunk: int
    run: int
    block: int
    part: int

    @staticmethod
    def least(words: int, longest: int) -> int:
        """The bytes that this number of words and this longest sentence need."""
        return LEAST_WORD * words + 4 * TOKEN * longest

    @classmethod
    def within(cls, memory: int, words: int, longest: int) -> Limits:
        """Share out ``memory`` bytes; raise ParameterError if that many words and that long a sentence need more."""
        least = cls.least(words, longest)
        if memory < least:
            raise ParameterError(
                f"memory = {memory:,} bytes is not usable: this text of {words:,} different words needs {least:,} or "
                "more, so give more, or leave out more rare words with a higher min_count."
            )
        free = memory - WORD * words
        return cls(free // 3 // TOKEN, free // 2 // GROWING_CELL, free // 5 // CELL, free // 3 // CONTRAST_CELL)


class Ceiling(NamedTuple):
    """Two measures of the pairs against negatives, nats: the bound, and Σ p log p/r (I(X;Y) for the paper's q)."""

    bound: float
    divergence: float

    @classmethod
    def of(cls, contrast: Contrast, alpha: float) -> Ceiling:
        """Both, at this α, for the p and q of a contrast."""
        return cls(contrast.bound(alpha), contrast.divergence)


@dataclass(frozen=True, eq=False)
class LargePairs:
    """The expected pair counts of a text, V × V and symmetric, on disk.

    Made by :func:`count_large_corpus`. Its files have no name and are gone once it is.

    Parameters
    ----------
    bounds : (V + 1,) int64
        Where each row of the upper half, diagonal included, begins and ends in ``columns`` and ``values``.
    columns : ScratchArray of int32
    values : ScratchArray of float64
    word_counts : (V,) float64
        The row sums of the whole table, and its column sums.
    row_sizes : (V,) int64
        How many pairs each row of the whole table has.
    limits : Limits
    folder : path, optional

    Examples
    --------
    >>> from jsmi_core.text import read_large_corpus
    >>> pairs = count_large_corpus(read_large_corpus(b"a b a", min_count=1), PairSampling(window=1, subsample=0))
    >>> pairs.joint().counts.toarray().tolist()
    [[0.0, 2.0], [2.0, 0.0]]
    """

    bounds: IntArray
    columns: ScratchArray
    values: ScratchArray
    word_counts: FloatArray
    row_sizes: IntArray
    limits: Limits
    folder: Folder = None

    @property
    def shape(self) -> tuple[int, int]:
        """(V, V), the numbers of words and contexts."""
        return len(self.word_counts), len(self.word_counts)

    @property
    def pairs(self) -> int:
        """The number of distinct pairs with p(x, y) > 0."""
        return int(self.row_sizes.sum())

    @cached_property
    def total(self) -> float:
        """N, the expected number of positive pairs of one epoch."""
        return math.fsum(self.word_counts)

    @cached_property
    def ends(self) -> IntArray:
        """(V + 1,) int64: where the rows of the whole table begin and end."""
        return np.concatenate([[0], np.cumsum(self.row_sizes)])

    def joint(self) -> JointDistribution:
        """The whole table as a JointDistribution, bit for bit that of ``expected_pairs``, its arrays mapped from disk.

        For all that takes one. What is computed from it may well need memory for some numbers of each pair.

        Raises
        ------
        StoreError
            If the disk is full: 12 bytes for each pair.
        """
        columns, values = ScratchArray(np.int32, self.folder), ScratchArray(np.float64, self.folder)
        for low, high in _cut(self.ends, self.limits.block):
            block = self._rows(low, high)
            columns.append(block.indices)
            values.append(block.data)
        table = scipy.sparse.csr_array((values.mapped(), columns.mapped(), self.ends), self.shape)
        return JointDistribution(table, source="expected")

    def ceilings(
        self,
        alpha: float,
        *noises: FloatArray | None,
        on_progress: Progress = None,
        cancel: Cancel = None,
    ) -> list[Ceiling]:
        """The bound that no embedding can pass, and the divergence, for each noise, within the memory of the counting.

        Both are sums over cells (7), taken part by part: they agree with those of ``jsmi`` and ``mutual_information``
        to rounding.

        Parameters
        ----------
        alpha : float, 0 < α < 1
        noises : (V,) float64 that sums to 1, each, or None for the context marginal, the paper's q
        on_progress : callable (share, 0 … 1), optional
        cancel : callable () → bool, optional
            Both called after each block of rows.

        Returns
        -------
        list of Ceiling, one for each noise

        Raises
        ------
        ParameterError, DistributionError
            If α is out of range, or a noise is not a distribution over the contexts.
        Cancelled
            If ``cancel`` said so.

        Examples
        --------
        >>> from jsmi_core.text import read_large_corpus
        >>> text = read_large_corpus(b"to be or not to be", min_count=1)
        >>> pairs = count_large_corpus(text, PairSampling(window=1, subsample=0))
        >>> round(pairs.ceilings(1 / 6, None)[0].bound, 6)
        0.103218
        """
        check_alpha(alpha)
        report = Report(on_progress, cancel)
        empty = _Rows(scipy.sparse.csr_array((0, len(self.word_counts))), "expected", whole=self)
        contrasts = [Contrast.of(empty, noise) for noise in noises]
        found = []
        for low, high in _cut(self.ends, self.limits.block):
            found += self._parts(low, high, alpha, contrasts)
            report(self.ends[high] / self.pairs)
        return [Ceiling(*map(math.fsum, zip(*parts, strict=True))) for parts in zip(*found, strict=True)]

    def _parts(self, low: int, high: int, alpha: float, contrasts: list[Contrast]) -> list[list[Ceiling]]:
        """What stretches of the whole rows low … high−1 add to both measures: for each of them, one for each noise."""
        block = self._rows(low, high)
        parts = []
        for first, last in _cut(block.indptr, self.limits.part):
            rows = _Rows(block[first:last], "expected", whole=self)
            parts.append([Ceiling.of(replace(contrast, joint=rows), alpha) for contrast in contrasts])
        return parts

    def _rows(self, low: int, high: int) -> scipy.sparse.csr_array:
        """The whole rows low … high−1."""
        bounds = self.ends[low : high + 1] - self.ends[low]
        columns, values = np.empty(bounds[-1], np.int32), np.empty(bounds[-1])
        heads = bounds[:-1].copy()
        for first, last in _cut(self.bounds[: high + 1], self.limits.block):
            start, stop = self.bounds[first], self.bounds[last]
            cells = self.columns.read(start, stop), self.values.read(start, stop)
            upper = self.bounds[first : last + 1] - start
            kernels.mirror(first, upper, *cells, low, high, heads, columns, values)
        return scipy.sparse.csr_array((values, columns, bounds), (high - low, self.shape[1]))


def _cut(bounds: npt.NDArray[np.integer], cells: int) -> Iterator[tuple[int, int]]:
    """Cut rows into ranges of at most so many cells, and of one row at least."""
    first = 0
    while first < len(bounds) - 1:
        last = max(first + 1, int(np.searchsorted(bounds, bounds[first] + cells, side="right")) - 1)
        yield first, last
        first = last


@dataclass(frozen=True, eq=False)
class _Rows(JointDistribution):
    """Some rows of a joint distribution, contrasted as what they are of the whole."""

    whole: LargePairs = field(kw_only=True)

    @property
    def total(self) -> float:  # type: ignore[override]
        return self.whole.total

    @property
    def context_counts(self) -> FloatArray:  # type: ignore[override]
        return self.whole.word_counts


# --- counting --------------------------------------------------------------------------------------------------------


def count_large_corpus(
    corpus: LargeCorpus,
    sampling: PairSampling | None = None,
    *,
    memory: int | str = MEMORY,
    on_progress: Progress = None,
    cancel: Cancel = None,
) -> LargePairs:
    """The exact expectation of word2vec's pair counts: ``expected_pairs`` for a text that does not fit in memory.

    The same numbers to the last bit. Time is that of ``expected_pairs`` on one core and a reading of the tokens for
    each range of rows that fits; on disk it takes 12 bytes for each pair of the upper half.

    Parameters
    ----------
    corpus : LargeCorpus of V words
    sampling : PairSampling, optional
        word2vec's defaults if left out.
    memory : int, bytes, or str such as "500MB"
        What the counting may hold at a time, beside what the process holds before; at least 512 bytes for each word.
    on_progress : callable (share, 0 … 1), optional
    cancel : callable () → bool, optional
        Both called after each chunk of text.

    Returns
    -------
    LargePairs, V × V and symmetric

    Raises
    ------
    CorpusError
        If no sentence has two tokens.
    ParameterError
        If the memory is too small for the number of words.
    StoreError
        If the disk is full.
    Cancelled
        If ``cancel`` said so.

    Examples
    --------
    >>> from jsmi_core.text import read_large_corpus
    >>> count_large_corpus(read_large_corpus(b"to be or not to be", min_count=1), PairSampling(1, subsample=0)).total
    10.0
    """
    limits = Limits.within(checks.byte_count("memory", memory), len(corpus.vocabulary), corpus.longest)
    return _counted(corpus, sampling or PairSampling(), limits, Report(on_progress, cancel))


def _counted(corpus: LargeCorpus, sampling: PairSampling, limits: Limits, report: Report) -> LargePairs:
    size = len(corpus.vocabulary)
    counter = _Counter(corpus, sampling, limits, report)
    columns, values = ScratchArray(np.int32, corpus.folder), ScratchArray(np.float64, corpus.folder)
    bounds, sums, sizes = np.zeros(size + 1, np.int64), np.zeros(size), np.zeros(size, np.int64)
    room = np.concatenate([[0], np.cumsum(size - np.arange(size))])  # cells of the upper half of a full table
    first, fullness = 0, 1.0
    while first < size:
        # As many rows as fit if they are as full as those before: rarer words have emptier rows, so that few are
        # counted in vain. A reading of the tokens costs little beside counting them.
        last = int(np.searchsorted(room, room[first] + limits.run / fullness, side="right")) - 1
        run = counter.rows(first, max(first + 1, last))
        last = first + len(run[0]) - 1
        kernels.add_margins(first, *run, sums, sizes)
        bounds[first + 1 : last + 1] = bounds[first] + run[0][1:]
        columns.append(run[1])
        values.append(run[2])
        fullness = max(1, len(run[1])) / (room[last] - room[first])
        first = last
    if not len(columns):
        raise CorpusError(NO_PAIRS)
    return LargePairs(bounds, columns, values, sums, sizes, limits, corpus.folder)


class _Counter:
    """Counts ranges of rows from the whole text, chunk by chunk."""

    def __init__(self, corpus: LargeCorpus, sampling: PairSampling, limits: Limits, report: Report) -> None:
        self.corpus = corpus
        self.keep = keep_probabilities(corpus.counts, sampling.subsample)
        self.weights = np.array(sampling.weights)
        self.limits = limits
        self.report = report
        self.before = np.concatenate([[0], np.cumsum(corpus.counts)])  # tokens of all words before each one
        most = min(limits.run, len(self.keep) * (len(self.keep) + 1) // 2)  # a small table needs no more
        self.runs = [(np.empty(most, np.int32), np.empty(most)) for _ in range(2)]

    def rows(self, first: int, last: int) -> Run:
        """The rows first … last−1 of the upper half, or as many of them, from the first on, as there is room for."""
        old, new = self.runs
        bounds = np.zeros(last - first + 1, np.int64)
        done = 0
        for ids, offsets in self.corpus.chunks(self.limits.chunk):
            starts = np.empty(last - first + 1, np.int64)
            places, homes = np.empty(len(ids), np.int32), np.empty(len(ids), np.int32)
            kernels.places_of(first, last, ids, offsets, starts, places, homes)
            grown = np.empty(len(bounds), np.int64)
            last = first + kernels.continued_rows(
                *(first, last, starts, places, homes, offsets, ids, self.keep, self.weights),
                *(bounds, *old),
                *(grown, *new),
            )
            bounds, old, new = grown[: last - first + 1], new, old
            done += len(ids)
            own = (self.before[last] - self.before[first]) * (done / self.corpus.tokens)
            self.report((self.before[first] + own) / self.corpus.tokens)
        return bounds, old[0][: bounds[-1]], old[1][: bounds[-1]]
