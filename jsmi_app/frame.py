"""The frame of every page: its question as the heading, notices, errors in one sentence, the URL at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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
    try:
        yield
    except JSMIError as error:
        controls.complain(error)
    state.write_url()
