"""What a gap is made of, as figures: the two prices on the ladder, stacked, and what one more dimension gains.

S*_d, the best score known at rank d, lies between the bound and every training: what is above it is the price of rank
(at most), what is below it the price of training (at least). A rank keeps one colour and a training another. Computes
nothing beyond arranging; all values come in as nats.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from jsmi_core.errors import ParameterError
from jsmi_core.experiments import LawName
from jsmi_core.figures.charts import Band, Chart, Line
from jsmi_core.figures.formatting import Unit, in_epochs, number, percent, scale_of

if TYPE_CHECKING:
    from jsmi_core.experiments import CellResult, Split
    from jsmi_core.lowrank import Baseline


Best = Mapping[tuple[int, int], float]
"""(negatives, dimension) → nats: see jsmi_core.experiments.split.searched."""
Compared = Mapping[tuple[int, int], Sequence["Baseline"]]
"""(negatives, dimension) → baselines, as a search keeps them."""

Quantity = Literal["score", "gap"]
QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)
Axis = Literal["dimension", "epochs", "alpha"]
AXES: Mapping[Axis, str] = {
    "dimension": "dimension d",
    "epochs": "epochs (passes over the text)",
    "alpha": "α = 1/(k+1), share of positive pairs",
}
AT_MOST = "price of rank at most, of training at least what is drawn"
SHORT_NAMES = {
    "PMI": "PMI within ±6",
    "correspondence": "corresp. analysis",
    "SVD": "SVD of SPPMI",
    "shifted": "SPPMI, full rank",
    "zero": "zero matrix",
}  # the constant −log k is left out: it is the zero line itself
LABEL_ROOM = 0.07  # of the picture's height
MOST_LABELS = 3  # of levels, beside those of as many trained lines


# --- on the ladder -------------------------------------------------------------------------------------------------


class Place(NamedTuple):
    """A point of a level on the ladder: where, its score, and the bound there; nats."""

    x: float
    score: float
    bound: float


def rank_lines(
    results: Sequence[CellResult],
    trained: Sequence[Line],
    best: Best,
    *,
    x: Axis,
    law: LawName,
    quantity: Quantity,
    scale: float,
) -> tuple[tuple[Line, ...], tuple[Band, ...]]:
    """S*_d between the bound and the trained lines, and the two prices of the largest, longest trained one.

    Against the dimension it is one curve; against epochs or α there is one level for each dimension.
    """
    lines: list[Line] = []
    bands: tuple[Band, ...] = ()
    for dimension, line in _longest(results, trained, x).items():
        places = _places(results, line, x, law, best)
        if places:
            heights = tuple(_height(place, quantity, scale) for place in places)
            name = "best rank-d" if x == "dimension" else f"best, d = {dimension:,}"
            lines.append(Line(name, "rank", tuple(place.x for place in places), heights))
            bands = _prices(places, heights, line, quantity, scale)
    lines[:-1] = [line._replace(dash="dot") for line in lines[:-1]]  # the bands are of the last one
    if x == "epochs":
        lines = _labelled_inside(lines, [y for line in (*trained, *lines) for y in line.y])
    elif len(lines) > MOST_LABELS:
        lines[:-1] = [line._replace(place="") for line in lines[:-1]]
    return tuple(lines), bands


def baseline_lines(
    results: Sequence[CellResult],
    trained: Sequence[Line],
    compared: Compared,
    *,
    x: Axis,
    law: LawName,
    quantity: Quantity,
    scale: float,
) -> tuple[Line, ...]:
    """What other matrices score, at the dimension of the largest, longest trained line or at every one."""
    longest = _longest(results, trained, x)
    if not longest or not compared:
        return ()
    lines = []
    for name, scores in by_name(compared).items():
        places = _places(results, longest[max(longest)], x, law, scores)
        if places:
            heights = tuple(_height(place, quantity, scale) for place in places)
            lines.append(Line(name, "muted", tuple(place.x for place in places), heights, dash="dash"))
    return tuple(lines)


def by_name(compared: Compared) -> dict[str, dict[tuple[int, int], float]]:
    """The scores of each baseline, under a short name, by (k, d)."""
    found: dict[str, dict[tuple[int, int], float]] = {name: {} for name in SHORT_NAMES.values()}
    for place, baselines in compared.items():
        for baseline in baselines:
            for word, name in SHORT_NAMES.items():
                if baseline.name.startswith(word):
                    found[name][place] = baseline.score
    return {name: scores for name, scores in found.items() if scores}


def _longest(results: Sequence[CellResult], trained: Sequence[Line], x: Axis) -> dict[int, Line]:
    """The longest training's line at each dimension, rising; against the dimension, the one of all."""
    if x == "dimension":
        return {0: trained[-1]}
    dimensions = {result.id: result.cell.config.dimension for result in results}
    return dict(sorted({dimensions[line.ids[0]]: line for line in trained}.items()))


