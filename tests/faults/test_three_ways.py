"""One grid on real text, run by the app's queue, by the shell and by a cluster: equal numbers, to the last bit."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from distributed import LocalCluster

from jsmi_core.experiments.comparison import same_numbers
from jsmi_core.experiments.specs import Grid
from jsmi_core.jobs.cluster import connected
from jsmi_core.jobs.executor import run_cells
from jsmi_core.jobs.queue import JobQueue
from jsmi_core.store.store import Store
from jsmi_core.text.samples import sample_corpus

GRID = Grid(dimensions=(2, 5, 10), epochs=(1, 2, 3, 4), negatives=(1, 2, 5))


@pytest.mark.slow
def test_three_ways_to_run_a_grid_give_equal_numbers(tmp_path: Path) -> None:
    corpus = sample_corpus("lee")
    cells = GRID.cells(corpus.digest)
    assert len(cells) == 36
    assert {cell.config.workers for cell in cells} == {1}

    axes = {"--dimensions": GRID.dimensions, "--epochs": GRID.epochs, "--negatives": GRID.negatives}
    command = [sys.executable, "-W", "error", "-m", "jsmi_core.cli", "sweep", "sample:lee", "--workers", "2"]
    command += [word for axis, values in axes.items() for word in (axis, ",".join(map(str, values)))]
    subprocess.run([*command, "--store", str(tmp_path / "shell")], check=True, capture_output=True)

    with (
        Store(tmp_path / "app") as app,
        Store(tmp_path / "shell") as shell,
        Store(tmp_path / "cluster") as cluster,
    ):
        with JobQueue(app, workers=2) as jobs:
            waiting = [jobs.submit(cell, corpus, owner="a session") for cell in cells]
            while any(jobs.status(job).state in ("queued", "running") for job in waiting):
                time.sleep(0.1)
        with (
            LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as workers,
            connected(workers.scheduler_address) as pool,
        ):
            run_cells(cells, corpus, pool, cluster)
        for cell in cells:
            one, another, third = (store.get(cell.id) for store in (app, shell, cluster))
            assert same_numbers(one, another)
            assert same_numbers(one, third)
