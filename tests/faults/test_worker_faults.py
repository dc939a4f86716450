"""A worker may raise, exit, crash, hang, or be killed: its job ends with a reason, all else goes on. (F06–F08, F11)"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import misbehaving
import psutil
import pytest

from jsmi_core.experiments.specs import Cell
from jsmi_core.jobs.job import JobStatus
from jsmi_core.jobs.process import TICK_SECONDS
from jsmi_core.jobs.queue import CANCEL_SECONDS, JobQueue
from jsmi_core.store.store import Store
from jsmi_core.text.corpus import Corpus
from jsmi_core.training.config import SGNSConfig

CORPUS = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]] * 20)
TASK = "misbehaving:misbehave"
PATIENCE = 240.0  # on a busy machine; less than the watchdog's 300 s
KILLED = "exit code" if os.name == "nt" else "SIGKILL, perhaps for lack of memory"
LOWEST = psutil.BELOW_NORMAL_PRIORITY_CLASS if os.name == "nt" else 19
# Where only a thread of the interpreter could notice that the parent is gone, native code that holds it outlives both.
BUSY = (misbehaving.SPIN, misbehaving.HOLD) if sys.platform == "linux" else (misbehaving.SPIN, misbehaving.SPIN)
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")


def cell(behaviour: int, dimension: int = 2) -> Cell:
    return Cell(CORPUS.digest, SGNSConfig(dimension=dimension, epochs=2, subsample=0, seed=behaviour))


fresh_dimensions = count(5)


def fine() -> Cell:
    """A real training that nobody has asked for yet."""
    return cell(misbehaving.FINE, next(fresh_dimensions))


def wait_for(true: Callable[[], object]) -> None:
    """Fails if it never comes true."""
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.02)


def ended(jobs: JobQueue, job: str) -> JobStatus:
    wait_for(lambda: jobs.status(job).state not in ("queued", "running"))
    return jobs.status(job)


def reported(jobs: JobQueue, job: str) -> None:
    """Wait until the job's first epoch is in: its process is then in the middle of the work."""
    wait_for(lambda: jobs.status(job).history)


def runs(pid: int) -> bool:
    """Whether that process exists and is no zombie."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in which each worker leaves a file named after its process."""
    folder = tmp_path_factory.mktemp("notes")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MISBEHAVING_NOTES", str(folder))
        yield folder


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory, notes: Path) -> Iterator[JobQueue]:
    """One slot for all tests here: each also shows that the one before did it no harm."""
    with Store(tmp_path_factory.mktemp("store")) as store, JobQueue(store, workers=1, task=TASK) as queue:
        yield queue


def pids(notes: Path) -> list[int]:
    """The workers that have left a note, latest first."""
    return [int(file.name) for file in sorted(notes.iterdir(), key=lambda file: -file.stat().st_mtime_ns)]


# --- one bad job, the next is fine ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (misbehaving.RAISE, "the program failed with ZeroDivisionError: of all things"),
        (misbehaving.REFUSE, "this cell is refused: choose another."),
        (misbehaving.MEMORY, "there was not enough memory"),
        (misbehaving.EXIT, "its process ended with exit code 7"),
        pytest.param(misbehaving.CRASH, "its process was ended by SIGSEGV", marks=posix),
    ],
)
def test_failure_has_its_reason_and_the_next_job_runs(jobs: JobQueue, behaviour: int, reason: str) -> None:
    bad, good = jobs.submit(cell(behaviour), CORPUS), jobs.submit(fine(), CORPUS)
    status = ended(jobs, bad)
    assert (status.state, status.message[: len(reason)]) == ("failed", reason)
    assert [score.epoch for score in status.history] == [0]
    assert ended(jobs, good).state == "done"
    assert jobs.store.has(good)
    assert not jobs.store.has(bad)


def test_killed_worker_fails_its_job_before_any_watchdog(jobs: JobQueue, notes: Path) -> None:
    job = jobs.submit(cell(misbehaving.SPIN), CORPUS)
    reported(jobs, job)
    psutil.Process(pids(notes)[0]).kill()
    wait_for(lambda: jobs.status(job).state == "failed")
    assert KILLED in jobs.status(job).message


def test_worker_killed_while_idle_is_replaced(jobs: JobQueue, notes: Path) -> None:
    assert ended(jobs, jobs.submit(fine(), CORPUS)).state == "done"
    psutil.Process(pids(notes)[0]).kill()
    assert ended(jobs, jobs.submit(fine(), CORPUS)).state == "done"


