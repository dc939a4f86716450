"""The frame of every page: its question as the heading, notices, errors in one sentence, the URL at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import streamlit as st

from jsmi_app import controls, prose, state

PRESENTER = "Large type, the figure and its slider; menus and settings are hidden. Its address is a link for a lesson."


@contextmanager
def page(name: str) -> Iterator[prose.Prose]:
    """Everything a page draws stands inside ``with frame.page(…) as words``; ``words`` is what it says."""
    state.begin(name)
    presenting = state.get("present")
    if presenting:
        st.html(Path(__file__).with_name("presenter.css"))
    words = prose.page(name)
    st.title(words.question, anchor=False)
    if not presenting:  # then the presenter says it
        say(words.answer)
    controls.show_notices()
    with controls.one_sentence():
        yield words
    _presenter(presenting)
    state.write_url()


def _presenter(presenting: bool) -> None:
    """Into the presenter view, and out of it: large type, one figure, nothing that could be moved by accident."""
    if not presenting:
        with st.sidebar:
            controls.switch("present", "Presenter view", PRESENTER)
    elif st.button("Leave the presenter view", key="leave", type="tertiary"):
        state.put("present", False)
        st.rerun()


def say(text: str) -> None:
    """Markdown of our own, its ``[[terms]]`` explained on hover; words of a text come inert."""
    st.markdown(prose.explained(text), unsafe_allow_html=True)


def part(draw: Callable[..., None], *arguments: Any, run_every: float | None = None) -> None:
    """A part of a page that is drawn again on its own: when a control inside is moved, or every so many seconds."""

    def guarded() -> None:
        with controls.one_sentence():
            draw(*arguments)
        state.write_url()

    st.fragment(guarded, run_every=run_every)()
