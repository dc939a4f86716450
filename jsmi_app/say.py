"""What a page says: words are shown as they are, Markdown of our own as it is meant (see markdown.py)."""

from __future__ import annotations

import streamlit as st

from jsmi_app import prose
from jsmi_app.markdown import Markdown, words


def markdown(text: object) -> None:
    """A paragraph, its ``[[terms]]`` explained on hover."""
    st.markdown(prose.explained(words(text)), unsafe_allow_html=True)


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
