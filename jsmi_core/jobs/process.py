"""A worker process as the job queue sees it: started, spoken to, heard, killed, and asked why it ended."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from contextlib import suppress
from io import FileIO
from typing import Any, cast

from jsmi_core.jobs.link import Link
from jsmi_core.runtime.processes import ending, kill_tree, start_apart

TICK_SECONDS = 0.1
_ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "JSMI_THREADS"), "1"
)


class WorkerEnded(Exception):  # noqa: N818 - an event, told to the slot
    """The process is gone; says why."""


class WorkerProcess:
    """Starts ``worker.py`` for a task, ``module:function``; used by one thread, its slot."""

    def __init__(self, task: str) -> None:
        # -P: the folder one happens to stand in must not shadow a module; it imports what the parent can import.
        path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)
        self._process = start_apart(
            [sys.executable, "-P", "-m", "jsmi_core.jobs.worker", task],
            {**os.environ, **_ONE_THREAD, "PYTHONPATH": path},
        )
        self._link = Link(cast(FileIO, self._process.stdout), cast(FileIO, self._process.stdin))
        self._heard: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()  # None: there will be no more
        threading.Thread(target=self._listen, daemon=True).start()

    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def send(self, order: dict[str, Any]) -> None:
        """Raises WorkerEnded if the process is gone."""
        try:
            self._link.send(json.dumps(order).encode())
        except OSError:
            raise self._ended() from None

    def receive(self) -> dict[str, Any] | None:
        """The next message, None if there is none within a tick. Raises WorkerEnded if the process is gone."""
        try:
            message: dict[str, Any] = json.loads(self._next(TICK_SECONDS))
            return message
        except queue.Empty:
            return None

    def receive_bytes(self) -> bytes:
        """The result that follows a message of kind done."""
        return self._next(None)

    def _listen(self) -> None:
        """In a thread of its own: not every system can wait for a pipe and look at the clock at the same time."""
        try:
            with cast(FileIO, self._process.stdout), suppress(EOFError, OSError):
                self._link.await_greeting()
                while True:
                    self._heard.put(self._link.receive())
        finally:
            self._heard.put(None)

    def _next(self, seconds: float | None) -> bytes:
        content = self._heard.get(timeout=seconds)
        if content is None:
            self._heard.put(None)  # for whoever asks again
            raise self._ended()
        return content

    def _ended(self) -> WorkerEnded:
        """Why the process is gone; makes sure that it is."""
        try:
            return WorkerEnded(f"its process {ending(self._process.wait(2))}")
        except subprocess.TimeoutExpired:
            self.kill()
            return WorkerEnded("its process closed the link")

    def kill(self) -> None:
        """End the process, whatever it is doing, and wait until it is gone."""
        kill_tree(self._process)
        self._link.close()
