"""The words of the pages: every term they explain is in the glossary, every page has its words."""

import re

import pytest

from jsmi_app import prose
from tests.core.test_imports import ROOT

PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*/*.py"))
FILES = sorted(path.stem for path in (ROOT / "jsmi_app/prose").glob("*.md"))


@pytest.mark.parametrize("name", PAGES)
def test_every_page_asks_a_question_and_answers_it(name):
    words = prose.page(name)
    assert words.title
    assert words.question.endswith("?")
    assert words.answer.strip().endswith(".")


@pytest.mark.parametrize("name", FILES)
def test_every_explained_term_is_in_the_glossary(name):
    words = prose.page(name)
    for text in (words.answer, *words.parts.values()):
        assert "[[" not in prose.explained(text)


def test_a_term_is_shown_with_its_meaning():
    html = prose.explained("the [[PMI|pointwise one]] of two words")
    assert re.fullmatch(r'the <abbr title="[^"<]+">pointwise one</abbr> of two words', html)


def test_an_unknown_term_is_an_error_here_and_not_on_the_screen():
    with pytest.raises(KeyError):
        prose.explained("[[phlogiston]]")


def test_what_a_page_fills_in_is_inert():
    words = prose.Prose("t", "q?", "a.", {"one": "The word <<word>>."})
    assert words.part("one", word="<b>") == "The word &#60;b&#62;."
    with pytest.raises(KeyError):
        words.part("one")
