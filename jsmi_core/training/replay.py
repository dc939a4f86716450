"""Training → pairs: exactly the positive pairs that a run of gensim drew, replayed from its own random draws.

gensim's compiled trainer takes all its chance from ``model.random``, once for each job of up to 10,000 tokens: two
numbers that seed a generator of its own, which subsamples the tokens one by one, and then one number for each token
that was kept, by which its window is cut. Whoever listens at ``model.random`` can therefore say which pairs the job
trained without touching what it trains. Knows the model only by its attributes; imports no trainer.
"""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from jsmi_core.errors import DistributionError, JSMIError
from jsmi_core.information import JointDistribution
from jsmi_core.text import Corpus
from jsmi_core.training import kernels

IntArray = npt.NDArray[np.int64]
Run = tuple[IntArray, IntArray]  # increasing keys, and how often each occurs

LONGEST_JOB = 10_000  # tokens that gensim keeps in one job; what comes after them is left out
PIECE = 2**20  # pairs of a job that are written down together: bounds the memory of wide windows
BATCH = 2**21  # pairs that are sorted together


@dataclass(frozen=True, eq=False)
class JobDraws:
    """All that chance decided in one job of the trainer.

    Parameters
    ----------
    ids : (n,) int32
        The tokens that the job was handed, as ids of the corpus.
    bounds : (s + 1,) int64
        Bounds of its sentences in ``ids``.
    state : int
        The 48 bits that its generator began with.
    reductions : (kept,) int64
        By how much the window of each kept token is cut; all 0 for fixed windows.
    """

    ids: npt.NDArray[np.int32]
    bounds: IntArray
    state: int
    reductions: IntArray


