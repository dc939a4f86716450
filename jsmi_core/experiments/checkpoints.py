"""Epochs read two ways: independent runs, or points along one run. (Figure 1 of the paper is of the first kind.)

A training of 20 epochs was also, on its way, once a training of 5 epochs; but not the one that was asked for 5: its
learning rate was to fall over all 20. Both are worth a look, and neither is shown as the other: what is taken along a
run is a :class:`Checkpoint`, which names its run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from jsmi_core.errors import ParameterError
from jsmi_core.experiments.records import LAWS, CellResult, LawName, LawScores
from jsmi_core.experiments.specs import CHECKPOINTS, Cell, Grid
from jsmi_core.runtime.wording import counted


@dataclass(frozen=True, eq=False)
class Checkpoint(CellResult):
    """Where a training stood after some of its epochs: a point of a figure beside finished trainings.

    ``cell.config.epochs`` are the epochs done so far; ``id`` is that of the run with the epoch behind an @, since no
    cell of its own was run; ``laws`` has the run's own law only, unless all laws are one or the run is at its end.
    """

    run: CellResult = field(kw_only=True)

    @classmethod
    def of(cls, run: CellResult, epoch: int) -> Checkpoint:
        """The point of a run after so many epochs, from its history.

        Raises
        ------
        ParameterError
            If the run has not so many epochs, or was not scored after so many.
        """
        moments = {moment.epoch: place for place, moment in enumerate(run.history) if moment.epoch}
        if epoch not in moments:
            epochs, every = run.cell.config.epochs, run.cell.every
            scored = "" if every == 1 else f" and was scored after every {every} of them"
            raise ParameterError(
                f"epoch = {epoch!r} is not usable: the run has {counted(epochs, 'epoch')}{scored}, "
                "give one that was scored."
            )
        moment = run.history[moments[epoch]]
        cell = Cell(run.cell.corpus, replace(run.cell.config, epochs=epoch), run.cell.every)
        laws = run.laws
        if epoch < run.cell.config.epochs:
            own = LAWS if run.cell.config.noise == "pairs" else LAWS[:1]  # then both laws are the paper's
            laws = tuple(replace(law, score=moment.score, gap=moment.gap) for law in laws if law.law in own)
        return cls(cell, run.history[: moments[epoch] + 1], laws, run.manifest, run=run)

    @property
    def id(self) -> str:
        """The run's id, and the epoch."""
        return f"{self.run.id}@{self.cell.config.epochs}"

    def law(self, name: LawName) -> LawScores:
        """The scores under the law of that name. Raises ParameterError where they were not kept along the run."""
        found = [scores for scores in self.laws if scores.law == name]
        if not found:
            raise ParameterError(
                "along a run only the scores under its own noise are kept: choose that one, or independent runs."
            )
        return found[0]


def points_of(results: Iterable[CellResult], grid: Grid) -> tuple[CellResult, ...]:
    """The points of a grid's figure, epochs read as the grid says.

    Parameters
    ----------
    results : iterable of CellResult
        Of the grid's cells, in any order; others are left out, and so is a second result of the same training.
    grid : Grid

    Returns
    -------
    tuple of CellResult
        The results themselves for ``epochs_as="runs"``; for ``"checkpoints"`` a :class:`Checkpoint` of each run at
        each of the grid's epochs. They go wherever finished trainings go: ``ladder_data``, ``splits``.

    Examples
    --------
    >>> from jsmi_core import Corpus, SGNSConfig, run_cell
    >>> corpus = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]] * 5)
    >>> grid = Grid(epochs=(1, 3), epochs_as="checkpoints", base=SGNSConfig(dimension=2, subsample=0))
    >>> (run,) = [run_cell(cell, corpus) for cell in grid.cells(corpus.digest)]
    >>> [point.own.score == run.history[point.cell.config.epochs].score for point in points_of([run], grid)]
    [True, True]
    """
    found = {run.id: run for run in results}
    corpora = dict.fromkeys(run.cell.corpus for run in found.values())
    answers = {run.id for corpus in corpora for cell in grid.cells(corpus) if (run := cell.answer(found)) is not None}
    runs = [run for run in found.values() if run.id in answers]
    if grid.epochs_as != CHECKPOINTS:
        return tuple(runs)
    return tuple(Checkpoint.of(run, epoch) for run in runs for epoch in sorted(grid.epochs))
