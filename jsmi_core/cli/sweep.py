"""What `jsmi sweep` does: a grid in the background processes of a queue, or on a cluster, and what came out of it."""

from __future__ import annotations

import argparse
import shlex
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from jsmi_core.cli.inputs import config_of, corpus_of, described
from jsmi_core.cli.printing import (
    ProgressLine,
    duration,
    note,
    print_drawn,
    print_json,
    print_searches,
    print_trainings,
    say_notices,
    settings_in_words,
)
from jsmi_core.errors import JobError, ParameterError
from jsmi_core.experiments import (
    CHECKPOINTS,
    RUNS,
    Cell,
    CellResult,
    Checkpoint,
    Grid,
    RankCell,
    RankResult,
    Result,
    Split,
    comparable,
    points_of,
    splits,
)
from jsmi_core.jobs import JobQueue, JobStatus, connected, run_cells
from jsmi_core.store import Store
from jsmi_core.text import Corpus

_POLL_SECONDS = 0.2
_AXES = ("dimensions", "epochs", "negatives", "noises", "windows", "seeds")
Cells = Sequence[Cell | RankCell]


def sweep(given: argparse.Namespace) -> int:
    """Run a grid; what is stored is not run again."""
    if given.scheduler and given.workers is not None:
        raise ParameterError(
            f"workers = {given.workers!r} is not usable with a scheduler: its own workers do the work, leave it out."
        )
    axes = {name: getattr(given, name) for name in _AXES if hasattr(given, name)}
    epochs_as = CHECKPOINTS if given.epochs_along_run else RUNS
    base = config_of(given, left_out=(*axes, "workers"))
    grid = Grid(**axes, base=base, epochs_as=epochs_as, drawn=given.drawn_pairs)
    began = time.perf_counter()
    corpus = corpus_of(given)
    cells, searches = grid.cells(corpus.digest), grid.rank_cells(corpus.digest)
    wanted: Cells = [*cells, *(searches if given.best_rank else ())]
    with Store(given.store) as store:
        say_notices(store)
        ended, unsaved = (_on_cluster if given.scheduler else _in_queue)(given, wanted, corpus, store)
        kept = unsaved | {run.id: run for run in store.results(corpus.digest, kind=Result)}
    # Searches of earlier sweeps are shown too: they cost nothing.
    found = [result for cell in (*cells, *searches) if (result := cell.answer(kept)) is not None]
    if given.json:
        _print_record(given, grid, corpus, found, time.perf_counter() - began)
    else:
        _print_tables(grid, found)
    problems = [status.message for status in ended if status.state != "done" or not status.saved]
    if problems:
        raise JobError(f"{len(problems)} of {len(wanted)} cells are not in the store; the first: {problems[0]}")
    return 0


# -- running ----------------------------------------------------------------------------------------------------------


class _Telling:
    """Says what becomes of each cell."""

    def __init__(self, cells: Cells, stored: int, rest: str) -> None:
        searches = sum(isinstance(cell, RankCell) for cell in cells)
        kinds = f"{len(cells) - searches} trainings" + (f" and {searches} searches" if searches else "")
        note(f"{kinds}, {stored} of them stored already; {rest if stored < len(cells) else 'nothing is left to run'}")
        self.ended: list[JobStatus] = []
        self.line = ProgressLine()
        self._count = len(cells)
        self._configs = {cell_id: cell.config for cell in cells for cell_id in cell.answered_by}

    def end(self, status: JobStatus) -> None:
        self.ended.append(status)
        self.line.clear()
        why = f" ({status.message})" if status.message else ""
        settings = settings_in_words(self._configs[status.id])
        note(f"{len(self.ended)}/{self._count} {status.state}: {settings}{why}")

    def stopped(self) -> None:
        self.line.clear()
        note(f"{len(self.ended)} of {self._count} are stored: the same command goes on from there")


Ended = tuple[Sequence[JobStatus], dict[str, Result]]  # how each cell ended, and what could not be stored