class PairRecorder:
    """Listens to a gensim model while it trains and counts the (neighbour, centre) pairs it draws.

    From its making on it stands in for ``model.random``, handing on the same numbers, and hears each job begin and
    end. Jobs may run on any number of threads. Nothing raises in gensim's threads, which would hang the training:
    what goes wrong is kept for :meth:`drawn_pairs`.

    Parameters
    ----------
    model : gensim.models.Word2Vec
        Skip-gram with negative sampling, its vocabulary built from the corpus.
    corpus : Corpus
    """

    def __init__(self, model: Any, corpus: Corpus) -> None:
        self._random = model.random
        self._train_job: Any = weakref.WeakMethod(model._do_train_job)  # weak, since the model now holds the recorder
        model.random, model._do_train_job = self, self._heard_job
        self._numbers = {word: number for number, word in enumerate(corpus.vocabulary)}
        self._size = len(corpus.vocabulary)
        self._window, self._negatives, self._subsampled = model.window, model.negative, model.sample != 0
        rows = np.array([model.wv.key_to_index[word] for word in corpus.vocabulary])
        steps = model.cum_table.astype(np.int64)
        self._highest = steps[rows]
        self._lowest = np.concatenate([[0], steps[:-1] + 1])[rows]
        self._thresholds = model.wv.expandos["sample_int"][rows].astype(np.int64)
        self._thread = threading.local()
        self._lock = threading.Lock()
        self._tally = _Tally()
        self._skipped = 0
        self._trouble: Exception | None = None

    def randint(self, low: int, high: int, size: int | None = None) -> Any:
        """The model's own random numbers, remembered for the job that this thread is in."""
        drawn = self._random.randint(low, high, size)
        self._thread.draws.append(drawn)
        return drawn

    def _heard_job(self, sentences: list[list[str]], alpha: float, memory: Any) -> tuple[int, int]:
        self._thread.draws = []
        kept, raw = self._train_job()(sentences, alpha, memory)
        try:
            self.add(self._job_draws(sentences, kept))
        except Exception as error:
            self._trouble = error
        return kept, raw

    def _job_draws(self, sentences: list[list[str]], kept: int) -> JobDraws:
        ids = np.fromiter(map(self._numbers.__getitem__, chain.from_iterable(sentences)), np.int32)
        bounds = np.cumsum([0, *map(len, sentences)])
        high, low, *windows = self._thread.draws
        return JobDraws(ids, bounds, 2**24 * high + low, windows[0] if windows else np.zeros(kept, np.int64))

    def add(self, job: JobDraws) -> None:
        """Replay a job and count its pairs."""
        words, bounds = np.empty(min(len(job.ids), LONGEST_JOB), np.int32), np.zeros_like(job.bounds)
        kept, state = kernels.surviving_tokens(
            job.ids, job.bounds, self._thresholds, self._subsampled, job.state, words, bounds
        )
        if kept != len(job.reductions):
            raise JSMIError(
                f"gensim kept {len(job.reductions):,} tokens of a job where its known draws keep {kept:,}: "
                "train without recording pairs, or install gensim 4.4."
            )
        first, last = np.empty((2, kept), np.int64)
        kernels.window_bounds(bounds, job.reductions, self._window, first, last)
        ends = np.cumsum(last - first - 1)
        begin, done, skipped = 0, 0, 0
        while begin < kept:
            end = max(begin + 1, int(np.searchsorted(ends, done + PIECE, side="right")))
            keys = np.empty(int(ends[end - 1]) - done, np.int64)
            kernels.pair_keys(words, first, last, begin, end, self._size, keys)
            self._tally.add(keys)
            more, state = kernels.skipped_draws(
                words, first, last, begin, end, self._negatives, self._lowest, self._highest, state
            )
            begin, done, skipped = end, int(ends[end - 1]), skipped + more
        with self._lock:
            self._skipped += skipped

    def drawn_pairs(self) -> JointDistribution:
        """What was drawn until now: neighbours are the rows x, centres the columns y.

        Raises
        ------
        DistributionError
            If no pair was drawn.
        """
        if self._trouble is not None:
            raise self._trouble
        keys, counts = self._tally.total()
        if len(keys) == 0:
            raise DistributionError(
                "the training drew no pair at all: give it more text, more epochs, or a higher subsample."
            )
        bounds = np.searchsorted(keys, np.arange(self._size + 1) * self._size)
        columns = (keys % self._size).astype(np.int32)
        table = scipy.sparse.csr_array((counts.astype(np.float64), columns, bounds), (self._size, self._size))
        return JointDistribution(table, source="drawn")

    @property
    def skipped_negatives(self) -> int:
        """How many negatives were drawn in vain, because they hit the centre that they were drawn for."""
        return self._skipped


class _Tally:
    """Counts of keys from many threads, as sorted runs.

    A new run is merged with the shortest one until that is more than twice its length, so that each key is copied a
    few times only. The lock is held to take something or to leave it, never for work.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fresh: list[IntArray] = []
        self._waiting = 0
        self._runs: list[Run] = []

    def add(self, keys: IntArray) -> None:
        with self._lock:
            self._fresh.append(keys)
            self._waiting += len(keys)
            if self._waiting < BATCH:
                return
            fresh, self._fresh, self._waiting = self._fresh, [], 0
        run = _run_of(fresh)
        while (other := self._exchanged(run)) is not None:
            run = kernels.merged(*run, *other)

    def _exchanged(self, run: Run) -> Run | None:
        """Take a run out to merge this one with; where none is short enough, leave this one there."""
        with self._lock:
            place = min(range(len(self._runs)), key=lambda i: len(self._runs[i][0]), default=None)
            if place is not None and len(self._runs[place][0]) <= 2 * len(run[0]):
                return self._runs.pop(place)
            self._runs.append(run)
            return None

    def total(self) -> Run:
        """All keys in increasing order, and their counts."""
        total = _run_of([np.empty(0, np.int64), *self._fresh])
        for run in sorted(self._runs, key=lambda run: len(run[0])):
            total = kernels.merged(*total, *run)
        return total


def _run_of(pieces: list[IntArray]) -> Run:
    keys = np.concatenate(pieces)
    keys.sort()
    run: Run = kernels.counted(keys)
    return run
