"""Runs side by side as a figure: how their scores climbed, or how far each is ahead of the first."""

from __future__ import annotations

from collections.abc import Sequence

from jsmi_core.experiments import CellResult, Comparison, Result
from jsmi_core.figures.charts import Chart, Line
from jsmi_core.figures.formatting import Unit, in_epochs, number, scale_of


def names(found: Comparison) -> tuple[str, ...]:
    """What tells each run from the others: its values of the settings that differ.

    Returns
    -------
    tuple of str
        One for each result; the first digits of the id where no setting differs.
    """
    parts = [
        ", ".join(f"{name} {row[i]}" for name, row in found.settings.items() if row[i] is not None)
        for i in range(len(found.results))
    ]
    return tuple(part or result.id[:8] for part, result in zip(parts, found.results, strict=True))


def curves_data(found: Comparison, *, difference: bool = False, unit: Unit = "nats") -> Chart | None:
    """S after every epoch of each training; or that minus the first one's, at the epochs that both have.

    Parameters
    ----------
    found : Comparison
        Its trainings are drawn; best ranks have no epochs.
    difference : bool
        Of S under the law of the trainings' own noise; only trainings of the first one's law have one.
    unit : "nats" or "bits"

    Returns
    -------
    Chart or None
        None where there is nothing to draw.
    """
    scale, label = scale_of(unit), dict(zip((run.id for run in found.results), names(found), strict=True))
    trained = [run for run in found.results if isinstance(run, CellResult)]
    if difference:
        trained = _of_one_law(found, trained)
    if len(trained) < 2:
        return None
    curves = {run.id: {moment.epoch: scale * moment.score for moment in run.history} for run in trained}
    first = curves[trained[0].id]
    if difference:
        curves = {
            id_: {epoch: s - first[epoch] for epoch, s in curve.items() if epoch in first}
            for id_, curve in curves.items()
        }
    shades = [1 - i / len(trained) for i in range(len(trained))]
    lines = tuple(
        Line(
            label[run.id],
            "trained",
            tuple(float(epoch) for epoch in curves[run.id]),
            tuple(curves[run.id].values()),
            ids=(run.id,) * len(curves[run.id]),
            shade=shade,
        )
        for run, shade in zip(trained, shades, strict=True)
    )
    best = max(trained, key=lambda run: max(curves[run.id].values()))
    quantity = f"S − S of {label[trained[0].id]}" if difference else "score S"
    return Chart(
        _finding(trained, best, label, curves, difference, unit),
        " · ".join(sorted({run.manifest.corpus_name for run in trained})),
        "epoch",
        f"{quantity} ({unit} per draw of W)",
        lines,
    )


def _of_one_law(found: Comparison, trained: Sequence[CellResult]) -> list[CellResult]:
    """The trainings whose scores may be subtracted from the first result's."""
    alike = {
        run.id for run, known in zip(found.results, found.differences["word2vec"], strict=True) if known is not None
    }
    return [run for run in trained if run.id in alike] if isinstance(found.results[0], CellResult) else []


def _finding(
    trained: Sequence[CellResult],
    best: Result,
    label: dict[str, str],
    curves: dict[str, dict[int, float]],
    difference: bool,
    unit: Unit,
) -> str:
    last = {run.id: [*curves[run.id].items()][-1] for run in trained}
    if difference:
        ahead = max(trained[1:], key=lambda run: abs(last[run.id][1]))
        epoch, by = last[ahead.id]
        way = "ahead of" if by > 0 else "behind"
        return f"After {in_epochs(epoch)} {label[ahead.id]} is {number(abs(by))} {unit} {way} {label[trained[0].id]}"
    epoch, score = max(curves[best.id].items(), key=lambda point: point[1])
    return f"{label[best.id]} comes highest: {number(score)} {unit} after {in_epochs(epoch)}"
