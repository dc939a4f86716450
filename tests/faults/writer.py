"""A nursery of processes that save results for as long as they live: writer.py FOLDER.

For each line on its input, a number, it forks a writer (which saves hundreds of imports), prints the writer's process
id, and the writer saves results with seeds from that number on. A writer notes each id in the file ``acknowledged``
once ``save`` has returned.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from itertools import count
from pathlib import Path

from jsmi_core.experiments.records import CellResult
from jsmi_core.store.store import Store


def numbered(result: CellResult, seed: int) -> CellResult:
    """The same numbers under the spec of another seed: a store does not look at them."""
    return replace(result, cell=replace(result.cell, config=replace(result.cell.config, seed=seed)))


def write_for_ever(folder: Path, pattern: CellResult, first_seed: int) -> None:
    store = Store(folder / "store")
    notes = os.open(folder / "acknowledged", os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    for seed in count(first_seed):
        result = numbered(pattern, seed)
        store.save(result)
        os.write(notes, f"{result.id}\n".encode())


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    pattern = CellResult.from_bytes((folder / "pattern.npz").read_bytes())
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        writer = os.fork()
        if writer == 0:
            write_for_ever(folder, pattern, int(line))
        print(writer, flush=True)
