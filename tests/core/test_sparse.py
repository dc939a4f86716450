"""A training scored now and then is the same training: same numbers, answered by the dense one, computed once."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from jsmi_core.cli.entry import main
from jsmi_core.errors import ParameterError
from jsmi_core.experiments.checkpoints import Checkpoint, points_of
from jsmi_core.experiments.cost import estimated_multiply_adds
from jsmi_core.experiments.records import CellResult, EpochScore, distinct
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import SPARSE, Cell, Grid, RankCell, Spec
from jsmi_core.figures.ladder import ladder_data
from jsmi_core.figures.measure import climb_data
from jsmi_core.jobs import executor as runner
from jsmi_core.jobs.queue import JobQueue
from jsmi_core.runtime.pool import Pool
from jsmi_core.store.bundle import export_bundle, import_bundle
from jsmi_core.store.store import Store
from jsmi_core.text.corpus import Corpus
from jsmi_core.training.config import SGNSConfig
from tests.core.test_jobs import ended, wait_for

CORPUS = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]] * 100, name="Hamlet")
CONFIG = SGNSConfig(dimension=2, epochs=12, subsample=0, learning_rate=0.1)
DENSE, COARSE = Cell(CORPUS.digest, CONFIG), Cell(CORPUS.digest, CONFIG, SPARSE)
GRID = Grid(base=CONFIG)


@pytest.fixture(scope="module")
def dense() -> CellResult:
    return run_cell(DENSE, CORPUS)


@pytest.fixture(scope="module")
def coarse() -> CellResult:
    return run_cell(COARSE, CORPUS)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def jobs(store: Store) -> Iterator[JobQueue]:
    with JobQueue(store, workers=1) as queue:
        yield queue


# --- cells ---------------------------------------------------------------------------------------------------------


def test_dense_cells_say_nothing_of_it_and_keep_their_ids() -> None:
    assert "every" not in DENSE.to_dict()
    assert COARSE.to_dict() == DENSE.to_dict() | {"every": SPARSE}
    assert len({DENSE.id, COARSE.id, replace(DENSE, every=3).id}) == 3
    again = Spec.from_dict(json.loads(json.dumps(COARSE.to_dict())))
    assert (again, again.id) == (COARSE, COARSE.id)


@pytest.mark.parametrize(
    ("epochs", "every", "scored"),
    [(12, 5, (0, 5, 10, 12)), (10, 5, (0, 5, 10)), (3, 1, (0, 1, 2, 3)), (4, 5, (0, 4)), (1, 5, (0, 1))],
)
def test_scored_epochs_end_with_the_last(epochs: int, every: int, scored: tuple[int, ...]) -> None:
    assert Cell("c0ffee", SGNSConfig(epochs=epochs), every).scored_epochs == scored


def test_one_list_of_epochs_has_one_id() -> None:
    once = SGNSConfig(epochs=1)
    assert Cell("c0ffee", once, SPARSE) == Cell("c0ffee", once)
    assert Cell("c0ffee", SGNSConfig(epochs=4), 5).id == Cell("c0ffee", SGNSConfig(epochs=4), 4).id


@pytest.mark.parametrize("every", [0, -1, 1.5, True, "5", 100_001])
def test_every_is_checked(every: object) -> None:
    with pytest.raises(ParameterError, match="every = "):
        Cell("c0ffee", CONFIG, every)  # type: ignore[arg-type]


def test_grids_of_independent_runs_are_scored_now_and_then() -> None:
    assert [cell.every for cell in GRID.cells(CORPUS.digest)] == [SPARSE]
    assert [cell.every for cell in replace(GRID, epochs_as="checkpoints").cells(CORPUS.digest)] == [1]


def test_the_dense_cell_answers_and_never_the_other_way_round() -> None:
    drawn = [replace(cell, drawn=True).id for cell in (COARSE, DENSE)]  # scored by the pairs that it drew too
    assert COARSE.answered_by == (COARSE.id, drawn[0], DENSE.id, drawn[1])
    assert DENSE.answered_by == (DENSE.id, drawn[1])
    assert COARSE.answer({DENSE.id: "dense"}) == "dense"
    assert COARSE.answer({DENSE.id: "dense", COARSE.id: "own"}) == "own"
    assert DENSE.answer({COARSE.id: "own"}) is None


def test_a_start_is_a_training_however_often_it_is_scored() -> None:
    beyond = RankCell.beyond(DENSE)
    assert beyond == RankCell.beyond(COARSE) == Spec.from_dict(beyond.to_dict())
    assert beyond.start is not None
    assert {DENSE.id, COARSE.id} < set(beyond.start.answered_by)


# --- results -------------------------------------------------------------------------------------------------------


def test_what_is_scored_changes_no_number(dense: CellResult, coarse: CellResult) -> None:
    assert coarse.laws == dense.laws
    assert dense.embedding is not None
    assert coarse.embedding is not None
    np.testing.assert_array_equal(coarse.embedding.words, dense.embedding.words)
    np.testing.assert_array_equal(coarse.embedding.contexts, dense.embedding.contexts)
    np.testing.assert_array_equal(coarse.gap_by_word, dense.gap_by_word)
    known = {moment.epoch: (moment.score, moment.gap) for moment in dense.history}
    assert tuple(moment.epoch for moment in coarse.history) == COARSE.scored_epochs
    assert all((moment.score, moment.gap) == known[moment.epoch] for moment in coarse.history)


def test_progress_is_told_in_every_epoch_and_the_clock_runs_in_all() -> None:
    shares: list[float] = []
    told: list[EpochScore] = []
    result = run_cell(COARSE, CORPUS, report=told.append, progress=shares.append)
    assert tuple(told) == result.history
    ends = [round(share * CONFIG.epochs) for share in shares if (share * CONFIG.epochs) % 1 == pytest.approx(0)]
    assert set(range(1, CONFIG.epochs + 1)) <= set(ends)
    assert all(before.seconds < after.seconds for before, after in pairwise(result.history))


def test_less_work_is_expected_and_noted(dense: CellResult, coarse: CellResult) -> None:
    assert estimated_multiply_adds(CORPUS, COARSE) < estimated_multiply_adds(CORPUS, DENSE)
    assert estimated_multiply_adds(CORPUS, DENSE) == estimated_multiply_adds(CORPUS, CONFIG)
    assert [result.manifest.cost for result in (coarse, dense)] == [
        estimated_multiply_adds(CORPUS, cell) for cell in (COARSE, DENSE)
    ]


def test_points_of_a_grid_are_each_training_once(dense: CellResult, coarse: CellResult) -> None:
    assert points_of([coarse], GRID) == (coarse,)
    assert points_of([dense], GRID) == (dense,)
    assert len(points_of([dense, coarse], GRID)) == 1
    along = replace(GRID, epochs=(4, 12), epochs_as="checkpoints")
    assert points_of([coarse], along) == ()
    assert [point.id for point in points_of([dense, coarse], along)] == [f"{DENSE.id}@4", f"{DENSE.id}@12"]
    assert distinct([coarse, dense]) == (dense,)
    assert distinct([coarse]) == (coarse,)


def test_a_point_along_it_is_where_it_was_scored(dense: CellResult, coarse: CellResult) -> None:
    point = Checkpoint.of(coarse, 10)
    assert point.own.score == dense.history[10].score
    assert tuple(moment.epoch for moment in point.history) == point.cell.scored_epochs == (0, 10)
    with pytest.raises(ParameterError, match="has 12 epochs and was scored after every 10 of them"):
        Checkpoint.of(coarse, 4)


def test_figures_stand_at_the_epochs_that_were_scored(coarse: CellResult) -> None:
    climb = climb_data(coarse.history, CONFIG.epochs, coarse.laws[0].bound, 0.45).lines[-1]
    assert climb.x == (0.0, 10.0, 12.0)
    shorter = run_cell(Cell(CORPUS.digest, replace(CONFIG, epochs=7), SPARSE), CORPUS)
    line = ladder_data(points_of([coarse, shorter], replace(GRID, epochs=(7, 12))), "epochs").lines[-1]
    assert line.x == (7.0, 12.0)
    assert line.y == tuple(run.own.score for run in (shorter, coarse)), "the last scores of two runs"


def test_a_bundle_carries_it(store: Store, coarse: CellResult, tmp_path: Path) -> None:
    store.save(coarse)
    file = io.BytesIO()
    export_bundle(store, file)
    with Store(tmp_path / "to") as other:
        assert import_bundle(other, file.getvalue()).refused == ()
        arrived = other.get(COARSE)
    assert arrived is not None
    assert arrived.history == coarse.history


# --- computed once -------------------------------------------------------------------------------------------------


def test_the_store_finds_what_answers(store: Store, dense: CellResult, coarse: CellResult) -> None:
    store.save(coarse)
    assert not store.has(DENSE)
    assert store.get(DENSE) is None
    assert store.get(COARSE).id == COARSE.id
    store.delete(COARSE.id)
    store.save(dense)
    assert store.has(COARSE)
    assert not store.has(COARSE.id)
    assert store.get(COARSE).id == DENSE.id


def test_a_training_has_one_lease(store: Store) -> None:
    lease = store.lease(DENSE)
    assert lease is not None
    assert store.lease(COARSE) is None
    lease.release()
    assert store.lease(COARSE) is not None


def test_the_queue_takes_a_dense_result_for_a_sparse_cell(jobs: JobQueue, dense: CellResult) -> None:
    jobs.store.save(dense)
    assert jobs.estimated_seconds([COARSE], CORPUS) == 0
    assert jobs.submit(COARSE, CORPUS) == DENSE.id
    assert jobs.status(COARSE).state == "done"
    assert jobs.result(COARSE).history == dense.history


def test_the_queue_trains_again_for_more_scores(jobs: JobQueue, dense: CellResult, coarse: CellResult) -> None:
    jobs.store.save(coarse)
    assert jobs.submit(DENSE, CORPUS) == DENSE.id
    assert ended(jobs, DENSE.id).state == "done"
    assert jobs.result(DENSE).laws == dense.laws
    assert len(jobs.result(DENSE).history) == 1 + CONFIG.epochs


def test_a_sparse_cell_joins_the_dense_job_and_leaves_it(jobs: JobQueue) -> None:
    long = Cell(CORPUS.digest, replace(CONFIG, epochs=100_000))
    job = jobs.submit(long, CORPUS, "the page")
    wait_for(lambda: len(jobs.status(job).history) > 1)
    assert jobs.submit(replace(long, every=SPARSE), CORPUS, "the sweep") == job
    jobs.cancel(job, "the page")
    assert jobs.status(replace(long, every=SPARSE)).state == "running"
    jobs.cancel(replace(long, every=SPARSE), "the sweep")
    assert ended(jobs, job).state == "cancelled"


def test_a_waiting_sparse_job_takes_what_was_stored_meanwhile(jobs: JobQueue, dense: CellResult) -> None:
    lease = jobs.store.lease(DENSE)  # another program trains it
    assert lease is not None
    job = jobs.submit(COARSE, CORPUS)
    assert job == COARSE.id
    jobs.store.save(dense)
    lease.release()
    assert ended(jobs, job).state == "done"
    assert jobs.result(job).id == jobs.result(COARSE).id == DENSE.id


def test_a_cancelled_job_does_not_hide_a_stored_result(jobs: JobQueue, dense: CellResult) -> None:
    lease = jobs.store.lease(COARSE)
    assert lease is not None
    jobs.submit(COARSE, CORPUS, "one")
    jobs.cancel(COARSE, "one")
    assert jobs.status(COARSE).state == "cancelled"
    jobs.store.save(dense)
    assert jobs.status(COARSE).state == "done"
    lease.release()


def test_an_executor_is_given_nothing_that_is_answered(
    store: Store, dense: CellResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save(dense)
    monkeypatch.setattr(runner, "_compute", lambda corpus, cell: (b"", "it was computed again"))
    with ThreadPoolExecutor(1) as threads:
        (status,) = runner.run_cells([COARSE], CORPUS, Pool(threads), store)
    assert status.state == "done"


@pytest.mark.parametrize("scored", ["dense", "coarse"])
def test_a_search_starts_from_either(jobs: JobQueue, scored: str, request: pytest.FixtureRequest) -> None:
    training: CellResult = request.getfixturevalue(scored)
    jobs.store.save(training)
    wanted: list[CellResult | None] = []
    run_cell(RankCell.beyond(DENSE), CORPUS, trained=lambda cell: wanted.append(jobs.store.get(cell)) or wanted[-1])
    assert [found.id for found in wanted if found is not None] == [training.id]


def test_the_shell_s_grid_takes_what_was_trained_one_by_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "hamlet.txt"
    text.write_text("to be or not to be\n" * 50, "utf-8")
    common = [str(text), "--store", str(tmp_path / "store"), "--min-count", "1", "--subsample", "0", "--json"]
    assert main(["train", *common, "--dimension", "2", "--epochs", "12"]) == 0
    trained = json.loads(capsys.readouterr().out)
    assert main(["sweep", *common, "--dimensions", "2,3", "--epochs", "12"]) == 0
    captured = capsys.readouterr()
    assert "2 trainings, 1 of them stored already" in captured.err
    first, second = json.loads(captured.out)["results"]
    assert first["id"] == trained["id"]
    assert [moment["epoch"] for moment in second["history"]] == [0, 10, 12]
