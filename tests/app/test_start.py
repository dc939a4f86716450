"""Start: a finished picture at once, a question, a live training."""

import json
from pathlib import Path

import pytest

from jsmi_app.cached import runs
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import Grid
from jsmi_core.text.corpus import Corpus
from jsmi_core.text.samples import sample_corpus
from tests.app.conftest import Open, query, setting, texts


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small figure1.json, really computed, in the form of ``jsmi sweep --json``."""
    text: Corpus = sample_corpus("planted", min_count=100)
    cells = Grid(dimensions=(2, 4), epochs=(1, 2), negatives=(1, 5)).cells(text.digest)
    results = [{"id": cell.id, **run_cell(cell, text).to_dict()} for cell in cells]
    folder = tmp_path_factory.mktemp("sample_data")
    manifest = {"command": "jsmi sweep sample:planted --min-count 100", "date": "2026-01-01"}
    (folder / "figure1.json").write_text(json.dumps({"manifest": manifest, "results": results}), "utf-8")
    return folder


@pytest.fixture
def start(open_page: Open, sweep: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    monkeypatch.setattr(runs, "sample_data_directory", lambda: sweep)
    return lambda **link: open_page("start", **link)


def test_a_finished_picture_stands_there_at_once(start: Open) -> None:
    app = start()
    assert len(app.get("plotly_chart")) == 1
    assert "sample&#58;" in app.caption[0].value
    assert "jsmi sweep sample:planted" in app.code[0].value


def test_the_controls_of_the_picture_are_alive(start: Open) -> None:
    app = start()
    first = app.get("plotly_chart")[0].proto.spec
    app.segmented_control(setting("k")).set_value(1).run()
    assert app.get("plotly_chart")[0].proto.spec != first
    app.segmented_control(setting("axis")).set_value("alpha").run()
    assert "share of positive pairs" in app.get("plotly_chart")[0].proto.spec
    assert query(app) == {"axis": "alpha", "k": "1"} or query(app) == {"axis": "alpha"}


def test_a_guess_is_answered_with_the_numbers(start: Open) -> None:
    app = start()
    assert not app.success
    app.radio("guess").set_value("closer").run()
    assert app.success[0].value.startswith(("Right", "Not so"))
    assert "of its bound" in app.success[0].value


def test_do_it_live_trains_a_new_model_each_time(start: Open) -> None:
    app = start()
    for seed in ("1", "2"):
        app.button("live-button").click().run()
        assert query(app)["live"] == seed
    assert app.button("cancel")
    assert len(app.get("plotly_chart")) == 2
    app.button("cancel").click().run()


def test_without_the_precomputed_sweep_the_page_still_leads_on(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "sample_data_directory", lambda: tmp_path)
    app = open_page("start")
    assert any("not installed" in text for text in texts(app))
