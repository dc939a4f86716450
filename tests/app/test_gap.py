"""Gap: a grid of trainings, its figures, what is stored and what is left."""

from jsmi_app import cached
from jsmi_core.experiments import CellResult
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import Cell
from jsmi_core.training.config import SGNSConfig
from tests.app.conftest import Open, plain, query, said, setting, until

GRID = {"corpus": "planted", "dimensions": "2,4", "epochs_list": "1", "negatives_list": "1,5", "seeds": "1,2"}


def test_a_grid_is_run_drawn_and_kept(open_page: Open) -> None:
    app = open_page("gap", **GRID)
    assert any("0 of 8 stored; the other 8" in text for text in said(app))
    assert any("run it" in plain(info.value) for info in app.info)
    app.button("run").click().run()
    until(app, lambda page: any("All 8 of this grid" in text for text in said(page)))
    for axis in ("dimension", "alpha", "epochs"):
        app.segmented_control(setting("axis")).set_value(axis).run()
        assert not app.exception
        assert len(app.get("plotly_chart")) == 1
    app.segmented_control(setting("show")).set_value("gap").run()
    app.segmented_control(setting("law")).set_value("paper").run()
    assert not app.exception
    assert query(app) == GRID | {"axis": "epochs", "show": "gap", "law": "paper"}
    larger = open_page("gap", **GRID | {"dimensions": "2,4,8"})
    assert any("8 of 12 stored" in text for text in said(larger))


def test_what_was_trained_by_itself_is_not_trained_again(open_page: Open) -> None:
    app = open_page("gap", corpus="planted", dimensions="2,4", epochs_list="3")
    text = cached.corpus("planted", 5)
    cached.store().save(run_cell(Cell(text.digest, SGNSConfig(dimension=2, epochs=3)), text))
    app.run()
    assert any("1 of 2 stored" in text for text in said(app))
    assert len(app.get("plotly_chart")) == 1
    app.button("run").click().run()
    until(app, lambda page: any("All 2 of this grid" in text for text in said(page)))
    assert sorted(run.cell.every for run in cached.shelf().own(CellResult)) == [1, 3]


def test_a_list_that_is_none_is_refused_in_one_sentence(open_page: Open) -> None:
    app = open_page("gap", corpus="planted")
    app.text_input(setting("dimensions")).set_value("ten").run()
    assert not app.exception
    assert "whole numbers" in app.error[0].value


def test_a_grid_of_too_many_trainings_is_refused(open_page: Open) -> None:
    many = ",".join(map(str, range(1, 60)))
    app = open_page("gap", corpus="planted", dimensions=many, seeds=many)
    assert "1,000" in app.error[0].value.replace("&#44;", ",")


def test_diagnostics_name_what_runs(open_page: Open) -> None:
    rows = open_page("diagnostics").dataframe[0].value
    assert {"Python", "gensim", "Store", "Queue"} <= set(rows["what"])


def test_the_best_embedding_of_each_dimension_splits_the_gap(open_page: Open) -> None:
    app = open_page("gap", corpus="planted", dimensions="1,2", epochs_list="1", best_rank="true")
    app.button("run").click().run()
    until(app, lambda page: any("All 4 of this grid" in text for text in said(page)))
    drawn = app.get("plotly_chart")[0].proto.spec
    assert "best rank&#45;d" in drawn
    assert "costs more than" in app.header[0].value
    certificates = app.dataframe[-1].value
    assert list(certificates["d"]) == [1, 2]
    assert certificates["converged"].all()
    assert certificates["start that won"].str.startswith("correspondence").all()
    app.toggle(setting("baselines")).set_value(True).run()
    assert "SVD of SPPMI" in app.get("plotly_chart")[0].proto.spec
    for axis in ("dimension", "epochs", "alpha"):
        for show in ("score", "split"):
            app.segmented_control(setting("show")).set_value(show).run()
            app.segmented_control(setting("axis")).set_value(axis).run()
            assert not app.exception
            assert len(app.get("plotly_chart")) == 1
    assert "of the gap" in app.header[0].value
    app.segmented_control(setting("show")).set_value("gain").run()
    assert not app.exception
    assert app.header[0].value.startswith("Each dimension between 1 and 2 is worth")
    app.segmented_control(setting("law")).set_value("paper").run()
    assert any("word2vec's noise" in plain(info.value) for info in app.info)


def test_what_needs_a_search_says_so(open_page: Open) -> None:
    app = open_page("gap", **GRID | {"dimensions": "2", "negatives_list": "5", "seeds": "1", "show": "split"})
    app.button("run").click().run()
    until(app, lambda page: any("All 1 of this grid" in text for text in said(page)))
    assert any("switch on their search" in plain(info.value) for info in app.info)


def test_epochs_along_one_run_are_trained_once(open_page: Open) -> None:
    along = GRID | {"dimensions": "2", "epochs_list": "1,2,3", "negatives_list": "5", "seeds": "1"}
    app = open_page("gap", **along, epochs_as="checkpoints", axis="epochs")
    assert any("0 of 1 stored" in text for text in said(app))
    app.button("run").click().run()
    until(app, lambda page: any("All 1 of this grid" in text for text in said(page)))
    assert any("points along one run: its learning rate falls" in text for text in said(app))
    drawn = app.get("plotly_chart")[0].proto.spec
    assert all(f"@{epoch}" in drawn for epoch in (1, 2, 3))
    app.segmented_control(setting("law")).set_value("paper").run()
    assert not app.exception
    assert any("under its own noise only" in text for text in said(app))
    app.segmented_control(setting("epochs_as")).set_value("runs").run()
    assert any("1 of 3 stored" in text for text in said(app)), "the longest is one cell either way"
