"""Train SGNS with gensim: the only file that imports gensim's trainer."""

from __future__ import annotations

from dataclasses import dataclass

from jsmi_core import _checks
from jsmi_core.cooccurrence import PairSampling

__all__ = ["SGNSConfig"]


@dataclass(frozen=True)
class SGNSConfig:
    """Every setting of one SGNS training; the defaults are word2vec's.

    Parameters
    ----------
    dimension : int, 1 … 10,000
        d, the number of coordinates of each vector.
    negatives : int, 1 … 1,000
        k, the negatives drawn for each positive pair; α = 1/(k+1).
    epochs : int, 1 … 100,000
        Passes over the corpus.
    window : int, 1 … 1,000
        Largest distance of a pair, in kept tokens.
    dynamic : bool
        Draw each centre word's window uniformly from 1 … window (word2vec's ``shrink_windows``).
    subsample : float, 0 ≤ t < 1
        Subsampling threshold, as a share of all tokens; 0 keeps every token.
    noise_exponent : float, −10 … 10
        Negatives are drawn in proportion to counts^exponent.
    learning_rate, minimum_learning_rate : float
        The rate falls linearly from the first to the second over all epochs.
    seed : int, 0 … 2³² − 1
    workers : int, 1 … 64
        Training threads; only 1 gives the same vectors every time.

    Raises
    ------
    ParameterError
        Names the field, its value and the usable range.

    Examples
    --------
    >>> SGNSConfig(negatives=4).alpha
    0.2
    """

    dimension: int = 100
    negatives: int = 5
    epochs: int = 5
    window: int = 5
    dynamic: bool = True
    subsample: float = 1e-3
    noise_exponent: float = 0.75
    learning_rate: float = 0.025
    minimum_learning_rate: float = 0.0001
    seed: int = 1
    workers: int = 1

    def __post_init__(self) -> None:
        PairSampling(self.window, self.dynamic, self.subsample)
        _checks.integer("dimension", self.dimension, 1, 10_000)
        _checks.integer("negatives", self.negatives, 1, 1_000)
        _checks.integer("epochs", self.epochs, 1, 100_000)
        _checks.real("noise_exponent", self.noise_exponent, -10, 10)
        _checks.real("learning_rate", self.learning_rate, 0, 10, open_low=True)
        _checks.real("minimum_learning_rate", self.minimum_learning_rate, 0, self.learning_rate)
        _checks.integer("seed", self.seed, 0, 2**32 - 1)
        _checks.integer("workers", self.workers, 1, 64)

    @property
    def alpha(self) -> float:
        """α = 1/(k+1), the probability that a drawn pair is a positive one."""
        return 1 / (self.negatives + 1)

    @property
    def sampling(self) -> PairSampling:
        """How positive pairs are drawn from the text."""
        return PairSampling(self.window, self.dynamic, self.subsample)
