"""A store and a bundle that an earlier layout of the library wrote open in this one, to the same numbers.

tests/data/earlier was written when the modules of jsmi_core stood side by side: two trainings and a search on a text of
310 words, and the same in one file. What is stored names no module, so that moving one must change nothing here.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from jsmi_core import Store, import_bundle
from jsmi_core.experiments import CellResult, RankResult, Result
from jsmi_core.store import recompute, verify

EARLIER = Path(__file__).parents[1] / "data" / "earlier"
DIGEST = "cf2cf6e82271413248941ea96e133162f6cb0a3be5cca4753344e6f2b35ea4ea"
BOUND = 0.16413557798165218
SCORES = {  # id → S under its own law, nats
    "ccafa86cb255e10c5395": -0.22652702695924004,
    "bff4267786f1227a06f2": -0.0026659471492369293,
    "069b233053cdc31afbbe": 0.1244937085137179,
}


@pytest.fixture(params=["store", "bundle"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of the earlier store, or one of today's that took in the bundle."""
    place = tmp_path / "store"
    if request.param == "store":
        shutil.copytree(EARLIER / "store", place)
    else:
        with Store(place) as store:
            done = import_bundle(store, EARLIER / "bundle.zip")
            assert (set(done.added), done.refused, done.corpora) == (set(SCORES), (), (DIGEST,))
    return place


def test_every_result_is_there_with_its_numbers_and_its_vectors(folder: Path) -> None:
    with Store(folder) as store:
        assert {run.id: run.own.score for run in store.results(DIGEST, kind=Result)} == SCORES
        for cell_id in SCORES:
            run = store.get(cell_id, Result)
            assert run is not None
            assert run.id == run.cell.id == cell_id, "the ids are the content's"
            assert run.own.bound == BOUND
            assert run.embedding is not None
            assert run.embedding.vocabulary == store.corpus(DIGEST).vocabulary
            assert run.gap_by_word is not None
            assert run.gap_by_word.sum() == pytest.approx(run.own.gap, rel=1e-12)
        assert isinstance(store.get("069b233053cdc31afbbe", RankResult), RankResult)
        assert not store.notices
        assert verify(store).results == 3


def test_a_training_comes_out_as_it_was(folder: Path) -> None:
    """gensim multiplies with BLAS, whose sums differ in their last bits from machine to machine."""
    with Store(folder) as store:
        again = recompute(store, "bff4267786f1227a06f2")
    assert isinstance(again.again, CellResult)
    assert again.again.own.bound == pytest.approx(BOUND, rel=1e-14)
    assert again.again.own.score == pytest.approx(SCORES["bff4267786f1227a06f2"], abs=1e-5)
