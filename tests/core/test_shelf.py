"""What one person reaches of a store that many use; and results that were imported, or come with the program."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from jsmi_core import Cell, Corpus, SGNSConfig, run_cell, sample_corpus
from jsmi_core.errors import StoreError
from jsmi_core.experiments import CellResult, Result, own_objective, same_numbers
from jsmi_core.jobs import JobQueue
from jsmi_core.store import Shelf, Store, export_bundle
from jsmi_core.store.bundled import bundled

CANARY = "kestrel"


def text_of(word: str) -> Corpus:
    return Corpus.from_sentences([["to", "be", "or", "not", "to", word]] * 20)


def trained(text: Corpus, **settings: int) -> CellResult:
    return run_cell(Cell(text.digest, SGNSConfig(**{"dimension": 2, "epochs": 1, "subsample": 0} | settings)), text)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store") as store:
        yield store


def test_a_text_opens_for_who_brought_it_and_for_all_once_it_is_shared(store: Store) -> None:
    mine, yours = Shelf(store, "mine"), Shelf(store, "yours")
    text = replace(text_of(CANARY), name="my own words")
    key = mine.save_text(text)
    assert mine.text(key).name == text.name
    for asked in (key, text.digest):
        with pytest.raises(StoreError, match="bring its file") as refused:
            yours.text(asked)
        assert CANARY not in str(refused.value)
        assert text.name not in str(refused.value)
    with pytest.raises(StoreError, match="only who brought"):
        yours.share(key)
    mine.share(key)
    assert yours.shared() == (key,)
    assert yours.text(key).name == text.name
    mine.share(key, shared=False)
    assert not yours.reaches_text(key)
    assert yours.shared() == ()


def test_who_brings_the_same_words_does_not_learn_under_what_name_another_did(store: Store) -> None:
    mine, yours = Shelf(store, "mine"), Shelf(store, "yours")
    key = mine.save_text(replace(text_of(CANARY), name="secret name"))
    yours.save_text(replace(text_of(CANARY), name="plain name"))
    assert yours.text(key).name != "secret name"


def test_results_are_listed_for_who_asked_for_them(store: Store) -> None:
    mine, yours = Shelf(store, "mine"), Shelf(store, "yours")
    text = text_of(CANARY)
    run = trained(text)
    mine.ask([run.cell])
    store.save(run)
    assert [found.id for found in mine.results(kind=Result)] == [run.id]
    assert yours.results(kind=Result) == ()
    assert yours.get(run.id, Result) is None
    assert not yours.has(run.id)
    assert yours.get(run.cell, CellResult) is not None  # who can name it in full has the text, and could compute it
    assert [found.id for found in yours.answers([run.cell])] == [run.id]


def test_what_another_has_cannot_be_carried_away(store: Store, tmp_path: Path) -> None:
    """Not even by a forged bundle that names the digest of another's text."""
    mine, yours = Shelf(store, "mine"), Shelf(store, "yours")
    text = text_of(CANARY)
    mine.save_text(text)
    run = trained(text)
    with Store(tmp_path / "elsewhere") as elsewhere:
        elsewhere.save(run)
        export_bundle(elsewhere, tmp_path / "runs.zip")
    yours.take_in((tmp_path / "runs.zip").read_bytes())
    assert [found.id for found in yours.own(Result)] == [run.id]
    with pytest.raises(StoreError, match="bring its file"):
        export_bundle(yours, tmp_path / "out.zip", with_corpora=True)
    assert not (tmp_path / "out.zip").exists()
    export_bundle(mine, tmp_path / "mine.zip")
    assert CANARY.encode() not in (tmp_path / "mine.zip").read_bytes()


def test_deleting_leaves_what_others_want(store: Store) -> None:
    mine, yours = Shelf(store, "mine"), Shelf(store, "yours")
    text = text_of(CANARY)
    run = trained(text)
    key = mine.save_text(text)
    for shelf in (mine, yours):
        shelf.ask([run.cell])
    store.save(run)
    mine.delete_text(key)
    assert mine.results(kind=Result) == ()
    assert not mine.reaches_text(key)
    assert store.has(run.id)
    assert store.has_corpus(text.digest)
    yours.delete(run)
    assert not store.has(run.id)
    with pytest.raises(StoreError, match="only who brought"):
        yours.delete_text(key)


def test_without_an_owner_everything_is_open(store: Store) -> None:
    text = text_of(CANARY)
    key = Shelf(store, "mine").save_text(text)
    run = trained(text)
    store.save(run)
    whole = Shelf(store)
    assert whole.text(key).digest == text.digest
    assert [found.id for found in whole.own(Result)] == [run.id]
    whole.delete_text(key)
    assert not store.has_corpus(text.digest)
    assert not store.has(run.id)


