"""Words that came from elsewhere do nothing on any page: one place makes them inert, and all pages go through it."""

import ast
import json
from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from streamlit.testing.v1 import AppTest

from jsmi_app import cached
from jsmi_app.markdown import Markdown, filled, joined, words
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import Cell, RankCell, RankConfig
from jsmi_core.text.corpus import read_corpus
from jsmi_core.training.config import SGNSConfig
from tests.app.conftest import PAGES, ROOT, VIEWS, Open, plain, texts

HOSTILE = (
    "![t](http://127.0.0.1:9/a.png)",
    "<a/href='http://127.0.0.1:9'>",
    ":red[x]",
    "$x^2$",
    "%{z}",
    "=1+1",
    "[[PMI]]",
)
NAME = "![t](http:x) $y$ <b>.txt"
SOURCE = ("\n".join([" ".join([*HOSTILE, "plain", "words"]), " ".join(reversed(HOSTILE))]) + "\n") * 20


@pytest.fixture
def brought(open_page: Open) -> str:
    """The digest of a text of hostile words with a hostile name, with a training and a search of it stored."""
    text = read_corpus(SOURCE.encode(), tokenizer="whitespace", name=NAME)
    assert set(HOSTILE) < set(text.vocabulary)
    config = SGNSConfig(dimension=2, epochs=1)
    key = cached.store().save_text(text)
    for cell in (Cell(text.digest, config), RankCell(text.digest, RankConfig.under(config))):
        cached.store().save(run_cell(cell, text))
    return key


PLAIN = {
    "customdata",
    "alt",
    "codeText",
    "options",
    "rawValue",
    "rawValues",
    "value",
    "setValue",
    "default",
    "id",
    "columns",
    "url",
}
"""What a browser shows as it stands."""
PLAIN_KINDS = {"arrow_data_frame", "code", "json", "text_input", "selectbox", "link_button"}


def shown(app: AppTest) -> Iterator[tuple[str, str, str]]:
    """Every string of a page that is shown as Markdown or drawn: the kind of element, its place, the string."""

    def walk(part: Any, key: str) -> Iterator[tuple[str, str]]:
        if isinstance(part, dict):
            for name, value in part.items():
                yield from walk(value, name) if name not in PLAIN else ()
        elif isinstance(part, list):
            for value in part:
                yield from walk(value, key)
        elif isinstance(part, str):
            yield key, part

    for block in (app.main, app.sidebar):
        for node in block:
            kind = getattr(node, "type", "")
            if kind not in PLAIN_KINDS and getattr(node, "proto", None) is not None:
                drawn = {"figure": json.loads(node.proto.spec)} if kind == "plotly_chart" else {}
                for key, text in walk({**MessageToDict(node.proto), "spec": drawn}, ""):
                    yield kind, key, text


@pytest.mark.parametrize("page", sorted(PAGES))
def test_words_do_nothing_on_any_page(open_page: Open, brought: str, page: str) -> None:
    said = ""
    for view in VIEWS[page]:
        hostile = {"word": HOSTILE[0], "words": ",".join([HOSTILE[2], "$missing$"]), "run": HOSTILE[3]}
        app = open_page(page, **view | {"corpus": brought, "dimension": "2", "epochs": "1"} | hostile)
        for kind, key, text in shown(app):
            assert not [word for word in (*HOSTILE, NAME, "$missing$") if word in text], (view, kind, key)
        said += plain(" ".join(texts(app)))
    if page in ("corpus", "bound", "train", "practice", "usefulness", "loss"):
        assert NAME in said


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_link_says_nothing_of_its_own(open_page: Open, page: str) -> None:
    app = open_page(page, corpus="$x$ :red[y] ![t](http:x)", unit="<b>", preset="[[PMI]]", runs="*x*", dimensions="`x`")
    for kind, key, text in shown(app):
        assert not [word for word in ("$x$", ":red[y]", "![t]", "<b>", "[[PMI]]", "*x*", "`x`") if word in text], (
            kind,
            key,
        )


# --- the one place ---------------------------------------------------------------------------------------------------

SOURCES = {
    path: ast.parse(path.read_text("utf-8"))
    for folder in ("jsmi_app", "pages")
    for path in (ROOT / folder).rglob("*.py")
}
MAKERS = ("markdown.py", "say.py")
SAYING = {"title", "header", "subheader", "caption", "markdown", "info", "success", "warning", "error", "write", "text"}
LABELLED = {"button", "progress", "expander", "radio", "toggle", "checkbox", "selectbox", "popover", "download_button"}
LABELLED |= {"form_submit_button", "page_link", "spinner", "number_input", "text_input", "text_area", "select_slider"}
LABELLED |= {"segmented_control", "file_uploader"}


def calls(tree: ast.AST) -> Iterator[tuple[str, str, ast.Call]]:
    """Every call of an attribute: on what, which, and the call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func.value), node.func.attr, node


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_one_place_makes_markdown(path: Any) -> None:
    if path.name in MAKERS:
        return
    tree = SOURCES[path]
    assert "inert" not in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not [ast.unparse(call) for on, name, call in calls(tree) if on == "st" and name in SAYING]
    for on, name, call in calls(tree):
        if name in LABELLED and on not in ("controls", "say"):
            told = [
                *call.args[: 2 if name == "progress" else 1],
                *(word.value for word in call.keywords if word.arg in ("label", "help", "text")),
            ]
            written = name == "metric"  # numbers with their unit
            assert written or not [ast.unparse(part) for part in told if isinstance(part, ast.JoinedStr)], ast.unparse(
                call
            )
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Markdown", "filled"):
            assert not isinstance(node.args[0], ast.JoinedStr | ast.BinOp), f"words would act: {ast.unparse(node)}"


def test_words_and_markdown_are_told_apart() -> None:
    assert words("*a*") == "&#42;a&#42;"
    assert words(Markdown("*a*")) == "*a*"
    assert filled("**<<one>>** <<two>>", one="$x$", two=Markdown("*b*")) == "**&#36;x&#36;** *b*"
    assert joined("<b>", Markdown("*b*"), by="\n") == "&#60;b&#62;\n*b*"
    assert filled("<<one>>", one="<<two>>") == "&#60;&#60;two&#62;&#62;"
