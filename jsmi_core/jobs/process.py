"""A worker process as the job queue sees it: started, spoken to, heard, killed, and asked why it ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from multiprocessing import Pipe
from typing import Any

TICK_SECONDS = 0.1
_ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "JSMI_THREADS"), "1"
)


class WorkerEnded(Exception):  # noqa: N818 - an event, told to the slot
    """The process is gone; says why."""


class WorkerProcess:
    """Starts ``worker.py`` for a task, ``module:function``; used by one thread, its slot."""

    def __init__(self, task: str) -> None:
        self._link, theirs = Pipe()
        # -P: the folder one happens to stand in must not shadow a module; it imports what the parent can import.
        path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "jsmi_core.jobs.worker", str(theirs.fileno()), task],
            env={**os.environ, **_ONE_THREAD, "PYTHONPATH": path},
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C in the terminal is the parent's to handle
        )
        theirs.close()

    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def send(self, order: dict[str, Any]) -> None:
        """Raises WorkerEnded if the process is gone."""
        try:
            self._link.send_bytes(json.dumps(order).encode())
        except OSError:
            raise self._ended() from None

    def receive(self) -> dict[str, Any] | None:
        """The next message, None if there is none within a tick. Raises WorkerEnded if the process is gone."""
        try:
            if not self._link.poll(TICK_SECONDS):
                return None
            message: dict[str, Any] = json.loads(self._link.recv_bytes())
            return message
        except (EOFError, OSError):
            raise self._ended() from None

    def receive_bytes(self) -> bytes:
        """The result that follows a message of kind done."""
        try:
            return self._link.recv_bytes()
        except (EOFError, OSError):
            raise self._ended() from None

    def _ended(self) -> WorkerEnded:
        """Why the process is gone; makes sure that it is."""
        try:
            code = self._process.wait(2)
        except subprocess.TimeoutExpired:
            self.kill()
            return WorkerEnded("its process closed the link")
        if code >= 0:
            return WorkerEnded(f"its process ended with exit code {code}")
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        return WorkerEnded(
            f"its process was ended by {name}" + (", perhaps for lack of memory" if -code == signal.SIGKILL else "")
        )

    def kill(self) -> None:
        """End the process, whatever it is doing, and wait until it is gone."""
        self._process.kill()
        self._process.wait()
        self._link.close()
