"""Results → small frozen tuples of plain numbers, ready to be drawn. Computes nothing beyond arranging.

Every ``…_data()`` returns a :class:`Chart` or :class:`Bars`: numbers, text and roles, compared by ``==`` in tests and
shown as a table by the app; drawing.py turns either into a plotly figure. The title of each states what it shows.

All values come in as nats; ``unit="bits"`` converts for display.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from jsmi_core.charts import Band, Bars, Chart, Line, Mark, number, percent, scale_of
from jsmi_core.errors import ParameterError

if TYPE_CHECKING:
    from jsmi_core.experiment import CellResult, EpochScore

__all__ = ["AlphaPoint", "bound_data", "climb_data", "ladder_data", "pmi_data", "zipf_data"]

AXES = {
    "dimension": "dimension d",
    "epochs": "epochs (passes over the text)",
    "alpha": "α = 1/(k+1), share of positive pairs",
}
BEST_KNOWN = " · best rank-d as far as known: the price of rank is at most, of training at least what is drawn"
RATE_LINE = "knows only the class ratio"


# --- the ladder: trained models under their bound ----------------------------------------------------------------


def ladder_data(
    results: Iterable[CellResult],
    x: str = "dimension",
    *,
    law: str = "word2vec",
    quantity: str = "score",
    unit: str = "nats",
    curve: tuple[Sequence[float], Sequence[float]] | None = None,
    best: Mapping[int, float] | None = None,
) -> Chart:
    """Trained models below the bound, against dimension, epochs or α; seeds become bands from lowest to highest.

    Parameters
    ----------
    results : CellResult, one or more
        Of one corpus, one pair law and one noise; of one number of negatives too unless ``x`` is ``"alpha"``.
    x : "dimension", "epochs" or "alpha"
    law : "word2vec" or "paper"
        Which q the bound and the scores are of.
    quantity : "score" or "gap"
        S under the bound, or the gap itself.
    unit : "nats" or "bits"
    curve : (α, bound) sequences in nats, optional
        The bound over α under the same law, for ``x="alpha"``; without it the trained α are joined.
    best : dimension → score in nats, optional
        The best score known at each rank under the same law, for ``x="dimension"``: it splits the gap into the price
        of rank (at most) and the price of training (at least).

    Returns
    -------
    Chart

    Raises
    ------
    ParameterError
        If there is no result, or they were not made under one law.

    Examples
    --------
    >>> ladder_data([], "dimension")
    Traceback (most recent call last):
    jsmi_core.errors.ParameterError: there is no finished training to draw: run the grid first.
    """
    found = tuple(results)
    _one_law(found, x)
    if x == "alpha":
        found = _compared_over_negatives(found)
    scale = scale_of(unit)
    shown = "gap" if quantity == "gap" else "score"
    lines = _trained_lines(found, x, law, shown, scale)
    bound = _bound_line(found, x, law, scale, curve)
    zero = Line("", "", bound.x, tuple(0.0 for _ in bound.x), place="below")
    above = "above peak" if x == "alpha" else "above"
    if quantity == "gap":
        landmarks = (
            bound._replace(label=RATE_LINE, role="muted", dash="dot", place=above),
            zero._replace(label="0: nothing left to learn", role="bound"),
        )
    else:
        name = "the bound" if x == "alpha" else f"bound {number(bound.y[0])}: all there is to know"
        landmarks = (
            bound._replace(label=name, place=above),
            zero._replace(label=f"0: {RATE_LINE}", role="muted", dash="dot", place=_free_place(lines)),
        )
    ranks, bands = _prices(found, best or {}, law, quantity, scale, lines[-1])
    return Chart(
        title=_split_finding(found, best, law) if best else _finding(found, x, law),
        subtitle=_made_of(found[0], law, with_negatives=x != "alpha") + (BEST_KNOWN if best else ""),
        x_name=AXES[x],
        y_name=f"{'gap' if quantity == 'gap' else 'score S'} ({unit} per draw of W)",
        lines=(*landmarks, *ranks, *lines),
        bands=bands,
        ticks=_ticks(found, x),
        log_x=True,
    )


def _compared_over_negatives(results: tuple[CellResult, ...]) -> tuple[CellResult, ...]:
    """The trainings whose dimension and epochs were run with several k; all of them if there are none."""
    several: dict[tuple[int, int], set[int]] = {}
    for result in results:
        config = result.cell.config
        several.setdefault((config.dimension, config.epochs), set()).add(config.negatives)
    compared = tuple(
        result for result in results if len(several[result.cell.config.dimension, result.cell.config.epochs]) > 1
    )
    return compared or results


def _free_place(lines: Sequence[Line]) -> str:
    """Where a label at the height 0 is farthest from the lines beside it."""

    def room(place: str) -> float:
        beside = [line.y[-1 if place.endswith("end") else 0] for line in lines]
        return min((abs(y) for y in beside if (y > 0) == place.startswith("above")), default=math.inf)

    return max(("below", "below end", "above end"), key=room)


def _prices(
    results: Sequence[CellResult],
    best: Mapping[int, float],
    law: str,
    quantity: str,
    scale: float,
    longest: Line,
) -> tuple[tuple[Line, ...], tuple[Band, ...]]:
    """The best rank-d line, the band between it and the bound, and the band down to the longest training."""
    if not best:
        return (), ()
    bound = results[0].law(law).bound
    dimensions = sorted(best)
    x = tuple(map(float, dimensions))
    value = {float(d): scale * (bound - best[d] if quantity == "gap" else best[d]) for d in dimensions}
    edge = 0.0 if quantity == "gap" else scale * bound
    line = Line("best rank-d", "rank", x, tuple(value[d] for d in x))
    both = [(d, value[d], y) for d, y in zip(longest.x, longest.y, strict=True) if d in value]
    parts = [("price of rank", "rank", [(d, value[d], edge) for d in x]), ("price of training", "trained", both)]
    bands = tuple(
        Band(
            label,
            role,
            tuple(d for d, _, _ in corners),
            tuple(min(a, b) for _, a, b in corners),
            tuple(max(a, b) for _, a, b in corners),
        )
        for label, role, corners in parts
        if len(corners) > 1
    )
    return (line,), bands


def _split_finding(results: Sequence[CellResult], best: Mapping[int, float], law: str) -> str:
    """Which of the two prices is larger, from which dimension on."""
    bound = results[0].law(law).bound
    reached: dict[int, float] = {}
    for result in results:
        d = result.cell.config.dimension
        reached[d] = max(result.law(law).score, reached.get(d, -math.inf))
    compared = sorted(d for d in reached if d in best)
    rank_costs_more = [bound - best[d] > best[d] - reached[d] for d in compared]
    if all(rank_costs_more):
        return f"The dimension costs more than the training, even at d = {compared[-1]}"
    if not any(rank_costs_more):
        return f"The training costs more than the dimension, even at d = {compared[0]}"
    if sorted(rank_costs_more, reverse=True) == rank_costs_more:
        last = compared[rank_costs_more.count(True) - 1]
        return f"Up to d = {last} the dimension costs most; beyond, the training does"
    return _finding(results, "dimension", law)


def _one_law(results: Sequence[CellResult], x: str) -> None:
    if not results:
        raise ParameterError("there is no finished training to draw: run the grid first.")
    laws = {
        (r.cell.corpus, r.cell.config.sampling, r.cell.config.noise_name, x == "alpha" or r.cell.config.negatives)
        for r in results
    }
    if len(laws) > 1:
        raise ParameterError(
            "these trainings have different bounds: choose one corpus, one pair setting, one noise and one k."
        )


def _position(result: CellResult, x: str) -> float:
    return float(getattr(result.cell.config, x))


def _trained_lines(results: Sequence[CellResult], x: str, law: str, shown: str, scale: float) -> tuple[Line, ...]:
    others = [name for name in ("epochs", "dimension") if name != x]
    groups: dict[tuple[int, ...], dict[float, list[CellResult]]] = {}
    for result in sorted(results, key=lambda r: r.cell.config.seed):
        key = tuple(getattr(result.cell.config, name) for name in others)
        groups.setdefault(key, {}).setdefault(_position(result, x), []).append(result)
    varying = [i for i in range(len(others)) if len({key[i] for key in groups}) > 1] or [0]
    lines = []
    for rank, key in enumerate(sorted(groups), start=1):
        points = sorted(groups[key].items())
        values = [[scale * getattr(result.law(law), shown) for result in seeds] for _, seeds in points]
        banded = any(len(seeds) > 1 for seeds in values)
        lines.append(
            Line(
                ", ".join(_epochs(key[i]) if others[i] == "epochs" else f"d = {key[i]:,}" for i in varying),
                "trained",
                tuple(position for position, _ in points),
                tuple(math.fsum(seeds) / len(seeds) for seeds in values),
                tuple(map(min, values)) if banded else (),
                tuple(map(max, values)) if banded else (),
                tuple(seeds[0].id for _, seeds in points),
                shade=rank / len(groups),
            )
        )
    return tuple(lines)


def _bound_line(
    results: Sequence[CellResult],
    x: str,
    law: str,
    scale: float,
    curve: tuple[Sequence[float], Sequence[float]] | None,
) -> Line:
    if x == "alpha" and curve is not None:
        values: Mapping[float, float] = dict(zip(*curve, strict=True))
    else:
        values = {_position(result, x): result.law(law).bound for result in results}
    return Line("bound", "bound", tuple(sorted(values)), tuple(scale * values[p] for p in sorted(values)))


def _ticks(results: Sequence[CellResult], x: str) -> tuple[tuple[float, str], ...]:
    if x == "alpha":
        found = sorted({(r.cell.config.alpha, r.cell.config.negatives) for r in results})
        return tuple((alpha, f"{alpha:.2g}<br>k = {k}") for alpha, k in found)
    return tuple((p, f"{p:,.0f}") for p in sorted({_position(result, x) for result in results}))


def _finding(results: Sequence[CellResult], x: str, law: str) -> str:
    """What the picture shows, in one sentence made from its numbers."""

    def share(result: CellResult) -> float:
        scores = result.law(law)
        return scores.score / scores.bound if scores.bound > 0 else 1.0

    best = max(results, key=share)
    at = best.cell.config
    if share(best) <= 0:
        return "No model here beats knowing the class ratio alone"
    if x == "dimension":
        lengths = [r.cell.config.epochs for r in results]
        short = max((r for r in results if r.cell.config.epochs == min(lengths)), key=share).cell.config
        long = max((r for r in results if r.cell.config.epochs == max(lengths)), key=share)
        if short.dimension < long.cell.config.dimension:
            return (
                f"More dimensions pay only with more training: best is d = {short.dimension} after "
                f"{_epochs(short.epochs)}, d = {long.cell.config.dimension} after {_epochs(long.cell.config.epochs)} "
                f"({percent(share(long))} of the bound)"
            )
    else:
        other = "dimension" if x == "epochs" else "epochs"
        line = [r for r in results if r.cell.config.dimension == at.dimension]
        line = [r for r in line if x == "epochs" or getattr(r.cell.config, other) == getattr(at, other)]
        first, last = min(line, key=lambda r: _position(r, x)), max(line, key=lambda r: _position(r, x))
        if _position(first, x) < _position(last, x):
            first_at, last_at = (
                f"after {_epochs(r.cell.config.epochs)}" if x == "epochs" else f"at k = {r.cell.config.negatives}"
                for r in (first, last)
            )
            return (
                f"With d = {at.dimension} a model reaches {percent(share(first))} of its bound {first_at} and "
                f"{percent(share(last))} {last_at}"
            )
    return f"The best model reaches {percent(share(best))} of the bound: d = {at.dimension}, {_epochs(at.epochs)}"


def _epochs(count: float) -> str:
    return "1 epoch" if count == 1 else f"{count:,.0f} epochs"


def _made_of(result: CellResult, law: str, *, with_negatives: bool) -> str:
    """The corpus and the law that a picture's numbers belong to."""
    config, manifest = result.cell.config, result.manifest
    window = f"{'dynamic ' if config.dynamic else ''}window {config.window}"
    noise = f"q = {config.noise_name if law == 'word2vec' else 'context marginal'}"
    negatives = f"k = {config.negatives} · " if with_negatives else ""
    return (
        f"{manifest.corpus_name}: {manifest.tokens:,} tokens, V = {manifest.vocabulary_size:,} · {window}, "
        f"subsample {config.subsample:g} · {negatives}{noise}"
    )


