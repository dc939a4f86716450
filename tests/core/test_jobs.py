"""The queue with the real trainer: same numbers as without it, one job for equal cells, order, limits, cancel."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from jsmi_core.errors import JobError, ParameterError
from jsmi_core.experiments import cost
from jsmi_core.experiments.cost import (
    TYPICAL_PACE,
    check_size,
    estimated_multiply_adds,
    estimated_pace,
    estimated_pairs,
)
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import Cell, Grid
from jsmi_core.jobs import queue as jobs_module
from jsmi_core.jobs.claims import Unclaimed, claim
from jsmi_core.jobs.job import JobStatus
from jsmi_core.jobs.queue import JobQueue
from jsmi_core.pairs.cooccurrence import expected_pairs
from jsmi_core.store import Lease
from jsmi_core.store.store import Store
from jsmi_core.text.corpus import Corpus
from jsmi_core.training.config import SGNSConfig

QUICK = SGNSConfig(dimension=4, negatives=2, epochs=2, window=3)
ENDLESS = replace(QUICK, epochs=100_000, seed=99)


def zipf_corpus(tokens: int, words: int) -> Corpus:
    drawn = np.random.default_rng(7).zipf(1.5, tokens) % words
    return Corpus.from_sentences([[f"w{word}" for word in drawn[start : start + 25]] for start in range(0, tokens, 25)])


CORPUS = zipf_corpus(20_000, 200)


def wait_for(true: Callable[[], object], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.02)


def ended(jobs: JobQueue, job: str) -> JobStatus:
    wait_for(lambda: jobs.status(job).state not in ("queued", "running"))
    return jobs.status(job)


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JobQueue]:
    with Store(tmp_path_factory.mktemp("store")) as store, JobQueue(store, workers=1, limit=3) as queue:
        yield queue


@pytest.fixture
def busy(jobs: JobQueue) -> Iterator[str]:
    """A training that keeps the only worker for as long as the test lasts."""
    job = jobs.submit(Cell(CORPUS.digest, ENDLESS), CORPUS, owner="the busy one")
    wait_for(lambda: len(jobs.status(job).history) > 2)
    yield job
    jobs.cancel(job, owner="the busy one")
    assert ended(jobs, job).state == "cancelled"


# --- what comes out -------------------------------------------------------------------------------------------------


def test_job_stores_what_run_cell_finds(jobs: JobQueue) -> None:
    cell = Cell(CORPUS.digest, QUICK)
    job = jobs.submit(cell, CORPUS)
    assert job == cell.id
    status = ended(jobs, job)
    assert status == JobStatus(job, "done", progress=1.0, history=status.history)
    expected, stored = run_cell(cell, CORPUS), jobs.result(job)
    assert stored.laws == expected.laws
    np.testing.assert_array_equal(stored.embedding.words, expected.embedding.words)
    np.testing.assert_array_equal(stored.gap_by_word, expected.gap_by_word)
    assert status.history == stored.history
    assert [score.epoch for score in status.history] == [0, 1, 2]


def test_stored_cell_is_done_at_once_also_after_a_restart(jobs: JobQueue, busy: str) -> None:
    cell = Cell(CORPUS.digest, QUICK)
    jobs.store.save(run_cell(cell, CORPUS))
    with Store(jobs.store.path) as store, JobQueue(store, workers=1, task="no_such_module:never_called") as later:
        assert later.submit(cell, CORPUS) == cell.id
        assert later.status(cell.id) == JobStatus(cell.id, "done", progress=1.0)
    before = jobs.waiting
    jobs.submit(cell, CORPUS)
    assert jobs.waiting == before


def test_progress_and_time_left_while_running(jobs: JobQueue, busy: str) -> None:
    seen = [jobs.status(busy)]

    def look() -> bool:
        seen.append(jobs.status(busy))
        return len(seen) > 10 and len(seen[-1].history) > len(seen[0].history)

    wait_for(look)
    progress = [status.progress for status in seen]
    assert all(status.state == "running" and status.seconds_left > 0 for status in seen)
    assert progress == sorted(progress)
    assert 0 < progress[0] < progress[-1] < 1


# --- the queue ------------------------------------------------------------------------------------------------------


def test_places_limit_and_order(jobs: JobQueue, busy: str) -> None:
    first, second, third, fourth = Grid(seeds=(11, 12, 13, 14), base=QUICK).cells(CORPUS.digest)
    for cell in (second, first, third):
        jobs.submit(cell, CORPUS)
    assert [jobs.status(cell.id).place for cell in (second, first, third)] == [1, 2, 3]
    assert jobs.status(busy).place == 0
    lefts = [jobs.status(cell.id).seconds_left for cell in (second, first, third)]
    assert lefts == sorted(lefts)
    with pytest.raises(JobError, match="3 jobs are waiting already: try again"):
        jobs.submit(fourth, CORPUS)
    assert jobs.submit(first, CORPUS) == first.id  # no new job, so no room needed
    jobs.cancel(second.id)
    assert jobs.status(second.id).state == "cancelled"
    assert [jobs.status(cell.id).place for cell in (first, third)] == [1, 2]
    jobs.submit(fourth, CORPUS)
    for cell in (third, fourth):
        jobs.cancel(cell.id)
    jobs.cancel(busy, owner="the busy one")
    assert ended(jobs, first.id).state == "done"
    assert ended(jobs, busy).state == "cancelled"


def test_equal_cells_are_one_job_until_nobody_wants_it(jobs: JobQueue, busy: str) -> None:
    for student in range(30):
        assert jobs.submit(Cell(CORPUS.digest, ENDLESS), CORPUS, owner=f"student {student}") == busy
    assert jobs.waiting == 0
    for student in range(30):
        jobs.cancel(busy, owner=f"student {student}")
        jobs.cancel(busy, owner=f"student {student}")  # twice is once
    assert jobs.status(busy).state == "running"


def test_cancel_keeps_the_history_and_a_new_try_starts_afresh(jobs: JobQueue) -> None:
    cell = Cell(CORPUS.digest, replace(ENDLESS, seed=98))
    jobs.submit(cell, CORPUS)
    wait_for(lambda: len(jobs.status(cell.id).history) > 3)
    jobs.cancel(cell.id)
    status = ended(jobs, cell.id)
    assert (status.state, status.message) == ("cancelled", "stopped on request: what was scored until then is kept.")
    assert [score.epoch for score in status.history] == list(range(len(status.history)))
    assert len(status.history) > 3
    assert jobs.result(cell.id) is None
    jobs.submit(cell, CORPUS)
    wait_for(lambda: len(jobs.status(cell.id).history) > 1)
    jobs.cancel(cell.id)
    ended(jobs, cell.id)


def test_closed_queue_refuses_and_ends_what_waits(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        jobs = JobQueue(store, workers=1)
        running, waiting = Grid(seeds=(1, 2), base=ENDLESS).cells(CORPUS.digest)
        jobs.submit(running, CORPUS)
        wait_for(lambda: jobs.status(running.id).state == "running")
        jobs.submit(waiting, CORPUS)
        jobs.close()
        assert [jobs.status(cell.id).state for cell in (running, waiting)] == ["cancelled", "cancelled"]
        with pytest.raises(JobError, match="closed"):
            jobs.submit(Cell(CORPUS.digest, QUICK), CORPUS)


def closed_to_results(store: Store) -> Path:
    """Keep the corpus, then put a file where the folder of results was: nothing can be written there."""
    store.save_corpus(CORPUS)
    arrays = store.path / "arrays"
    arrays.rmdir()
    arrays.write_text("no folder")
    return arrays


def test_unsaved_result_is_kept_and_can_be_saved_again(tmp_path: Path) -> None:
    cell = Cell(CORPUS.digest, QUICK)
    with Store(tmp_path / "store") as store, JobQueue(store, workers=1) as jobs:
        arrays = closed_to_results(store)
        jobs.submit(cell, CORPUS)
        status = ended(jobs, cell.id)
        assert (status.state, status.saved) == ("done", False)
        assert "finished but not stored" in status.message
        assert jobs.result(cell.id).embedding is not None
        with pytest.raises(OSError, match="cannot be written"):
            jobs.retry_save(cell.id)
        arrays.unlink()
        arrays.mkdir()
        jobs.retry_save(cell.id)
        assert jobs.status(cell.id).saved
        assert jobs.status(cell.id).message == ""
        assert store.get(cell.id).laws == run_cell(cell, CORPUS).laws


def test_no_more_results_wait_to_be_stored_than_memory_can_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_module, "_MOST_UNSAVED", 0)
    cell = Cell(CORPUS.digest, QUICK)
    with Store(tmp_path / "store") as store, JobQueue(store, workers=1) as jobs:
        closed_to_results(store)
        jobs.submit(cell, CORPUS)
        status = ended(jobs, cell.id)
        assert status.state == "failed"
        assert status.message.startswith(
            "too many results wait to be stored, and this one is lost: finished but not stored: "
        )
        assert jobs.result(cell.id) is None
        jobs.retry_save(cell.id)  # there is nothing to save, and nothing happens
        assert not store.has(cell.id)


def test_a_store_that_cannot_be_asked_stops_no_job(tmp_path: Path) -> None:
    """What another program has stored meanwhile is not known then: the job runs, and is told of it in the end."""
    with Store(tmp_path) as store:
        cell = Cell(CORPUS.digest, QUICK)
        store.save(run_cell(cell, CORPUS))
        assert claim(store, cell) is Unclaimed.STORED
        store.close()
        lease = claim(store, cell)
        assert isinstance(lease, Lease)
        lease.release()


def test_submitted_twice_at_once_is_one_job(jobs: JobQueue, busy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second wish comes while the first is still saving its corpus."""
    cell = Cell(CORPUS.digest, replace(QUICK, seed=31))
    save_corpus, before = jobs.store.save_corpus, jobs.waiting

    def wish_meanwhile(corpus: Corpus) -> None:
        save_corpus(corpus)
        monkeypatch.undo()
        jobs.submit(cell, corpus, owner="another")

    monkeypatch.setattr(jobs.store, "save_corpus", wish_meanwhile)
    assert jobs.submit(cell, CORPUS, owner="one") == cell.id
    assert jobs.waiting == before + 1
    jobs.cancel(cell.id, owner="another")
    assert jobs.status(cell.id).state == "queued"
    jobs.cancel(cell.id, owner="one")
    assert jobs.status(cell.id).state == "cancelled"


