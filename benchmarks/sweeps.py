"""A sweep in the queue's processes, beside training alone: are both cores kept busy, and with what?"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence

from jsmi_core import Corpus, Grid, JobQueue, SGNSConfig, Store
from jsmi_core.records import CellResult

EPOCHS = 5


def sweep(row: Callable[..., None], corpus: Corpus, processes: int = 2) -> None:
    """Words trained a second by a sweep, as a share of what so many cores train when they do nothing else."""
    alone, _ = run(corpus, 1, 1)
    floor = rate(corpus, alone, training_seconds(alone))
    row("one training in a worker, clock of training", training_seconds(alone), f"{floor / 1e6:.3f} M words/s")
    found, seconds = run(corpus, processes, 2 * processes)
    busy = rate(corpus, found, seconds) / (processes * floor)
    row(f"sweep of {len(found)} trainings in {processes} processes", seconds, f"{busy:.0%} of {processes} such cores")
    in_cells = sum(result.manifest.seconds for result in found)
    row("  of its cells: training", training_seconds(found), f"{training_seconds(found) / in_cells:.0%}")
    rest = in_cells - training_seconds(found)
    row("  of its cells: exact scores after each epoch", rest, f"{rest / in_cells:.0%}")
    around = processes * seconds - in_cells
    row("  around its cells: start, counting, storing", around, f"{around / (processes * seconds):.0%}")


def run(corpus: Corpus, processes: int, cells: int) -> tuple[Sequence[CellResult], float]:
    """Fresh trainings that differ in their seed only, and the seconds from the first order to the last result."""
    grid = Grid(seeds=tuple(range(1, cells + 1)), base=SGNSConfig(epochs=EPOCHS))
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
    return len(corpus.ids) * EPOCHS * len(results) / seconds
