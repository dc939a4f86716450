"""Tasks for a job queue that do what trainings should not; the seed of the cell says which."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from jsmi_core.errors import Cancelled, ParameterError
from jsmi_core.experiments.records import CellResult, EpochScore
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import Cell
from jsmi_core.text.corpus import Corpus

FINE, RAISE, REFUSE, EXIT, LEAVE, CRASH, MEMORY, HANG, HOLD, OBEY, SPIN, MUTE = range(12)

Report = Callable[[EpochScore], object]


def native_sleep(seconds: int) -> None:
    """Native code that never lets another thread of the interpreter run."""
    if os.name == "nt":
        ctypes.PyDLL("kernel32").Sleep(1_000 * seconds)
    else:
        ctypes.PyDLL(None).sleep(seconds)


def misbehave(
    cell: Cell, corpus: Corpus, report: Report, progress: Callable[[float], None], cancel: Callable[[], bool]
) -> CellResult:
    """Say who we are, report one epoch, then do what the seed says."""
    notes = os.environ.get("MISBEHAVING_NOTES")
    if notes:
        Path(notes, str(os.getpid())).write_text(f"{psutil.Process().nice():d} {os.environ['OPENBLAS_NUM_THREADS']}")
    behaviour = cell.config.seed
    if behaviour == FINE:
        return run_cell(cell, corpus, report, progress, cancel)
    report(EpochScore(0, -0.25, 0.5, 0.0))
    if behaviour == RAISE:
        raise ZeroDivisionError("of all things")
    if behaviour == REFUSE:
        raise ParameterError("this cell is refused: choose another.")
    if behaviour == EXIT:
        os._exit(7)
    if behaviour == LEAVE:
        sys.exit(8)
    if behaviour == CRASH:
        ctypes.string_at(0)
    if behaviour == MEMORY:
        raise MemoryError
    if behaviour == HANG:
        time.sleep(600)
    if behaviour == MUTE:  # closes its end of the link, and whatever else it has open, and lives on
        os.closerange(3, 1_000)
    if behaviour in (HOLD, MUTE):
        native_sleep(600)
    while behaviour == OBEY and not cancel():
        time.sleep(0.01)
    while behaviour == SPIN:
        pass
    raise Cancelled("stopped.")
