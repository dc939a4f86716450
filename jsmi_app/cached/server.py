"""One store and one queue for the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from jsmi_core.store import Store

if TYPE_CHECKING:
    from jsmi_core.jobs import JobQueue


@st.cache_resource(show_spinner=False)
def store() -> Store:
    """The server's results on disk."""
    return Store()


@st.cache_resource(show_spinner=False, on_release=lambda queue: queue.close())
def queue() -> JobQueue:
    """The server's queue of trainings."""
    from jsmi_core.jobs import JobQueue

    return JobQueue(store())