def _places(results: Sequence[CellResult], line: Line, x: Axis, law: LawName, scores: Best) -> list[Place]:
    """Where scores by (k, d) stand beside a trained line; against the dimension, at each dimension there is."""
    if x == "dimension":
        k, bound = results[0].cell.config.negatives, results[0].law(law).bound
        return [Place(float(d), score, bound) for (k_of, d), score in sorted(scores.items()) if k_of == k]
    by_id = {result.id: result for result in results}
    places = []
    for position, name in zip(line.x, line.ids, strict=True):
        config = by_id[name].cell.config
        if (config.negatives, config.dimension) in scores:
            score = scores[config.negatives, config.dimension]
            places.append(Place(position, score, by_id[name].law(law).bound))
    return places


def _height(place: Place, quantity: Quantity, scale: float) -> float:
    return scale * (place.bound - place.score if quantity == "gap" else place.score)


def _prices(
    places: Sequence[Place], heights: Sequence[float], trained: Line, quantity: Quantity, scale: float
) -> tuple[Band, ...]:
    """The band between a level and the bound, and the band from it to its trained line."""
    level = dict(zip((place.x for place in places), heights, strict=True))
    above = [(place.x, level[place.x], 0.0 if quantity == "gap" else scale * place.bound) for place in places]
    below = [(x, level[x], y) for x, y in zip(trained.x, trained.y, strict=True) if x in level]
    return tuple(
        Band(
            label,
            role,
            tuple(x for x, _, _ in corners),
            tuple(min(a, b) for _, a, b in corners),
            tuple(max(a, b) for _, a, b in corners),
        )
        for label, role, corners in (("price of rank", "rank", above), ("price of training", "trained", below))
        if len(corners) > 1
    )


def _labelled_inside(lines: Sequence[Line], heights: Sequence[float]) -> list[Line]:
    """Level lines named above their middle, the largest dimension first, none where it would cover another's name.

    Trained lines end near the levels, and the bands have their names at the start.
    """
    room = LABEL_ROOM * (max(heights) - min(heights)) if heights else 0.0
    taken: list[float] = []
    placed = []
    for line in reversed(lines):
        free = all(abs(line.y[0] - y) > room for y in taken)
        taken += [line.y[0]] if free else []
        placed.append(line._replace(place="above middle" if free else ""))
    return placed[::-1]


# --- stacked -------------------------------------------------------------------------------------------------------


def split_points(results: Iterable[CellResult], splits: Mapping[str, Split], x: Axis, of: int) -> dict[float, Split]:
    """The splits of one line of trainings, by their place on an axis.

    Parameters
    ----------
    results : CellResult
    splits : id → Split
        From jsmi_core.experiments.split.splits; trainings without one are left out.
    x : "dimension", "epochs" or "alpha"
    of : int
        The epochs of the line against the dimension, its dimension against the others. Against α, the longest
        trainings of that dimension at each k.

    Returns
    -------
    dict of position → Split
        Of the mean score over seeds.
    """
    fixed = "epochs" if x == "dimension" else "dimension"
    groups: dict[float, list[CellResult]] = {}
    for result in results:
        config = result.cell.config
        if result.id in splits and getattr(config, fixed) == of:
            groups.setdefault(float(getattr(config, x)), []).append(result)
    points = {}
    for position, found in sorted(groups.items()):
        most = max(result.cell.config.epochs for result in found)
        seeds = [splits[result.id] for result in found if x == "epochs" or result.cell.config.epochs == most]
        points[position] = seeds[0].at(math.fsum(split.score for split in seeds) / len(seeds))
    return points


def split_data(
    points: Mapping[float, Split],
    x: Axis = "epochs",
    *,
    subtitle: str = "",
    unit: Unit = "nats",
    ticks: Sequence[tuple[float, str]] = (),
) -> Chart:
    """The gap as price of rank plus price of training, stacked; the two add up to the gap at every point.

    Parameters
    ----------
    points : position → Split, one or more
        As from :func:`split_points`, or of one training at each of its epochs.
    x : "dimension", "epochs" or "alpha"
    subtitle : str
        The subtitle.
    unit : "nats" or "bits"
    ticks : (position, text), optional
        Where and how to label the axis, which is logarithmic then.

    Returns
    -------
    Chart

    Raises
    ------
    ParameterError
        If there is no point.

    Examples
    --------
    >>> from jsmi_core.experiments import Split
    >>> split_data({1.0: Split(0.5, 0.375, 0.0), 2.0: Split(0.5, 0.375, 0.25)}).bands[0].high
    (0.125, 0.125)
    """
    if not points:
        raise ParameterError("there is no split to draw: search the best embedding of this dimension first.")
    scale = scale_of(unit)
    positions = tuple(sorted(points))
    rank = tuple(scale * points[p].price_of_rank for p in positions)
    gap = tuple(scale * (points[p].price_of_rank + points[p].price_of_training) for p in positions)
    nothing = (0.0,) * len(positions)
    several = len(positions) > 1
    return Chart(
        title=_split_title(points, x, unit),
        subtitle=f"{subtitle} · {AT_MOST}" if subtitle else AT_MOST,
        x_name=AXES[x],
        y_name=f"gap ({unit} per draw of W)",
        lines=(
            Line("" if several else "price of rank", "rank", positions, rank),
            Line("gap", "trained", positions, gap),
        ),
        bands=(
            Band("price of rank", "rank", positions, nothing, rank),
            Band("price of training", "trained", positions, rank, gap),
        )
        if several
        else (),
        ticks=tuple(ticks),
        log_x=bool(ticks),
        y_range=(0.0, 1.08 * max(gap) or 1.0),
    )


