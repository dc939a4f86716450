"""Two variables: a table to edit, links that reopen it, and pictures that show what the library says of it."""

import json
import math
import shlex

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from jsmi_core import JointDistribution, SGNSObjective, mutual_information
from jsmi_core.cli.entry import main
from jsmi_core.tables.joint import edited, edited_block, preset, read_table
from jsmi_core.tables.scores import cells, matrix_cells, moved
from tests.app.conftest import PAGES, ROOT, Open, plain, query, setting, texts
from tests.app.test_snippets import printed

PICTURES = ("table", "channel", "alpha", "away", "rank")


def grid(app: AppTest, kind: str = "cells") -> dict:
    """What the browser's side of a grid is told."""
    found = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    return next(data for data in found if (data["right"] is not None) == (kind == "cells"))


def send(app: AppTest, kind: str, *edits: list[list], first: int | None = None) -> AppTest:
    """Send edits, each a list of (row, column, text), as the browser's side of a grid does."""
    data = grid(app, kind)
    start = data["taken"] + 1 if first is None else first
    sent = [{"number": start + i, "cells": cells} for i, cells in enumerate(edits)]
    app.session_state[f"grid-{kind}"] = {"edits": sent}
    app.run()
    assert not app.exception
    return app


def type_in(app: AppTest, kind: str, row: int, column: int, text: str) -> AppTest:
    """Change one cell of a grid."""
    return send(app, kind, [[row, column, text]])


def shown(app: AppTest) -> np.ndarray:
    """The cells of the grid, as probabilities."""
    return np.array(grid(app)["cells"], float) / 100


def edited_table(app: AppTest) -> np.ndarray:
    """The table that the link carries."""
    return read_table(query(app)["table"])


def metrics(app: AppTest) -> dict[str, float]:
    return {metric.label: float(metric.value.split()[0]) for metric in app.metric}


def test_the_numbers_are_the_library_s(open_page: Open) -> None:
    app = open_page("variables", preset="zipf", size="5", table_noise="0.2", alpha="0.25")
    joint = JointDistribution.from_counts(preset("zipf", 5, 0.2))
    objective = SGNSObjective(joint, alpha=0.25)
    found = metrics(app)
    assert found["JSMI"] == pytest.approx(objective.bound, rel=5e-3)
    assert found["I(X;Y)"] == pytest.approx(mutual_information(joint), rel=5e-3)
    assert found["h(α), the ceiling"] == pytest.approx(objective.class_entropy, rel=5e-3)


def test_bits_are_a_matter_of_display(open_page: Open) -> None:
    nats, bits = (metrics(open_page("variables", unit=unit)) for unit in ("nats", "bits"))
    assert bits["JSMI"] == pytest.approx(nats["JSMI"] / math.log(2), rel=1e-2)


def test_an_edited_cell_rescales_the_rest_and_stands_in_the_link(open_page: Open) -> None:
    app = type_in(open_page("variables", size="2"), "cells", 0, 1, "40")
    wanted = edited(preset("copy", 2, 0.3), 0, 1, 0.4)
    np.testing.assert_allclose(shown(app), wanted, atol=5.1e-5)
    np.testing.assert_allclose(edited_table(app), wanted, atol=1e-12)
    again = open_page("variables", **query(app))
    np.testing.assert_allclose(shown(again), wanted, atol=5.1e-5)
    assert metrics(again) == metrics(app)


@pytest.mark.parametrize(
    ("text", "percent"), [(".5", 0.5), (".25", 0.25), ("0,25", 0.25), (" 12.5 % ", 12.5), ("1e1", 10.0), ("", 0.0)]
)
def test_a_percentage_is_what_was_typed(open_page: Open, text: str, percent: float) -> None:
    app = type_in(open_page("variables"), "cells", 0, 1, text)
    assert edited_table(app)[0, 1] == pytest.approx(percent / 100, abs=1e-12)
    assert float(grid(app)["cells"][0][1]) == pytest.approx(percent)


def test_two_edits_in_a_row_both_count_and_none_counts_twice(open_page: Open) -> None:
    start = preset("copy", 3, 0.3)
    once = edited(start, 0, 0, 0.3)
    app = send(open_page("variables", size="3"), "cells", [[0, 0, "30"]])
    np.testing.assert_allclose(edited_table(app), once, atol=1e-12)
    again = send(app, "cells", [[0, 0, "30"]], [[0, 1, "20"]], [[2, 2, "10"]], first=1)
    wanted = edited(edited(once, 0, 1, 0.2), 2, 2, 0.1)
    np.testing.assert_allclose(edited_table(again), wanted, atol=1e-12)
    assert grid(again)["taken"] == 3
    np.testing.assert_allclose(edited_table(again.run()), wanted, atol=1e-12)