def forged(run: CellResult) -> CellResult:
    """A result that claims more, and passes every check that needs no text: all its numbers fit each other."""
    gap = run.own.gap / 2
    laws = tuple(replace(law, score=law.bound - gap, gap=gap) for law in run.laws)
    assert run.gap_by_word is not None
    return replace(run, laws=laws, gap_by_word=run.gap_by_word * gap / run.gap_by_word.sum())


def test_a_forged_result_answers_nobody_else_and_gives_way(tmp_path: Path, store: Store) -> None:
    text = text_of(CANARY)
    true = trained(text)
    with Store(tmp_path / "forger") as elsewhere:
        elsewhere.save(forged(true))
        export_bundle(elsewhere, tmp_path / "runs.zip")
    forger, student = Shelf(store, "forger"), Shelf(store, "student")
    forger.take_in((tmp_path / "runs.zip").read_bytes())
    assert forger.imported() == {true.id}
    assert forger.get(true.cell, CellResult).own.score > true.own.score
    assert student.withholds(true.cell)
    assert student.get(true.cell, CellResult) is None
    assert student.answers([true.cell]) == []
    with JobQueue(store, workers=1) as jobs:
        jobs.submit(true.cell, text, "student", again=student.withholds(true.cell))
        while jobs.wants(true.cell, "student"):
            time.sleep(0.05)
        assert jobs.status(true.cell).state == "done"
    assert forger.imported() == frozenset()
    for shelf in (forger, student):
        assert same_numbers(shelf.get(true.cell, CellResult), true)


def test_an_owner_is_kept_as_a_digest(store: Store) -> None:
    Shelf(store, "a secret that nobody knows").save_text(text_of("owl"))
    assert all(b"a secret that" not in file.read_bytes() for file in store.path.rglob("*") if file.is_file())


def test_a_damaged_list_of_owners_opens_nothing_to_anybody(tmp_path: Path) -> None:
    with Store(tmp_path / "store") as store:
        key = Shelf(store, "mine").save_text(text_of(CANARY))
    (tmp_path / "store" / "people.sqlite3").write_bytes(b"garbage" * 1000)
    with Store(tmp_path / "store") as store:
        assert not Shelf(store, "mine").reaches_text(key)
        assert not Shelf(store, "yours").reaches_text(key)
        assert Shelf(store).text(key).digest == text_of(CANARY).digest


# -- what comes with the program --------------------------------------------------------------------------------------


def test_bundled_results_are_found_where_they_are_asked_for(tmp_path: Path) -> None:
    lee = sample_corpus("lee")
    with Store(tmp_path / "a") as plain, Store(tmp_path / "b", bundled=True) as store:
        assert plain.results() == ()
        runs = store.results(lee.digest)
        assert {run.cell.config.dimension for run in runs} == {2, 10, 50}
        assert all(store.has(run.id) for run in runs)
        assert not any(plain.has(run.id) for run in runs)
        store.delete(runs[0].id)
        assert store.get(runs[0].id) is not None
        assert Shelf(store, "anybody").results(lee.digest, kind=CellResult) == runs
        assert Shelf(store, "anybody").own(Result) == ()


@pytest.mark.parametrize("name", ["lee", "wikipedia"])
def test_bundled_vectors_have_the_scores_that_are_told(name: str) -> None:
    """One training and one search of each text, scored again from their vectors."""
    text = sample_corpus(name)
    for kind in ("best", "trained"):
        run = next(r for r in bundled().results(text.digest) if (kind == "trained") is isinstance(r, CellResult))
        whole = bundled().get(run.id)
        assert whole is not None
        assert whole.embedding is not None
        found = own_objective(text, run.cell.config).evaluate(whole.embedding)
        assert found.score == pytest.approx(run.own.score, abs=1e-9)
        np.testing.assert_allclose(found.gap.by_word, whole.gap_by_word, atol=1e-9)


def test_a_bundled_training_is_what_training_gives(store: Store) -> None:
    """The smallest of the news is trained again; another machine may differ in the last bits of its vectors."""
    text = sample_corpus("lee")
    runs = [run for run in bundled().results(text.digest) if isinstance(run, CellResult)]
    run = min(runs, key=lambda run: (run.cell.config.epochs, run.cell.config.dimension))
    assert run_cell(run.cell, text).own.score == pytest.approx(run.own.score, abs=1e-4)