def _split_title(points: Mapping[float, Split], x: Axis, unit: Unit) -> str:
    """What the stacked split shows, in one sentence made from its numbers."""
    first, last = min(points), max(points)
    rank, training = (
        [scale_of(unit) * getattr(points[p], price) for p in (first, last)]
        for price in ("price_of_rank", "price_of_training")
    )
    if x == "alpha":
        shares = [percent(r / (r + t)) if r + t > 0 else "0 %" for r, t in zip(rank, training, strict=True)]
        ks = [round(1 / p - 1) for p in (first, last)]
        if first == last:
            return f"At k = {ks[0]} the dimension costs up to {shares[0]} of the gap"
        return f"The dimension costs up to {shares[1]} of the gap at k = {ks[1]}, and up to {shares[0]} at k = {ks[0]}"
    if first == last:
        after = f"After {in_epochs(last)}" if x == "epochs" else f"At d = {last:,.0f}"
        return (
            f"{after} the gap of {number(rank[1] + training[1])} {unit} is at most {number(rank[1])} for the dimension,"
            f" at least {number(training[1])} for the training"
        )

    def course(price: Sequence[float]) -> str:
        return f"{'falls' if price[1] < price[0] else 'grows'} from {number(price[0])} to {number(price[1])}"

    if x == "epochs":
        stays = f"that of rank is {number(rank[1])} however long it is trained"
        return f"From epoch {first:,.0f} to {last:,.0f} the price of training {course(training)} {unit}; {stays}"
    return (
        f"From d = {first:,.0f} to {last:,.0f} the price of rank {course(rank)} {unit}, that of training "
        f"{course(training)}"
    )


# --- the next dimension --------------------------------------------------------------------------------------------


def gain_data(
    best: Mapping[int, float],
    *,
    others: Mapping[str, Mapping[int, float]] | None = None,
    subtitle: str = "",
    unit: Unit = "nats",
) -> Chart:
    """What one more dimension gains: (S*_d' − S*_d)/(d' − d) between neighbouring searched dimensions d < d'.

    Parameters
    ----------
    best : dimension → S*_d in nats, two or more
    others : name → (dimension → score), optional
        Other matrices of limited rank, drawn in the same way.
    subtitle : str
        The subtitle.
    unit : "nats" or "bits"

    Returns
    -------
    Chart

    Raises
    ------
    ParameterError
        If fewer than two dimensions were searched.

    Examples
    --------
    >>> gain_data({8: 0.125, 16: 0.25, 32: 0.3125}).lines[0].y
    (0.015625, 0.00390625, 0.00390625)
    """
    if len(best) < 2:
        raise ParameterError("one more dimension needs two to compare: search the best embedding of more dimensions.")
    scale = scale_of(unit)
    lines = [Line("best rank-d", "rank", *_steps(best, scale), steps=True)]
    for name, scores in (others or {}).items():
        if len(set(scores.values())) > 1:  # a matrix of every rank, or of none, gains nothing
            lines.append(Line(name, "muted", *_steps(scores, scale), dash="dash", steps=True))
    x, y = lines[0].x, lines[0].y
    title = f"Each dimension between {x[0]:,.0f} and {x[1]:,.0f} is worth {number(y[0])} {unit}"
    if len(x) > 2:
        title += f", between {x[-2]:,.0f} and {x[-1]:,.0f} only {number(y[-1])}" if y[-1] < y[0] else ""
    values = [value for line in lines for value in line.y]
    return Chart(
        title=title,
        subtitle=f"{subtitle} · differences of best scores known" if subtitle else "differences of best scores known",
        x_name=AXES["dimension"],
        y_name=f"score gained by one more dimension ({unit})",
        lines=tuple(lines),
        ticks=tuple((d, f"{d:,.0f}") for d in x),
        log_x=True,
        y_range=(1.1 * min(0.0, *values), 1.1 * max(values) or 1.0),
    )


def _steps(scores: Mapping[int, float], scale: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Dimensions and the gain of each one from there to the next; the last is repeated where the last step ends."""
    dimensions = sorted(scores)
    gains = [scale * (scores[high] - scores[low]) / (high - low) for low, high in pairwise(dimensions)]
    return tuple(map(float, dimensions)), (*gains, gains[-1])
