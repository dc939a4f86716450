"""Specs → results: ids that depend on the content only, grids, and results that keep both theorems."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from importlib.metadata import PackageNotFoundError
from itertools import pairwise, repeat
from multiprocessing import get_context

import numpy as np
import pytest

from jsmi_core.embeddings.embedding import Embedding
from jsmi_core.errors import Cancelled, ParameterError, StoreError
from jsmi_core.experiments import run as experiment
from jsmi_core.experiments.records import LAWS, CellResult
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import LAW_VERSION, Cell, Grid
from jsmi_core.information.distribution import unigram_noise
from jsmi_core.objective.sgns import SGNSObjective
from jsmi_core.pairs.cooccurrence import expected_pairs
from jsmi_core.text.corpus import Corpus
from jsmi_core.training.config import SGNSConfig
from jsmi_core.training.trainer import train_sgns

CONFIG = SGNSConfig(dimension=4, negatives=2, epochs=3, window=3, subsample=0.01)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    words = np.random.default_rng(5).zipf(1.6, 4_000) % 60
    return Corpus.from_sentences([[f"w{word}" for word in words[start : start + 20]] for start in range(0, 4_000, 20)])


@pytest.fixture(scope="module")
def result(corpus: Corpus) -> CellResult:
    return run_cell(Cell(corpus.digest, CONFIG), corpus)


# --- cells and grids ------------------------------------------------------------------------------------------------


def test_id_is_the_same_in_every_process() -> None:
    code = (
        "from jsmi_core.experiments import Cell; from jsmi_core.training import SGNSConfig;"
        "print(Cell('c0ffee', SGNSConfig(dimension=7)).id)"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == Cell("c0ffee", SGNSConfig(dimension=7)).id


def test_id_of_today_is_the_id_of_tomorrow() -> None:
    """Stored results are found by it: if this fails, raise LAW_VERSION, then write the new id here."""
    assert (LAW_VERSION, Cell("c0ffee", SGNSConfig()).id) == (1, "0280af1dcfdf6b654053")


def test_id_depends_on_every_setting_and_on_the_corpus() -> None:
    changed = {
        "dimension": 99, "negatives": 6, "epochs": 6, "window": 4, "dynamic": False, "subsample": 0.0,
        "noise": "pairs", "noise_exponent": 1.0, "learning_rate": 0.05, "minimum_learning_rate": 0.0, "seed": 2,
        "workers": 2,
    }  # fmt: skip
    assert set(changed) == set(Cell("c0ffee", SGNSConfig()).to_dict()["config"])
    cells = [Cell("c0ffee", SGNSConfig()), Cell("c0ffed", SGNSConfig())]
    cells += [Cell("c0ffee", replace(SGNSConfig(), **{name: value})) for name, value in changed.items()]
    assert len({cell.id for cell in cells}) == len(cells)


def test_id_ignores_how_a_number_is_written() -> None:
    same = SGNSConfig(dimension=np.int64(100), subsample=0, learning_rate=1)  # type: ignore[arg-type]
    assert Cell("c0ffee", same).id == Cell("c0ffee", SGNSConfig(subsample=0.0, learning_rate=1.0)).id


def test_grid_has_every_combination_once_and_the_cheapest_first() -> None:
    cells = Grid(dimensions=[50, 10, 50], epochs=(5, 1), seeds=(1, 2), base=SGNSConfig(window=3)).cells("c0ffee")
    assert len(cells) == len(set(cells)) == 8
    assert {(c.config.dimension, c.config.epochs, c.config.seed) for c in cells} == {
        (d, e, s) for d in (10, 50) for e in (1, 5) for s in (1, 2)
    }
    work = [cell.config.dimension * cell.config.epochs for cell in cells]
    assert work == sorted(work)
    assert {(c.config.window, c.config.negatives, c.corpus) for c in cells} == {(3, 5, "c0ffee")}


def test_grid_over_noises_and_windows() -> None:
    grid = Grid(noises=(0.75, 1, "pairs", "counts"), windows=(2, 5), dimensions=(2, 3))
    assert len(grid) == len(grid.cells("c0ffee")) == 12
    laws = {(c.config.noise_name, c.config.window) for c in grid.cells("c0ffee")}
    assert laws == {(q, w) for q in ("counts^0.75", "counts^1", "context marginal") for w in (2, 5)}
    assert len(grid.rank_cells("c0ffee")) == 12
    assert Grid(base=SGNSConfig.paper()).noises == ("pairs",)


def test_epochs_along_one_run_are_trained_once() -> None:
    grid = Grid(dimensions=(2, 3), epochs=(5, 1, 20), epochs_as="checkpoints")
    assert len(grid) == 2
    assert [cell.config.epochs for cell in grid.cells("c0ffee")] == [20, 20]
    independent = Grid(dimensions=(2, 3), epochs=(5, 1, 20)).cells("c0ffee")
    answers = {cell_id for cell in independent for cell_id in cell.answered_by}
    assert {cell.id for cell in grid.cells("c0ffee")} < answers, "the longest run is trained once either way"


@pytest.mark.parametrize(
    ("axes", "told"),
    [
        ({"dimensions": (10, 0)}, "dimension = 0"),
        ({"epochs": (1.5,)}, "epochs = 1.5"),
        ({"negatives": 5}, "negatives = 5"),
        ({"seeds": ("1",)}, "seed = '1'"),
        ({"windows": (0,)}, "window = 0"),
        ({"noises": (99.0,)}, "noise_exponent = 99.0"),
        ({"noises": ("papers",)}, "noise = 'papers'"),
        ({"noises": "pairs"}, "noises = 'pairs'"),
        ({"epochs_as": "points"}, "epochs_as = 'points' is not usable: give one of runs, checkpoints"),
        ({"dimensions": range(1, 52), "seeds": range(20)}, "1,020 trainings"),
    ],
)
def test_grid_refuses_and_says_why(axes: dict[str, object], told: str) -> None:
    with pytest.raises(ParameterError, match=told):
        Grid(**axes)  # type: ignore[arg-type]


# --- one cell -------------------------------------------------------------------------------------------------------


def test_result_is_the_exact_evaluation_of_the_trained_embedding(corpus: Corpus, result: CellResult) -> None:
    embedding = train_sgns(corpus, CONFIG).embedding
    assert result.embedding is not None
    np.testing.assert_array_equal(result.embedding.words, embedding.words)
    joint = expected_pairs(corpus, CONFIG.sampling)
    noises = {"word2vec": unigram_noise(corpus.counts, CONFIG.noise_exponent), "paper": None}
    for law in LAWS:
        found = SGNSObjective(joint, CONFIG.negatives, noises[law]).evaluate(embedding)
        stored = result.law(law)
        assert (stored.bound, stored.score, stored.gap) == (found.bound, found.score, found.gap.total)
        assert stored.score <= stored.bound
        assert stored.bound - stored.score == pytest.approx(stored.gap, rel=1e-9)
        assert stored.alpha == CONFIG.alpha
    assert result.own.q != result.paper.q
    assert result.own.p == result.paper.p


def test_run_with_the_papers_noise_has_one_law_by_two_names(corpus: Corpus) -> None:
    result = run_cell(Cell(corpus.digest, SGNSConfig.paper(dimension=3, epochs=1, window=2)), corpus)
    own, paper = result.laws
    assert replace(own, law="paper") == paper
    assert "window 2, subsampling 0" in own.p


def test_history_tells_every_epoch_under_the_own_law(result: CellResult) -> None:
    own = result.own
    assert [score.epoch for score in result.history] == [0, 1, 2, 3]
    assert (result.history[-1].score, result.history[-1].gap) == (own.score, own.gap)
    assert result.history[0].seconds == 0
    assert all(before.seconds < after.seconds for before, after in pairwise(result.history))
    assert all(score.score + score.gap == pytest.approx(own.bound, rel=1e-9) for score in result.history)


def test_exploding_training_keeps_the_theorems(corpus: Corpus) -> None:
    config = replace(CONFIG, learning_rate=10.0, negatives=20)
    result = run_cell(Cell(corpus.digest, config), corpus)
    assert result.laws[0].score < -1
    assert result.laws[0].gap > 1


def test_losses_of_the_words_add_up_to_the_gap(result: CellResult) -> None:
    assert result.gap_by_word is not None
    assert result.gap_by_word.sum() == pytest.approx(result.own.gap, rel=1e-12)


def test_the_same_spec_gives_the_same_numbers(corpus: Corpus, result: CellResult) -> None:
    again = run_cell(result.cell, corpus)
    assert again.laws == result.laws
    assert [replace(score, seconds=0) for score in again.history] == [
        replace(score, seconds=0) for score in result.history
    ]


def test_reports_as_it_goes_and_stops_when_told(corpus: Corpus) -> None:
    reported, shares = [], []
    cell = Cell(corpus.digest, replace(CONFIG, epochs=50))
    with pytest.raises(Cancelled):
        run_cell(cell, corpus, report=reported.append, progress=shares.append, cancel=lambda: len(reported) > 3)
    assert [score.epoch for score in reported] == [0, 1, 2, 3]
    assert shares == sorted(shares)
    assert 0 < shares[0] <= shares[-1] < 0.2


@pytest.mark.slow
def test_any_executor_can_map_cells(corpus: Corpus, result: CellResult) -> None:
    cells = Grid(seeds=(1, 2), base=CONFIG).cells(corpus.digest)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(run_cell, cells, repeat(corpus)))
    assert [one.cell for one in found] == list(cells)
    assert found[0].laws == result.laws


def test_refuses_another_corpus(result: CellResult) -> None:
    other = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]])
    with pytest.raises(ParameterError, match="give it the corpus it names"):
        run_cell(result.cell, other)


# --- records as text and bytes --------------------------------------------------------------------------------------


def test_result_survives_json_and_bytes(result: CellResult) -> None:
    assert CellResult.from_dict(json.loads(json.dumps(result.to_dict()))).to_dict() == result.to_dict()
    again = CellResult.from_bytes(result.to_bytes())
    assert again.to_dict() == result.to_dict()
    assert again.embedding is not None
    assert result.embedding is not None
    assert again.embedding.vocabulary == result.embedding.vocabulary
    np.testing.assert_array_equal(again.embedding.contexts, result.embedding.contexts)
    np.testing.assert_array_equal(again.gap_by_word, result.gap_by_word)


class _Planted:
    """Runs code when unpickled; the file must be refused before that."""

    ran = False

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return (setattr, (_Planted, "ran", True))


def test_bytes_with_pickled_objects_are_refused_unrun(result: CellResult) -> None:
    arrays = dict(np.load(io.BytesIO(result.to_bytes())))
    file = io.BytesIO()
    np.savez(file, **{**arrays, "words": np.array([_Planted()], dtype=object)})
    with pytest.raises(StoreError, match="not a stored result"):
        CellResult.from_bytes(file.getvalue())
    assert not _Planted.ran


@pytest.mark.parametrize("payload", [b"", b"\x80\x04N.", b"PK\x03\x04", b"not a file at all"])
def test_other_bytes_are_refused(payload: bytes) -> None:
    with pytest.raises(StoreError, match="not a stored result"):
        CellResult.from_bytes(payload)


@pytest.mark.parametrize(
    "changes", [{"score": 0.3}, {"score": 0.1}, {"score": float("nan")}], ids=["above", "other gap", "no number"]
)
def test_a_number_that_breaks_a_theorem_is_a_fault_of_the_program(changes: dict[str, float]) -> None:
    """Whatever the kernels give: a score above its bound, or beside its gap, is never stored."""
    joint = expected_pairs(Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]]))
    sound = SGNSObjective(joint, 5).evaluate(Embedding.constant(-1.0, 4, 4))
    assert experiment._checked(sound) is sound
    with pytest.raises(ArithmeticError, match=r"do not fit the bound .*: please report it"):
        experiment._checked(replace(sound, **changes))


def test_a_checkout_that_is_not_installed_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_there(package: str) -> str:
        raise PackageNotFoundError(package)

    monkeypatch.setattr(experiment, "version", not_there)
    assert experiment._versions()["jsmi-explorer"] == "not installed"


def test_a_listed_result_has_no_arrays_to_write() -> None:
    corpus = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]])
    whole = run_cell(Cell(corpus.digest, SGNSConfig(dimension=2, epochs=1, subsample=0)), corpus)
    with pytest.raises(ValueError, match=r"without its arrays cannot be written: take it from Store.get"):
        replace(whole, embedding=None).to_bytes()
