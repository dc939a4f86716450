"""Turns go round the owners (B19): who queued a thousand cells keeps nobody waiting, and who is gone comes last."""

import time
from pathlib import Path

import pytest

from jsmi_core import Cell, Corpus, SGNSConfig
from jsmi_core.errors import JobError
from jsmi_core.jobs import JobQueue, turns
from jsmi_core.jobs.job import Job
from jsmi_core.jobs.turns import Turns
from jsmi_core.store import Store

TEXT = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]] * 10)


def cell(seed: int, **settings: int) -> Cell:
    return Cell(TEXT.digest, SGNSConfig(**{"dimension": 2, "epochs": 1, "subsample": 0, "seed": seed} | settings))


def jobs_of(**counts: int) -> list[Job]:
    """So many jobs of each owner, all of one owner before all of the next."""
    return [Job(cell(1), 1.0, {owner}, owner) for owner, count in counts.items() for _ in range(count)]


def named(jobs: list[Job]) -> str:
    return "".join(job.corpus_name for job in jobs)


def test_turns_go_round_whoever_came_first() -> None:
    assert named(Turns().order(jobs_of(a=5, b=2, c=1), ())) == "abcabaaa"


def test_what_runs_counts_as_a_turn() -> None:
    waiting = jobs_of(a=3, b=2)
    (running,) = jobs_of(a=1)
    assert named(Turns().order(waiting, [running])) == "babaa"


def test_of_equal_claims_who_was_served_longest_ago_comes_first() -> None:
    found, waiting = Turns(), jobs_of(a=2, b=2)
    served = ""
    while waiting:
        job = found.order(waiting, ())[0]
        found.serve(job)
        waiting.remove(job)
        served += job.corpus_name
    assert served == "abab"


def test_a_job_that_two_want_comes_when_the_first_of_them_has_a_turn() -> None:
    waiting = jobs_of(a=3)
    waiting[2].owners.add("b")
    assert named(Turns().order(waiting, ())) == "aaa"
    assert Turns().order(waiting, ())[1] is waiting[2]


def test_who_is_gone_comes_last_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1_000_000.0]
    monkeypatch.setattr(turns.time, "monotonic", lambda: clock[0])
    found, waiting = Turns(), jobs_of(a=2, b=2)
    found.see("a")
    clock[0] += turns.AWAY_SECONDS + 1
    assert named(found.order(waiting, ())) == "bbaa"  # b never said that it was there, and is not missed
    assert not found.gone(waiting[0])
    clock[0] += turns.GONE_SECONDS
    assert found.gone(waiting[0])
    assert not found.gone(waiting[2])
    found.see("a")
    assert named(found.order(waiting, ())) == "abab"


def test_a_newcomer_s_first_job_comes_second_in_a_real_queue(tmp_path: Path) -> None:
    with Store(tmp_path) as store, JobQueue(store, workers=1) as jobs:
        for seed in range(1, 101):
            jobs.submit(cell(seed, dimension=50, epochs=20), TEXT, "greedy")
        job = jobs.submit(cell(1, dimension=3), TEXT, "newcomer")
        assert jobs.status(job).place <= 2
        while jobs.status(job).state != "done":
            time.sleep(0.05)
        assert jobs.waiting > 90


def test_the_share_of_each_is_told_before_anything_is_queued(tmp_path: Path) -> None:
    cells = [cell(seed) for seed in range(1, 8)]
    with Store(tmp_path) as store, JobQueue(store, workers=1, most_each=5) as jobs:
        with pytest.raises(JobError, match="7 trainings or searches, where each person may have 5"):
            jobs.check_share(cells, TEXT, "a")
        jobs.check_share(cells[:5], TEXT, "a")
        assert jobs.waiting == 0
    with (
        Store(tmp_path) as store,
        JobQueue(store, workers=1, longest_each_seconds=1e-9) as jobs,
        pytest.raises(JobError, match="hours, where each person may have"),
    ):
        jobs.check_share(cells, TEXT, "a")


def test_the_wish_of_all_can_be_taken_back(tmp_path: Path) -> None:
    with Store(tmp_path) as store, JobQueue(store, workers=1) as jobs:
        first = jobs.submit(cell(1, dimension=100, epochs=500), TEXT, "a")
        second = jobs.submit(cell(2), TEXT, "b")
        jobs.submit(cell(2), TEXT, "a")
        assert {owner for _, owners in jobs.live() for owner in owners} == {"a", "b"}
        jobs.cancel(second, None)
        assert jobs.status(second).state == "cancelled"
        assert jobs.wants(first, "a")
        assert not jobs.wants(first, "b")
