"""Every setting of a training, and the p, q and α that follow from them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from jsmi_core import checks
from jsmi_core.pairs import PairSampling

Noise = Literal["counts", "pairs"]
NOISES: tuple[Noise, ...] = get_args(Noise)


@dataclass(frozen=True)
class Law:
    """What S is of, whatever is trained or searched under it: p, q and k of one text.

    Two settings whose laws are equal have one bound, and their scores may be compared.

    Parameters
    ----------
    sampling : PairSampling
        How positive pairs are drawn: p(x, y).
    noise : float or "pairs"
        What negatives are drawn from, q(y): counts to this power, or the context marginal of the pairs.
    negatives : int
        k; α = 1/(k+1).

    Examples
    --------
    >>> SGNSConfig(dimension=10).law == SGNSConfig(dimension=50, epochs=20).law
    True
    """

    sampling: PairSampling
    noise: float | Literal["pairs"]
    negatives: int

    @property
    def alpha(self) -> float:
        """α = 1/(k+1), the probability that a drawn pair is a positive one."""
        return 1 / (self.negatives + 1)

    @property
    def q(self) -> str:
        """q in words: "counts^0.75", say, or "context marginal"."""
        return "context marginal" if self.noise == "pairs" else f"counts^{self.noise:g}"

    @property
    def pairs_and_noise(self) -> tuple[PairSampling, float | str]:
        """All but k: laws that agree in it have one curve of bounds over α."""
        return self.sampling, self.noise

    def as_in_paper(self) -> Law:
        """The same pairs and k with the paper's noise."""
        return replace(self, noise="pairs")


class OfOneLaw:
    """Settings that determine a law: what a training and a search have in common."""

    negatives: int
    window: int
    dynamic: bool
    subsample: float
    noise: Noise
    noise_exponent: float

    @property
    def law(self) -> Law:
        """The p, q and k that S is of."""
        return Law(self.sampling, self.noise_exponent if self.noise == "counts" else "pairs", self.negatives)

    @property
    def alpha(self) -> float:
        """α = 1/(k+1), the probability that a drawn pair is a positive one."""
        return self.law.alpha

    @property
    def sampling(self) -> PairSampling:
        """How positive pairs are drawn from the text."""
        return PairSampling(self.window, self.dynamic, self.subsample)

    @property
    def noise_name(self) -> str:
        """q in words: "counts^0.75", say, or "context marginal"."""
        return self.law.q


@dataclass(frozen=True)
class SGNSConfig(OfOneLaw):
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
        Negatives are drawn in proportion to counts^exponent, where ``noise`` is "counts".
    learning_rate, minimum_learning_rate : float
        The rate falls linearly from the first to the second over all epochs.
    seed : int, 0 … 2³² − 1
    workers : int, 1 … 64
        Training threads; only 1 gives the same vectors every time.
    noise : "counts" or "pairs"
        What negatives are drawn from: powers of the corpus counts, as in word2vec, or the context marginal of the
        expected pairs, as in the paper.

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
    noise: Noise = "counts"

    def __post_init__(self) -> None:
        PairSampling(self.window, self.dynamic, self.subsample)
        checks.integer("dimension", self.dimension, 1, 10_000)
        checks.integer("negatives", self.negatives, 1, 1_000)
        checks.integer("epochs", self.epochs, 1, 100_000)
        checks.real("noise_exponent", self.noise_exponent, -10, 10)
        checks.real("learning_rate", self.learning_rate, 0, 10, open_low=True)
        checks.real("minimum_learning_rate", self.minimum_learning_rate, 0, self.learning_rate)
        checks.integer("seed", self.seed, 0, 2**32 - 1)
        checks.integer("workers", self.workers, 1, 64)
        checks.one_of("noise", self.noise, NOISES)

    @classmethod
    def paper(cls, **changes: Any) -> SGNSConfig:
        """The settings under which training follows the paper: its score is of the law that it is trained on.

        Every pair within a fixed window is drawn once in each epoch, and negatives come from the pairs' own context
        marginal. What is left of gensim's ways is the skip of a negative that hits its own positive pair.

        Examples
        --------
        >>> SGNSConfig.paper(dimension=50).noise_name
        'context marginal'
        """
        return cls(**{"dynamic": False, "subsample": 0.0, "noise": "pairs", **changes})
