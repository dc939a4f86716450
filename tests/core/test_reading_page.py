"""docs/reading.md tells what the program reads: its tables are read here."""

import re
from pathlib import Path

import pytest

from jsmi_core.text import read_corpus, read_large_corpus
from jsmi_core.text.stream import EXPANDED_BYTES, MAXIMUM_EXPANSION

PAGE = (Path(__file__).parents[2] / "docs" / "reading.md").read_text("utf-8")
CODE = re.compile("`([^`]+)`")


def rows():
    """(text, words, tokenizer) of each row that has a text and its words."""
    for section in re.split("^## ", PAGE, flags=re.MULTILINE):
        tokenizer = "unicode"
        for line in section.splitlines():
            if line.startswith('`tokenizer="whitespace"`'):
                tokenizer = "whitespace"
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if line.startswith("|") and len(cells) == 3 and CODE.fullmatch(cells[1]):
                yield seen(cells[1])[0], seen(cells[2]), tokenizer


def seen(cell):
    """What stands in a cell as code, characters that cannot be seen written as they are."""
    return [re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), code) for code in CODE.findall(cell)]


def test_the_page_has_its_tables():
    assert len(list(rows())) == 19
    assert f"more than {MAXIMUM_EXPANSION} times, to more than {EXPANDED_BYTES >> 20} MiB" in PAGE


@pytest.mark.parametrize(("text", "words", "tokenizer"), list(rows()))
def test_what_the_page_says_is_what_is_read(text, words, tokenizer):
    for read in (read_corpus, lambda content, **settings: read_large_corpus(content, **settings).corpus()):
        corpus = read(text.encode(), tokenizer=tokenizer, min_count=1)
        assert list(corpus.sentences()) == [words]