def test_an_edit_of_a_cell_that_the_table_lacks_changes_nothing(open_page: Open) -> None:
    app = send(open_page("variables", size="2"), "cells", [[7, 7, "9"], [-1, 0, "9"]])
    assert query(app).keys() == {"size"}
    assert grid(app)["taken"] == 1


def test_what_a_browser_sends_again_to_a_new_server_changes_nothing() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.session_state["grid-cells"] = {"edits": [{"number": 3, "cells": [[0, 0, "9"]]}]}
    app.switch_page(PAGES["variables"]).run()
    assert not app.exception
    assert "table" not in query(app)
    assert edited_table(type_in(app, "cells", 0, 0, "8"))[0, 0] == pytest.approx(0.08)
    assert grid(app)["taken"] == 4


def test_a_pasted_block_is_set_at_once(open_page: Open) -> None:
    block = [[0, 0, "10"], [0, 1, "20,5"], [1, 0, "5%"], [1, 1, ".5"]]
    app = send(open_page("variables", size="3"), "cells", block)
    wanted = {(0, 0): 0.1, (0, 1): 0.205, (1, 0): 0.05, (1, 1): 0.005}
    np.testing.assert_allclose(edited_table(app), edited_block(preset("copy", 3, 0.3), wanted), atol=1e-12)
    before = query(app)
    send(app, "cells", [[0, 0, "5"], [0, 1, "<b>"]])
    assert query(app) == before
    told = plain(app.warning[0].value)
    assert "'<b>' in x1, y2 is not usable" in told


def test_what_is_no_number_is_told_and_the_next_edit_counts(open_page: Open) -> None:
    app = send(open_page("variables"), "cells", [[0, 0, "1,000.5"]], [[0, 1, "5"]])
    assert len(app.warning) == 1
    assert edited_table(app)[0, 1] == pytest.approx(0.05)


def test_an_edit_that_keeps_the_margins(open_page: Open) -> None:
    app = open_page("variables", margins="fixed")
    before = grid(app)
    after = grid(type_in(app, "cells", 1, 2, "10"))
    assert float(after["cells"][1][2]) == 10
    assert after["cells"] != before["cells"]
    assert (after["sums"], after["totals"]) == (before["sums"], before["totals"])


@pytest.mark.parametrize(
    ("text", "told"),
    [("90", "lies between 0 % and 25 %"), ("-1", "impossible"), ("nan", "percentage"), ("a", "percentage")],
)
def test_an_impossible_edit_gets_one_sentence_and_changes_nothing(open_page: Open, text: str, told: str) -> None:
    app = open_page("variables", margins="fixed")
    before = grid(app)["cells"]
    type_in(app, "cells", 0, 0, text)
    assert len(app.warning) == 1
    assert told in app.warning[0].value.replace("&#37;", "%").replace("&#45;", "-")
    assert grid(app)["cells"] == before
    assert "table" not in query(app)
    app.run()
    assert not app.warning


def test_another_preset_forgets_what_was_edited(open_page: Open) -> None:
    app = type_in(open_page("variables", picture="away"), "cells", 0, 0, "50")
    type_in(app, "scores", 0, 0, "2")
    assert {"table", "scores"} <= query(app).keys()
    app.selectbox(setting("preset")).set_value("diagonal").run()
    assert not {"table", "scores"} & query(app).keys()
    np.testing.assert_allclose(shown(app), preset("diagonal", 4), atol=5.1e-5)


def test_back_to_the_preset(open_page: Open) -> None:
    app = type_in(open_page("variables"), "cells", 0, 0, "50")
    app.button("reset-table").click().run()
    assert query(app) == {}
    np.testing.assert_allclose(shown(app), preset("copy", 4, 0.3), atol=5.1e-5)


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize(
    "table", [{"preset": "independent"}, {"table": "1-0_0-0"}, {"table": "1-2-3_4-0-6", "alpha": "0.9"}]
)
def test_every_picture_has_something_to_say_of_every_table(open_page: Open, picture: str, table: dict) -> None:
    app = open_page("variables", picture=picture, **table)
    assert not app.error
    assert app.header[0].value
    assert app.get("plotly_chart")


