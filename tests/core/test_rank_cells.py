"""Searches for the best rank as cells: ids, results, the queue, the store; and gaps split at what they find."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from jsmi_core.embeddings.embedding import Embedding
from jsmi_core.errors import Cancelled, ParameterError, StoreError
from jsmi_core.experiments import cost
from jsmi_core.experiments.cost import TYPICAL_PACE, check_size, estimated_multiply_adds
from jsmi_core.experiments.records import LAWS, CellResult, RankResult, Result
from jsmi_core.experiments.run import MOST_KEPT, run_cell
from jsmi_core.experiments.scoring import objectives_of
from jsmi_core.experiments.specs import LAW_VERSION, Cell, Grid, RankCell, RankConfig, Spec
from jsmi_core.experiments.split import Split, best_known, comparable, splits
from jsmi_core.jobs.job import JobStatus
from jsmi_core.jobs.queue import JobQueue
from jsmi_core.lowrank.landmarks import baselines, sppmi
from jsmi_core.lowrank.progress import RankStep
from jsmi_core.lowrank.search import best_rank_embedding
from jsmi_core.store.store import Store
from jsmi_core.text.corpus import Corpus
from jsmi_core.training.config import SGNSConfig
from tests.core.test_jobs import ended, wait_for, zipf_corpus

CONFIG = SGNSConfig(dimension=3, negatives=2, window=3, subsample=0.01)
CORPUS = zipf_corpus(4_000, 60)
LARGE = zipf_corpus(40_000, 3_000)
CELL = RankCell(CORPUS.digest, RankConfig.under(CONFIG))
ENDLESS = RankCell(LARGE.digest, RankConfig(dimension=100, tolerance=1e-300))


@pytest.fixture(scope="module")
def found() -> RankResult:
    return run_cell(CELL, CORPUS)


@pytest.fixture(scope="module")
def everything() -> tuple[Result, ...]:
    """Searches at every rank, and trainings from short to long."""
    grid = Grid((1, 2, 4), (1, 5, 40), (2, 5), base=replace(CONFIG, learning_rate=0.1))
    cells = [*grid.cells(CORPUS.digest), *grid.rank_cells(CORPUS.digest)]
    return tuple(run_cell(cell, CORPUS) for cell in cells)


# --- specs ----------------------------------------------------------------------------------------------------------


def test_id_of_today_is_the_id_of_tomorrow() -> None:
    """Stored results are found by it: if this fails, raise LAW_VERSION, then write the new id here."""
    assert (LAW_VERSION, RankCell("c0ffee", RankConfig()).id) == (1, "f2e95cf7bce56ef7a671")


def test_id_depends_on_every_setting_and_on_the_corpus_and_on_the_kind() -> None:
    changed = {
        "dimension": 99, "negatives": 6, "window": 4, "dynamic": False, "subsample": 0.0, "noise": "pairs",
        "noise_exponent": 1.0, "tolerance": 1e-5,
    }  # fmt: skip
    assert set(changed) == {field.name for field in fields(RankConfig)}
    cells: list[Spec] = [RankCell("c0ffee", RankConfig()), RankCell("c0ffed", RankConfig())]
    cells += [RankCell("c0ffee", replace(RankConfig(), **{name: value})) for name, value in changed.items()]
    cells.append(Cell("c0ffee", SGNSConfig()))
    assert len({cell.id for cell in cells}) == len(cells)


def test_id_ignores_how_a_number_is_written() -> None:
    same = RankConfig(dimension=np.int64(100), subsample=0)  # type: ignore[arg-type]
    assert RankCell("c0ffee", same).id == RankCell("c0ffee", RankConfig(subsample=0.0)).id


@pytest.mark.parametrize("cell", [CELL, Cell("c0ffee", CONFIG)])
def test_record_of_either_kind_is_read_back(cell: Spec) -> None:
    again = Spec.from_dict(json.loads(json.dumps(cell.to_dict())))
    assert again == cell
    assert again.id == cell.id


def test_search_takes_over_the_law_and_dimension_of_a_training() -> None:
    training = SGNSConfig.paper(dimension=7, negatives=3, window=2, epochs=9, seed=4, noise_exponent=1.0)
    config = RankConfig.under(training, tolerance=0.01)
    assert (config.dimension, config.tolerance) == (7, 0.01)
    assert (config.alpha, config.sampling, config.noise_name) == (
        training.alpha,
        training.sampling,
        training.noise_name,
    )
    assert RankConfig.under(config.training, 0.01) == config


@pytest.mark.parametrize(
    "field",
    [{"dimension": 0}, {"negatives": 1.5}, {"window": 0}, {"subsample": 1}, {"noise": "loud"}, {"noise_exponent": 99}],
)
def test_settings_are_refused_as_those_of_a_training(field: dict[str, object]) -> None:
    with pytest.raises(ParameterError) as told:
        SGNSConfig(**field)  # type: ignore[arg-type]
    with pytest.raises(ParameterError) as told_again:
        RankConfig(**field)  # type: ignore[arg-type]
    assert str(told_again.value) == str(told.value)


@pytest.mark.parametrize("tolerance", [0, 1, float("nan"), "small"])
def test_tolerance_is_checked(tolerance: object) -> None:
    with pytest.raises(ParameterError, match=r"tolerance = .* above 0 and below 1"):
        RankConfig(tolerance=tolerance)  # type: ignore[arg-type]


def test_grid_searches_each_rank_and_ratio_once() -> None:
    grid = Grid((20, 5), (1, 5), (2, 3), (1, 2, 3), base=SGNSConfig(window=2))
    cells = grid.rank_cells("c0ffee")
    assert [(cell.config.dimension, cell.config.negatives) for cell in cells] == [(5, 2), (5, 3), (20, 2), (20, 3)]
    assert {(cell.corpus, cell.config.window, cell.config.tolerance) for cell in cells} == {("c0ffee", 2, 1e-4)}


# --- one search -----------------------------------------------------------------------------------------------------


def test_result_is_the_exact_evaluation_of_the_best_embedding(found: RankResult) -> None:
    objectives = objectives_of(CORPUS, CONFIG)
    best = best_rank_embedding(objectives["word2vec"], 3)
    assert found.embedding is not None
    np.testing.assert_array_equal(found.embedding.words, best.embedding.words)
    assert found.embedding.vocabulary == CORPUS.vocabulary
    for law in LAWS:
        evaluation, stored = objectives[law].evaluate(best.embedding), found.law(law)
        assert (stored.bound, stored.score, stored.gap) == (
            evaluation.bound,
            evaluation.score,
            evaluation.gap.total,
        )
        assert stored.reachable_bound == objectives[law].reachable_bound <= stored.bound
    assert found.own.q != found.paper.q
    assert found.gap_by_word is not None
    assert found.gap_by_word.sum() == pytest.approx(found.own.gap, rel=1e-12)
    certificate = found.certificate
    assert (certificate.gradient_norm, certificate.spread) == (best.gradient_norm, best.spread)
    assert certificate.converged
    assert certificate.passes == best.history[-1].passes


def test_training_tells_what_gensim_can_reach(everything: tuple[Result, ...]) -> None:
    trained = next(result for result in everything if isinstance(result, CellResult))
    for law in LAWS:
        assert trained.law(law).reachable_bound == objectives_of(CORPUS, trained.cell.config)[law].reachable_bound


def test_history_climbs_to_the_score(found: RankResult) -> None:
    passes, scores, seconds = zip(*((step.passes, step.score, step.seconds) for step in found.history), strict=True)
    assert list(passes) == sorted(set(passes))
    assert list(scores) == sorted(scores)
    assert list(seconds) == sorted(seconds)
    assert passes[-1] == found.certificate.passes
    assert scores[-1] == pytest.approx(found.own.score, rel=1e-9)


def test_long_search_keeps_few_steps_and_tells_its_progress() -> None:
    steps: list[RankStep] = []
    shares: list[float] = []
    cell = replace(CELL, config=replace(CELL.config, dimension=12, tolerance=1e-9))
    result = run_cell(cell, CORPUS, report=steps.append, progress=shares.append)
    assert len(shares) > MOST_KEPT
    assert len(result.history) == MOST_KEPT
    assert len(steps) >= len(shares) // 20
    assert all(before.passes < after.passes for before, after in pairwise(steps))
    assert shares == sorted(shares)
    assert 0 < shares[0] < 0.02
    assert 0.2 < shares[-1] < 1


def test_search_stops_when_told() -> None:
    steps: list[RankStep] = []
    with pytest.raises(Cancelled):
        run_cell(CELL, CORPUS, report=steps.append, cancel=lambda: bool(steps))
    assert len(steps) == 1


def test_text_of_one_word_has_a_best_embedding_too() -> None:
    one = Corpus.from_sentences([["word"] * 5] * 5)
    result = run_cell(RankCell(one.digest, RankConfig(dimension=2, subsample=0)), one)
    assert result.own.score == pytest.approx(0, abs=1e-12)
    assert len(result.history) == 1


def test_refuses_another_corpus() -> None:
    with pytest.raises(ParameterError, match="give it the corpus it names"):
        run_cell(CELL, LARGE)


def test_certificate_in_words(found: RankResult) -> None:
    sure = " ".join(found.certificate.in_words(1e-4))
    assert f"Converged after {found.certificate.passes} passes" in sure
    assert "gained less than 0.0001 of the score" in sure
    assert "lower bound" in sure
    unsure = " ".join(replace(found.certificate, converged=False, spread=0.0).in_words(1e-4))
    assert "Not converged" in unsure
    assert "gained more than" in unsure
    assert "one start" in unsure


# --- records and store ----------------------------------------------------------------------------------------------


def test_result_survives_json_and_bytes(found: RankResult) -> None:
    assert Result.from_dict(json.loads(json.dumps(found.to_dict()))).to_dict() == found.to_dict()
    again = Result.from_bytes(found.to_bytes())
    assert isinstance(again, RankResult)
    assert again.to_dict() == found.to_dict()
    np.testing.assert_array_equal(again.embedding.contexts, found.embedding.contexts)
    np.testing.assert_array_equal(again.gap_by_word, found.gap_by_word)
    with pytest.raises(StoreError, match="not a stored result"):
        CellResult.from_bytes(found.to_bytes())


def test_results_stored_before_the_reachable_bound_are_read(everything: tuple[Result, ...]) -> None:
    record = json.loads(json.dumps(everything[0].to_dict()))
    for law in record["laws"]:
        del law["reachable_bound"]
    old = Result.from_dict(record)
    assert old.own == replace(everything[0].own, reachable_bound=None)
    assert Split.of(old.own, 0.0).price_of_reach is None


def test_store_tells_the_kinds_apart(tmp_path: Path, found: RankResult, everything: tuple[Result, ...]) -> None:
    trained = everything[0]
    with Store(tmp_path) as store:
        store.save(found)
        store.save(trained)
        assert [result.id for result in store.results()] == [trained.id]
        assert [result.to_dict() for result in store.results(CORPUS.digest, kind=RankResult)] == [found.to_dict()]
        assert [result.id for result in store.results(kind=Result)] == [found.id, trained.id]
        assert store.has(found.id)
        assert store.get(found.id) is None
        assert store.get(trained.id, RankResult) is None
        again = store.get(found.id, RankResult)
        np.testing.assert_array_equal(again.embedding.words, found.embedding.words)
    for file in tmp_path.glob("runs.sqlite3*"):
        file.unlink()
    with Store(tmp_path) as store:  # the index is made anew from the files
        assert {result.id for result in store.results(kind=Result)} == {found.id, trained.id}


# --- the queue ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JobQueue]:
    with Store(tmp_path_factory.mktemp("store")) as store, JobQueue(store, workers=1) as queue:
        yield queue


def test_job_stores_what_run_cell_finds(jobs: JobQueue, found: RankResult) -> None:
    job = jobs.submit(CELL, CORPUS)
    assert job == CELL.id
    status = ended(jobs, job)
    assert status == JobStatus(job, "done", progress=1.0, steps=status.steps)
    assert len(status.steps) >= 2
    assert all(before.score <= after.score for before, after in pairwise(status.steps))
    stored = jobs.result(job, RankResult)
    assert stored.own.score == pytest.approx(found.own.score, rel=1e-9)
    assert stored.certificate.passes == stored.history[-1].passes
    assert jobs.result(job) is None  # it is no training
    with Store(jobs.store.path) as store, JobQueue(store, workers=1, task="no_such_module:never_called") as later:
        assert later.submit(CELL, CORPUS) == job
        assert later.status(job) == JobStatus(job, "done", progress=1.0)


def test_running_search_tells_how_far_it_is_and_is_cancelled_in_time(jobs: JobQueue) -> None:
    job = jobs.submit(ENDLESS, LARGE)
    assert jobs.submit(ENDLESS, LARGE, owner="somebody else") == job
    wait_for(lambda: len(jobs.status(job).steps) > 1)
    seen = []
    for _ in range(10):
        seen.append(jobs.status(job))
        time.sleep(0.1)
    assert all(status.state == "running" and status.seconds_left > 0 for status in seen)
    progress = [status.progress for status in seen]
    assert progress == sorted(progress)
    assert 0 < progress[-1] < 1
    jobs.cancel(job, owner="somebody else")
    assert jobs.status(job).state == "running"
    jobs.cancel(job)
    wait_for(lambda: jobs.status(job).state != "running")
    status = jobs.status(job)
    assert (status.state, status.history) == ("cancelled", ())
    assert all(before.score <= after.score for before, after in pairwise(status.steps))
    assert jobs.result(job, Result) is None


# --- cost -----------------------------------------------------------------------------------------------------------


def test_cost_grows_with_the_rank_and_with_the_square_of_the_words(found: RankResult) -> None:
    small, large = RankConfig(dimension=10), RankConfig(dimension=200)
    assert 2 < estimated_multiply_adds(LARGE, large) / estimated_multiply_adds(LARGE, small) < 20
    words = len(LARGE.vocabulary) / len(CORPUS.vocabulary)
    ratio = estimated_multiply_adds(LARGE, small) / estimated_multiply_adds(CORPUS, small)
    assert words < ratio < words**2
    share = found.certificate.passes / cost.EXPECTED_PASSES
    assert found.manifest.cost == pytest.approx(share * estimated_multiply_adds(CORPUS, CELL.config))


def test_too_long_or_too_large_is_refused_with_a_size_that_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    config = RankConfig(dimension=10_000)
    with pytest.raises(ParameterError, match=r"this search would take about .* hours .* a smaller dimension"):
        check_size(LARGE, replace(config, dimension=len(LARGE.vocabulary) - 1), TYPICAL_PACE, 60.0)
    monkeypatch.setattr(cost, "physical_memory", lambda: 1e9)
    with pytest.raises(ParameterError, match="dimension = 10,000 with") as told:
        check_size(LARGE, config, TYPICAL_PACE, 1e12)
    fits = int(str(told.value).rpartition("up to ")[2].rstrip(".").replace(",", ""))
    check_size(LARGE, replace(config, dimension=fits), TYPICAL_PACE, 1e12)
    with pytest.raises(ParameterError, match=f"up to {fits:,}"):
        check_size(LARGE, replace(config, dimension=fits + 1), TYPICAL_PACE, 1e12)


def test_more_dimensions_than_words_cost_no_more_work() -> None:
    words = len(CORPUS.vocabulary)
    all_of_them, more = (RankConfig(dimension=d) for d in (words, 10 * words))
    assert estimated_multiply_adds(CORPUS, more) == estimated_multiply_adds(CORPUS, all_of_them)
    assert estimated_multiply_adds(CORPUS, more) < estimated_multiply_adds(CORPUS, RankConfig(dimension=words - 1))
    assert cost.estimated_bytes(CORPUS, all_of_them) < cost.estimated_bytes(CORPUS, more)
    assert cost.estimated_bytes(CORPUS, more) < 3 * cost.estimated_bytes(CORPUS, all_of_them)
    result = run_cell(replace(CELL, config=replace(CELL.config, dimension=10 * words)), CORPUS)
    assert result.own.gap == pytest.approx(0, abs=1e-12)
    assert result.own.bound == pytest.approx(result.own.score, rel=1e-12)
    assert result.embedding is not None
    assert result.embedding.words.shape == (words, 10 * words)
    assert result.certificate.passes < cost.UNLIMITED_PASSES
    assert result.manifest.cost < estimated_multiply_adds(CORPUS, more)


# --- splits ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("law", LAWS)
def test_best_known_never_falls_with_the_rank_and_is_beaten_by_nothing(
    everything: tuple[Result, ...], law: str
) -> None:
    known = best_known(everything, law)
    assert set(known) == {(k, d) for k in (2, 5) for d in (1, 2, 4)}
    for k in (2, 5):
        assert 0 <= known[k, 1] <= known[k, 2] <= known[k, 4]
    for result in everything:
        config = result.cell.config
        assert result.law(law).score <= known[config.negatives, config.dimension] <= result.law(law).bound


@pytest.mark.parametrize("law", LAWS)
def test_prices_are_never_negative_and_add_up_to_the_gap(everything: tuple[Result, ...], law: str) -> None:
    prices = splits(everything, law)
    trained = [result for result in everything if isinstance(result, CellResult)]
    assert set(prices) == {result.id for result in trained}
    for result in trained:
        split, scores = prices[result.id], result.law(law)
        assert split.price_of_rank >= 0
        assert split.price_of_training >= 0
        assert split.price_of_rank + split.price_of_training == pytest.approx(scores.gap, rel=1e-9, abs=1e-12)
        assert split.price_of_reach == scores.bound - scores.reachable_bound >= 0
        assert split.to_dict()["price_of_training"] == split.price_of_training


def test_longer_training_costs_less_and_more_dimensions_too(everything: tuple[Result, ...]) -> None:
    prices = splits(everything)
    trained = {
        (result.cell.config.dimension, result.cell.config.epochs): prices[result.id]
        for result in everything
        if isinstance(result, CellResult) and result.cell.config.negatives == 5
    }
    assert trained[4, 40].price_of_training < trained[4, 1].price_of_training
    assert trained[4, 1].price_of_rank < trained[2, 1].price_of_rank < trained[1, 1].price_of_rank
    assert trained[4, 1].price_of_rank == trained[4, 40].price_of_rank


def test_what_a_smaller_rank_or_a_training_reached_counts(found: RankResult) -> None:
    def at(dimension: int, score: float) -> RankResult:
        cell = replace(found.cell, config=replace(found.cell.config, dimension=dimension))
        return replace(found, cell=cell, laws=(replace(found.laws[0], score=score), found.laws[1]))

    assert best_known([at(2, 0.25), at(5, 0.125), at(1, -0.5)]) == {(2, 1): 0.0, (2, 2): 0.25, (2, 5): 0.25}


def test_only_what_was_searched_at_its_own_rank_is_split(everything: tuple[Result, ...]) -> None:
    fewer = [result for result in everything if isinstance(result, CellResult) or result.cell.config.dimension == 2]
    prices = splits(fewer)
    split = {result.id for result in fewer if isinstance(result, CellResult) and result.cell.config.dimension == 2}
    assert set(prices) == split
    assert splits([result for result in fewer if isinstance(result, CellResult)]) == {}


def test_scores_of_different_laws_are_never_mixed(found: RankResult) -> None:
    other = run_cell(RankCell(CORPUS.digest, replace(CELL.config, noise_exponent=1.0)), CORPUS)
    with pytest.raises(ParameterError, match="different bounds"):
        best_known([found, other])
    assert comparable([found, other], to=other) == (other,)
    assert comparable([found, other], to=other, law="paper") == (found, other)
    assert set(best_known([found, other], "paper")) == {(2, 3)}


# --- baselines ------------------------------------------------------------------------------------------------------


def test_baselines_stand_where_theory_puts_them(found: RankResult) -> None:
    objective = objectives_of(CORPUS, CONFIG)["word2vec"]
    scores = {baseline.name: baseline.score for baseline in baselines(objective, 3)}
    assert len(scores) == 6
    shifted = sppmi(objective.joint, CONFIG.negatives).toarray()
    full = Embedding(shifted, np.eye(len(shifted)))
    assert scores["shifted positive PMI itself"] == pytest.approx(objective.score(full), rel=1e-12)
    # h(α) = 0.64 less as much again: 60 rows of 60, every sum rounded at 2⁻⁵³
    assert scores["constant −log k"] == pytest.approx(0, abs=1e-14)
    assert scores["zero matrix"] == pytest.approx(objective.class_entropy - np.log(2))
    assert scores["PMI − log k, clipped to ±6"] == objective.reachable_bound
    best = found.own.score
    assert scores["correspondence analysis"] <= best
    assert scores["SVD of shifted positive PMI"] <= best


@pytest.mark.parametrize(("words", "most"), [(["a"], None), (["a", "b"], 1)])
def test_baselines_of_tiny_texts_have_the_rank_there_is(words: list[str], most: int | None) -> None:
    tiny = Corpus.from_sentences([words * 5] * 5)
    found = baselines(objectives_of(tiny, replace(CONFIG, subsample=0))["word2vec"], 50)
    assert [line.rank for line in found if line.name.startswith("SVD")] == ([] if most is None else [most])
