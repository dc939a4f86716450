"""Watch it learn: the film holds the library's numbers, one update adds up, and no word becomes markup."""

import json
import re

import numpy as np
from streamlit.testing.v1 import AppTest

from jsmi_app import player
from jsmi_core import JointDistribution, SGNSObjective
from jsmi_core.figures import Names, film_data
from jsmi_core.tables.joint import preset
from jsmi_core.tables.scores import best_ranks, cells
from jsmi_core.tables.slow_motion import film
from tests.app.conftest import Open, query, said

OBJECTIVE = SGNSObjective(JointDistribution.from_counts(preset("copy", 4, 0.3)), 5)
EVIL = Names(("</script><script>alert(1)</script>", "**x**", "$y$", "<b>z</b>"), ("a", "b", "c", "d"))


def played(app: AppTest) -> dict:
    """What the browser's side of the film is told."""
    found = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    return next(data for data in found if "plane" in data)


def test_the_film_is_the_library_s(open_page: Open) -> None:
    app = open_page("watch")
    data, learned = played(app), film(OBJECTIVE, 2, 20_000, rate=0.05)
    assert data["updates"] == learned.moments.tolist()
    assert data["scores"] == learned.scores.tolist()
    np.testing.assert_allclose(data["words"], learned.words, atol=1e-4)
    np.testing.assert_allclose(data["best"], cells(OBJECTIVE).best, atol=1e-4)
    assert data["bound"] == OBJECTIVE.bound
    assert data["rank"] >= best_ranks(OBJECTIVE, (2,), 300)[0].score
    assert len(json.dumps(data)) < 1.5e6
    assert query(app) == {}


def test_settings_stand_in_the_link_and_change_the_film(open_page: Open) -> None:
    app = open_page("watch", d="3", negatives="2", updates="1000", rate="0.5", seed="4", preset="blocks", unit="bits")
    data = played(app)
    objective = SGNSObjective(JointDistribution.from_counts(preset("blocks", 4, 0.3)), 2)
    learned = film(objective, 3, 1_000, rate=0.5, seed=4)
    np.testing.assert_allclose(data["scores"], learned.scores / np.log(2), rtol=1e-12)
    assert len(data["plane"]) == 3
    assert query(app)["rate"] == "0.5"


def test_an_update_is_taken_apart_and_the_next_one_follows(open_page: Open) -> None:
    app = open_page("watch", update="7")
    one = film(OBJECTIVE, 2, 20_000, rate=0.05).update(7)
    table = app.dataframe[0].value
    assert list(table["context"]) == [f"y{pull.context + 1}" for pull in one.pulls]
    assert list(table["m = x · y"]) == [pull.score for pull in one.pulls]
    assert list(table["(label − σ(m)) · rate"]) == [pull.weight for pull in one.pulls]
    assert any(f"{abs(one.gain):.2e}".replace("-", "−") in text for text in said(app))
    next(button for button in app.button if button.label == "Next update").click().run()
    assert not app.exception
    assert query(app)["update"] == "8"
    assert list(app.dataframe[0].value["m = x · y"]) == [
        p.score for p in film(OBJECTIVE, 2, 20_000, rate=0.05).update(8).pulls
    ]


def test_an_update_beyond_the_last_is_the_last(open_page: Open) -> None:
    app = open_page("watch", updates="100", update="5000")
    assert any("Update 100 drew" in text for text in said(app))


def test_one_update_is_one(open_page: Open) -> None:
    assert any("In 1 update until here" in text for text in said(open_page("watch")))
    one = film_data(film(OBJECTIVE, 2, 1), EVIL, cells(OBJECTIVE).best, 0.0)
    assert one.title.startswith("After 1 update the model")


def test_nothing_to_learn_is_said(open_page: Open) -> None:
    app = open_page("watch", preset="independent")
    assert any("There is nothing to learn here" in text for text in said(app))


def test_words_stay_words_in_the_file_that_plays_offline() -> None:
    learned = film(OBJECTIVE, 2, 200)
    data = film_data(learned, EVIL, cells(OBJECTIVE).best, 0.0)
    page = player.page(data)
    assert page.count("<script") == page.count("</script") == 1
    told = re.search(r"play\(\{ data: (.*), parentElement", page)
    assert told
    assert json.loads(told[1])["word_names"] == list(EVIL.words)
    assert "http" not in page.replace("http-equiv", "")
    assert "export" not in page


def test_m_of_pairs_never_seen_is_none_and_findings_are_of_the_numbers() -> None:
    objective = SGNSObjective(JointDistribution.from_counts([[1, 0], [0, 1]]), 1)
    learned = film(objective, 1, 500)
    data = film_data(learned, Names(("a", "b"), ("c", "d")), cells(objective).best, 0.1, unit="bits")
    assert data.best[0][1] is None
    assert data.plane == ((1.0, 0.0),)
    columns, rows = data.table()
    assert columns == ("update", "score S (bits)")
    assert rows[-1] == (500, learned.scores[-1] / np.log(2))
    wide = film_data(film(OBJECTIVE, 4, 500, rate=0.5), Names(EVIL.words, EVIL.contexts), cells(OBJECTIVE).best, 0.0)
    assert len(wide.plane) == 4
    assert "4 dimensions allow" in wide.title or "worse than" in wide.title
    poor = film_data(film(OBJECTIVE, 2, 3), EVIL, cells(OBJECTIVE).best, 0.0)
    assert "worse than knowing the class ratio alone" in poor.title
    flat = film_data(film(OBJECTIVE, 1, 20_000), EVIL, cells(OBJECTIVE).best, 0.0)
    assert flat.title.startswith(("1 dimension allows nothing here", "After 20,000 updates the model is worse"))
