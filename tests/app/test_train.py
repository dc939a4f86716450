"""Train: settings → one training → its exact score under the bound; found again, refused, cancelled."""

from dataclasses import replace

import pytest
import streamlit as st

from jsmi_app import cached
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import SPARSE, Cell
from jsmi_core.text import read_corpus
from jsmi_core.training.config import SGNSConfig
from tests.app.conftest import Open, bring, query, setting, texts, until


def trained(app):
    return any(caption.value.startswith("Run ") for caption in app.caption)


def test_a_training_shows_its_score_under_the_bound_and_is_kept(open_page: Open) -> None:
    app = open_page("train", corpus="planted", dimension="4", epochs="2")
    assert "has not reached its first score" in app.header[0].value
    app.button("train").click().run()
    until(app, trained)
    assert "After 2 epochs" in app.header[0].value
    rows = app.dataframe[-1].value
    assert (rows["score S (nats)"] <= rows["bound (nats)"]).all()
    again = open_page("train", corpus="planted", dimension="4", epochs="2")
    assert trained(again)


def amount(metric):
    """What a metric shows, in nats."""
    return float(metric.value.removesuffix(" nats"))


def test_a_search_splits_the_gap_in_two(open_page: Open) -> None:
    link = {"corpus": "planted", "dimension": "2", "epochs": "2"}
    app = open_page("train", **link)
    app.button("train").click().run()
    until(app, trained)
    assert not app.metric
    app.button("search-button").click().run()
    assert query(app)["search"]
    until(app, lambda page: page.metric, seconds=120)
    rank, training, gap = map(amount, app.metric)
    assert min(rank, training) >= 0
    assert rank + training == pytest.approx(gap, rel=0.01)  # three digits are shown
    assert "at most" in app.header[0].value
    assert "best of this dimension" in app.get("plotly_chart")[0].proto.spec
    assert any("Newton step" in text for text in texts(app))
    certificate = app.dataframe[-1].value.iloc[0]
    assert certificate["spread over starts (nats)"] > 0
    assert "search-button" not in {button.key for button in app.button}
    assert "search" not in query(app)
    exact = {"best_rank_embedding(objective, config.dimension, [run.embedding])", "--best-rank"}
    assert all(any(piece in code.value for code in app.code) for piece in exact)
    longer = open_page("train", **link | {"epochs": "3"})  # its dimension was searched before it was trained
    assert "best of this dimension" in longer.get("plotly_chart")[0].proto.spec


def test_a_search_can_be_cancelled(open_page: Open) -> None:
    app = open_page("train", corpus="lee", dimension="100", epochs="1")
    app.button("train").click().run()
    until(app, trained)
    app.button("search-button").click().run()
    until(app, lambda page: page.button(key="cancel-search"))
    app.button("cancel-search").click().run()
    until(app, lambda page: any("The search was cancelled" in warning.value for warning in page.warning))
    assert app.button("search-button")


def test_settings_are_in_the_url(open_page: Open) -> None:
    app = open_page("train", corpus="planted")
    app.number_input(setting("dimension")).set_value(7).run()
    app.number_input(setting("epochs")).set_value(3).run()
    assert query(app) == {"corpus": "planted", "dimension": "7", "epochs": "3"}


def test_a_wrong_value_in_a_link_gives_the_default_and_a_notice(open_page: Open) -> None:
    app = open_page("train", corpus="planted", dimension="0", epochs="x")
    assert app.number_input(setting("dimension")).value == 100
    assert app.number_input(setting("epochs")).value == 5
    said = " ".join(warning.value for warning in app.warning)
    assert "give a whole number from 1 to 10" in said
    assert "dimension" in said
    assert "epochs" in said


def test_a_link_to_no_text_gives_the_default_and_a_notice(open_page: Open) -> None:
    app = open_page("corpus", corpus="../../etc/passwd")
    assert app.selectbox(setting("corpus")).value == "wikipedia"
    assert "corpus" in app.warning[0].value


