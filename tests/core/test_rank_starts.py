"""Searches that start from a training: their cells, what wins, how far they are; and what training aims at."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from jsmi_core.errors import ParameterError
from jsmi_core.experiments.records import CellResult, RankResult
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.scoring import objectives_of
from jsmi_core.experiments.specs import Cell, RankCell, RankConfig, Spec
from jsmi_core.experiments.split import Split, aimed_score, comparable, searched
from jsmi_core.jobs.queue import JobQueue
from jsmi_core.lowrank.progress import RankStep
from jsmi_core.lowrank.search import best_rank_embedding
from jsmi_core.objective.sgns import REACH, SGNSObjective
from jsmi_core.store.store import Store
from tests.core.test_jobs import ended
from tests.core.test_rank_cells import CELL, CONFIG, CORPUS

TRAINING = Cell(CORPUS.digest, replace(CONFIG, epochs=3))
BEYOND = RankCell.beyond(TRAINING)


@pytest.fixture(scope="module")
def trained() -> CellResult:
    return run_cell(TRAINING, CORPUS)


@pytest.fixture(scope="module")
def found(trained: CellResult) -> RankResult:
    return run_cell(BEYOND, CORPUS, trained=lambda cell: trained if cell == TRAINING else None)


# --- cells ---------------------------------------------------------------------------------------------------------


def test_the_start_is_part_of_the_cell_and_of_its_record() -> None:
    assert len({cell.id for cell in (CELL, BEYOND, RankCell.beyond(Cell(CORPUS.digest, CONFIG)))}) == 3
    again = Spec.from_dict(json.loads(json.dumps(BEYOND.to_dict())))
    assert again == BEYOND
    assert again.id == BEYOND.id
    assert "start" not in CELL.to_dict()  # the ids of cells without one are what they always were


@pytest.mark.parametrize(
    ("start", "told"),
    [
        (Cell("c0ffee", CONFIG), "another corpus or law"),
        (replace(TRAINING, config=replace(CONFIG, negatives=9)), "another corpus or law"),
        (replace(TRAINING, config=replace(CONFIG, window=1)), "another corpus or law"),
        (replace(TRAINING, config=replace(CONFIG, dimension=4)), "has 4 dimensions but the search has 3"),
    ],
)
def test_a_start_must_fit(start: Cell, told: str) -> None:
    with pytest.raises(ParameterError, match=told):
        RankCell(CORPUS.digest, RankConfig.under(CONFIG), start)


# --- results -------------------------------------------------------------------------------------------------------


def test_the_training_is_among_the_starts(trained: CellResult, found: RankResult) -> None:
    assert trained.embedding is not None
    objective = objectives_of(CORPUS, CONFIG)["word2vec"]
    best = best_rank_embedding(objective, CONFIG.dimension, [trained.embedding])
    assert found.own.score == pytest.approx(best.score, rel=1e-9)
    assert found.own.score >= trained.own.score
    assert found.certificate.spread > 0
    assert found.certificate.start in {best.start, "training"}


def test_a_training_that_is_not_found_is_made(found: RankResult) -> None:
    assert run_cell(BEYOND, CORPUS).own.score == pytest.approx(found.own.score, rel=1e-9)


def test_the_start_that_won_is_named() -> None:
    objective = objectives_of(CORPUS, CONFIG)["word2vec"]
    first = best_rank_embedding(objective, 2)
    assert first.start.startswith("correspondence analysis")
    far = best_rank_embedding(objective, 2, tolerance=1e-9)
    assert best_rank_embedding(objective, 2, [far.embedding], max_passes=1).start == "given start 1"


def test_share_grows_from_start_to_start() -> None:
    steps: list[RankStep] = []
    objective = objectives_of(CORPUS, CONFIG)["word2vec"]
    best_rank_embedding(objective, 2, [best_rank_embedding(objective, 2).embedding], on_step=steps.append)
    shares = [step.share for step in steps]
    assert all(0 <= before <= after <= 1 for before, after in pairwise(shares))
    assert shares[0] < 0.5
    assert shares[-1] > 2 / 3  # of three starts, the last one's


def test_a_job_takes_its_start_from_the_store(trained: CellResult, found: RankResult, tmp_path: Path) -> None:
    with Store(tmp_path) as store, JobQueue(store, workers=1) as jobs:
        store.save(trained)
        assert ended(jobs, jobs.submit(BEYOND, CORPUS)).state == "done"
        stored = store.get(BEYOND.id, RankResult)
    assert stored is not None
    assert stored.cell == BEYOND
    assert stored.own.score == pytest.approx(found.own.score, rel=1e-9)


def test_what_was_searched_is_found_for_a_training_not_yet_run(found: RankResult) -> None:
    assert comparable([found], TRAINING) == (found,)
    assert comparable([found], replace(TRAINING, config=replace(CONFIG, noise="pairs"))) == ()
    assert searched([found]) == {(2, 3): found.own.score}


# --- what training aims at -----------------------------------------------------------------------------------------


def test_prices_of_reach_and_noise() -> None:
    laws = objectives_of(CORPUS, CONFIG)
    word2vec, paper = laws["word2vec"], laws["paper"]
    drawn = SGNSObjective(word2vec.joint, CONFIG.negatives, word2vec.noise, skip_target=True)
    aimed = {name: aimed_score(objective, drawn) for name, objective in laws.items()}
    for name, objective in laws.items():
        assert aimed[name] <= objective.reachable_bound <= objective.bound
    skipped = word2vec.reachable_bound - aimed["word2vec"]
    assert 0 < skipped < paper.reachable_bound - aimed["paper"]
    clipped = np.full(word2vec.joint.shape, -REACH)
    clipped[drawn.contrast.rows, drawn.contrast.columns] = np.clip(drawn.best_scores, -REACH, REACH)
    assert aimed["word2vec"] == pytest.approx(_plain_score(word2vec, clipped), rel=1e-12)
    split = Split(word2vec.bound, 0.0, 0.0, word2vec.reachable_bound, aimed["word2vec"])
    assert split.price_of_noise == skipped
    assert split.to_dict()["price_of_noise"] == skipped
    assert Split(0.5, 0.25, 0.125).price_of_noise is None


def test_aims_of_different_pairs_are_not_compared() -> None:
    objective = objectives_of(CORPUS, CONFIG)["word2vec"]
    other = SGNSObjective(objective.joint, CONFIG.negatives + 1, objective.noise)
    with pytest.raises(ParameterError, match="different pairs or α"):
        aimed_score(objective, other)


def _plain_score(objective: SGNSObjective, scores: np.ndarray) -> float:
    """Equation (8) over the whole table."""
    p, k = objective.joint.p.toarray(), objective.negatives or 0
    r = np.outer(objective.joint.word_marginal, objective.contrast.noise)
    loss = p * np.logaddexp(0, -scores) + k * r * np.logaddexp(0, scores)
    return float(objective.class_entropy - loss.sum() / (k + 1))