def test_other_worker_is_not_touched(tmp_path: Path, notes: Path) -> None:
    with Store(tmp_path) as store, JobQueue(store, workers=2, task=TASK) as jobs:
        patient = jobs.submit(cell(misbehaving.OBEY), CORPUS)
        reported(jobs, patient)
        assert ended(jobs, jobs.submit(cell(misbehaving.CRASH), CORPUS)).state == "failed"
        assert jobs.status(patient).state == "running"


def test_watchdog_stops_a_job_without_progress(tmp_path: Path, notes: Path) -> None:
    with Store(tmp_path) as store, JobQueue(store, workers=1, task=TASK, stall_seconds=15.0) as jobs:
        job = jobs.submit(cell(misbehaving.HANG), CORPUS)
        reported(jobs, job)
        status = ended(jobs, job)
        assert (status.state, status.message) == ("failed", "stopped after 15 s without progress: try again.")
        assert not runs(pids(notes)[0])


def test_worker_yields_to_everyone(jobs: JobQueue, notes: Path) -> None:
    ended(jobs, jobs.submit(fine(), CORPUS))
    assert {note.read_text() for note in notes.iterdir()} == {f"{LOWEST:d} 1"}  # and threads of BLAS


# --- cancel ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("behaviour", [misbehaving.OBEY, misbehaving.SPIN, misbehaving.HOLD])
def test_cancel_ends_the_work_within_two_seconds(jobs: JobQueue, notes: Path, behaviour: int) -> None:
    job = jobs.submit(cell(behaviour, dimension=3), CORPUS)
    reported(jobs, job)
    worker = pids(notes)[0]
    jobs.cancel(job)
    wait_for(lambda: jobs.status(job).state == "cancelled")
    assert CANCEL_SECONDS + 2 * TICK_SECONDS < 2  # all that is waited for, where a core is free
    assert [score.epoch for score in jobs.status(job).history] == [0]
    assert runs(worker) == (behaviour == misbehaving.OBEY)  # who stops by himself may stay


# --- nobody is left behind ------------------------------------------------------------------------------------------

PARENT = """
import sys, time
print("main was imported", flush=True)  # no "if __name__" guard: a worker must not run this again
sys.path.insert(0, {folder!r})
from test_worker_faults import CORPUS, TASK, JobQueue, Store, cell, reported
jobs = JobQueue(Store({store!r}), workers=2, task=TASK)
for behaviour in {behaviours!r}:
    reported(jobs, jobs.submit(cell(behaviour), CORPUS))
print("at work", flush=True)
{then}
"""


def start_parent(tmp_path: Path, then: str, *behaviours: int) -> subprocess.Popen[str]:
    script = tmp_path / "parent.py"
    names = {"folder": str(Path(__file__).parent), "store": str(tmp_path / "store"), "behaviours": behaviours}
    script.write_text(PARENT.format(then=then, **names))
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "main was imported\n"
    assert parent.stdout.readline() == "at work\n", parent.communicate()
    return parent


@pytest.fixture
def own_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Notes of the workers of another program."""
    (tmp_path / "notes").mkdir()
    monkeypatch.setenv("MISBEHAVING_NOTES", str(tmp_path / "notes"))
    return tmp_path / "notes"


@pytest.mark.parametrize(
    "end",
    [
        subprocess.Popen.kill,
        pytest.param(subprocess.Popen.terminate, marks=pytest.mark.slow),
        pytest.param(lambda parent: parent.send_signal(signal.SIGINT), marks=[pytest.mark.slow, posix]),
    ],
    ids=["killed", "terminated", "interrupted"],
)
def test_workers_do_not_outlive_their_parent(
    tmp_path: Path, own_notes: Path, end: Callable[[subprocess.Popen[str]], None]
) -> None:
    parent = start_parent(tmp_path, "time.sleep(600)", *BUSY)
    workers = pids(own_notes)
    assert len(workers) == 2
    assert all(map(runs, workers))
    end(parent)
    wait_for(lambda: not any(map(runs, [parent.pid, *workers])))
    parent.communicate()


def test_program_that_just_ends_leaves_no_worker(tmp_path: Path, own_notes: Path) -> None:
    parent = start_parent(tmp_path, "", *BUSY)
    wait_for(lambda: parent.poll() is not None)
    rest, trouble = parent.communicate()
    assert (parent.returncode, rest, trouble) == (0, "", "")
    assert not any(map(runs, pids(own_notes)))
