"""Every setting of a training, and the p, q and α that follow from them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from jsmi_core.pairs import PairSampling
from jsmi_core.parameters import check_fields, parameter, same_as

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

    dimension: int = parameter(
        100,
        "Dimension",
        symbol="d",
        low=1,
        high=10_000,
        help="d, the number of coordinates of each word and context vector; word2vec's default is {default}.",
        metavar="D",
        shell="coordinates of each vector (default {default})",
    )
    negatives: int = parameter(
        5,
        "Negatives",
        symbol="k",
        low=1,
        high=1_000,
        help="k, the noise pairs drawn for each pair of the text; α = 1/(k+1). word2vec's default is {default}.",
        metavar="K",
        shell="negatives for each positive pair; alpha = 1/(K+1) (default {default})",
    )
    epochs: int = parameter(
        5,
        "Epochs",
        low=1,
        high=100_000,
        help="How often the training passes over the whole text; word2vec's default is {default}.",
        metavar="N",
        shell="passes over the text (default {default})",
    )
    window: int = same_as(PairSampling, "window")
    dynamic: bool = same_as(PairSampling, "dynamic")
    subsample: float = same_as(PairSampling, "subsample")
    noise_exponent: float = parameter(
        0.75,
        "Noise exponent",
        symbol="γ",
        low=-10,
        high=10,
        step=0.25,
        help="Negatives are drawn in proportion to counts^γ; {default} in word2vec, 1 for the plain counts.",
        metavar="G",
        shell="negatives are drawn from counts to the power G (default {default})",
    )
    learning_rate: float = parameter(
        0.025,
        "Learning rate",
        low=0,
        high=10,
        open_low=True,
        step=0.005,
        help="Step size at the start, falling linearly to the lowest rate; word2vec's default is {default}.",
        metavar="R",
        shell="at the start (default {default})",
    )
    minimum_learning_rate: float = parameter(
        0.0001,
        "Lowest learning rate",
        low=0,
        high=10,
        step=0.0001,
        help="Step size at the end of the last epoch; word2vec's default is {default}.",
        metavar="R",
        shell="at the end; the rate falls linearly (default {default})",
    )
    seed: int = parameter(
        1,
        "Seed",
        low=0,
        high=2**32 - 1,
        help="Starts the random numbers: the same seed and settings give the same vectors.",
        metavar="N",
        shell="of all random draws (default {default})",
    )
    workers: int = parameter(
        1,
        "Threads",
        low=1,
        high=64,
        metavar="N",
        shell="training threads; only 1 gives the same vectors every time (default {default})",
    )
    noise: Noise = parameter(
        "counts",
        "Negatives drawn from",
        choices=NOISES,
        help="Where negatives come from: counts^γ, as in word2vec, or the context marginal p(y), as in the paper.",
        metavar="LAW",
        shell="where negatives come from: counts to the power G, as in word2vec (counts, the default), or the context "
        "marginal of the pairs, as in the paper (pairs)",
    )

    def __post_init__(self) -> None:
        _ = self.sampling  # checks its own fields
        check_fields(self, minimum_learning_rate=self.learning_rate)

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
