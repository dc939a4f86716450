"""The frame of every page: its question as the heading, notices, errors in one sentence, the URL at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from jsmi_app import controls, state
from jsmi_core.errors import JSMIError


@contextmanager
def page(name: str, question: str, answer: str) -> Iterator[None]:
    """Everything a page draws stands inside ``with frame.page(…)``."""
    state.begin(name)
    st.title(question, anchor=False)
    st.markdown(answer)
    controls.show_notices()
    with _one_sentence():
        yield


def part(draw: Callable[..., None], *arguments: Any, run_every: float | None = None) -> None:
    """A part of a page that is drawn again on its own: when a control inside is moved, or every so many seconds."""

    def guarded() -> None:
        with _one_sentence():
            draw(*arguments)

    st.fragment(guarded, run_every=run_every)()


@contextmanager
def _one_sentence() -> Iterator[None]:
    try:
        yield
    except JSMIError as error:
        controls.complain(error)
    state.write_url()