# --- one training, epoch by epoch --------------------------------------------------------------------------------


def climb_data(
    history: Sequence[EpochScore],
    epochs: int,
    bound: float,
    ceiling: float,
    *,
    made_of: str = "",
    unit: str = "nats",
) -> Chart:
    """Exact S(m) after every epoch, climbing towards the bound of its own law.

    Parameters
    ----------
    history : EpochScore, possibly none yet
    epochs : int
        How many there will be: the width of the picture, so that it does not jump while the training runs.
    bound, ceiling : float
        JS_α of the law the scores belong to, and h(α); nats.
    made_of : str
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

    def level(label: str, value: float, place: str, role: str = "muted") -> Line:
        dash = "solid" if role == "bound" else "dot"
        ends = (0.0, float(epochs))
        return Line(f"{number(scale * value)}: {label}", role, ends, (scale * value,) * 2, dash=dash, place=place)

    lines = [
        level("all there is to know", bound, "above", "bound"),
        level(RATE_LINE, 0.0, "below end"),
        level("the zero matrix", ceiling - math.log(2), "below end"),
    ]
    if ceiling < 2 * bound:
        lines.append(level("h(α), where the class would be certain", ceiling, "above"))
    if history:
        passed = tuple(float(point.epoch) for point in history)
        lines.append(Line("S", "trained", passed, tuple(scale * point.score for point in history)))
    return Chart(
        _progress(history, epochs, bound, unit), made_of, "epoch", f"score S ({unit} per draw of W)", tuple(lines)
    )


def _progress(history: Sequence[EpochScore], epochs: int, bound: float, unit: str) -> str:
    if not history:
        return "The training has not reached its first score yet"
    last = history[-1]
    done = f"After {_epochs(epochs)}" if last.epoch == epochs else f"After {last.epoch} of {_epochs(epochs)}"
    if last.epoch == 0:
        return "Before training the model is the zero matrix"
    if last.score < 0:
        return f"{done} the model is still worse than knowing the class ratio alone"
    gap = f"the gap is {number(scale_of(unit) * last.gap)} {unit}"
    share = last.score / bound if bound > 0 else 1.0
    return f"{done} the model has {percent(share)} of what there is to know; {gap}"


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
    made_of: str = "",
    unit: str = "nats",
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
    made_of : str
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
        made_of,
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
    made_of: str = "",
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
    made_of : str
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
        made_of,
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
    made_of: str = "",
    unit: str = "nats",
) -> Bars:
    """How PMI is spread over the positive pairs: each pair that occurs, weighted by p(x, y).

    Parameters
    ----------
    edges : n + 1 floats, nats
    shares : n floats
        The share of the positive pairs in each bin.
    negatives : int
        k; the mark at log k is where the best score PMI − log k changes sign.
    made_of : str
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
        made_of,
        f"PMI = log p(x, y) / p(x)p(y)  ({unit})",
        "share of the positive pairs",
        tuple(scale * float(edge) for edge in edges),
        tuple(map(float, shares)),
        (Mark("chance", 0.0), Mark(f"log k, k = {negatives}", scale * math.log(negatives))),
    )
