"""Processes as each system has them: how they are started and ended, how low they can stand, in how much memory."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil

_LOWEST = getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", 19)  # Windows has classes, the others have nice values


def start_apart(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a process on two unbuffered pipes; what Ctrl-C in the terminal does to it is the parent's to decide."""
    return subprocess.Popen(
        command,
        bufsize=0,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # what Windows has instead of sessions
    )


def yield_to_everyone() -> None:
    """Put this process last: lowest priority, and on Linux first to go when memory runs out or its parent is gone."""
    psutil.Process().nice(_LOWEST)
    if sys.platform == "linux":
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
        # Works even while native code holds the interpreter, when no thread of ours could notice.
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def give_back_memory() -> None:
    """Let the system have what was freed: the C library of Linux keeps it otherwise, in case it is wanted again."""
    with suppress(AttributeError, OSError, TypeError):  # other systems' libraries have no such function, or no need
        ctypes.CDLL(None).malloc_trim(0)


def kill_tree(process: subprocess.Popen[bytes]) -> None:
    """End a process at once, and all that it has started; returns when it has ended.

    Windows starts the Python of a virtual environment through a small one, so even a process alone may be two.
    """
    if process.poll() is not None:
        return
    started: list[psutil.Process] = []
    with suppress(psutil.Error):
        started = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    for child in started:
        with suppress(psutil.Error):  # it has ended by itself
            child.kill()
    process.wait()


def ending(code: int) -> str:
    """How a process ended, by its return code: what stands behind "its process"."""
    if code >= 0:
        return f"ended with exit code {code}"
    name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
    return f"was ended by {name}" + (", perhaps for lack of memory" if name == "SIGKILL" else "")


def physical_memory() -> int:
    """The bytes of memory that this machine has."""
    return int(psutil.virtual_memory().total)
