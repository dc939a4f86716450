"""A law without a text → embedding: word2vec's update on draws from p and q.

With endless draws this is stochastic gradient ascent of S itself: the mean of a step is ∂S, up to the rate. (31),
beyond the paper.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from jsmi_core import checks
from jsmi_core.embeddings import Embedding
from jsmi_core.errors import Cancelled
from jsmi_core.information import FloatArray, JointDistribution, unigram_noise
from jsmi_core.training import kernels
from jsmi_core.training.config import SGNSConfig
from jsmi_core.training.trainer import EpochRecord, OnEpoch, SGNSRun

REACH = 6.0  # gensim's MAX_EXP: a pair whose score is this far from 0 is left alone
_CHUNK = 1 << 16  # pairs that are drawn at once


def pair_noise(joint: JointDistribution, config: SGNSConfig) -> FloatArray:
    """q(y), what a training on pairs draws its negatives from: column sums to a power, or the context marginal.

    Returns
    -------
    (W,) float64, sums to 1

    Examples
    --------
    >>> pair_noise(JointDistribution.from_counts([[3, 1], [1, 3]]), SGNSConfig())
    array([0.5, 0.5])
    """
    if config.noise == "pairs":
        return joint.context_marginal
    return unigram_noise(joint.context_counts, config.noise_exponent)


def train_on_pairs(
    joint: JointDistribution,
    config: SGNSConfig | None = None,
    pairs_per_epoch: int = 100_000,
    *,
    on_epoch: OnEpoch | None = None,
    cancel: Callable[[], bool] | None = None,
) -> SGNSRun:
    """Train skip-gram with negative sampling on pairs drawn from any joint distribution.

    Each update draws x, y from p and k negatives from q (:func:`pair_noise`), and is word2vec's, with its reach of
    |m| < 6. No negative is thrown away, so that S is of r = p(x) q(y). The learning rate falls in a line over all
    epochs. The settings of a text (window, dynamic, subsample) and workers play no part.

    Parameters
    ----------
    joint : JointDistribution, V × W
    config : SGNSConfig, optional
        word2vec's defaults if left out.
    pairs_per_epoch : int, 1 … 1,000,000,000
    on_epoch, cancel
        As :func:`train_sgns` has them; ``cancel`` is asked about every 65,536 pairs.

    Returns
    -------
    SGNSRun
        Word vectors (V, d) and context vectors (W, d) float64; the same for the same seed.

    Raises
    ------
    ParameterError
        If ``pairs_per_epoch`` is out of range.
    Cancelled
        If ``cancel`` said so.

    Examples
    --------
    >>> joint = JointDistribution.from_counts([[4, 1], [1, 4]])
    >>> run = train_on_pairs(joint, SGNSConfig(dimension=1, epochs=2), pairs_per_epoch=1000)
    >>> run.embedding.words.shape, [record.epoch for record in run.history]
    ((2, 1), [0, 1, 2])
    """
    config = config or SGNSConfig()
    per_epoch = checks.integer("pairs_per_epoch", pairs_per_epoch, 1, 10**9)
    rng = np.random.default_rng(config.seed)
    size, contexts = joint.shape
    x = (rng.random((size, config.dimension)) - 0.5) / config.dimension  # as word2vec starts
    y = np.zeros((contexts, config.dimension))
    draw = _Draws(joint, pair_noise(joint, config), config.negatives)
    history: list[EpochRecord] = []
    total, done, seconds = config.epochs * per_epoch, 0, 0.0

    def see(epoch: int) -> None:
        embedding = Embedding(x.copy(), y.copy()) if on_epoch else None
        value = on_epoch(epoch, embedding) if on_epoch and embedding else None
        history.append(EpochRecord(epoch, seconds, value))

    see(0)
    for epoch in range(1, config.epochs + 1):
        began = time.perf_counter()
        while done < epoch * per_epoch:
            if cancel is not None and cancel():
                raise Cancelled(f"the training was stopped after {epoch - 1} whole epochs.")
            count = min(_CHUNK, epoch * per_epoch - done)
            fall = np.arange(done, done + count) / total
            rates = config.learning_rate - (config.learning_rate - config.minimum_learning_rate) * fall
            kernels.sgns_updates(x, y, *draw.some(count, rng), rates, REACH, np.empty(config.dimension))
            done += count
        seconds += time.perf_counter() - began
        see(epoch)
    return SGNSRun(Embedding(x, y, joint.vocabulary), tuple(history), config)


class _Draws:
    """Pairs from p with k negatives each from q, found in cumulative sums."""

    def __init__(self, joint: JointDistribution, noise: FloatArray, negatives: int) -> None:
        self._rows = np.repeat(np.arange(joint.shape[0]), np.diff(joint.counts.indptr))
        self._columns = joint.counts.indices.astype(np.int64)
        self._pairs, self._noise = (np.cumsum(part) for part in (joint.counts.data, noise))
        self._negatives = negatives

    def some(self, count: int, rng: np.random.Generator) -> tuple[npt.NDArray[np.int64], ...]:
        """(n,) words, (n,) contexts and (n, k) negatives."""
        pairs = _found(self._pairs, rng.random(count))
        return self._rows[pairs], self._columns[pairs], _found(self._noise, rng.random((count, self._negatives)))


def _found(cumulative: FloatArray, uniform: FloatArray) -> npt.NDArray[np.int64]:
    places = np.searchsorted(cumulative, uniform * cumulative[-1], side="right")
    return np.minimum(places, len(cumulative) - 1).astype(np.int64)
