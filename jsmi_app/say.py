"""What a page says: words are shown as they are, Markdown of our own as it is meant (see markdown.py)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import streamlit as st

from jsmi_app import prose
from jsmi_app.markdown import Markdown, words


def markdown(text: object) -> None:
    """A paragraph, its ``[[terms]]`` explained on hover."""
    st.markdown(prose.explained(words(text)), unsafe_allow_html=True)


def table(rows: Mapping[str, Iterable[Any]] | Sequence[Mapping[str, Any]], **options: Any) -> Any:
    """A table, by column or by row, of which nothing runs in a spreadsheet: its toolbar writes words as they are.

    Words that would begin a formula begin with a mark that nobody sees instead.
    """
    if isinstance(rows, Mapping):
        return st.dataframe({name: _columns_cells(cells) for name, cells in rows.items()}, **options)
    return st.dataframe([{name: _cell(cell) for name, cell in row.items()} for row in rows], **options)


def _columns_cells(cells: Iterable[Any]) -> Any:
    return [_cell(cell) for cell in cells] if isinstance(cells, (list, tuple)) else cells


def _cell(cell: Any) -> Any:
    return f"\u2060{cell}" if isinstance(cell, str) and cell[:1] in tuple("=+-@\t\r") else cell


def formula(latex: str) -> None:
    """A formula of our own in a line of text, so that it wraps on a phone."""
    st.markdown(Markdown(rf"$\large\displaystyle {latex.strip()}$"))


def title(text: object) -> None:
    """The question of a page."""
    st.title(words(text), anchor=False)


def header(text: object) -> None:
    """A heading. What is told of numbers in it stays in one line."""
    st.header(words(text).replace(" &#61; ", "\u00a0=\u00a0").replace(" &#37;", "\u00a0%"), anchor=False)


def subheader(text: object) -> None:
    """A smaller heading."""
    st.subheader(words(text), anchor=False)


def caption(text: object) -> None:
    """A remark in small type."""
    st.caption(words(text))


def info(text: object) -> None:
    """How it stands, and what may be done."""
    st.info(words(text))


def success(text: object) -> None:
    """That something is right."""
    st.success(words(text))


def warning(text: object) -> None:
    """What is to be kept in mind."""
    st.warning(words(text))


def error(text: object) -> None:
    """Why something cannot be shown."""
    st.error(words(text))
