"""Visitors without a browser: Streamlit's protocol over its websocket, as its own JavaScript speaks it.

Load tests and canaries open many sessions at once; a browser for each would measure the browsers::

    async with connected("http://127.0.0.1:8501") as visitor:
        run = await visitor.open("bound", corpus="lee")
        assert not run.exceptions
        run = await visitor.change("k", 15)

A visitor knows what its page shows (``title``, ``elements``) and answers as the browser does: the settings that the
page wrote into its address, and the values of the widgets it moved, go with every later run.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

T = TypeVar("T")
Value = bool | int | float | str | list[str] | list[float]

# How the browser sends what was entered, by the kind of widget.
VALUES = {
    "button": "trigger_value",
    "button_group": "string_array_value",
    "checkbox": "bool_value",
    "multiselect": "string_array_value",
    "number_input": "double_value",
    "plotly_chart": "string_value",
    "radio": "string_value",
    "selectbox": "string_value",
    "slider": "double_array_value",
    "text_area": "string_value",
    "text_input": "string_value",
}


@dataclass(frozen=True)
class ScriptRun:
    """Everything the server sent from a request until its script had finished, and how long that took."""

    messages: tuple[ForwardMsg, ...]
    seconds: float

    @property
    def exceptions(self) -> list[str]:
        """The error boxes of the run, as type and message; also those that a later run of the script replaced."""
        found = [element.exception for element in self._elements() if element.WhichOneof("type") == "exception"]
        return [f"{exception.type}: {exception.message}" for exception in found]

    @property
    def found(self) -> bool:
        """Whether the page that was asked for exists."""
        return all(message.WhichOneof("type") != "page_not_found" for message in self.messages)

    def _elements(self) -> Iterator[Element]:
        for message in self.messages:
            yield message.delta.new_element
            yield from message.delta.new_transient.elements


@dataclass
class Visitor:
    """One session: a browser tab as the server sees it."""

    socket: ClientConnection
    query: str = ""
    script: str = ""  # the hash by which the server knows the page that is open
    page: dict[tuple[int, ...], Delta] = field(default_factory=dict)  # what stands where
    polls: dict[str, float] = field(default_factory=dict)  # the parts that ask to be run again: every so many seconds
    _values: dict[str, WidgetState] = field(default_factory=dict)

    async def open(self, page: str = "", /, **query: str) -> ScriptRun:
        """Open a page by the name in its address (Start has none), as a link with these settings does."""
        self.query, self.script = urlencode(query), ""
        self._values.clear()
        return await self._run(page_name=page)

    async def change(self, key: str, value: Value = True, /) -> ScriptRun:
        """Enter a value, options as they are shown, into the widget with this key, or press the button.

        Runs the fragment that the widget stands in, or else the page.
        """
        delta = self._widget(key)
        kind = delta.new_element.WhichOneof("type")
        name = VALUES[kind]
        if kind == "slider" and isinstance(value, list) and isinstance(value[0], str):
            name = "string_array_value"
        widget = getattr(delta.new_element, kind).id
        state = WidgetState(id=widget)
        if isinstance(value, list):
            getattr(state, name).data.extend(value)
        else:
            setattr(state, name, value)
        self._values[widget] = state
        try:
            return await self._run(fragment_id=delta.fragment_id)
        finally:
            if name == "trigger_value":  # a button is pressed for one run only
                del self._values[widget]

    async def rerun(self, fragment: str = "") -> ScriptRun:
        """ScriptRun the script again, or one of its ``polls``, with the same values."""
        return await self._run(fragment_id=fragment, is_auto_rerun=bool(fragment))

    @property
    def elements(self) -> list[Element]:
        """What the page shows, from top to bottom."""
        return [self.page[path].new_element for path in sorted(self.page)]

    @property
    def title(self) -> str | None:
        """The page's heading, once it is there."""
        headings = (element.heading for element in self.elements)
        return next((heading.body for heading in headings if heading.tag == "h1"), None)

    def _widget(self, key: str) -> Delta:
        for delta in self.page.values():
            kind = delta.new_element.WhichOneof("type")
            if kind in VALUES and getattr(delta.new_element, kind).id.endswith(f"-{key}"):
                return delta
        raise KeyError(f"the page shows no widget with the key {key!r}")

    async def _run(self, **state: Any) -> ScriptRun:
        """Ask for a run and read until its script has finished, including the runs that it asks for itself."""
        begun = time.monotonic()
        request = BackMsg()
        script = request.rerun_script
        script.query_string, script.page_script_hash = self.query, self.script
        script.widget_states.widgets.extend(self._values.values())
        for name, value in state.items():
            setattr(script, name, value)
        await self.socket.send(request.SerializeToString())
        messages = []
        while True:
            message = ForwardMsg.FromString(await self.socket.recv(decode=False))
            messages.append(message)
            self._take(message)
            if message.WhichOneof("type") == "script_finished" and message.script_finished in _FINISHED:
                return ScriptRun(tuple(messages), time.monotonic() - begun)

    def _take(self, message: ForwardMsg) -> None:
        """Change the page as a message says."""
        kind = message.WhichOneof("type")
        if kind == "new_session" and not message.metadata.run.fragment_ids:
            self.script = message.new_session.page_script_hash
            self.page.clear()
            self.polls.clear()
        elif kind == "navigation":
            self.script = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            self.polls[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        elif kind == "delta" and message.delta.WhichOneof("type") != "new_transient":
            self.page[tuple(message.metadata.delta_path)] = message.delta


_FINISHED = {
    ForwardMsg.FINISHED_SUCCESSFULLY,
    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
    ForwardMsg.FINISHED_WITH_COMPILE_ERROR,
}


@asynccontextmanager
async def connected(address: str, cookie: str = "") -> AsyncIterator[Visitor]:
    """A new session of the server at ``http://host:port``, of a browser with this cookie; it ends with the block."""
    headers = {"Cookie": cookie} if cookie else {}
    stream = address.replace("http", "ws", 1) + "/_stcore/stream"
    # No limit of size, as in a browser, and no pings of ours: a server that is slow is to be waited for, and measured.
    async with connect(
        stream, max_size=None, ping_interval=None, open_timeout=None, additional_headers=headers
    ) as socket:
        yield Visitor(socket)


async def crowd(address: str, pages: Mapping[str, int]) -> list[tuple[str, str | None, ScriptRun]]:
    """So many visitors of each page, all in the same moment: page, the title it showed, and the run."""

    async def visit(page: str) -> tuple[str, str | None, ScriptRun]:
        async with connected(address) as visitor:
            run = await visitor.open(page)
            return page, visitor.title, run

    return await asyncio.gather(*(visit(page) for page, visitors in pages.items() for _ in range(visitors)))


def played(visits: Coroutine[Any, Any, T]) -> T:
    """What comes of visits, in a thread of their own: a browser that was driven here keeps its loop running."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, visits).result()
