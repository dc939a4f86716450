"""Corpus: a text is chosen, brought, read, looked at; words of a text stay words."""

import pytest

from tests.app.conftest import Open, bring, query, texts

TEXT = "The cat sat on the mat.\nThe dog sat on the log.\n" * 5


def test_a_sample_shows_how_it_was_read(open_page: Open) -> None:
    app = open_page("corpus", corpus="planted")
    values = {metric.label: metric.value for metric in app.metric}
    assert values["Words (V)"] == "278"
    assert values["Tokenizer"] == "whitespace"
    assert "keeps 278 of 278 words" in app.header[0].value


@pytest.mark.parametrize("view", ["words", "pairs", "context"])
def test_every_view_opens_from_a_link(open_page: Open, view: str) -> None:
    app = open_page("corpus", corpus="planted", view=view)
    assert app.segmented_control(key="view").value == view
    assert app.dataframe or app.get("plotly_chart")


def test_a_pasted_text_is_read_and_kept_under_its_digest(open_page: Open) -> None:
    app = bring(open_page("corpus"), TEXT)
    digest = query(app)["corpus"]
    assert len(digest) == 64
    assert app.metric[0].value == "60"
    again = open_page("corpus", corpus=digest)
    assert again.metric[0].value == "60"


def test_a_text_without_words_gets_one_sentence_and_nothing_is_lost(open_page: Open) -> None:
    app = bring(open_page("corpus", corpus="planted"), " … \n !")
    assert "no words found" in app.error[0].value
    app.run()
    assert query(app)["corpus"] == "planted"


@pytest.mark.parametrize(
    "word", ["![t](http://x.example/a.png)", "<a/href='http://x.example'>a</a>", ":red[x]", "$x$", "%{y}", "=1+1"]
)
def test_a_word_of_the_text_does_nothing_to_the_page(open_page: Open, word: str) -> None:
    app = open_page("corpus")
    app.selectbox[0].set_value("whitespace")
    bring(app, f"{word} b c d\n" * 6)
    app.segmented_control(key="view").set_value("context").run()
    app.text_input("word").set_value(word).run()
    assert not app.exception
    shown = [text for text in texts(app) if "occurs" in text]
    assert shown
    assert not any(word in text for text in shown)
