"""The worker process of the job queue: runs one cell at a time and says over its link what happens.

Started as ``python -m jsmi_core.jobs.worker`` rather than by multiprocessing's "spawn", which would import the parent's
``__main__`` again: under ``streamlit run app.py`` that is the page itself. Messages are JSON, a result is the bytes of
an .npz: nothing is unpickled on either side.

The process never outlives its parent: the link's end, a changed parent or, on Linux, the kernel's own death signal end
it, even in the middle of a cell.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from jsmi_core.jobs.link import Link
from jsmi_core.runtime.processes import yield_to_everyone

if TYPE_CHECKING:
    from jsmi_core.experiments import Cell, CellResult, EpochScore, Result
    from jsmi_core.lowrank import RankStep
    from jsmi_core.text import Corpus


BEAT_SECONDS = 0.5


class Worker:
    """One end of a link: three threads, of which the main one computes."""

    def __init__(self, link: Link, task: str) -> None:
        self._link = link
        self._task = task
        self._sending = threading.Lock()
        self._orders: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._running = False
        self._cancelled = False
        self._share = 0.0  # of the cell done so far

    def serve(self) -> None:
        """Run what the parent orders, for ever; the listener ends the process."""
        threading.Thread(target=self._listen, daemon=True).start()
        threading.Thread(target=self._beat, args=(os.getppid(),), daemon=True).start()
        while True:
            order = self._orders.get()
            with self._sending:
                self._running, self._share = True, 0.0
                self._send({"kind": "begun"})
            outcome, payload = self._run(order)
            with self._sending:  # the last word on this job: no beat may follow it
                self._running = False
                self._send(outcome)
                if payload:
                    self._send_bytes(payload)

    def _run(self, order: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        try:
            result = self._compute(order)
            return {"kind": "done"}, result.to_bytes()
        except Exception as error:
            from jsmi_core.errors import Cancelled, JSMIError, told

            if isinstance(error, Cancelled):
                return {"kind": "cancelled"}, b""
            if not isinstance(error, (JSMIError, MemoryError)):
                traceback.print_exc()  # a fault of the program: its place goes to the log, its name to the user
            return {"kind": "failed", "message": told(error)}, b""

    def _compute(self, order: dict[str, Any]) -> Result:
        from jsmi_core.experiments import Spec

        module, _, name = self._task.partition(":")
        task: Callable[..., Result] = getattr(importlib.import_module(module), name)
        cell = Spec.from_dict(order["cell"])
        corpus = _corpus(order["store"], cell.corpus, order["name"])
        told = {"report": self._report, "progress": self._progress, "cancel": self._is_cancelled}
        if getattr(cell, "start", None) is None:
            return task(cell, corpus, **told)
        return task(cell, corpus, **told, trained=partial(_trained, order["store"]))

    def _report(self, moment: EpochScore | RankStep) -> None:
        with self._sending:
            self._send({"kind": "moment", "moment": asdict(moment)})

    def _progress(self, share: float) -> None:
        self._share = share

    def _is_cancelled(self) -> bool:
        return self._cancelled

    def _listen(self) -> None:
        while True:
            try:
                order = json.loads(self._link.receive())
            except (EOFError, OSError):
                os._exit(0)  # the parent is gone or wants us gone; a cell in the main thread ends with us
            # In the order sent: a cancel that comes too late for its job is forgotten with the next order.
            self._cancelled = "cancel" in order
            if not self._cancelled:
                self._orders.put(order)

    def _beat(self, parent: int) -> None:
        while True:
            time.sleep(BEAT_SECONDS)
            if os.getppid() != parent:
                os._exit(0)
            with self._sending:
                if self._running:
                    self._send({"kind": "share", "share": self._share})

    def _send(self, message: dict[str, Any]) -> None:
        self._send_bytes(json.dumps(message).encode())

    def _send_bytes(self, content: bytes) -> None:
        try:
            self._link.send(content)
        except OSError:
            os._exit(0)


@lru_cache(maxsize=2)
def _corpus(store: str, digest: str, name: str) -> Corpus:
    """A sweep asks for the same corpus again and again; its name is that of whoever asks first."""
    from jsmi_core.store import Store

    with Store(store) as opened:
        return replace(opened.corpus(digest), name=name)


def _trained(store: str, cell: Cell) -> CellResult | None:
    """The stored training that a search starts from."""
    from jsmi_core.store import Store

    with Store(store) as opened:
        return opened.get(cell)


if __name__ == "__main__":
    link = Link.of_this_process()
    faulthandler.enable()
    yield_to_everyone()
    Worker(link, sys.argv[1]).serve()
