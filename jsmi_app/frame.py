"""The frame of every page: its question as the heading, notices, errors in one sentence, the URL at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import streamlit as st

from jsmi_app import cached, controls, keeper, prose, say, shared, state
from jsmi_app.setting import Settings


@contextmanager
def page(name: str, *settings: Settings) -> Iterator[prose.Prose]:
    """Everything a page draws stands inside ``with frame.page(…) as words``; ``words`` is what it says.

    ``settings`` are those of the page and of its panels, beside those that every page shares.
    """
    every = {**shared.SETTINGS, **{key: one for group in settings for key, one in group.items()}}
    keeper.recognise()
    cached.see()
    state.begin(name, every, shared.TOGETHER)
    presenting = state.get("present")
    if presenting:
        st.html(Path(__file__).with_name("presenter.css"))
    words = prose.page(name)
    say.title(words.question)
    if not presenting:  # then the presenter says it
        say.markdown(words.answer)
    top = st.container()
    with top:
        controls.show_notices()
    with controls.one_sentence():
        yield words
    with top:
        controls.show_notices()
    _presenter(presenting)
    state.write_url()
    keeper.listen()


def _presenter(presenting: bool) -> None:
    """Into the presenter view, and out of it: large type, one figure, nothing that could be moved by accident."""
    if not presenting:
        with st.sidebar:
            controls.switch("present")
    elif st.button("Leave the presenter view", key="leave", type="tertiary"):
        state.put("present", False)
        st.rerun()


def part(draw: Callable[..., None], *arguments: Any, run_every: float | None = None) -> None:
    """A part of a page that is drawn again on its own: when a control inside is moved, or every so many seconds."""

    def guarded() -> None:
        cached.see()
        state.take_in()
        top = st.container()
        with controls.one_sentence():
            draw(*arguments)
        with top:
            controls.show_notices()
        state.write_url()

    st.fragment(guarded, run_every=run_every)()
