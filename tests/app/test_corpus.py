"""Corpus: a text is chosen, brought, read, looked at; words of a text stay words."""

import re

import pytest

from tests.app.conftest import ROOT, Open, bring, query, setting, texts

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
    assert app.segmented_control(setting("view")).value == view
    assert app.dataframe or app.get("plotly_chart")


def test_a_pasted_text_is_read_and_kept_under_its_digest(open_page: Open) -> None:
    app = bring(open_page("corpus"), TEXT)
    digest = query(app)["corpus"]
    assert re.fullmatch(r"[0-9a-f]{64}\.[0-9a-f]{16}", digest)  # its words, and how it was read
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
    app.segmented_control(setting("view")).set_value("context").run()
    app.text_input(setting("word")).set_value(word).run()
    assert not app.exception
    shown = [text for text in texts(app) if "occurs" in text]
    assert shown
    assert not any(word in text for text in shown)


# -- a file whose encoding is in doubt --------------------------------------------------------------------------------

WESTERN = "I don’t know — it’s naïve of me, said the man in the café.\n" * 5


def upload(app, name: str, content: bytes):
    app.file_uploader[0].upload(name, content, "text/plain")
    next(button for button in app.button if button.label == "Read the text").click().run()
    assert not app.exception
    return app


def test_likely_encodings_are_shown_and_a_person_chooses(open_page: Open) -> None:
    app = upload(open_page("corpus", corpus="planted"), "western.txt", WESTERN.encode("cp1252"))
    assert "western" in app.warning[0].value
    assert "does not decode as utf" in app.warning[0].value
    assert query(app)["corpus"] == "planted"  # nothing is read before it is chosen
    choices = {button.label: button for button in app.button if button.label.startswith("Read it as")}
    assert 1 < len(choices) <= 3
    assert any("I don’t know" in code.value for code in app.code)
    app.run()  # the choice is still there
    choices["Read it as cp1252"].click().run()
    assert not app.exception
    assert query(app)["corpus"] != "planted"
    assert {metric.label: metric.value for metric in app.metric}["Encoding"] == "cp1252"
    assert not [button for button in app.button if button.label.startswith("Read it as")]


def test_a_choice_of_encoding_goes_with_its_file(open_page: Open) -> None:
    app = upload(open_page("corpus"), "western.txt", WESTERN.encode("cp1252"))
    upload(app, "plain.txt", TEXT.encode())
    assert not app.warning
    assert not [button for button in app.button if button.label.startswith("Read it as")]
    assert app.metric[0].value == "60"


def test_an_encoding_is_of_files_and_what_is_pasted_has_none(open_page: Open) -> None:
    app = open_page("corpus")
    app.selectbox[2].set_value("latin-1")
    bring(app, "naïve café\n" * 5)
    assert app.dataframe[0].value["word"].tolist() == ["naïve", "café"]


def test_a_file_and_a_pasted_text_are_one_too_many(open_page: Open) -> None:
    app = open_page("corpus", corpus="planted")
    app.text_area[0].set_value("pasted words")
    upload(app, "mine.txt", TEXT.encode())
    assert "two texts were given" in app.error[0].value
    assert "mine" in app.error[0].value


def test_a_word_is_asked_for_as_the_text_was_read(open_page: Open) -> None:
    app = bring(open_page("corpus"), "They don’t go to the café for 1,000 reasons\n" * 6)
    app.segmented_control(setting("view")).set_value("context").run()
    for typed, word in (("DON'T", "don't"), ("Cafe\u0301", "café"), ("1,000", "1,000")):
        app.text_input(setting("word")).set_value(typed).run()
        assert any(word in row for row in app.dataframe[0].value["word"].tolist())
    app.text_input(setting("word")).set_value("tea time").run()
    assert any("it is" in text.value for text in app.info)


def test_no_table_writes_a_formula_into_a_spreadsheet(open_page: Open) -> None:
    """The toolbar of a table has a CSV of its own, which writes cells as they are."""
    app = open_page("corpus")
    app.selectbox[0].set_value("whitespace")
    bring(app, "=1+1 +2 -3 @x plain\n" * 30)
    cells = [str(cell) for table in app.dataframe for column in table.value for cell in table.value[column]]
    assert {"plain", "\u2060=1+1", "\u2060@x"} <= set(cells)
    assert not [cell for cell in cells if cell[:1] in tuple("=+@")]


def test_all_tables_are_drawn_by_the_one_that_is_safe() -> None:
    sources = [
        path for folder in ("pages", "jsmi_app") for path in (ROOT / folder).rglob("*.py") if path.name != "say.py"
    ]
    assert len(sources) > 40
    assert [path.name for path in sources if ".dataframe(" in path.read_text("utf-8")] == []
