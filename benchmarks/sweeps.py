"""A sweep in the queue's processes, beside training alone: are both cores kept busy, and with what?"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence

from jsmi_core import Corpus, Grid, JobQueue, SGNSConfig, Store
from jsmi_core.experiments.records import CellResult

BASE = SGNSConfig(dimension=100, negatives=5, epochs=20)
BUSY = 0.85  # of what so many cores train when they do nothing else: at least
REST = 0.10  # of a cell's time that is not training: at most


def sweep(row: Callable[..., None], corpus: Corpus, processes: int = 2) -> None:
    """Words trained a second by a sweep, as a share of what so many cores train when they do nothing else."""
    alone, _ = run(corpus, 1, 1)
    floor = rate(corpus, alone, training_seconds(alone))
    row("one training in a worker, clock of training", training_seconds(alone), f"{floor / 1e6:.3f} M words/s")
    found, seconds = run(corpus, processes, 3 * processes)
    busy = rate(corpus, found, seconds) / (processes * floor)
    name = f"sweep of {len(found)} trainings in {processes} processes"
    row(name, seconds, f"{busy:.0%} of {processes} such cores", f"target: at least {BUSY:.0%}")
    in_cells = sum(result.manifest.seconds for result in found)
    rest = (in_cells - training_seconds(found)) / in_cells
    row("  of its cells: scores and bookkeeping", rest * in_cells, f"{rest:.1%}", f"target: at most {REST:.0%}")
    around = processes * seconds - in_cells
    row("  around its cells: start, counting, storing", around, f"{around / (processes * seconds):.1%}")


def run(corpus: Corpus, processes: int, cells: int) -> tuple[Sequence[CellResult], float]:
    """Fresh trainings that differ in their seed only, and the seconds from the first order to the last result."""
    grid = Grid(seeds=tuple(range(1, cells + 1)), base=BASE)
    with tempfile.TemporaryDirectory() as folder, Store(folder) as store, JobQueue(store, workers=processes) as jobs:
        began = time.perf_counter()
        waiting = [jobs.submit(cell, corpus) for cell in grid.cells(corpus.digest)]
        while any(jobs.status(job).state in ("queued", "running") for job in waiting):
            time.sleep(0.02)
        return store.results(), time.perf_counter() - began


def training_seconds(results: Sequence[CellResult]) -> float:
    """The time that went into training alone, summed over the cells."""
    return sum(result.history[-1].seconds for result in results)


def rate(corpus: Corpus, results: Sequence[CellResult], seconds: float) -> float:
    """Words a second."""
    return len(corpus.ids) * BASE.epochs * len(results) / seconds
