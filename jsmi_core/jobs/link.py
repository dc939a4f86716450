"""The link between a queue and its worker: two pipes, on which each message is its length and then its bytes.

The pipes are the worker's standard input and output, which every system has; nothing else is inherited. What is sent
are bytes: nobody unpickles anything.
"""

from __future__ import annotations

import os
import struct
from io import FileIO
from typing import Self

_LENGTH = struct.Struct(">Q")
_GREETING = b"\0jsmi worker\0"


class Link:
    """One end of it; one thread may send while another one receives.

    Parameters
    ----------
    source, sink : FileIO
        The pipe to read from and the one to write to, without buffers.
    """

    def __init__(self, source: FileIO, sink: FileIO) -> None:
        self._source = source
        self._sink = sink

    @classmethod
    def of_this_process(cls) -> Self:
        """The worker's end: its standard input and output, which are then taken from everybody else in the process.

        What is printed from now on goes to the log. What was printed until now the other end passes over: a greeting
        says where the messages begin.
        """
        source, sink = FileIO(os.dup(0), "rb"), FileIO(os.dup(1), "wb")
        with open(os.devnull, "rb") as nothing:
            os.dup2(nothing.fileno(), 0)
        os.dup2(2, 1)
        link = cls(source, sink)
        link._write(_GREETING)
        return link

    def await_greeting(self) -> None:
        """Pass over what comes before the first message. Raises EOFError."""
        seen = b""
        while seen != _GREETING:
            seen = seen[-len(_GREETING) + 1 :] + self._read(1)

    def send(self, content: bytes) -> None:
        """Raises OSError if nobody is there any more."""
        self._write(_LENGTH.pack(len(content)))
        self._write(content)

    def receive(self) -> bytes:
        """Wait for the next message. Raises EOFError or OSError if nobody is there any more."""
        (length,) = _LENGTH.unpack(self._read(_LENGTH.size))
        return self._read(length)

    def close(self) -> None:
        """Say nothing more: the other end's :meth:`receive` ends."""
        self._sink.close()

    def _write(self, content: bytes) -> None:
        if self._sink.closed:
            raise BrokenPipeError
        rest = memoryview(content)
        while rest:
            rest = rest[self._sink.write(rest) :]

    def _read(self, length: int) -> bytes:
        content = bytearray(length)
        missing = memoryview(content)
        while missing:
            got = self._source.readinto(missing)
            if not got:
                raise EOFError
            missing = missing[got:]
        return bytes(content)