def test_words_of_a_text_name_the_rows(open_page: Open) -> None:
    app = open_page("variables", preset="words", size="3")
    assert grid(app)["rows"] == ["the", "to", "of"]
    type_in(app, "cells", 0, 0, "50")
    assert grid(app)["rows"] == ["the", "to", "of"]


# --- away from the best scores ---------------------------------------------------------------------------------------


def test_the_gap_of_a_dragged_and_edited_matrix_is_the_library_s(open_page: Open) -> None:
    app = open_page("variables", picture="away", direction="ratio", distance="0.5")
    before = app.header[0].value
    type_in(app, "scores", 1, 2, "2,5")
    assert query(app)["scores"] == "1.2~2.5"
    assert app.header[0].value != before
    assert grid(app, "scores")["cells"][1][2] == "2.5"
    objective = SGNSObjective(JointDistribution.from_counts(preset("copy", 4, 0.3)), 5)
    scores = moved(cells(objective).best, "ratio", 0.5, objective.log_odds, (0, 0))
    scores[1, 2] = 2.5
    _, gap, _ = matrix_cells(objective, scores)
    assert f"m loses {gap:.3g} of {objective.bound:.3g} nats" in app.header[0].value.replace("&#46;", ".")
    type_in(app, "scores", 1, 2, "")
    assert "scores" not in query(app)
    assert app.header[0].value == before


def test_at_the_best_matrix_nothing_is_lost(open_page: Open) -> None:
    app = open_page("variables", picture="away", preset="diagonal", distance="0")
    assert "loses nothing" in app.header[0].value


def test_a_score_out_of_reach_gets_one_sentence(open_page: Open) -> None:
    app = type_in(open_page("variables", picture="away"), "scores", 0, 0, "1000")
    assert "a score" in app.warning[0].value
    assert "scores" not in query(app)


def test_one_cell_is_dragged(open_page: Open) -> None:
    app = open_page("variables", picture="away", direction="cell", cell="2.1", size="3", distance="-0.5")
    assert app.selectbox(setting("cell")).value == "2.1"
    app.select_slider(setting("size")).set_value(2).run()
    assert app.selectbox(setting("cell")).value == "0.0"


# --- manners ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [("table", "1-2"), ("table", "<b>"), ("size", "9"), ("preset", "chess"), ("distance", "2"), ("scores", "a"),
     ("cell", "9.9"), ("table_noise", "nan"), ("correlation", "1"), ("picture", "movie")],
)  # fmt: skip
def test_a_wrong_value_in_a_link_gives_the_default_and_a_notice(open_page: Open, name: str, value: str) -> None:
    app = open_page("variables", **{name: value})
    assert name.split("_")[0] in app.warning[0].value
    assert name not in query(app)
    assert app.get("plotly_chart")


@pytest.mark.parametrize("picture", PICTURES)
def test_the_code_gives_the_numbers_of_the_page(open_page: Open, picture: str) -> None:
    app = open_page("variables", picture=picture, preset="diagonal", size="3", distance="0", alpha="0.25")
    python, shell = app.code[-2].value, app.code[-1].value
    joint = JointDistribution.from_counts(preset("diagonal", 3))
    objective = SGNSObjective(joint, alpha=0.25)
    information, bound, ceiling = map(float, printed(python)[:3])
    assert information == pytest.approx(mutual_information(joint), rel=1e-9)
    assert (bound, ceiling) == (pytest.approx(objective.bound, rel=1e-9), pytest.approx(objective.class_entropy))
    assert main(shlex.split(shell)[1:]) == 0


def test_the_terms_are_explained(open_page: Open) -> None:
    assert any("<abbr" in text for text in texts(open_page("variables", picture="channel")))


def test_a_search_that_was_not_finished_says_so(open_page: Open) -> None:
    unfinished = "still climbing"
    assert unfinished not in " ".join(texts(open_page("variables", picture="rank")))
    app = open_page("variables", picture="rank", table="42-0-2-2_2-41-1-2_0-1-41-1_0-0-2-42")
    assert unfinished in " ".join(texts(app))
    quick = app.get("plotly_chart")[0].proto.spec
    app.button("longer").click().run()
    assert not app.exception
    assert app.get("plotly_chart")[0].proto.spec != quick
