"""Where the shell's words go: a way out that fails stops no work, and no encoding is too small.

A command first keeps what it found and then prints it. Whatever happens to the printing meanwhile (a full disk, a
closed pipe, an encoding that has no ≥), the work goes on; :func:`guarded` tells at the end what became of the words.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

_SPELLED = {"≥": ">=", "≤": "<=", "−": "-", "–": "-", "—": "-", "×": "x", "·": "*", "…": "...", "±": "+-", "√": "sqrt "}
_LOST_READER = {errno.EPIPE, errno.ESHUTDOWN, errno.EINVAL}  # the last one is what Windows calls it


class Outlet(io.TextIOBase):
    """A text stream that never raises: after the first failure it swallows what is written, and remembers why."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.failure: OSError | None = None

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The stream's own."""
        return self.stream.encoding or "utf-8"

    def write(self, text: str) -> int:
        """Write it, or nothing more once a write has failed."""
        if self.failure is None:
            try:
                self.stream.write(text)
            except OSError as error:
                self._fail(error)
        return len(text)

    def flush(self) -> None:
        """Hand on what is written, or nothing once that has failed."""
        if self.failure is None and not self.stream.closed:  # Python flushes an outlet once more when it forgets it
            try:
                self.stream.flush()
            except OSError as error:
                self._fail(error)

    def isatty(self) -> bool:
        """Whether somebody may be looking."""
        return self.failure is None and self.stream.isatty()

    def fileno(self) -> int:
        """The stream's own."""
        return self.stream.fileno()

    @property
    def problem(self) -> str:
        """What became of words that somebody wanted: a reader who leaves, `head` say, has seen enough."""
        if self.failure is None or self.failure.errno in _LOST_READER:
            return ""
        return f"the output could not be written ({self.failure.strerror}): give it another way out."

    def _fail(self, error: OSError) -> None:
        self.failure = error
        with suppress(OSError, ValueError):  # what is still buffered goes nowhere, also when the interpreter ends
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.stream.fileno())
            os.close(nowhere)


@contextmanager
def guarded() -> Iterator[Outlet]:
    """Standard output and error as outlets, for one command; yields that of standard output."""
    _open_what_is_closed()
    before = sys.stdout, sys.stderr
    for stream in before:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="jsmi-spelled")
    out, notes = Outlet(before[0]), Outlet(before[1])
    sys.stdout, sys.stderr = out, notes  # type: ignore[assignment]
    try:
        yield out
    finally:
        out.flush()
        notes.flush()
        sys.stdout, sys.stderr = before


def _open_what_is_closed() -> None:
    """Give a closed standard stream a way out: else the next file that is opened gets its number, and its words."""
    for number, name in ((0, "stdin"), (1, "stdout"), (2, "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free number, this one
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8", closefd=False))


def _spelled(error: UnicodeError) -> tuple[str, int]:
    """What an encoding lacks, spelled with what it has: signs in ASCII, Greek by name, else as Python escapes it."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_plain, error.object[error.start : error.end])), error.end


def _plain(letter: str) -> str:
    name = unicodedata.name(letter, "")
    if name.startswith("GREEK"):
        return name.rsplit(" ", 1)[-1].lower()
    return _SPELLED.get(letter) or letter.encode("ascii", "backslashreplace").decode("ascii")


codecs.register_error("jsmi-spelled", _spelled)
