"""Compare: stored runs side by side, and bundles out and in."""

import pytest

from jsmi_core import SGNSConfig, Store, sample_corpus
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import Cell
from tests.app.conftest import Open, query


@pytest.fixture(scope="module")
def runs():
    text = sample_corpus("planted")
    configs = [SGNSConfig(dimension=d, epochs=2, window=2) for d in (1, 2)]
    return [run_cell(Cell(text.digest, config), text) for config in configs]


@pytest.fixture
def stored(runs, tmp_path):
    with Store(tmp_path / "store") as store:
        for run in runs:
            store.save(run)
    return runs


def test_an_empty_store_says_what_to_do(open_page: Open) -> None:
    app = open_page("compare", corpus="planted")
    assert "No run of this text" in app.info[0].value


def test_a_link_lays_two_runs_side_by_side(stored, open_page: Open) -> None:
    chosen = ",".join(run.id[:8] for run in stored)
    app = open_page("compare", corpus="planted", runs=chosen)
    differ, scores = app.dataframe[1].value, app.dataframe[2].value
    assert list(differ["setting"]) == ["dimension"]
    by_law = scores.set_index(["noise q", "run"])["S"]
    for run in stored:
        for law in run.laws:
            assert by_law[law.q, f"dimension {run.cell.config.dimension}"] == law.score
    assert app.get("plotly_chart")
    assert set(query(app)["runs"].split(",")) == {run.id[:8] for run in stored}


def test_two_runs_that_differ_in_one_number_are_compared_at_first(stored, open_page: Open) -> None:
    app = open_page("compare", corpus="planted")
    assert len(app.dataframe[0].value) == 2
    assert list(app.dataframe[1].value["setting"]) == ["dimension"]


def test_one_s_own_runs_can_be_deleted(stored, open_page: Open) -> None:
    app = open_page("compare", corpus="planted", runs=",".join(run.id[:8] for run in stored))
    app.button("delete").click().run()
    assert not app.exception
    assert "No run of this text" in app.info[0].value


def test_what_was_imported_says_so(stored, open_page: Open, tmp_path) -> None:
    from jsmi_app import cached
    from jsmi_core.store.bundle import export_bundle, import_bundle

    export_bundle(cached.store(), tmp_path / "runs.zip", [run.id for run in stored])
    cached.store().delete(stored[0].id)
    import_bundle(cached.store(), tmp_path / "runs.zip")
    table = open_page("compare", corpus="planted").dataframe[0].value
    origin = dict(zip(table["run"], table["from"], strict=True))
    assert origin == {stored[0].id[:8]: "imported, not computed here", stored[1].id[:8]: "this server"}


def test_a_bundle_goes_out_and_comes_in_elsewhere(stored, open_page: Open, tmp_path) -> None:
    from jsmi_app import cached
    from jsmi_core.store.bundle import export_bundle

    export_bundle(cached.store(), tmp_path / "runs.zip")
    for run in stored:
        cached.store().delete(run.id)
    app = open_page("compare", corpus="planted")
    assert app.info
    app.file_uploader[0].upload("runs.zip", (tmp_path / "runs.zip").read_bytes(), "application/zip")
    next(button for button in app.button if button.label == "Import").click().run()
    assert "2 new runs" in app.warning[0].value
    assert len(app.dataframe[0].value) == 2
