"""Text → pairs: how often word2vec pairs a word with a context, in exact expectation."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import scipy

from jsmi_core.errors import CorpusError
from jsmi_core.information import FloatArray, JointDistribution
from jsmi_core.pairs import kernels
from jsmi_core.pairs.sampling import PairSampling
from jsmi_core.runtime.pool import Pool
from jsmi_core.runtime.threads import map_in_order
from jsmi_core.text import Corpus

PIECES = 64  # how many parts the vocabulary is counted in: enough to keep the cores even

NO_PAIRS = "the text holds no pair of words: give at least one sentence in which two words remain after min_count."


def keep_probabilities(counts: npt.ArrayLike, subsample: float) -> FloatArray:
    """The probability that word2vec's subsampling keeps a token of each word, as gensim draws it.

    A token survives a 32-bit draw with probability (sample_int + 1)/2³², where
    sample_int = ⌊(√(n/T) + 1) T/n · (2³² − 1)⌋, at most 2³² − 1, for the threshold T = t · Σ n in tokens.
    (23), beyond the paper.

    Parameters
    ----------
    counts : (V,) positive int
        Corpus counts of the words.
    subsample : float, 0 ≤ t < 1
        0 keeps every token.

    Returns
    -------
    (V,) float64, each in (0, 1]

    Examples
    --------
    >>> keep_probabilities([90, 10], subsample=0).tolist()
    [1.0, 1.0]
    """
    n = np.asarray(counts, np.int64)
    if subsample == 0:
        return np.ones(len(n))
    threshold = subsample * n.sum()
    share = np.minimum((np.sqrt(n / threshold) + 1) * (threshold / n), 1.0)
    return (np.floor(share * (2**32 - 1)) + 1) / 2**32


def expected_pairs(
    corpus: Corpus, sampling: PairSampling | None = None, *, pool: Pool | None = None
) -> JointDistribution:
    """The exact expectation of word2vec's pair counts over subsampling and window draws.

    For positions i < j of one sentence with t kept tokens strictly between them, t is Poisson-binomial in
    the keep probabilities of those tokens, and E = keep_i · keep_j · Σ_{t < window} P(t) · c(t+1), counted in
    both orders; c(δ) are ``sampling.weights``. No sampling, no dense table: time is tokens × reach × window,
    memory is that of the pairs that occur. Terms below 1e-20 of one pair are left out. (25), beyond
    the paper.

    Parameters
    ----------
    corpus : Corpus of V words
    sampling : PairSampling, optional
        word2vec's defaults if left out.
    pool : Pool, optional
        Has the rows counted by other processes or machines, a range of words at a time. A row is summed in one order
        wherever it is counted: the same counts come out to the last bit.

    Returns
    -------
    JointDistribution, V × V and symmetric
        ``total`` is the expected number of positive pairs of one epoch.

    Raises
    ------
    CorpusError
        If no sentence has two tokens.

    Examples
    --------
    >>> corpus = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]])
    >>> expected_pairs(corpus, PairSampling(window=1, subsample=0)).total
    10.0
    """
    sampling = sampling or PairSampling()
    size = len(corpus.vocabulary)
    ranges = _shares(corpus.counts)
    if pool is None:
        pieces = list(map_in_order(_Counter(corpus, sampling), ranges))
    else:
        pieces = list(pool.map(_rows, corpus, ((sampling, words) for words in ranges)))
    bounds = np.concatenate([[0], np.cumsum(np.concatenate([sizes for sizes, _, _ in pieces]))])
    columns = np.concatenate([columns for _, columns, _ in pieces])
    values = np.concatenate([values for _, _, values in pieces])
    upper = scipy.sparse.csr_array((values, columns, bounds), (size, size))
    if upper.nnz == 0:
        raise CorpusError(NO_PAIRS)
    return JointDistribution(_mirrored(upper), source="expected")


Rows = tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], FloatArray]  # how long each is, columns, values


class _Counter:
    """Counts the rows of a range of words; a token's neighbours are found from the places of its word."""

    def __init__(self, corpus: Corpus, sampling: PairSampling) -> None:
        self.ids = corpus.ids
        self.offsets = corpus.offsets
        self.starts = np.concatenate([[0], np.cumsum(corpus.counts)])
        self.positions = np.argsort(corpus.ids, kind="stable")
        self.sentence = np.repeat(np.arange(len(corpus.offsets) - 1, dtype=np.int32), np.diff(corpus.offsets))
        self.keep = keep_probabilities(corpus.counts, sampling.subsample)
        self.weights = np.array(sampling.weights)

    def __call__(self, words: tuple[int, int]) -> Rows:
        rows: Rows = kernels.expected_rows(
            *words, self.starts, self.positions, self.sentence, self.offsets, self.ids, self.keep, self.weights
        )
        return rows


def _rows(corpus: Corpus, piece: tuple[PairSampling, tuple[int, int]]) -> Rows:
    """The rows of a range of words, as a task of a pool."""
    sampling, words = piece
    return _counter(corpus, sampling)(words)


_counter = lru_cache(maxsize=1)(_Counter)  # a worker counts many ranges of one corpus


def _shares(counts: npt.NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Cut the vocabulary into ranges of words with about equally many tokens."""
    tokens = np.cumsum(counts)
    edges = np.searchsorted(tokens, np.linspace(0, tokens[-1], PIECES + 1)[1:-1], side="left") + 1
    edges = np.unique(np.concatenate([[0], np.minimum(edges, len(counts)), [len(counts)]]))
    yield from pairwise(edges.tolist())


def _mirrored(upper: scipy.sparse.csr_array) -> scipy.sparse.csr_array:
    """The symmetric table with this upper triangle, diagonal included."""
    full = scipy.sparse.csr_array(upper + scipy.sparse.triu(upper, 1).T)
    full.sort_indices()
    return full
