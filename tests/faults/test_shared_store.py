"""Several programs run one grid on one store at the same time: each cell is computed once, and nobody sees an error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import counting
import pytest

from jsmi_core.experiments.specs import Cell
from jsmi_core.jobs.queue import JobQueue
from jsmi_core.store.store import Store
from jsmi_core.training.config import SGNSConfig

SCRIPT = Path(counting.__file__)


def program(store: Path, notes: Path) -> subprocess.Popen[str]:
    command = [sys.executable, str(SCRIPT), str(store)]
    return subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**os.environ, "COUNTING_NOTES": str(notes)}
    )


def computed(notes: Path) -> list[str]:
    return notes.read_text().split() if notes.exists() else []


CELLS = sorted(cell.id for cell in counting.GRID.cells(counting.CORPUS.digest))


def test_three_programs_share_the_work(tmp_path: Path) -> None:
    programs = [program(tmp_path / "store", tmp_path / "notes") for _ in range(3)]
    told = [one.communicate(timeout=120)[1] for one in programs]
    assert [(one.returncode, said) for one, said in zip(programs, told, strict=True)] == [(0, "")] * 3
    assert sorted(computed(tmp_path / "notes")) == CELLS
    with Store(tmp_path / "store") as store:
        assert sorted(result.id for result in store.results()) == CELLS
    assert not list((tmp_path / "store" / "leases").iterdir())


def test_what_a_killed_program_had_begun_another_one_finishes(tmp_path: Path) -> None:
    store, notes = tmp_path / "store", tmp_path / "notes"
    with program(store, notes) as first, program(store, notes) as second:
        deadline = time.monotonic() + 60
        while not computed(notes) and time.monotonic() < deadline:
            time.sleep(0.01)
        first.kill()
        assert (second.communicate(timeout=120)[1], second.returncode) == ("", 0)
    assert set(computed(notes)) == set(CELLS)
    assert len(computed(notes)) <= len(CELLS) + 1, "only the cell in the middle of which it died is computed again"
    with Store(store) as opened:
        assert sorted(result.id for result in opened.results()) == CELLS


def test_a_queue_waits_for_what_another_program_runs(tmp_path: Path) -> None:
    cell = Cell(counting.CORPUS.digest, SGNSConfig(dimension=2, epochs=1, subsample=0))
    with Store(tmp_path) as store, Store(tmp_path) as other, JobQueue(store, workers=1) as jobs:
        lease = other.lease(cell.id)
        job = jobs.submit(cell, counting.CORPUS)
        deadline = time.monotonic() + 30
        while not jobs.status(job).message and time.monotonic() < deadline:
            time.sleep(0.01)
        assert (jobs.status(job).state, jobs.status(job).place) == ("queued", 1)
        assert jobs.status(job).message.startswith("its training is under way already, perhaps in another")
        lease.release()
        while jobs.status(job).state != "done" and time.monotonic() < deadline + 60:
            time.sleep(0.01)
        assert (jobs.status(job).state, jobs.status(job).message) == ("done", "")


def test_a_queue_waits_but_others_pass(tmp_path: Path) -> None:
    first, second = (
        Cell(counting.CORPUS.digest, SGNSConfig(dimension=2, epochs=1, subsample=0, seed=seed)) for seed in (1, 2)
    )
    with Store(tmp_path) as store, Store(tmp_path) as other, JobQueue(store, workers=1) as jobs:
        lease = other.lease(first.id)
        for cell in (first, second):
            jobs.submit(cell, counting.CORPUS)
        deadline = time.monotonic() + 60
        while jobs.status(second.id).state != "done" and time.monotonic() < deadline:
            time.sleep(0.01)
        assert jobs.status(second.id).state == "done"
        jobs.cancel(first.id)
        assert jobs.status(first.id).state == "cancelled"
        lease.release()


@pytest.mark.slow
def test_two_sweeps_of_the_shell_at_once(tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("the cat sat on the mat\na cat and a dog\n" * 40, encoding="utf-8")
    command = [
        sys.executable,
        "-W",
        "error",
        "-m",
        "jsmi_core.cli",
        "sweep",
        str(text),
        "--store",
        str(tmp_path / "s"),
    ]
    command += ["--dimensions", "2,3,4", "--epochs", "1,2", "--subsample", "0", "--workers", "1", "--json"]
    sweeps = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    told = [sweep.communicate(timeout=240) for sweep in sweeps]
    assert [sweep.returncode for sweep in sweeps] == [0, 0], told
    first, second = (json.loads(out)["results"] for out, _ in told)
    assert len(first) == 6
    assert first == second
