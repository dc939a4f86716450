"""Trainings under the bounds of the very pairs that they drew: the paper's figure by its footnote 2."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from jsmi_core.errors import ParameterError
from jsmi_core.figures.charts import Chart, Line
from jsmi_core.figures.formatting import Unit, in_epochs, number, of_bound, scale_of
from jsmi_core.figures.ladder import subtitle_of, ticks

if TYPE_CHECKING:
    from jsmi_core.experiments import CellResult


def drawn_data(results: Sequence[CellResult], *, unit: Unit = "nats") -> Chart:
    """Exact scores and bounds of p as it was drawn, against epochs, beside the bound of the expected pairs.

    Parameters
    ----------
    results : CellResult, one or more
        Of one corpus and law and one number of negatives, each of a cell that asked for its drawn pairs. Of several
        seeds the means are drawn.
    unit : "nats" or "bits"

    Returns
    -------
    Chart

    Raises
    ------
    ParameterError
        If there are no results, or one was not scored by the pairs that it drew.
    """
    if not results:
        raise ParameterError("there are no trainings to draw: give at least one.")
    scale = scale_of(unit)
    bounds = _means({(run.cell.config.epochs, run.id): scale * run.law("drawn").bound for run in results})
    epochs = tuple(bounds)
    expected = scale * results[0].paper.bound
    dimensions = sorted({run.cell.config.dimension for run in results})
    lines = [
        Line("bound of the pairs drawn", "bound", epochs, tuple(bounds.values()), place="above"),
        Line("bound of the expected pairs", "muted", epochs, (expected,) * len(epochs), dash="dash", place="below"),
    ]
    for rank, dimension in enumerate(dimensions, start=1):
        of_dimension = [run for run in results if run.cell.config.dimension == dimension]
        scores = _means({(run.cell.config.epochs, run.id): scale * run.law("drawn").score for run in of_dimension})
        ids = {run.cell.config.epochs: run.id for run in reversed(of_dimension)}
        lines.append(
            Line(
                f"d = {dimension:,}",
                "trained",
                tuple(scores),
                tuple(scores.values()),
                ids=tuple(ids[int(x)] for x in scores),
                shade=rank / len(dimensions),
            )
        )
    return Chart(
        _finding(results, bounds, expected, unit),
        f"{subtitle_of(results[0], 'drawn', with_negatives=True)} of the pairs that each training drew",
        "epochs",
        f"score S ({unit} per draw of W)",
        tuple(lines),
        ticks=ticks(results, "epochs"),
        log_x=True,
    )


def _means(values: Mapping[tuple[int, str], float]) -> dict[float, float]:
    """The mean at each number of epochs, rising."""
    at: dict[float, list[float]] = {}
    for (epochs, _), value in values.items():
        at.setdefault(float(epochs), []).append(value)
    return {epochs: math.fsum(at[epochs]) / len(at[epochs]) for epochs in sorted(at)}


def _finding(results: Sequence[CellResult], bounds: Mapping[float, float], expected: float, unit: Unit) -> str:
    """What the picture shows, in one sentence made from its numbers."""
    few, many = min(bounds), max(bounds)
    if bounds[few] > bounds[many] > expected:
        return (
            f"The fewer the draws, the higher their bound: {number(bounds[few])} {unit} after {in_epochs(int(few))}, "
            f"{number(bounds[many])} after {int(many)}, {number(expected)} for the expected pairs"
        )
    best = max(results, key=lambda run: run.law("drawn").score)
    law, config = best.law("drawn"), best.cell.config
    reached = of_bound(law.score, law.bound)
    return f"Of the bound of what it drew, d = {config.dimension} after {in_epochs(config.epochs)} has {reached}"
