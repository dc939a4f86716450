"""A task that leaves a line for every cell it is given; as a script, a program that runs a grid on a shared store."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from jsmi_core.experiments.records import CellResult, EpochScore
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import Cell, Grid
from jsmi_core.jobs.queue import JobQueue
from jsmi_core.store.store import Store
from jsmi_core.text.corpus import Corpus
from jsmi_core.training.config import SGNSConfig

CORPUS = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]] * 20)
GRID = Grid(dimensions=(2, 3, 4), epochs=(1, 2), seeds=(1, 2), base=SGNSConfig(subsample=0))


def noted(
    cell: Cell,
    corpus: Corpus,
    report: Callable[[EpochScore], object],
    progress: Callable[[float], None],
    cancel: Callable[[], bool],
) -> CellResult:
    """Write down that the cell is run, and run it."""
    descriptor = os.open(os.environ["COUNTING_NOTES"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, f"{cell.id}\n".encode())  # one short write that appends is whole, whoever else writes
    os.close(descriptor)
    time.sleep(0.1)  # long enough that the programs are at work together
    return run_cell(cell, corpus, report, progress, cancel)


def main(folder: Path) -> None:
    """Run the grid; exit code 1 unless every cell is done."""
    with Store(folder) as store, JobQueue(store, workers=1, task="counting:noted") as jobs:
        waiting = [jobs.submit(cell, CORPUS) for cell in GRID.cells(CORPUS.digest)]
        while not all(jobs.status(job).state in ("done", "failed") for job in waiting):
            time.sleep(0.05)
        sys.exit(0 if all(jobs.status(job).state == "done" for job in waiting) else 1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
