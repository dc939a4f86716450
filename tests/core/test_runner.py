"""Cells over an executor on a bad day: workers that are lost, refuse or fail; a store in use, or a full one."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from jsmi_core.errors import CorpusError
from jsmi_core.experiments.records import Result
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import Cell, Grid
from jsmi_core.jobs import executor as runner
from jsmi_core.jobs.executor import ATTEMPTS, run_cells
from jsmi_core.jobs.job import JobStatus
from jsmi_core.runtime.pool import Pool
from jsmi_core.store import store as store_module
from jsmi_core.store.store import Store
from jsmi_core.text.corpus import Corpus
from jsmi_core.training.config import SGNSConfig

CORPUS = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]] * 10)
FIRST, SECOND = Grid((2, 3), (1,), base=SGNSConfig(subsample=0)).cells(CORPUS.digest)


class Careless(ThreadPoolExecutor):
    """Loses the worker of the first few tasks."""

    def __init__(self, losses: int) -> None:
        super().__init__(1)
        self.losses = losses

    def submit(self, task: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        if not self.losses:
            return super().submit(task, *arguments, **named)
        self.losses -= 1
        lost: Future[Any] = Future()
        lost.set_exception(BrokenExecutor("a worker was lost"))
        return lost


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store") as opened:
        yield opened


@pytest.mark.parametrize("losses", [1, ATTEMPTS - 1])
def test_a_cell_whose_worker_is_lost_is_given_to_another(store: Store, losses: int) -> None:
    with Careless(losses) as executor:
        statuses = run_cells([FIRST, SECOND], CORPUS, Pool(executor, slots=1), store)
    assert [(status.id, status.state) for status in statuses] == [(FIRST.id, "done"), (SECOND.id, "done")]
    assert store.get(FIRST.id).laws == run_cell(FIRST, CORPUS).laws


def test_a_cell_that_costs_one_worker_after_another_is_given_up(store: Store) -> None:
    with Careless(ATTEMPTS) as executor:
        (status,) = run_cells([FIRST], CORPUS, Pool(executor, slots=1), store)
    assert status.state == "failed"
    assert status.message == f"no worker could finish it in {ATTEMPTS} attempts (a worker was lost): try again."
    assert not store.has(FIRST.id)
    assert store.lease(FIRST.id) is not None  # another program may try


def test_an_executor_that_takes_nothing_is_told(store: Store) -> None:
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    (status,) = run_cells([FIRST], CORPUS, Pool(executor, slots=1), store)
    assert status.state == "failed"
    assert status.message.startswith("no worker could be given the cell (cannot schedule new futures")


@pytest.mark.parametrize(
    ("error", "message", "logged"),
    [
        (CorpusError("the text holds no pair."), "the text holds no pair.", False),
        (ZeroDivisionError("of all things"), "the program failed with ZeroDivisionError: of all things", True),
    ],
)
def test_what_a_cell_raises_is_its_reason_and_a_fault_is_in_the_log(
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    message: str,
    logged: bool,
) -> None:
    def fail(cell: Cell, corpus: Corpus) -> Result:
        raise error

    monkeypatch.setattr(runner, "run_cell", fail)
    with ThreadPoolExecutor(1) as executor:
        (status,) = run_cells([FIRST], CORPUS, Pool(executor), store)
    assert (status.state, status.message) == ("failed", message)
    assert ("Traceback" in capsys.readouterr().err) == logged


def test_a_cell_that_another_program_runs_is_waited_for_and_not_run_again(store: Store) -> None:
    lease = store.lease(FIRST.id)
    assert lease is not None
    found = run_cell(FIRST, CORPUS)

    def finish() -> None:
        store.save(found)
        lease.release()

    threading.Timer(0.2, finish).start()
    executor = ThreadPoolExecutor(1)
    executor.shutdown()  # it could not run anything
    (status,) = run_cells([FIRST], CORPUS, Pool(executor, slots=1), store)
    assert status.state == "done"


def test_a_result_that_cannot_be_stored_is_handed_over(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(folder: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store_module, "sync_folder", full)
    unsaved: list[Result] = []
    with ThreadPoolExecutor(1) as executor:
        (status,) = run_cells([FIRST], CORPUS, Pool(executor), store, on_unsaved=unsaved.append)
    assert (status.state, status.saved) == ("done", False)
    assert "finished but not stored: " in status.message
    assert "No space left on device" in status.message
    assert [run.id for run in unsaved] == [FIRST.id]
    assert unsaved[0].embedding is not None


def test_who_stops_leaves_the_rest_to_others(store: Store) -> None:
    def enough(status: JobStatus) -> None:
        raise KeyboardInterrupt

    with ThreadPoolExecutor(1) as executor, pytest.raises(KeyboardInterrupt):
        run_cells([FIRST, SECOND], CORPUS, Pool(executor, slots=1), store, on_end=enough)
    (left,) = (cell for cell in (FIRST, SECOND) if not store.has(cell.id))
    assert store.lease(left.id) is not None
