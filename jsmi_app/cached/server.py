"""One store and one queue for the server, and what the visitor may reach of them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import streamlit as st

from jsmi_app import owner
from jsmi_core.store import Shelf, Store

if TYPE_CHECKING:
    from jsmi_core.jobs import JobQueue


IN_A_ROOM: dict[str, Any] = {"longest_seconds": 20 * 60.0, "most_each": 60, "longest_each_seconds": 3600.0}
"""What one person may ask of a server that others wait for: see JobQueue."""


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
                self._queue = JobQueue(self.store, **(IN_A_ROOM if owner.shared() else {}))
            return self._queue

    def see(self, who: str) -> None:
        """A visitor is there; nothing to be told as long as nobody has asked for anything."""
        if self._queue is not None:
            self._queue.see(who)

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


def shelf() -> Shelf:
    """What this visitor may reach of the store: all of it on a machine of one's own."""
    return Shelf(store(), owner.secret() if owner.shared() else None)


def queue() -> JobQueue:
    """The server's queue of trainings."""
    return _server().queue()


def see() -> None:
    """On a shared server the jobs of those who are gone come last: this visitor is there."""
    if owner.shared():
        _server().see(owner.secret())
