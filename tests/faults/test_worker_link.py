"""The link between a queue and its worker: what passes over it, and what becomes of either end when the other is gone.

Here the test is the parent: it speaks to the process itself, without a queue that would see to its end.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import misbehaving
import psutil
import pytest
from test_worker_faults import CORPUS, KILLED, LOWEST, PATIENCE, TASK, cell, fine, reported, wait_for

from jsmi_core.experiments.records import Result
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import RankCell, Spec
from jsmi_core.jobs import process as _process, worker as _worker
from jsmi_core.jobs.process import WorkerEnded, WorkerProcess
from jsmi_core.jobs.queue import JobQueue
from jsmi_core.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store") as opened:
        opened.save_corpus(CORPUS)
        yield opened


@pytest.fixture
def worker() -> Iterator[WorkerProcess]:
    process = WorkerProcess(TASK)
    yield process
    process.kill()


def send(worker: WorkerProcess, store: Store, ordered: Spec) -> None:
    worker.send({"cell": ordered.to_dict(), "store": str(store.path.absolute()), "name": "text"})


def heard(worker: WorkerProcess, kind: str) -> dict[str, Any]:
    """The next message of this kind; others are let pass."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        message = worker.receive()
        if message is not None and message["kind"] == kind:
            return message
    raise AssertionError(f"no message of kind {kind} came")


def test_orders_one_after_another_until_the_link_ends(worker: WorkerProcess, store: Store) -> None:
    """A training, a cancel, a refusal, a fault, too little memory; then nobody is there any more, and it goes."""
    first = fine()
    send(worker, store, first)
    assert heard(worker, "begun")
    assert heard(worker, "moment")["moment"]["epoch"] == 0
    heard(worker, "done")
    assert Result.from_bytes(worker.receive_bytes()).cell == first
    idle_until = time.monotonic() + 3 * _worker.BEAT_SECONDS
    while time.monotonic() < idle_until:
        assert worker.receive() is None  # who has nothing to do says nothing
    send(worker, store, cell(misbehaving.OBEY))
    assert heard(worker, "moment")
    assert heard(worker, "share") == {"kind": "share", "share": 0.0}  # it beats while the main thread works
    worker.send({"cancel": True})
    assert heard(worker, "cancelled")
    for behaviour, reason in (
        (misbehaving.REFUSE, "this cell is refused: choose another."),
        (misbehaving.RAISE, "the program failed with ZeroDivisionError: of all things"),
        (misbehaving.MEMORY, "there was not enough memory: choose a smaller dimension or text."),
    ):
        send(worker, store, cell(behaviour))
        assert heard(worker, "failed")["message"] == reason
    worker._link.close()
    assert worker._process.wait(PATIENCE) == 0


