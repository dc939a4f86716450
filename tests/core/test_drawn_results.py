"""Footnote 2 of the paper as a result: a training scored by the very pairs that it drew."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.special import log_expit
from scipy.stats import entropy

from jsmi_core.cli import main
from jsmi_core.errors import ParameterError
from jsmi_core.experiments.checkpoints import Checkpoint
from jsmi_core.experiments.comparison import same_numbers
from jsmi_core.experiments.records import LAWS, CellResult, Result, distinct
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import SPARSE, Cell, Grid, RankCell, Spec
from jsmi_core.experiments.statements import claims
from jsmi_core.figures.drawn import drawn_data
from jsmi_core.objective.sgns import SGNSObjective
from jsmi_core.store.store import Store
from jsmi_core.store.verification import recompute
from jsmi_core.text.corpus import Corpus
from jsmi_core.training.config import SGNSConfig
from jsmi_core.training.trainer import train_sgns

ALPHA = 1 / 3
CONFIG = SGNSConfig(dimension=3, negatives=2, epochs=2, window=3, subsample=0.01)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    words = np.random.default_rng(5).zipf(1.6, 2_000) % 40
    return Corpus.from_sentences([[f"w{word}" for word in words[start : start + 20]] for start in range(0, 2_000, 20)])


@pytest.fixture(scope="module")
def result(corpus: Corpus) -> CellResult:
    return run_cell(Cell(corpus.digest, CONFIG, drawn=True), corpus)


def test_the_law_is_of_the_pairs_that_the_training_drew(corpus: Corpus, result: CellResult) -> None:
    run = train_sgns(corpus, CONFIG, record_pairs=True)
    assert run.drawn_pairs is not None
    p = run.drawn_pairs.counts.toarray() / run.drawn_pairs.total
    r = np.outer(p.sum(axis=1), p.sum(axis=0))
    mixed = ALPHA * p + (1 - ALPHA) * r
    m = run.embedding.words.astype(float) @ run.embedding.contexts.astype(float).T
    bound = ALPHA * entropy(p.ravel(), mixed.ravel()) + (1 - ALPHA) * entropy(r.ravel(), mixed.ravel())
    score = entropy([ALPHA, 1 - ALPHA]) + np.sum(ALPHA * p * log_expit(m) + (1 - ALPHA) * r * log_expit(-m))
    law = result.law("drawn")
    assert law.bound == pytest.approx(bound, rel=1e-12)
    assert law.score == pytest.approx(score, rel=1e-5)  # its products are float32
    assert law.gap == pytest.approx(bound - score, rel=1e-5)
    assert law.mutual_information == pytest.approx(entropy(p.ravel(), r.ravel()), rel=1e-12)
    assert (law.sampled, law.sampled_error) == SGNSObjective(run.drawn_pairs, 2).sampled_score(run.embedding)
    assert law.sampled is not None
    assert law.sampled_error is not None
    assert abs(law.sampled - law.score) < 5 * law.sampled_error  # the seed is fixed, the error is of 100,000 draws


def test_counting_the_draws_changes_no_other_number(corpus: Corpus, result: CellResult) -> None:
    plain = run_cell(Cell(corpus.digest, CONFIG), corpus)
    assert [law.law for law in plain.laws] == list(LAWS)
    assert result.laws[:2] == plain.laws
    assert result.embedding is not None
    assert plain.embedding is not None
    assert np.array_equal(result.embedding.words, plain.embedding.words)
    assert np.array_equal(result.embedding.contexts, plain.embedding.contexts)
    assert [moment.score for moment in result.history] == [moment.score for moment in plain.history]


def test_what_holds_more_answers_what_asks_for_less() -> None:
    config = SGNSConfig(epochs=20)
    plain, sparse = Cell("c0ffee", config), Cell("c0ffee", config, SPARSE)
    drawn, both = replace(plain, drawn=True), replace(sparse, drawn=True)
    assert plain.answered_by == (plain.id, drawn.id)
    assert sparse.answered_by == (sparse.id, both.id, plain.id, drawn.id)
    assert drawn.answered_by == (drawn.id,)
    assert both.answered_by == (both.id, drawn.id)
    assert len({plain.id, sparse.id, drawn.id, both.id}) == 4
    assert RankCell.beyond(drawn) == RankCell.beyond(plain)


def test_one_training_is_shown_once_however_it_was_noted(corpus: Corpus, result: CellResult) -> None:
    plain = run_cell(Cell(corpus.digest, CONFIG), corpus)
    sparse = run_cell(Cell(corpus.digest, CONFIG, SPARSE, drawn=True), corpus)
    other = run_cell(Cell(corpus.digest, replace(CONFIG, seed=2)), corpus)
    assert distinct([sparse, other, plain]) == (plain, other)
    assert distinct([plain, other, sparse, result]) == (result, other)


def test_a_cell_goes_through_json_and_old_records_are_read() -> None:
    for drawn in (False, True):
        cell = Cell("c0ffee", SGNSConfig(), drawn=drawn)
        record = json.loads(json.dumps(cell.to_dict()))
        assert Spec.from_dict(record) == cell
        assert ("drawn" in record) == drawn
    with pytest.raises(ParameterError, match="drawn = 1 is not usable: give True or False"):
        Cell("c0ffee", SGNSConfig(), drawn=1)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="drawn = 'yes'"):
        Grid(drawn="yes")  # type: ignore[arg-type]
    assert all(cell.drawn for cell in Grid(dimensions=(2, 3), drawn=True).cells("c0ffee"))


def test_a_result_is_stored_read_and_computed_again(tmp_path: Path, corpus: Corpus, result: CellResult) -> None:
    assert same_numbers(Result.from_bytes(result.to_bytes()), result)
    with Store(tmp_path) as store:
        store.save_corpus(corpus)
        store.save(result)
        again = recompute(store, result.id)
        assert again.same
        assert again.differences == {"word2vec": 0.0, "paper": 0.0, "drawn": 0.0}
        assert store.get(Cell(corpus.digest, CONFIG)) is not None  # it answers the plain training


@pytest.mark.parametrize("noise", ["counts", "pairs"])
def test_along_a_run_the_draws_are_known_at_its_end_only(corpus: Corpus, noise: str) -> None:
    config = replace(CONFIG, noise=noise)
    run = run_cell(Cell(corpus.digest, config, drawn=True), corpus)
    first, last = (Checkpoint.of(run, epoch) for epoch in (1, 2))
    assert [law.law for law in first.laws] == (["word2vec"] if noise == "counts" else ["word2vec", "paper"])
    assert last.laws == run.laws


def test_statements_and_figure_are_of_each_trainings_own_bound(corpus: Corpus, result: CellResult) -> None:
    short = run_cell(Cell(corpus.digest, replace(CONFIG, epochs=1), drawn=True), corpus)
    (bound, _, epochs, _) = claims([short, result], "drawn")
    assert (bound.holds, bound.compared) == (2, 2)
    assert epochs.holds == (result.law("drawn").gap < short.law("drawn").gap)
    chart = drawn_data([result, short])
    lines = {line.label: line for line in chart.lines}
    assert lines["bound of the pairs drawn"].x == (1.0, 2.0)
    assert lines["bound of the pairs drawn"].y == (short.law("drawn").bound, result.law("drawn").bound)
    assert lines["bound of the expected pairs"].y == (result.paper.bound,) * 2
    assert lines["d = 3"].y == (short.law("drawn").score, result.law("drawn").score)
    assert lines["d = 3"].ids == (short.id, result.id)
    assert short.law("drawn").bound > result.law("drawn").bound > result.paper.bound
    assert chart.title.startswith("The fewer the draws, the higher their bound")
    bits = drawn_data([result], unit="bits")
    assert bits.lines[0].y == pytest.approx((result.law("drawn").bound / np.log(2),))
    assert bits.title.startswith("Of the bound of what it drew, d = 3 after 2 epochs has")
    with pytest.raises(ParameterError, match="no trainings"):
        drawn_data([])


def test_a_training_that_was_not_asked_has_no_such_law(corpus: Corpus) -> None:
    plain = run_cell(Cell(corpus.digest, replace(CONFIG, epochs=1)), corpus)
    with pytest.raises(ParameterError, match="law = 'drawn'"):
        drawn_data([plain])


def test_the_shell_prints_each_bound_beside_both_scores(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "text.txt"
    text.write_text("the cat sat on the mat\nthe dog sat on the rug\n" * 40, encoding="utf-8")
    command = ["sweep", str(text), "--dimensions", "2", "--epochs", "1", "--drawn-pairs", "--min-count", "1"]
    assert main([*command, "--workers", "1", "--store", str(tmp_path / "store"), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    (found,) = map(Result.from_dict, record["results"])
    assert "--drawn-pairs" in record["manifest"]["command"]
    assert main([*command, "--store", str(tmp_path / "store")]) == 0
    out = capsys.readouterr().out
    law = found.law("drawn")
    for number in (law.score, law.bound, law.gap, law.sampled, law.sampled_error):
        assert f"{number:z.5f}" in out
