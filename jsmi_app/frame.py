"""The frame of every page: its question as the heading, notices, errors in one sentence, the URL at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from jsmi_app import controls, prose, state


@contextmanager
def page(name: str) -> Iterator[prose.Prose]:
    """Everything a page draws stands inside ``with frame.page(…) as words``; ``words`` is what it says."""
    state.begin(name)
    words = prose.page(name)
    st.title(words.question, anchor=False)
    say(words.answer)
    controls.show_notices()
    with controls.one_sentence():
        yield words
    state.write_url()


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
