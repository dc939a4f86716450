"""Text → pairs: how often word2vec pairs a word with a context, in exact expectation."""

from __future__ import annotations

from dataclasses import dataclass

from jsmi_core import _checks

__all__ = ["PairSampling"]


@dataclass(frozen=True)
class PairSampling:
    """How word2vec draws its positive pairs from a text.

    Parameters
    ----------
    window : int, 1 … 1,000
        Largest distance of a pair, counted in the tokens that subsampling kept.
    dynamic : bool
        Each centre word draws its window uniformly from 1 … window, so that a pair at distance δ has the
        weight (window − δ + 1)/window; otherwise every distance up to ``window`` weighs 1.
    subsample : float, 0 ≤ t < 1
        Subsampling threshold t, as a share of all tokens; 0 keeps every token.

    Raises
    ------
    ParameterError
        Names the field, its value and the usable range.

    Examples
    --------
    >>> PairSampling(window=2).weights
    (1.0, 0.5)
    """

    window: int = 5
    dynamic: bool = True
    subsample: float = 1e-3

    def __post_init__(self) -> None:
        _checks.integer("window", self.window, 1, 1_000)
        _checks.flag("dynamic", self.dynamic)
        _checks.real("subsample", self.subsample, 0, 1, open_high=True)

    @property
    def weights(self) -> tuple[float, ...]:
        """c(δ) for δ = 1 … window: the probability that a window covers a pair at distance δ."""
        if not self.dynamic:
            return (1.0,) * self.window
        return tuple((self.window - distance + 1) / self.window for distance in range(1, self.window + 1))
