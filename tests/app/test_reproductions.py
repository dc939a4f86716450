"""Reproductions: the numbers of the library in the papers' own units."""

from html import unescape

import pytest

from jsmi_core import PairSampling, SGNSConfig, expected_pairs, sample_corpus
from jsmi_core.experiments.specs import Cell
from jsmi_core.lowrank.landmarks import deviations
from tests.app.conftest import Open, query, texts


def test_a_text_without_trainings_says_what_to_do(open_page: Open) -> None:
    app = open_page("reproductions", corpus="planted")
    assert any("No training on this text" in info.value for info in app.info)


def test_the_bundled_trainings_bear_out_the_figure(open_page: Open) -> None:
    app = open_page("reproductions")
    counted = dict(zip(app.dataframe[0].value["statement"], app.dataframe[0].value["holds in"], strict=True))
    shares = {
        name.split(",")[0]: [int(n.replace(",", "")) for n in text.split(" of ")] for name, text in counted.items()
    }
    assert len(shares) == 4
    assert shares["No score is above its bound (Theorem 1)"] == [32, 32]
    assert shares["More epochs"][0] == shares["More epochs"][1]
    assert 0 < shares["More dimensions"][0] <= shares["More dimensions"][1]


def test_every_reading_keeps_to_its_trainings_and_its_law(open_page: Open) -> None:
    from jsmi_app import cached
    from jsmi_core.experiments.run import run_cell
    from jsmi_core.figures import inert, ladder_data

    open_page("reproductions", corpus="planted")
    text = sample_corpus("planted")
    word2vec = [SGNSConfig(dimension=d, epochs=1) for d in (1, 2)]
    results = [run_cell(Cell(text.digest, config), text) for config in word2vec]
    for result in results:
        cached.store().save(result)
    titles = {}
    for reading, law in (("word2vec", "word2vec"), ("paper", "paper")):
        app = open_page("reproductions", corpus="planted", reading=reading)
        assert query(app) == {"corpus": "planted"} | ({} if reading == "word2vec" else {"reading": reading})
        assert any("2 trainings on this text" in text and inert("counts^0.75") in text for text in texts(app))
        titles[reading] = ladder_data(results, "dimension", law=law).title
        headers = [unescape(header.value).replace("\u2060", "").replace("\u00a0", " ") for header in app.header]
        assert titles[reading] in headers
    assert titles["word2vec"] != titles["paper"]

    cached.store().save(run_cell(Cell(text.digest, SGNSConfig.paper(dimension=1, epochs=1)), text))
    app = open_page("reproductions", corpus="planted", reading="paper")
    assert any("1 training on this text" in text and "context marginal" in text for text in texts(app))
    app = open_page("reproductions", corpus="planted")
    assert any("2 trainings on this text" in text for text in texts(app))


def test_drawn_pairs_are_judged_on_the_bundled_trainings(open_page: Open) -> None:
    from jsmi_app import cached

    app = open_page("reproductions", reading="drawn")
    assert len(app.button) == 0  # nothing is left to train
    table = app.dataframe[1].value
    found = {(run.cell.config.dimension, run.cell.config.epochs): run for run in cached.figure1_by_drawn_pairs()}
    assert sorted(zip(table["d"], table["epochs"], strict=True)) == sorted(found)
    for row in table.to_dict("records"):
        law = found[row["d"], row["epochs"]].law("drawn")
        shown = [row[f"{name} (nats)"] for name in ("bound", "S, exact", "S by (9)", "its error")]
        assert shown == [law.bound, law.score, law.sampled, law.sampled_error]
        assert abs(law.sampled - law.score) < 5 * law.sampled_error


def test_drawn_pairs_of_another_text_are_trained_here(open_page: Open) -> None:
    from jsmi_app import cached
    from jsmi_core.experiments.run import run_cell

    app = open_page("reproductions", corpus="planted", reading="drawn")
    assert "Train these 9" in [button.label for button in app.button]
    assert any("No training of this grid" in info.value for info in app.info)
    text = sample_corpus("planted")
    cells = [Cell(text.digest, SGNSConfig(dimension=2, epochs=epochs), drawn=True) for epochs in (1, 5)]
    results = [run_cell(cell, text) for cell in cells]
    for result in results:
        cached.store().save(result)
    app = open_page("reproductions", corpus="planted", reading="drawn")
    assert any("2 of 9 stored" in caption.value for caption in app.caption)
    laws = [result.law("drawn") for result in results]
    assert list(app.dataframe[1].value["bound (nats)"]) == [law.bound for law in laws]
    assert list(app.dataframe[1].value["S by (9) (nats)"]) == [law.sampled for law in laws]
    holds = dict(zip(app.dataframe[0].value["statement"], app.dataframe[0].value["holds in"], strict=True))
    assert holds["No score is above its bound (Theorem 1)"] == "2 of 2"


def test_a_reading_that_there_is_not_gives_the_default_and_a_notice(open_page: Open) -> None:
    app = open_page("reproductions", corpus="planted", reading="whatever")
    assert any("reading" in warning.value for warning in app.warning)
    assert query(app) == {"corpus": "planted"}


def test_levy_and_goldberg_s_table_holds_the_library_s_numbers(open_page: Open) -> None:
    app = open_page("reproductions", card="levy-goldberg", corpus="planted", dimension="2", window="2")
    found = deviations(expected_pairs(sample_corpus("planted"), PairSampling(2, False, 0.0)), 2, 5)
    table = app.dataframe[0].value
    shown = dict(zip(table["matrix"], table["k = 5, here"], strict=True))
    assert shown.pop("SGNS") == "not trained yet"
    assert shown == {name: f"{value:.2%}" for name, value in found.items()}
    assert any(f"{found['SVD of shifted positive PMI']:.0%}".rstrip("%") in text for text in texts(app))
    assert query(app) == {"corpus": "planted", "card": "levy-goldberg", "dimension": "2", "window": "2"}


def test_a_stored_training_fills_its_row(open_page: Open) -> None:
    from jsmi_app import cached
    from jsmi_core.experiments.run import run_cell

    open_page("reproductions", card="levy-goldberg", corpus="planted", dimension="2", epochs="1")
    text = sample_corpus("planted")
    config = SGNSConfig.paper(dimension=2, epochs=1, negatives=15)
    result = run_cell(Cell(text.digest, config), text)
    cached.store().save(result)
    app = open_page("reproductions", card="levy-goldberg", corpus="planted", dimension="2", epochs="1")
    row = app.dataframe[0].value.set_index("matrix").loc["SGNS"]
    assert row["k = 1, here"] == "not trained yet"
    scores = result.paper
    from jsmi_core.information.measures import binary_entropy

    missed = (scores.bound - scores.score) / (binary_entropy(1 / 16) - scores.bound)
    assert float(row["k = 15, here"].rstrip("%")) / 100 == pytest.approx(missed, abs=1e-4)
