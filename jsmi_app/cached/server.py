"""One store and one queue for the server."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import streamlit as st

from jsmi_core.store import Store

if TYPE_CHECKING:
    from jsmi_core.jobs import JobQueue


class _Server:
    """The store, and from when it is first wanted the queue; the queue ends first, since its slots still save."""

    def __init__(self) -> None:
        self.store = Store(bundled=True)
        self._queue: JobQueue | None = None
        self._lock = threading.Lock()

    def queue(self) -> JobQueue:
        from jsmi_core.jobs import JobQueue

        with self._lock:
            if self._queue is None:
                self._queue = JobQueue(self.store)
            return self._queue

    def close(self) -> None:
        with self._lock:
            if self._queue is not None:
                self._queue.close()
            self.store.close()


@st.cache_resource(show_spinner=False, on_release=_Server.close)
def _server() -> _Server:
    return _Server()


def store() -> Store:
    """The server's results on disk."""
    return _server().store


def queue() -> JobQueue:
    """The server's queue of trainings."""
    return _server().queue()
