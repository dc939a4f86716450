"""How pairs are drawn from a text: every setting of it, and the weight of a distance."""

from __future__ import annotations

from dataclasses import dataclass

from jsmi_core.parameters import check_fields, parameter


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

    window: int = parameter(
        5,
        "Window (tokens)",
        low=1,
        high=1_000,
        help="Largest distance of a pair in tokens, counted after subsampling; word2vec's default is {default}.",
        metavar="N",
        shell="largest distance of a pair, in words (default {default})",
    )
    dynamic: bool = parameter(
        True,
        "Dynamic window",
        help="Each centre word draws its window from 1 … window, so near words weigh more; on in word2vec.",
        shell="draw each word's window from 1 … N, as word2vec does (the default), or always take N",
    )
    subsample: float = parameter(
        1e-3,
        "Subsampling",
        symbol="t",
        low=0,
        high=1,
        open_high=True,
        step=0.0005,
        help="Threshold t, a share of all tokens: words above it are thinned out; 0 keeps all; word2vec: {default}.",
        metavar="T",
        shell="word2vec's threshold for thinning out frequent words; 0 keeps all (default {default})",
    )

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def weights(self) -> tuple[float, ...]:
        """c(δ) for δ = 1 … window: the chance that a window covers a pair at distance δ. (24), beyond the paper."""
        if not self.dynamic:
            return (1.0,) * self.window
        return tuple((self.window - distance + 1) / self.window for distance in range(1, self.window + 1))