def _in_queue(given: argparse.Namespace, cells: Cells, corpus: Corpus, store: Store) -> Ended:
    """In low-priority processes on this machine."""
    with JobQueue(store, workers=given.workers) as jobs:
        about = duration(jobs.estimated_seconds(cells, corpus))
        telling = _Telling(cells, _stored(cells, store), f"the rest takes about {about}")
        waiting = dict.fromkeys(jobs.submit(cell, corpus) for cell in cells)
        try:
            while waiting:
                live = [jobs.status(job) for job in waiting]
                for status in live:
                    if status.state not in ("queued", "running"):
                        del waiting[status.id]
                        telling.end(status)
                running = [f"{status.progress:.0%}" for status in live if status.state == "running"]
                left = max((status.seconds_left or 0 for status in live if status.id in waiting), default=0)
                telling.line.show(f"running: {', '.join(running) or 'starting'}; about {duration(left)} left")
                if waiting:
                    time.sleep(_POLL_SECONDS)
        except KeyboardInterrupt:
            telling.stopped()
            raise
        telling.line.clear()
        lost = [jobs.result(status.id, Result) for status in telling.ended if not status.saved]
    return telling.ended, {run.id: run for run in lost if run is not None}


def _on_cluster(given: argparse.Namespace, cells: Cells, corpus: Corpus, store: Store) -> Ended:
    """On the workers of a dask scheduler; this process alone writes the store."""
    unsaved: dict[str, Result] = {}
    with connected(given.scheduler) as pool:
        telling = _Telling(cells, _stored(cells, store), f"the rest goes to {pool.slots} workers at {given.scheduler}")
        try:
            run_cells(
                cells, corpus, pool, store, on_end=telling.end, on_unsaved=lambda run: unsaved.update({run.id: run})
            )
        except KeyboardInterrupt:
            telling.stopped()
            raise
    return telling.ended, unsaved


def _stored(cells: Cells, store: Store) -> int:
    return sum(store.has(cell) for cell in cells)


# -- printing ---------------------------------------------------------------------------------------------------------


def _print_tables(grid: Grid, found: Sequence[Result]) -> None:
    points, best = _points(grid, found), _searches(found)
    print_trainings(points, _splits([*points, *best]))
    if grid.drawn:
        print_drawn([run for run in found if isinstance(run, CellResult)])
    if best:
        print_searches(best)


def _print_record(
    given: argparse.Namespace, grid: Grid, corpus: Corpus, found: Sequence[Result], seconds: float
) -> None:
    points, best = _points(grid, found), _searches(found)
    prices = _splits([*points, *best])
    split = {run: {"split": price.to_dict()} for run, price in prices.items()}
    trained = [run for run in found if isinstance(run, CellResult)]
    manifest = {
        "command": _command_line(given),
        "corpus": described(corpus),
        "grid": {name: list(getattr(grid, name)) for name in _AXES} | {"epochs_as": grid.epochs_as},
        "base": asdict(grid.base),
        "versions": dict(trained[0].manifest.versions) if trained else {},
        "seconds": seconds,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    records = [{"id": run.id, **run.to_dict(), **split.get(run.id, {})} for run in trained]
    along = [_point_record(point) | split.get(point.id, {}) for point in points if isinstance(point, Checkpoint)]
    searched = [{"id": run.id, **run.to_dict()} for run in best]
    more = {name: listed for name, listed in (("points", along), ("best_rank", searched)) if listed}
    print_json({"manifest": manifest, "results": records, **more})


def _points(grid: Grid, found: Sequence[Result]) -> tuple[CellResult, ...]:
    return points_of([run for run in found if isinstance(run, CellResult)], grid)


def _searches(found: Sequence[Result]) -> list[RankResult]:
    return [run for run in found if isinstance(run, RankResult)]


def _point_record(point: Checkpoint) -> dict[str, Any]:
    """A point along a run as JSON-able values; the rest stands in its run's record."""
    return {
        "id": point.id,
        "run": point.run.id,
        "epochs": point.cell.config.epochs,
        "laws": [law.to_dict() for law in point.laws],
    }


def _splits(results: Sequence[Result]) -> dict[str, Split]:
    """The splits of results of several laws, each within its own."""
    found: dict[str, Split] = {}
    rest = list(results)
    while rest:
        group = comparable(rest, rest[0])
        found |= splits(group)
        rest = [result for result in rest if result not in group]
    return found


_OFF = {("paper", False), ("best_rank", False), ("epochs_along_run", False), ("drawn_pairs", False)}


def _command_line(given: argparse.Namespace) -> str:
    """The command that gives the same numbers again, wherever its results are kept and whoever computes them."""
    left_out = ("command", "corpus", "store", "json", "workers", "scheduler")
    options = []
    for name, value in vars(given).items():
        option = name.replace("_", "-")
        if name in left_out or value is None or (name, value) in _OFF:
            continue
        if isinstance(value, bool):
            options.append(f"--{option}" if value else f"--no-{option}")
        else:
            options.append(f"--{option}={','.join(map(str, value)) if isinstance(value, tuple) else value}")
    return shlex.join(["jsmi", given.command, given.corpus, *options, "--json"])