def test_what_is_printed_is_no_message(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Before the worker's first line, as a site's own start may do, or in the middle of the work."""
    (tmp_path / "chatter.py").write_text(
        "import os\nfrom misbehaving import misbehave\ndef task(*given, **told):\n"
        "    print('hello')\n    os.write(1, b'from below')\n    return misbehave(*given, **told)\n"
    )
    (tmp_path / "sitecustomize.py").write_text("print('a long greeting of this site\\0', flush=True)")
    monkeypatch.syspath_prepend(tmp_path)
    worker = WorkerProcess("chatter:task")
    send(worker, store, first := fine())
    heard(worker, "done")
    assert Result.from_bytes(worker.receive_bytes()).cell == first
    worker._link.close()
    assert worker._process.wait(PATIENCE) == 0
    log = capfd.readouterr().err
    assert "from below" in log
    assert "hello" in log


def test_a_search_starts_from_the_training_that_is_stored(store: Store) -> None:
    worker = WorkerProcess("jsmi_core.experiments.run:run_cell")
    training = run_cell(fine(), CORPUS)
    search = RankCell.beyond(training.cell)
    store.save(training)
    send(worker, store, search)
    heard(worker, "done")
    found = Result.from_bytes(worker.receive_bytes())
    worker._link.close()
    assert worker._process.wait(PATIENCE) == 0
    again = run_cell(search, CORPUS, trained=lambda cell: store.get(cell.id))
    assert found.laws == again.laws
    assert found.own.score >= training.own.score


def test_a_task_that_leaves_takes_its_process_along(worker: WorkerProcess, store: Store) -> None:
    send(worker, store, cell(misbehaving.LEAVE))
    with pytest.raises(WorkerEnded, match="its process ended with exit code 8"):
        heard(worker, "done")


def test_a_dead_process_cannot_be_spoken_to(worker: WorkerProcess, store: Store) -> None:
    worker._process.kill()
    worker._process.wait()
    assert not worker.alive()
    for speak in (lambda: send(worker, store, fine()), worker.receive, worker.receive_bytes):
        with pytest.raises(WorkerEnded, match=KILLED):
            speak()


def test_a_process_that_closes_the_link_and_lives_on_is_ended(tmp_path: Path) -> None:
    with Store(tmp_path) as store, JobQueue(store, workers=1, task=TASK) as jobs:
        job = jobs.submit(cell(misbehaving.MUTE), CORPUS)
        reported(jobs, job)
        wait_for(lambda: jobs.status(job).state == "failed")
        assert jobs.status(job).message == "its process closed the link: try again."


def test_a_process_that_dies_of_something_else_while_its_job_is_cancelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MISBEHAVING_NOTES", str(tmp_path))
    with Store(tmp_path / "store") as store, JobQueue(store, workers=1, task=TASK) as jobs:
        job = jobs.submit(cell(misbehaving.SPIN), CORPUS)
        reported(jobs, job)
        (pid,) = (int(note.name) for note in tmp_path.iterdir() if note.name.isdigit())
        psutil.Process(pid).suspend()  # so that it can neither stop by itself nor be stopped before it dies
        jobs.cancel(job)
        psutil.Process(pid).kill()
        wait_for(lambda: jobs.status(job).state == "cancelled")
        assert jobs.status(job).message == "stopped on request: what was scored until then is kept."


def test_a_process_that_cannot_be_started_fails_the_job_and_the_slot_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with Store(tmp_path) as store, JobQueue(store, workers=1, task=TASK) as jobs:
        with monkeypatch.context() as patch:
            patch.setattr(_process.sys, "executable", str(tmp_path / "no python"))
            job = jobs.submit(fine(), CORPUS)
            wait_for(lambda: jobs.status(job).state == "failed")
            assert "the job could not be run ([Errno 2]" in jobs.status(job).message
        good = jobs.submit(fine(), CORPUS)
        wait_for(lambda: jobs.status(good).state == "done")
    assert "Traceback" in capfd.readouterr().err  # where it went wrong is in the log


def test_nonsense_from_a_worker_fails_its_job_and_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with Store(tmp_path) as store, JobQueue(store, workers=1, task=TASK) as jobs:
        with monkeypatch.context() as patch:
            patch.setattr(WorkerProcess, "receive_bytes", lambda self: b"no result at all")
            job = jobs.submit(fine(), CORPUS)
            wait_for(lambda: jobs.status(job).state == "failed")
        assert "the job could not be run (" in jobs.status(job).message
        good = jobs.submit(fine(), CORPUS)
        wait_for(lambda: jobs.status(good).state == "done")
    assert "Traceback" in capfd.readouterr().err


# --- one end alone --------------------------------------------------------------------------------------------------


def alone(script: str) -> subprocess.CompletedProcess[str]:
    """Run it in a process of its own, which should not come to its last line."""
    script = f"{script}\nprint('it lives on')"
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=False)


@pytest.mark.parametrize(
    "script",
    [
        "from jsmi_core.jobs import Worker\nWorker(None, '')._beat(parent=-1)",
        "import os\nfrom io import FileIO\nfrom jsmi_core.jobs import Worker\nfrom jsmi_core.jobs.link import Link\n"
        "source, sink = os.pipe()\nos.close(source)\n"
        "Worker(Link(FileIO(os.devnull), FileIO(sink, 'wb')), '')._send({'kind': 'begun'})",
    ],
    ids=["another parent", "nobody listens"],
)
def test_a_worker_without_its_parent_ends_in_silence(script: str) -> None:
    done = alone(script)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_elsewhere_than_on_linux_a_worker_yields_as_far_as_it_can() -> None:
    done = alone(
        "import ctypes, psutil, sys\nfrom jsmi_core.runtime.processes import yield_to_everyone\n"
        "sys.platform, ctypes.CDLL = 'darwin', None  # there is no such call there\n"
        "yield_to_everyone()\nprint(int(psutil.Process().nice()))"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{LOWEST:d}\nit lives on\n", "")