def test_only_the_latest_ended_jobs_are_remembered(jobs: JobQueue, busy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs_module, "_MOST_ENDED", 1)
    cells = Grid(seeds=(41, 42, 43), base=QUICK).cells(CORPUS.digest)
    for cell in cells:
        jobs.submit(cell, CORPUS)
        jobs.cancel(cell.id)
    assert jobs.status(cells[1].id).state == "cancelled"
    with pytest.raises(JobError, match="start it again"):
        jobs.status(cells[0].id)


# --- refusals -------------------------------------------------------------------------------------------------------


def test_refuses_what_it_cannot_know_or_do(jobs: JobQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(JobError, match="start it again"):
        jobs.status("0" * 20)
    with pytest.raises(ParameterError, match="give that one"):
        jobs.submit(Cell("0" * 64, QUICK), CORPUS)
    jobs.cancel("0" * 20)
    with pytest.raises(ParameterError, match="workers = 0"):
        JobQueue(jobs.store, workers=0)
    monkeypatch.setenv("JSMI_WORKERS", "many")
    with pytest.raises(ParameterError, match="workers = 'many'"):
        JobQueue(jobs.store)
    monkeypatch.setenv("JSMI_WORKERS", "3")
    with JobQueue(jobs.store) as three:
        assert three.workers == 3


def test_too_long_or_too_large_is_refused_with_a_size_that_fits(
    jobs: JobQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = replace(QUICK, dimension=500, negatives=1_000, epochs=100_000)
    with pytest.raises(ParameterError, match=r"hours, more than the 24.0 hours .* at most [\d,]+ epochs") as told:
        jobs.submit(Cell(CORPUS.digest, long), CORPUS)
    fits = int(str(told.value).rpartition("at most ")[2].split()[0].replace(",", ""))
    check_size(CORPUS, replace(long, epochs=int(0.9 * fits)), TYPICAL_PACE, 24 * 3600)
    monkeypatch.setattr(cost, "physical_memory", lambda: 50e6)
    with pytest.raises(ParameterError, match=r"dimension = 10,000 with 200 words needs about 0.1 GB") as told:
        check_size(CORPUS, replace(QUICK, dimension=10_000), TYPICAL_PACE, 1e12)
    fits = int(str(told.value).rpartition("up to ")[2].rstrip(".").replace(",", ""))
    check_size(CORPUS, replace(QUICK, dimension=fits), TYPICAL_PACE, 1e12)


# --- estimates ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("config", [QUICK, replace(QUICK, dynamic=False), replace(QUICK, subsample=0.0, window=1)])
def test_estimated_pairs_are_near_the_expected_ones(config: SGNSConfig) -> None:
    exact = expected_pairs(CORPUS, config.sampling).total
    assert estimated_pairs(CORPUS, config.sampling) == pytest.approx(exact, rel=0.2)


def test_pace_is_that_of_the_finished_runs_once_they_weigh_enough() -> None:
    assert estimated_pace([]) == TYPICAL_PACE
    assert estimated_pace([(1e6, 1e3 * 1e6 * TYPICAL_PACE)]) < 1.1 * TYPICAL_PACE  # one short run tells little
    assert estimated_pace([(1e13, 1e13 * 2 * TYPICAL_PACE)] * 3) == pytest.approx(2 * TYPICAL_PACE, rel=0.01)
    assert estimated_multiply_adds(CORPUS, replace(QUICK, epochs=4)) > 1.4 * estimated_multiply_adds(CORPUS, QUICK)


def test_estimate_leaves_out_what_is_stored(jobs: JobQueue) -> None:
    cells = Grid(seeds=(21, 22, 23), base=QUICK).cells(CORPUS.digest)
    before = jobs.estimated_seconds(cells, CORPUS)
    jobs.store.save(run_cell(cells[0], CORPUS))
    assert jobs.estimated_seconds(cells, CORPUS) == pytest.approx(before * 2 / 3)