def test_a_link_to_a_text_that_is_not_here_stays_and_works_once_the_file_is_brought(open_page: Open) -> None:
    text = "to be or not to be\n" * 30
    digest = read_corpus(text.encode(), name="the sender's name for it").digest
    link = {"corpus": f"{digest}.{'0' * 16}", "alpha": "0.25"}
    app = open_page("bound", **link)
    assert "bring the same file" in app.error[0].value
    assert not app.get("plotly_chart")
    assert query(app) == link
    assert not app.exception
    bring(open_page("corpus"), text)
    app = open_page("bound", **link)
    assert not app.error
    assert app.get("plotly_chart")
    assert query(app) == link
    app = open_page("bound", corpus="f" * 64)
    app.selectbox(setting("corpus")).set_value("lee").run()
    assert not app.error
    assert query(app) == {"corpus": "lee"}


def test_a_training_can_be_cancelled(open_page: Open) -> None:
    app = open_page("train", corpus="lee", dimension="50", epochs="500")
    app.button("train").click().run()
    until(app, lambda page: page.button(key="cancel"))
    app.button("cancel").click().run()
    until(app, lambda page: any("cancelled" in warning.value for warning in page.warning))
    assert app.button("train")


def test_a_too_large_training_is_refused_in_one_sentence(open_page: Open) -> None:
    app = open_page("train", corpus="planted", dimension="10000", epochs="100000", negatives="1000")
    app.button("train").click().run()
    assert not app.exception
    assert "hours" in app.error[0].value


def test_an_interrupted_training_says_so(open_page: Open) -> None:
    app = open_page("train", corpus="planted", dimension="4", epochs="2")
    app.button("train").click().run()
    job = query(app)["job"]
    until(app, trained)
    assert "job" not in query(app)
    cached.store().delete(job.partition(".")[0])
    cached.queue().close()
    st.cache_resource.clear()  # as after a restart of the server
    restarted = open_page("train", corpus="planted", dimension="4", epochs="2", job=job)
    assert "interrupted" in restarted.warning[0].value
    assert restarted.button("train")


def test_a_link_with_the_job_of_other_settings_is_corrected(open_page: Open) -> None:
    app = open_page("train", corpus="planted", job="0" * 20 + "." + "1" * 16)
    assert query(app) == {"corpus": "planted"}
    assert not app.warning


@pytest.mark.parametrize(
    "link",
    [
        {"dimension": "10000", "epochs": "100000", "negatives": "1000", "window": "1000"},
        {"subsample": "0.9999", "noise_exponent": "-10", "learning_rate": "10", "seed": "4294967295"},
        {"learning_rate": "0.0001", "minimum_learning_rate": "0"},
    ],
)
def test_whatever_the_library_takes_the_page_takes(open_page: Open, link: dict[str, str]) -> None:
    app = open_page("train", corpus="planted", **link)
    assert not app.warning
    assert query(app) == {"corpus": "planted", **link}


def test_settings_that_do_not_fit_each_other_get_one_sentence(open_page: Open) -> None:
    app = open_page("train", corpus="planted")
    app.number_input(setting("learning_rate")).set_value(0.0).run()
    assert not app.exception
    assert "learning&#95;rate" in app.error[0].value


def test_what_a_grid_trained_is_shown_and_can_be_scored_in_full(open_page: Open) -> None:
    text = cached.corpus("planted", 5)
    cell = Cell(text.digest, SGNSConfig(dimension=3, epochs=12))
    link = {"corpus": "planted", "dimension": "3", "epochs": "12"}
    app = open_page("train", **link)
    cached.store().save(run_cell(replace(cell, every=SPARSE), text))
    app.run()
    assert trained(app)
    assert "After 12 epochs" in app.header[0].value
    assert "after every 10 epochs" in " ".join(texts(app))
    assert app.button("train").label == "Score every epoch"
    assert app.button("search-button")
    app.button("train").click().run()
    until(app, lambda page: cached.store().has(cell) and trained(page))
    assert "after every epoch" in " ".join(texts(app))
    assert "train" not in {button.key for button in app.button}
