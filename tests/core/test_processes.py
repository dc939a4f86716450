"""Processes and files where systems differ: real ones, and what another system would answer."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from jsmi_core.jobs.link import Link
from jsmi_core.runtime import files
from jsmi_core.runtime.files import sync_folder, write_whole
from jsmi_core.runtime.processes import ending, kill_tree, physical_memory, start_apart

SLEEPER = "import time; print('asleep', flush=True); time.sleep(600)"
PARENT = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {SLEEPER!r}], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(600)
"""


def test_a_process_is_killed_with_all_that_it_has_started() -> None:
    with start_apart([sys.executable, "-u", "-c", PARENT], dict(os.environ)) as process:
        assert process.stdout is not None
        child = psutil.Process(int(process.stdout.readline()))
        kill_tree(process)
        assert process.returncode
        _, alive = psutil.wait_procs([child], timeout=60)
        assert not [left for left in alive if left.status() != psutil.STATUS_ZOMBIE]  # its new parent may not look
        kill_tree(process)  # there is nothing more to do


def test_a_process_that_ended_meanwhile_is_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(pid: int) -> psutil.Process:
        raise psutil.NoSuchProcess(pid)

    with subprocess.Popen([sys.executable, "-c", SLEEPER], stdout=subprocess.PIPE) as process:
        monkeypatch.setattr(psutil, "Process", gone)
        kill_tree(process)
    assert process.returncode


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, "ended with exit code 0"),
        (0xC0000005, "ended with exit code 3221225477"),  # as Windows tells a crash
        (-11, "was ended by SIGSEGV"),
        (-9999, "was ended by signal 9999"),
        pytest.param(
            -9,
            "was ended by SIGKILL, perhaps for lack of memory",
            marks=pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that kills"),
        ),
    ],
)
def test_how_a_process_ended(code: int, words: str) -> None:
    assert ending(code) == words


def test_the_memory_is_that_of_a_computer() -> None:
    assert 1e8 < physical_memory() < 1e15


def test_messages_of_any_length_pass_a_pipe_whole() -> None:
    """Longer than any system lets a pipe hold: both ends go on until all of it has passed."""
    echo = (
        "from jsmi_core.jobs.link import Link\nlink = Link.of_this_process()\n"
        "while True:\n    try:\n        link.send(link.receive())\n    except EOFError:\n        break"
    )
    with start_apart([sys.executable, "-c", echo], dict(os.environ)) as process:
        link = Link(process.stdout, process.stdin)  # type: ignore[arg-type]
        link.await_greeting()
        for length in (0, 1, 65_536, 3_000_001):
            content = bytes(range(256)) * (length // 256) + bytes(length % 256)
            link.send(content)
            assert link.receive() == content
        link.close()
        with pytest.raises(BrokenPipeError):
            link.send(b"who has closed it says nothing more")
        with pytest.raises(EOFError):
            link.receive()


def test_a_folder_that_cannot_be_synced_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows has neither the flag nor the call: a folder cannot even be opened there."""
    monkeypatch.delattr(os, "O_DIRECTORY", raising=False)
    monkeypatch.setattr(os, "open", lambda *given: pytest.fail("a folder was opened"))
    sync_folder(tmp_path)


@pytest.mark.skipif(not hasattr(os, "O_DIRECTORY"), reason="this system syncs no folder")
def test_what_is_no_folder_cannot_be_synced(tmp_path: Path) -> None:
    sync_folder(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        sync_folder(tmp_path / "file")


def refusing(times: int) -> Callable[[str, Path], None]:
    """What Windows does with a file that somebody has open, so many times."""
    replace, left = os.replace, [times]

    def refuse(source: str, target: Path) -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise PermissionError(13, "Access is denied")
        replace(source, target)

    return refuse


def test_a_file_that_somebody_reads_is_replaced_a_little_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_RENAMING_PAUSES", (0.0, 0.0))
    monkeypatch.setattr(os, "replace", refusing(2))
    write_whole(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"
    monkeypatch.setattr(os, "replace", refusing(9))
    with pytest.raises(PermissionError):
        write_whole(tmp_path / "file", b"newer")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("file", b"new")]
