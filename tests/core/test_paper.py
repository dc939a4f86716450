"""docs/paper.md: every statement of the paper is there, and all that is named beside it exists."""

import inspect
import re
from pathlib import Path

import pytest

import jsmi_core
from jsmi_core.experiments import LAWS
from tests.core.test_docs import resolve

ROOT = Path(__file__).parents[2]
PAPER = (ROOT / "docs" / "paper.md").read_text(encoding="utf-8")
STATEMENTS, OPEN = PAPER.split("## What it leaves open")
UNESCAPED_BAR = re.compile(r" (?<!\\)\| ")


def rows(text):
    """The rows of all tables, as lists of cells, without their heads."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [UNESCAPED_BAR.split(line.removeprefix("| ").removesuffix(" |")) for line in lines if " page | " not in line]


def code(cell):
    return re.findall(r"`([^`]+)`", cell)


@pytest.mark.parametrize("row", rows(PAPER), ids=lambda row: row[0][:40])
def test_every_row_has_a_page_a_setting_or_function_and_a_test(row):
    assert len(row) == 4
    assert any(name.startswith("pages/") for cell in row for name in code(cell))
    assert re.fullmatch(r"(`tests/(core|app)/\w+\.py::\w+`(, )?)+", row[3])
    if row in rows(STATEMENTS):
        assert re.fullmatch(r"(`jsmi_core\.[\w.]+`(, )?)+", row[2])


def test_every_equation_and_both_theorems_have_their_row():
    named = [row[0] for row in rows(STATEMENTS)]
    for number in range(1, 11):
        assert sum(name.startswith(f"({number}) ") for name in named) == 1, number
    for theorem in ("Theorem 1.", "Theorem 2."):
        assert sum(theorem in name for name in named) == 1, theorem


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(jsmi_core\.[\w.]+)`", PAPER))))
def test_every_function_exists(name):
    resolve(name)


@pytest.mark.parametrize("place", sorted(set(re.findall(r"`(tests/[\w/]+\.py::\w+)`", PAPER))))
def test_every_test_exists(place):
    path, name = place.split("::")
    source = (ROOT / path).read_text(encoding="utf-8")
    assert re.search(rf"^def {name}\(", source, flags=re.MULTILINE)
    assert name.startswith("test_") or re.search(rf"^@theorem\([^@]*?^def {name}\(", source, flags=re.MULTILINE)


@pytest.mark.parametrize("row", rows(PAPER), ids=lambda row: row[0][:40])
def test_every_page_exists_and_has_what_is_named_after_it(row):
    """A card, a picture or a choice is a word of the page, of the panels it shows or of the cards of the proofs."""
    page, *shown = next(code(cell) for cell in row if cell.startswith("`pages/"))
    assert (ROOT / page).is_file()
    panels = re.findall(r"^from jsmi_app.panels import (.*)$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    shows = [ROOT / "jsmi_app" / "panels" / f"{name.split()[0]}.py" for names in panels for name in names.split(", ")]
    sources = [ROOT / page, *shows, *(ROOT / "jsmi_core" / "proofs").glob("*.py")]
    words = {word for source in sources for word in re.findall(r'"([\w-]+)"', source.read_text(encoding="utf-8"))}
    words |= set(jsmi_core.experiments.departures.DEPARTURES)
    assert set(shown) <= words


def test_every_open_point_has_settings_that_can_be_made():
    names = {**{name: getattr(jsmi_core, name) for name in jsmi_core.__all__}, "LAWS": LAWS}
    names["corpus"] = jsmi_core.sample_corpus("planted")
    settings = [code(row[1]) for row in rows(OPEN)]
    assert len(settings) == 10
    assert sum(bool(made) for made in settings) == 9  # there is one word2vec here, without a choice
    for made in settings:
        values = [eval(setting, names) for setting in made]
        assert len({repr(value) for value in values}) == len(made), f"{made} are not different"


def test_the_papers_settings_are_the_defaults():
    """Window 5, min_count 5 and k = 5, which is α = 1/6."""
    config = jsmi_core.SGNSConfig()
    assert (config.window, config.negatives, config.alpha) == (5, 5, 1 / 6)
    for read in (jsmi_core.read_corpus, jsmi_core.read_large_corpus, jsmi_core.sample_corpus):
        assert inspect.signature(read).parameters["min_count"].default == 5


@pytest.mark.parametrize("path", ["README.md", "docs/paper.md", "jsmi_app/prose/reproductions.md"])
def test_wherever_the_penn_treebank_is_told_of_its_min_count_is_the_papers(path):
    text = " ".join((ROOT / path).read_text(encoding="utf-8").split())
    told = re.findall(r"min.count[ =](\d+)", text[text.index("Penn Treebank") :].split("```")[0])
    assert told
    assert set(told) == {"5"}
