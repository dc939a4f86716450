"""Results → small frozen tuples of plain numbers, ready to be drawn. Computes nothing beyond arranging.

Every ``…_data()`` returns a :class:`Chart` or :class:`Bars`: numbers, text and roles, compared by ``==`` in tests and
shown as a table by the app; drawing.py turns either into a plotly figure. The title of each states what it shows.

All values come in as nats; ``unit="bits"`` converts for display.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from jsmi_core.figures.charts import RATE_LINE, Band, Bars, Chart, Line, Mark
from jsmi_core.figures.formatting import Unit, in_epochs, number, of_bound, percent, scale_of

if TYPE_CHECKING:
    from jsmi_core.experiments import EpochScore


# --- one training, epoch by epoch --------------------------------------------------------------------------------


def climb_data(
    history: Sequence[EpochScore],
    epochs: int,
    bound: float,
    ceiling: float,
    *,
    best: float | None = None,
    subtitle: str = "",
    unit: Unit = "nats",
) -> Chart:
    """Exact S(m) after every epoch, climbing towards the bound of its own law.

    Parameters
    ----------
    history : EpochScore, possibly none yet
    epochs : int
        How many there will be: the width of the picture, so that it does not jump while the training runs.
    bound, ceiling : float
        JS_α of the law the scores belong to, and h(α); nats.
    best : float, optional
        S*_d, the best score known at the model's dimension: it splits the gap; nats.
    subtitle : str
        The subtitle.
    unit : "nats" or "bits"

    Returns
    -------
    Chart

    Examples
    --------
    >>> climb_data([], 5, 0.2, 0.45).title
    'The training has not reached its first score yet'
    """
    scale = scale_of(unit)

    ends = (0.0, float(epochs))

    def level(label: str, value: float, place: str, role: str = "muted") -> Line:
        dash = "dot" if role == "muted" else "solid"
        return Line(f"{number(scale * value)}: {label}", role, ends, (scale * value,) * 2, dash=dash, place=place)

    lines = [
        level("all there is to know", bound, "above", "bound"),
        level(RATE_LINE, 0.0, "below end"),
        level("the zero matrix", ceiling - math.log(2), "below end"),
    ]
    if ceiling < 2 * bound:
        lines.append(level("h(α), where the class would be certain", ceiling, "above"))
    passed = tuple(float(point.epoch) for point in history)
    climbed = tuple(scale * point.score for point in history)
    bands = []
    if best is not None:
        best = max(best, *(point.score for point in history)) if history else best
        lines.append(level("best of this dimension", best, "below", "rank"))
        bands = [
            Band("price of rank", "rank", ends, (scale * best,) * 2, (scale * bound,) * 2),
            Band("price of training", "trained", passed[1:], climbed[1:], (scale * best,) * len(passed[1:])),
        ]
    if history:
        lines.append(Line("S", "trained", passed, climbed))
    return Chart(
        _progress(history, epochs, bound, best, unit),
        subtitle,
        "epoch",
        f"score S ({unit} per draw of W)",
        tuple(lines),
        tuple(band for band in bands if len(band.x) > 1),
    )


def _progress(history: Sequence[EpochScore], epochs: int, bound: float, best: float | None, unit: Unit) -> str:
    if not history:
        return "The training has not reached its first score yet"
    last = history[-1]
    done = f"After {in_epochs(epochs)}" if last.epoch == epochs else f"After {last.epoch} of {in_epochs(epochs)}"
    if last.epoch == 0:
        return "Before training the model is the zero matrix"
    if last.score < 0:
        return f"{done} the model is still worse than knowing the class ratio alone"
    gap = f"the gap is {number(scale_of(unit) * last.gap)} {unit}"
    if best is not None:
        rank, training = (number(scale_of(unit) * price) for price in (bound - best, best - last.score))
        return f"{done} {gap}: at most {rank} for the dimension, at least {training} for the training"
    if bound <= 0:
        return f"{done} the model has what there is to know: nothing; {gap}"
    return f"{done} the model has {of_bound(last.score, bound)} of what there is to know; {gap}"


# --- the bound over α --------------------------------------------------------------------------------------------


class AlphaPoint(NamedTuple):
    """The two bounds at one α, for the paper's q and for word2vec's; nats."""

    alpha: float
    paper: float
    word2vec: float


def bound_data(
    curve: Sequence[AlphaPoint],
    at: AlphaPoint,
    divergences: tuple[float, float],
    *,
    exponent: float = 0.75,
    per_positive: bool = False,
    subtitle: str = "",
    unit: Unit = "nats",
) -> Chart:
    """The bound over α under both noises, beside its ceilings h(α) and α·I(X;Y).

    Parameters
    ----------
    curve : AlphaPoint, rising α
    at : AlphaPoint
        Where the slider stands.
    divergences : (I(X;Y), KL(p‖p(x)q(y)))
        The limits of bound/α for α → 0 under the paper's q and under counts^exponent; nats.
    exponent : float
    per_positive : bool
        Draw bound/α, information for each positive pair, which tends to the limits.
    subtitle : str
        The subtitle.
    unit : "nats" or "bits"

    Returns
    -------
    Chart

    Examples
    --------
    >>> bound_data([AlphaPoint(0.5, 0.1, 0.2)], AlphaPoint(0.5, 0.1, 0.2), (0.3, 0.4)).points[0]
    (0.5, 0.1)
    """
    scale = scale_of(unit)
    x = tuple(point.alpha for point in curve)
    information, noisy_limit = divergences

    def line(label: str, role: str, values: Iterable[float], dash: str, place: str) -> Line:
        parts = (scale * (value / alpha if per_positive else value) for value, alpha in zip(values, x, strict=True))
        return Line(label, role, x, tuple(parts), dash=dash, place=place)

    best = max(curve, key=lambda point: point.paper)
    here = scale * (at.paper / at.alpha if per_positive else at.paper)
    noisy = scale * (at.word2vec / at.alpha if per_positive else at.word2vec)
    where = "middle" if per_positive else "peak"
    lower, upper = ("below", "above") if best.paper <= best.word2vec else ("above", "below")
    lines = (
        line("JSMI, the paper's q", "bound", (point.paper for point in curve), "solid", f"{lower} {where}"),
        line(
            f"bound, q = counts^{exponent:g}", "bound", (point.word2vec for point in curve), "dash", f"{upper} {where}"
        ),
        line("h(α)/α" if per_positive else "h(α)", "muted", map(_entropy, x), "dot", f"above {where}"),
        line(
            "I(X;Y)" if per_positive else "α·I(X;Y)",
            "muted",
            (alpha * information for alpha in x),
            "dot",
            "above end" if per_positive else "above peak",
        ),
    )
    if per_positive:
        title = (
            f"Each positive pair is worth {number(here)} {unit} at α = {at.alpha:.3g}, "
            f"{percent(here / (scale * information)) if information > 0 else '0 %'} of I(X;Y) = "
            f"{number(scale * information)}"
        )
        top = scale * max(information, noisy_limit if math.isfinite(noisy_limit) else 0.0)
    else:
        title = (
            f"At α = {at.alpha:.3g} a pair tells {number(here)} {unit} about its class, "
            f"{percent(at.paper / _entropy(at.alpha))} of h(α); the most is {number(scale * best.paper)} "
            f"at α = {best.alpha:.2g}"
        )
        top = scale * min(math.log(2), 2.2 * max(max(point.paper, point.word2vec) for point in curve))
    return Chart(
        title,
        subtitle,
        "α, the share of positive pairs",
        f"information ({unit} per {'positive pair' if per_positive else 'draw of W'})",
        lines,
        points=((at.alpha, here), (at.alpha, noisy)),
        x_range=(0.0, 1.0),
        y_range=(0.0, 1.1 * top if top > 0 else 1.0),
    )


def _entropy(alpha: float) -> float:
    return -alpha * math.log(alpha) - (1 - alpha) * math.log1p(-alpha)


# --- the text ----------------------------------------------------------------------------------------------------


def zipf_data(
    counts: Sequence[int],
    kept: Sequence[float],
    read: tuple[int, int],
    min_count: int,
    *,
    subtitle: str = "",
    points: int = 200,
) -> Chart:
    """Zipf's law: count against rank, with what ``min_count`` removed and what subsampling leaves of the rest.

    Parameters
    ----------
    counts, kept : V numbers, most frequent word first
        Tokens of each word in the corpus, and how many of them subsampling keeps on average.
    read : (words, tokens)
        What the text held before ``min_count`` was applied.
    min_count : int
    subtitle : str
        The subtitle.
    points : int
        Ranks to draw, evenly spaced on the log axis.

    Returns
    -------
    Chart

    Examples
    --------
    >>> zipf_data([8, 4], [4.0, 4.0], (10, 20), 2).title
    'min_count = 2 keeps 2 of 10 words and 60 % of the tokens; subsampling leaves 67 % of those'
    """
    shown = _log_spaced(len(counts), points)
    ranks = tuple(map(float, shown))
    words, tokens = read
    return Chart(
        f"min_count = {min_count:,} keeps {len(counts):,} of {words:,} words and {percent(sum(counts) / tokens)} of "
        f"the tokens; subsampling leaves {percent(math.fsum(kept) / sum(counts))} of those",
        subtitle,
        "rank of the word",
        "tokens",
        (
            Line("in the text", "data", ranks, tuple(float(counts[r - 1]) for r in shown), place="above"),
            Line(
                "after subsampling",
                "muted",
                ranks,
                tuple(float(kept[r - 1]) for r in shown),
                dash="dash",
                place="above",
            ),
        ),
        log_x=True,
        log_y=True,
    )


def _log_spaced(last: int, points: int) -> list[int]:
    steps = max(1, points - 1)
    return sorted({min(last, round(last ** (i / steps))) for i in range(steps + 1)})


def pmi_data(
    edges: Sequence[float],
    shares: Sequence[float],
    negatives: int,
    *,
    subtitle: str = "",
    unit: Unit = "nats",
) -> Bars:
    """How PMI is spread over the positive pairs: each pair that occurs, weighted by p(x, y).

    Parameters
    ----------
    edges : n + 1 floats, nats
    shares : n floats
        The share of the positive pairs in each bin.
    negatives : int
        k; the mark at log k is where the best score PMI − log k changes sign.
    subtitle : str
        The subtitle.
    unit : "nats" or "bits"

    Returns
    -------
    Bars

    Examples
    --------
    >>> pmi_data([-1.0, 0.0, 1.0], [0.25, 0.75], 1).title
    '75 % of the positive pairs occur more often than chance'
    """
    scale = scale_of(unit)
    above = math.fsum(share for edge, share in zip(edges, shares, strict=False) if edge >= 0)
    return Bars(
        f"{percent(above)} of the positive pairs occur more often than chance",
        subtitle,
        f"PMI = log p(x, y) / p(x)p(y)  ({unit})",
        "share of the positive pairs",
        tuple(scale * float(edge) for edge in edges),
        tuple(map(float, shares)),
        (Mark("chance", 0.0), Mark(f"log k, k = {negatives}", scale * math.log(negatives))),
    )
