"""A shared server, page by page: what somebody else imported answers nobody until it was computed here."""

from dataclasses import replace
from pathlib import Path

import pytest

from jsmi_app import cached
from jsmi_app.owner import SHARED
from jsmi_core import Cell, SGNSConfig, Store, run_cell, sample_corpus
from jsmi_core.experiments import CellResult
from jsmi_core.store import Shelf, export_bundle
from tests.app.conftest import Open, said, until

LINK = {"corpus": "planted", "dimension": "3", "epochs": "2"}


def test_a_forged_result_is_computed_again_for_whoever_asks(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SHARED, "1")
    text = sample_corpus("planted")
    true = run_cell(Cell(text.digest, SGNSConfig(dimension=3, epochs=2)), text)
    gap = true.own.gap / 4
    laws = tuple(replace(law, score=law.bound - gap, gap=gap) for law in true.laws)
    assert true.gap_by_word is not None
    with Store(tmp_path / "forger") as store:
        store.save(replace(true, laws=laws, gap_by_word=true.gap_by_word * gap / true.gap_by_word.sum()))
        export_bundle(store, tmp_path / "runs.zip")
    app = open_page("train", **LINK)
    Shelf(cached.store(), "forger").take_in((tmp_path / "runs.zip").read_bytes())
    app.run()
    assert app.button("train").label == "Train"
    app.button("train").click().run()
    until(app, lambda page: any(text.startswith("Run ") for text in said(page)))
    assert not any("imported" in text for text in said(app))
    stored = cached.store().get(true.cell, CellResult)
    assert stored is not None
    assert stored.own.score == pytest.approx(true.own.score, abs=1e-9)
    assert cached.store().people.imported() == frozenset()
