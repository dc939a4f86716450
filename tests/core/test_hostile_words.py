"""Words of a text do nothing in a figure: raw in tuples, tables and CSV, and inert wherever a figure shows them."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest

from jsmi_core.figures.charts import Band, Bars, Chart, Figure, Flow, Heat, Line, Mark, Stair, Stairs
from jsmi_core.figures.drawing import LIGHT, draw, enlarge
from jsmi_core.figures.fields import Field, Part, Places, Rule, Stacks
from jsmi_core.figures.formatting import csv_text

HOSTILE = (
    "![t](http://127.0.0.1:9/a.png)",
    "$x^2$",
    ":red[x]",
    "<img src=x onerror=alert(1)>",
    "%{z}",
    "=1+1",
    "[[MPI]]",
)
NO_WORDS = ("role", "roles", "place", "dash", "anchor", "ids")
W = "a word"
HEAD = (W, W, W, W)
LINES = tuple(
    Line(W, role, (1.0, 2.0), (0.1, 0.3), ids=("a", "b"), place=place)
    for role, place in (("bound", "end"), ("trained", "above"), ("rank", "below peak"), ("data", ""))
)
RULES = (Rule(W, "rank", (0, 0), (2, 1)),)
KINDS: dict[type, Any] = {
    Chart: Chart(*HEAD, LINES, (Band(W, "rank", (1.0, 2.0), (0.0, 0.1), (0.5, 0.9)),), ((1.0, 0.2),), ((1.0, W),)),
    Bars: Bars(*HEAD, (0.0, 1.0, 2.0), (0.4, 0.6), (Mark(W, 0.5), Mark(W, 1.5))),
    Heat: Heat(*HEAD, W, (W, W), (W, W), ((0.1, 0.2), (0.3, 0.4)), (0.0, 1.0)),
    Flow: Flow(W, W, W, (W, W), (W, W), (0.2, 0.3), (0.1, 0.4), 0.5),
    Stairs: Stairs(*HEAD, W, (Stair(W, "bound", 0.0, 1.0, 0.5), Stair(f"{W} of two lines", "rank", 1.0, 0.4))),
    Field: Field(*HEAD, W, (0.0, 1.0, 2.0), (0.0, 1.0), ((0.1, 0.9),), "data", RULES, ((0.5, W),)),
    Places: Places(*HEAD, W, (W, W), (0.0, 1.0), (0.0, 1.0), (0.2, 0.4), (0.0, 1.0), (0, 1)),
    Stacks: Stacks(*HEAD, (W, W), (Part(W, "rank", (0.1, 0.2)), Part(W, "trained", (0.3, 0.4))), ("a", "b"), (W, W)),
}  # fmt: skip
CASES = [pytest.param(kind, word, id=f"{kind.__name__} {word}") for kind in get_args(Figure) for word in HOSTILE]


def saying(part: Any, word: str, name: str = "") -> Any:
    """The same tuple with the word in every field that words may stand in, also in those that it leaves out."""
    if hasattr(part, "_fields"):
        return type(part)(*(saying(value, word, field) for field, value in zip(part._fields, part, strict=True)))
    if isinstance(part, tuple):
        return tuple(saying(value, word, name) for value in part)
    return word if isinstance(part, str) and name not in NO_WORDS else part


def strings(part: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every string of a figure, with the key that it stands under."""
    if isinstance(part, dict):
        for name, value in part.items():
            yield from strings(value, name)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from strings(value, key)
    elif isinstance(part, str):
        yield key, part


@pytest.mark.parametrize(("kind", "word"), CASES)
def test_words_in_any_place_of_any_figure_are_inert(kind: type, word: str) -> None:
    data = saying(KINDS[kind], word)
    for figure in (draw(data), draw(data, LIGHT, titled=True), enlarge(draw(data))):
        shown = [text for key, text in strings(figure.to_dict()) if key != "customdata"]  # says what a click means
        assert not [text for text in shown if word in text]
        ours = [text.replace("<br>", "").replace("<extra>", "").replace("</extra>", "") for text in shown]
        assert not [text for text in ours if "<" in text]


@pytest.mark.parametrize(("kind", "word"), CASES)
def test_tables_have_the_raw_words_and_csv_runs_none(kind: type, word: str) -> None:
    columns, rows = saying(KINDS[kind], word).table()
    assert any(word in str(cell) for row in (columns, *rows) for cell in row)
    cells = csv_text(columns, rows).replace("\n", ",").replace('"', "").split(",")
    assert not [cell for cell in cells if cell.startswith("=")]


def test_a_line_break_of_ours_is_one_and_a_tag_in_a_word_is_none() -> None:
    heat = KINDS[Heat]._replace(columns=("two\nlines", "a<br>b"))
    assert draw(heat).data[0].x == ("two<br>lines", "a&#60;br&#62;b")


def test_every_kind_of_figure_is_here() -> None:
    assert set(KINDS) == set(get_args(Figure))
