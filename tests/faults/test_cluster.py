"""A real dask cluster of two worker processes: the numbers of one machine, even when one is killed in the middle."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
from distributed import LocalCluster

from jsmi_core.cli import entry as cli
from jsmi_core.errors import JobError, ParameterError
from jsmi_core.experiments.comparison import same_numbers
from jsmi_core.experiments.records import CellResult, Result
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import Cell, Grid
from jsmi_core.jobs.cluster import ClusterPool, connected
from jsmi_core.jobs.executor import run_cells
from jsmi_core.pairs.cooccurrence import PairSampling, expected_pairs
from jsmi_core.store.store import Store
from jsmi_core.text.corpus import Corpus, read_corpus
from jsmi_core.training.config import SGNSConfig

WORDS = np.random.default_rng(5).zipf(1.4, 20_000) % 600
CORPUS = Corpus.from_sentences([[f"w{word}" for word in WORDS[start : start + 20]] for start in range(0, 20_000, 20)])


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """Two processes with one thread each; a killed one is started again, as on any cluster with nannies."""
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as running:
        yield running


@pytest.fixture
def pool(cluster: LocalCluster) -> Iterator[ClusterPool]:
    with connected(cluster.scheduler_address) as connection:
        yield connection


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store") as opened:
        yield opened


def test_pairs_are_the_same_to_the_last_bit(pool: ClusterPool) -> None:
    sampling = PairSampling()
    here, there = expected_pairs(CORPUS, sampling), expected_pairs(CORPUS, sampling, pool=pool)
    for part in ("data", "indices", "indptr"):
        assert getattr(here.counts, part).tobytes() == getattr(there.counts, part).tobytes()


def test_a_worker_killed_in_the_middle_costs_nothing_but_time(pool: ClusterPool, store: Store) -> None:
    grid = Grid((2,), (1, 30), seeds=(1, 2), base=SGNSConfig(subsample=0, negatives=2))
    cells = grid.cells(CORPUS.digest)
    killed: list[int] = []

    def kill_one_at_work(_: object) -> None:
        """Once the first cell has ended, the long ones are under way: end a process in the middle of one."""
        busy = [address for address, keys in pool._client.processing().items() if keys]
        if busy and not killed:
            killed.append(pool._client.run(os.getpid, workers=busy[:1])[busy[0]])
            psutil.Process(killed[0]).kill()

    ended = run_cells(cells, CORPUS, pool, store, on_end=kill_one_at_work)
    assert killed
    assert [(status.id, status.state, status.message) for status in ended] == [(cell.id, "done", "") for cell in cells]
    for cell in cells:
        found = store.get(cell.id)
        assert found is not None
        assert same_numbers(found, run_cell(cell, CORPUS))
    assert not list((store.path / "leases").iterdir())


def test_the_corpus_is_sent_once_and_to_every_worker(pool: ClusterPool, store: Store) -> None:
    sent = [pool._hand(CORPUS) for _ in range(3)]
    assert {future.key for future in sent} == {f"jsmi-{CORPUS.digest}"}
    deadline = time.monotonic() + 30  # a worker that was killed comes back by itself
    while len(pool._client.nthreads()) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert pool._client.who_has(sent[:1])


def test_a_cell_that_cannot_be_computed_has_its_sentence(pool: ClusterPool, store: Store) -> None:
    lonely = Corpus.from_sentences([["no"], ["pairs"]])
    ended = run_cells(Grid((2, 3), (1,)).cells(lonely.digest), lonely, pool, store)
    assert [status.state for status in ended] == ["failed", "failed"]
    assert ended[0].message.startswith("the text holds no pair of words")
    assert store.results() == ()


def test_what_is_stored_or_run_by_others_is_left_alone(pool: ClusterPool, store: Store) -> None:
    first, second = Grid((2,), (1,), seeds=(1, 2), base=SGNSConfig(subsample=0)).cells(CORPUS.digest)
    known = run_cell(first, CORPUS)
    own = replace(known.laws[0], score=known.laws[0].score - 1)
    store.save(replace(known, laws=(own, known.laws[1])))
    lease = store.lease(second.id)
    ended = []

    def other_program(status: object) -> None:
        ended.append(status)
        if len(ended) == 1:
            store.save(run_cell(second, CORPUS))
            lease.release()

    states = run_cells([first, second], CORPUS, pool, store, on_end=other_program)
    assert [status.state for status in states] == ["done", "done"]
    assert store.get(first.id).laws[0] == own, "it was not computed again"


def test_a_cell_of_another_text_is_refused(pool: ClusterPool, store: Store) -> None:
    with pytest.raises(ParameterError, match="names another corpus"):
        run_cells([Cell("c0ffee", SGNSConfig())], CORPUS, pool, store)


# --- the shell ------------------------------------------------------------------------------------------------------


@pytest.fixture
def text(tmp_path: Path) -> Path:
    file = tmp_path / "text.txt"
    file.write_text("the cat sat on the mat\na cat and a dog\n" * 30, encoding="utf-8")
    return file


GRID = ["--dimensions", "2,3", "--epochs", "1,2", "--subsample", "0", "--best-rank", "--json"]


def test_the_shell_runs_a_grid_on_the_cluster(
    cluster: LocalCluster, text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["sweep", str(text), *GRID, "--store", str(tmp_path / "s")]
    assert cli.main([*command, "--scheduler", cluster.scheduler_address]) == 0
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert "4 trainings and 2 searches, 0 of them stored already; the rest goes to" in said.err
    assert "6/6 done" in said.err
    assert "--scheduler" not in told["manifest"]["command"], "who computes does not change the numbers"
    corpus = read_corpus(text)
    for record in (*told["results"], *told["best_rank"]):
        result: Result = CellResult.from_dict(record) if "certificate" not in record else Result.from_dict(record)
        assert result.laws == run_cell(result.cell, corpus).laws
    assert cli.main([*command, "--scheduler", cluster.scheduler_address]) == 0
    assert "nothing is left to run" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("address", "code", "sentence"),
    [
        ("tcp://127.0.0.1:9", 5, "no scheduler answers at tcp://127.0.0.1:9 within"),
        ("nowhere://x", 2, "scheduler = 'nowhere://x' is not usable"),
    ],
)
def test_a_scheduler_that_is_not_there_is_one_sentence(
    text: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    address: str, code: int, sentence: str,
) -> None:  # fmt: skip
    monkeypatch.setattr("jsmi_core.jobs.cluster.CONNECT_SECONDS", 1)
    assert cli.main(["sweep", str(text), "--scheduler", address, "--store", str(tmp_path / "s")]) == code
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith(f"jsmi: {sentence}")
    assert last.endswith(".")


def test_workers_belong_to_the_scheduler(text: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sweep", str(text), "--scheduler", "tcp://127.0.0.1:9", "--workers", "2"]) == 2
    assert "its own workers do the work" in capsys.readouterr().err


def test_without_the_extra_the_way_to_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with (
        pytest.raises(ParameterError, match=r"pip install 'jsmi-explorer\[cluster\]'"),
        connected("tcp://127.0.0.1:9"),
    ):
        pass


def test_a_scheduler_without_workers_is_told() -> None:
    with (
        LocalCluster(n_workers=0, dashboard_address=":0", silence_logs=50) as empty,
        pytest.raises(JobError, match="has no workers: start dask worker"),
        connected(empty.scheduler_address),
    ):
        pass
