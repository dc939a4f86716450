"""Figures of "Does the gap matter?": results → frozen tuples, as in measure.py. Computes nothing beyond arranging."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from jsmi_core import checks
from jsmi_core.embeddings import Usefulness
from jsmi_core.experiments import LawName, RankResult, Result
from jsmi_core.figures.charts import Chart, Line
from jsmi_core.figures.formatting import Unit, in_epochs, number, percent, scale_of

TEST_NAMES: Mapping[str, str] = {
    "wordsim353": "relatedness (WordSim-353)",
    "simlex999": "similarity (SimLex-999)",
    "analogies": "analogies",
}
BEST_RANK = "best rank-d"


class Judged(NamedTuple):
    """A stored result and what its word vectors reach on one test set."""

    result: Result
    found: Usefulness

    @property
    def value(self) -> float:
        """What it reached; 0 where too few items are covered."""
        return self.found.value or 0.0


def usefulness_data(
    judged: Sequence[Judged], x: str = "gap", *, law: LawName = "word2vec", subtitle: str = "", unit: Unit = "nats"
) -> Chart:
    """What models reach on a test set, against their gap or their dimension; seeds become bands.

    Error bars are standard errors of the test: from one set of items to another of that size, values move so much.

    Parameters
    ----------
    judged : Judged, one or more with a value
        Of one corpus, one law and one test set.
    x : "gap" or "dimension"
    law : "word2vec" or "paper"
        Whose gap.
    subtitle : str
        The subtitle.
    unit : "nats" or "bits"
        Of the gap.

    Returns
    -------
    Chart
    """
    checks.one_of("x", x, ("gap", "dimension"))
    groups: dict[tuple[int, str], dict[int, list[Judged]]] = {}
    for model in judged:
        groups.setdefault(_kind(model.result), {}).setdefault(model.result.cell.config.dimension, []).append(model)
    lines = [
        _line(label, rank, groups[rank, label], (x, law, scale_of(unit)), shade=i / len(groups))
        for i, (rank, label) in enumerate(sorted(groups), start=1)
    ]
    places = [place for line in lines for place in line.x]
    zero = Line(_nothing(judged[0].found), "muted", (min(places), max(places)), (0.0, 0.0), dash="dot", place="below")
    dimensions = sorted({float(model.result.cell.config.dimension) for model in judged})
    return Chart(
        _finding(judged, law),
        subtitle,
        f"gap to the bound ({unit} per draw of W)" if x == "gap" else "dimension d",
        "share of analogies solved" if judged[0].found.test == "analogies" else "Spearman's correlation with people",
        (zero, *lines),
        ticks=tuple((d, f"{d:,.0f}") for d in dimensions) if x == "dimension" else (),
        log_x=x == "dimension",
    )


def _kind(result: Result) -> tuple[int, str]:
    """What makes a line: trainings of one length, in their order, or the searches."""
    if isinstance(result, RankResult):
        return 0, BEST_RANK
    epochs: int = result.cell.config.epochs  # type: ignore[union-attr]  # of a training
    return epochs, in_epochs(epochs)


def _line(
    label: str, order: int, dimensions: Mapping[int, Sequence[Judged]], axis: tuple[str, LawName, float], shade: float
) -> Line:
    """One line: a point for each dimension, the mean over its seeds."""
    x, law, scale = axis
    points = []
    for dimension, seeds in dimensions.items():
        values = [seed.value for seed in seeds]
        gap = scale * math.fsum(seed.result.law(law).gap for seed in seeds) / len(seeds)
        place = gap if x == "gap" else float(dimension)
        error = seeds[0].found.standard_error or 0.0
        points.append((place, math.fsum(values) / len(values), min(values), max(values), error, seeds[0].result.id))
    places, means, low, high, errors, ids = zip(*sorted(points), strict=True)
    banded = any(len(seeds) > 1 for seeds in dimensions.values())
    role = "trained" if order else "rank"
    bands = (low, high) if banded else ((), ())
    return Line(
        label, role, places, means, *bands, ids=ids, shade=shade, error=errors, place="end" if order else "above"
    )


def _nothing(found: Usefulness) -> str:
    return "0: none solved" if found.test == "analogies" else "0: no relation to what people say"


def _finding(judged: Sequence[Judged], law: LawName) -> str:
    """Whether the model with the smallest gap is the most useful one: two standard errors apart, or not told apart."""
    closest = min(judged, key=lambda model: model.result.law(law).gap)
    best = max(judged, key=lambda model: model.value)
    error = best.found.standard_error or 0.0
    shown = percent if best.found.test == "analogies" else number
    reaches = f"{shown(closest.value)} against {shown(best.value)}"
    if best.value - min(model.value for model in judged) <= 2 * error and len(judged) > 1:
        items = f"{best.found.found:,} items cannot tell these models apart"
        return f"{items}: the smallest gap reaches {shown(closest.value)}, the best {shown(best.value)}"
    if best is closest or closest.value == best.value:
        return f"The smallest gap goes with the best {TEST_NAMES[best.found.test]} here: {shown(best.value)}"
    if best.value - closest.value <= 2 * error:
        return f"The smallest gap does as well as the best, as far as {best.found.found:,} items can tell: {reaches}"
    return f"The smallest gap is not the most useful: {reaches} for {_settings(best.result)}"


def _settings(result: Result) -> str:
    kind = _kind(result)[1]
    return f"d = {result.cell.config.dimension:,}, {kind}"
