"""One holder at a time, in one process or several; death gives a lease back, and a closed folder stops nobody."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from jsmi_core.store import leases
from jsmi_core.store.leases import take

HOLDER = """
import sys, time
from pathlib import Path
from jsmi_core.store import take
lease = take(Path(sys.argv[1]))
print("taken" if lease else "refused", flush=True)
time.sleep(600)
"""


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "leases" / "cell.lock"
    lease = take(path)
    assert lease is not None
    assert take(path) is None
    lease.release()
    lease.release()
    assert not path.exists()
    again = take(path)
    assert again is not None
    again.release()


def test_death_gives_it_back(tmp_path: Path) -> None:
    path = tmp_path / "cell.lock"
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "taken\n"
        assert take(path) is None
        holder.kill()
        holder.wait()
    lease = take(path)
    assert lease is not None
    lease.release()


def test_many_takers_never_hold_it_together(tmp_path: Path) -> None:
    path, held, most = tmp_path / "cell.lock", [0], [0]

    def work() -> None:
        for _ in range(300):
            lease = take(path)
            if lease is not None:
                held[0] += 1
                most[0] = max(most[0], held[0])
                held[0] -= 1
                lease.release()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert most[0] == 1
    assert not path.exists()


def test_where_no_file_can_be_made_everyone_works(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    first, second = (take(tmp_path / "file" / "cell.lock") for _ in range(2))
    assert first is not None
    assert second is not None
    second.release()


def test_where_no_file_can_be_locked_everyone_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on some folders of a network."""

    def unknown(descriptor: int, *, blocking: bool) -> bool:
        raise OSError(errno.ENOLCK, "No locks available")

    before = open_files()
    monkeypatch.setattr(leases, "lock_descriptor", unknown)
    first, second = (take(tmp_path / "cell.lock") for _ in range(2))
    assert first is not None
    assert second is not None
    assert open_files() == before


def test_a_file_that_cannot_be_removed_while_it_is_open_goes_once_it_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows."""
    before, unlink = open_files(), Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if open_files() > before:
            raise PermissionError(errno.EACCES, "it is being used by another process")
        unlink(path, missing_ok)

    lease = take(tmp_path / "cell.lock")
    assert lease is not None
    monkeypatch.setattr(Path, "unlink", refuse)
    lease.release()
    assert list(tmp_path.iterdir()) == []


def open_files() -> int:
    here = psutil.Process()
    return here.num_handles() if os.name == "nt" else here.num_fds()


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    before = open_files()
    for _ in range(50):
        lease = take(tmp_path / "cell.lock")
        assert take(tmp_path / "cell.lock") is None
        lease.release()
    assert open_files() == before


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a file that somebody has open")
def test_a_file_that_its_holder_takes_away_at_the_last_moment_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opened by us, removed by its holder, then locked by us: a lock on a file without a name keeps nobody out."""
    path, lock = tmp_path / "cell.lock", leases.lock_descriptor

    def removed_before(descriptor: int, *, blocking: bool) -> bool:
        monkeypatch.undo()
        path.unlink()
        return lock(descriptor, blocking=blocking)

    monkeypatch.setattr(leases, "lock_descriptor", removed_before)
    lease = take(path)
    assert lease is not None
    assert path.exists()
    assert take(path) is None
    lease.release()
