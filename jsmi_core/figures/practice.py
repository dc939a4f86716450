"""Figures of "From theory to practice": results → frozen tuples, as in measure.py. Computes nothing beyond arranging.

All values come in as nats; ``unit="bits"`` converts for display.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from jsmi_core.figures.charts import Chart, Line, Stair, Stairs
from jsmi_core.figures.formatting import Unit, in_epochs, number, of_bound, percent, scale_of

if TYPE_CHECKING:
    from jsmi_core.experiments import LawStep, SampledScore


NAMES: Mapping[str, str] = {
    "paper": "the paper's law",
    "window": "dynamic window",
    "subsample": "subsampling",
    "noise": "noise counts^γ",
    "skip": "skipped targets",
    "reach": "reach of ±6",
    "epochs": "few epochs",
}


class Reached(NamedTuple):
    """What is known of one run at the end of the walk, under its last law: the best score at its rank, and its own."""

    dimension: int
    epochs: int
    best_known: float | None
    score: float


def stairs_data(
    steps: Sequence[LawStep],
    scores: Mapping[str, float],
    reached: Reached | None = None,
    *,
    subtitle: str = "",
    unit: Unit = "nats",
) -> Stairs:
    """The bound after each departure, and the score of a model that was trained under that law.

    Parameters
    ----------
    steps : LawStep, the paper's first
    scores : step's name → score in nats
        Of the models trained under the laws, as far as there are any.
    reached : Reached, optional
        Leads from the last bound down to the score of the run: by its rank, where that price is known, and by its
        training.
    subtitle : str
        The subtitle.
    unit : "nats" or "bits"

    Returns
    -------
    Stairs
    """
    scale = scale_of(unit)
    stairs, level = [], 0.0
    for step in steps:
        model = scores.get(step.name)
        after = scale * step.bound
        stairs.append(Stair(NAMES[step.name], "bound", level, after, None if model is None else scale * model))
        level = after
    if reached is not None:
        if reached.best_known is not None:
            stairs.append(Stair(f"d = {reached.dimension:,}", "rank", level, scale * reached.best_known))
            level = scale * reached.best_known
        known = "" if reached.best_known is not None else f"d = {reached.dimension:,}, "
        label = f"{known}{in_epochs(reached.epochs)}"
        stairs.append(Stair(label, "trained", level, scale * reached.score, scale * reached.score))
    x_name = f"bound and score ({unit} per draw of W)"
    return Stairs(_walked(steps, unit), subtitle, x_name, "", "S of a model trained so", tuple(stairs))


def _walked(steps: Sequence[LawStep], unit: Unit) -> str:
    scale = scale_of(unit)
    first, last = steps[0], steps[-1]
    if len(steps) == 1:
        return f"Under the paper's law there are {number(scale * first.bound)} {unit} to know"
    changes = {b.name: b.bound - a.bound for a, b in pairwise(steps)}
    largest = max(changes, key=lambda name: abs(changes[name]))
    return (
        f"From the paper's law to word2vec's the bound goes from {number(scale * first.bound)} to "
        f"{number(scale * last.bound)} {unit}; most of that is {NAMES[largest]}"
    )


# --- who gains mass --------------------------------------------------------------------------------------------------


def mass_data(
    before: LawStep,
    after: LawStep,
    words: Sequence[tuple[float, float]],
    negatives: Sequence[tuple[float, float]],
    *,
    subtitle: str = "",
) -> Chart:
    """By how much one departure moves mass between frequent and rare words, in real pairs and in negatives.

    Parameters
    ----------
    before, after : LawStep
    words, negatives : (rank, mass after / mass before)
        As :func:`jsmi_core.experiments.departures.mass_shift` gives them for p(x) and for the negatives.
    subtitle : str
        The subtitle.

    Returns
    -------
    Chart
    """
    together = all(math.isclose(p, q, rel_tol=1e-9) for (_, p), (_, q) in zip(words, negatives, strict=True))
    lines = [Line("unchanged", "muted", tuple(x for x, _ in words), (1.0,) * len(words), dash="dot", place="above")]
    if not together:
        lines.append(Line("as negatives", "muted", *_columns(negatives), dash="dash", place="above end"))
    label = "in real pairs" + (" and as negatives" if together else "")
    lines.append(Line(label, "data", *_columns(words), place="below end"))
    return Chart(
        _moved(before, after),
        subtitle,
        "rank of the word (1 = most frequent)",
        "mass after ÷ mass before",
        tuple(lines),
        log_x=True,
        y_range=(0.0, 1.1 * max(ratio for _, ratio in (*words, *negatives))),
    )


def _columns(pairs: Sequence[tuple[float, float]]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return tuple(x for x, _ in pairs), tuple(y for _, y in pairs)


def _moved(before: LawStep, after: LawStep, top: int = 10) -> str:
    """What the departure does to the most frequent words: in real pairs if it moves those, else as negatives."""
    name = NAMES[after.name].capitalize() if after.name != "noise" else "Noise counts^γ"
    for of, masses in (("of all real pairs", "words"), ("of all negatives", "negatives")):
        was, now = (float(getattr(step, masses)[:top].sum()) for step in (before, after))
        if abs(now - was) > 1e-4:
            change = "fall" if now < was else "rise"
            return f"{name}: the {top} most frequent words {change} from {percent(was)} to {percent(now)} {of}"
    return f"{name}: no word is drawn more or less often than before"


# --- the two functions of k ------------------------------------------------------------------------------------------


def sampled_data(
    found: Sequence[SampledScore], exact: float, bound: float, *, subtitle: str = "", unit: Unit = "nats"
) -> Chart:
    """The sampled score closing in on the exact one as pairs are drawn, with its standard error, for one k and n.

    Parameters
    ----------
    found : SampledScore of one number of draws, rising pairs
    exact, bound : float, nats
        S of the same model under the same law, and its bound.
    subtitle : str
        The subtitle.
    unit : "nats" or "bits"

    Returns
    -------
    Chart
    """
    scale = scale_of(unit)
    x = tuple(float(sample.pairs) for sample in found)
    y = tuple(scale * sample.estimate for sample in found)
    errors = tuple(scale * sample.standard_error for sample in found)
    last = found[-1]
    return Chart(
        f"{last.pairs:,} pairs with {last.draws:,} negative{'s' if last.draws > 1 else ''} each tell the score to "
        f"±{number(errors[-1])} {unit}; the exact sum is {number(scale * exact)}",
        subtitle,
        "real pairs drawn",
        f"score S ({unit} per draw of W)",
        (
            Line("bound", "bound", x, (scale * bound,) * len(x), place="above"),
            Line("exact: all pairs", "muted", x, (scale * exact,) * len(x), dash="dash", place="below end"),
            Line("sampled, ± its error", "trained", x, y, error=errors, place="above end"),
        ),
        ticks=tuple((value, f"{value:,.0f}") for value in x),
        log_x=True,
    )


def draws_data(
    reached: Sequence[tuple[int, float]],
    negatives_per_epoch: float,
    bound: float,
    best_known: float | None = None,
    *,
    subtitle: str = "",
    unit: Unit = "nats",
) -> Chart:
    """Trainings at one α that drew more and more negatives, below what endless draws could reach.

    Parameters
    ----------
    reached : (epochs, score in nats), rising epochs
        Each a training of its own.
    negatives_per_epoch : float
        k times the expected pairs of one epoch.
    bound : float, nats
    best_known : float, nats, optional
        The best score known at the same rank.
    subtitle : str
        The subtitle.
    unit : "nats" or "bits"

    Returns
    -------
    Chart
    """
    scale = scale_of(unit)
    x = tuple(epochs * negatives_per_epoch for epochs, _ in reached)
    y = tuple(scale * score for _, score in reached)
    lines = [Line("bound", "bound", x, (scale * bound,) * len(x), place="above")]
    best = max(reached, key=lambda point: point[1])
    title = f"At one α, {in_epochs(best[0])} of draws bring the training to {of_bound(best[1], bound)} of its bound"
    if bound <= 0:
        title = "There is nothing to know here, however many pairs are drawn"
    if best_known is not None:
        lines.append(Line("best rank-d: endless draws", "rank", x, (scale * best_known,) * len(x), place="above"))
        title += f", {of_bound(best[1], best_known)} of what endless draws could reach" if best_known > 0 else ""
    lines.append(Line("trained", "trained", x, y, place="below end"))
    return Chart(
        title,
        subtitle,
        "negatives drawn in the whole training",
        f"score S ({unit} per draw of W)",
        tuple(lines),
        ticks=tuple((value, f"{_short(value)}\n{epochs:,} ep.") for value, (epochs, _) in zip(x, reached, strict=True)),
        log_x=True,
    )


def _short(count: float) -> str:
    """A large count as people say it."""
    return f"{count / 1e6:.3g} M" if count >= 1e6 else f"{count:,.0f}"
