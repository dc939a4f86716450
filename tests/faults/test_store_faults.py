"""A store survives the death of its writers, two writers at once, full disks and folders that cannot be written.

F01–F04: an acknowledged result is never lost, an unacknowledged one is whole or absent.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from writer import numbered

from jsmi_core.errors import StoreError
from jsmi_core.experiments.records import CellResult
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import Cell
from jsmi_core.store.store import Store
from jsmi_core.text.corpus import Corpus
from jsmi_core.training.config import SGNSConfig

pytestmark = pytest.mark.skipif(os.name == "nt", reason="limits and forks processes as POSIX does")
WRITER = Path(__file__).with_name("writer.py")
CORPUS = Corpus.from_sentences([[f"w{number % 997}" for number in range(start, start + 20)] for start in range(2_000)])


@pytest.fixture(scope="module")
def pattern() -> CellResult:
    """A result of half a megabyte, so that a kill often falls into its file."""
    return run_cell(Cell(CORPUS.digest, SGNSConfig(dimension=64, epochs=1, negatives=1)), CORPUS)


@pytest.fixture
def folder(tmp_path: Path, pattern: CellResult) -> Path:
    (tmp_path / "pattern.npz").write_bytes(pattern.to_bytes())
    return tmp_path


class Nursery:
    """Starts writers and counts what they acknowledged."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        command = [sys.executable, str(WRITER), str(folder)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def start(self, first_seed: int) -> int:
        """The process id of a new writer."""
        self.process.stdin.write(f"{first_seed}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def acknowledged(self) -> set[str]:
        notes = self.folder / "acknowledged"
        return set(notes.read_text().split()) if notes.exists() else set()


@pytest.fixture
def nursery(folder: Path) -> Iterator[Nursery]:
    nursery = Nursery(folder)
    yield nursery
    nursery.process.communicate()


def check_intact(folder: Path, acknowledged: set[str], pattern: CellResult) -> None:
    with Store(folder / "store") as store:
        listed = {result.id for result in store.results()}
        assert acknowledged <= listed
        for cell_id in listed:
            whole = store.get(cell_id)
            assert whole is not None
            assert whole.laws == pattern.laws
        assert store.notices == ()


# --- F01: kill -9 at any moment -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kills", [8, pytest.param(100, marks=pytest.mark.slow)])
def test_killed_writers_lose_nothing_they_acknowledged(nursery: Nursery, pattern: CellResult, kills: int) -> None:
    moments, round_ = random.Random(kills), 0
    while round_ < kills or len(nursery.acknowledged()) <= kills:
        writer = nursery.start(1_000_000 * round_)
        time.sleep(moments.uniform(0, 0.15) * max(1, round_ / kills))  # a busy machine needs longer to save anything
        psutil.Process(writer).kill()
        round_ += 1
        assert round_ < 20 * kills
    check_intact(nursery.folder, nursery.acknowledged(), pattern)


# --- F02: several processes -----------------------------------------------------------------------------------------


def test_writers_and_a_reader_lose_nothing_and_never_see_a_lock(nursery: Nursery, pattern: CellResult) -> None:
    writers = [nursery.start(first) for first in (0, 0, 500_000)]  # two of them write the same cells
    with Store(nursery.folder / "store") as reader:
        until = time.monotonic() + 1
        while time.monotonic() < until:
            assert all(result.laws == pattern.laws for result in reader.results())
    for writer in writers:
        psutil.Process(writer).kill()  # raises if the writer has failed
    assert len(nursery.acknowledged()) > 10
    check_intact(nursery.folder, nursery.acknowledged(), pattern)


# --- F03: no room, no right to write --------------------------------------------------------------------------------

BEGINNING = """
import os, resource, signal, sys
from pathlib import Path
sys.path.insert(0, {faults!r})
from writer import numbered
from jsmi_core.errors import StoreError
from jsmi_core.experiments import CellResult
from jsmi_core.store import Store
folder = Path({folder!r})
pattern = CellResult.from_bytes((folder / "pattern.npz").read_bytes())
"""

LIMITED = """
store = Store(folder / "store")
store.save(numbered(pattern, 1))
if grow:  # a write-ahead log beyond the limit: the files can be written, the index cannot
    store._write(lambda database: database.execute("CREATE TABLE padding AS SELECT zeroblob(2000000)"))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
try:
    store.save(numbered(pattern, 2))
except StoreError as error:
    print(error)
print(len(store.results()), store.get(numbered(pattern, 1).id) is not None)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
store.save(numbered(pattern, 2))
print(len(store.results()), store.notices)
"""


def run_script(folder: Path, script: str) -> list[str]:
    """Run it in a process of its own; the lines it prints."""
    beginning = BEGINNING.format(faults=str(WRITER.parent), folder=str(folder))
    done = subprocess.run([sys.executable, "-c", beginning + script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("limit", "grow"), [(0, False), (100_000, False), (1_000_000, True)], ids=["at once", "in a file", "in the index"]
)
def test_failing_write_is_told_and_can_be_tried_again(
    folder: Path, pattern: CellResult, limit: int, grow: bool
) -> None:
    told = run_script(folder, f"limit, grow = {limit}, {grow}\n" + LIMITED)
    assert "cannot be written" in told[0]
    assert "free some space, or name another folder in JSMI_STORE." in told[0]
    assert told[1:] == ["1 True", "2 ()"]
    check_intact(folder, {numbered(pattern, 1).id, numbered(pattern, 2).id}, pattern)
    assert not list((folder / "store" / "arrays").glob("*.tmp"))


FULL = """
store = Store(folder / "store")
first, second, third = (numbered(pattern, seed) for seed in (1, 2, 3))
for result in (first, second):
    store.save(result)
store.close()
(damaged,) = (folder / "store" / "arrays").glob(f"{second.id}-*")
damaged.write_bytes(damaged.read_bytes()[:-9])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))  # not a byte can be written
store = Store(folder / "store")
print(store.writable, len(store.results()), store.get(first.id) is not None, store.get(second.id))
print(*store.notices)
print(len(store.results()), store.has(second.id), damaged.exists())
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
store.save(third)
print(store.writable, sorted(found.cell.config.seed for found in store.results()))
"""


def test_store_opened_on_a_full_disk_shows_what_it_has_and_writes_again_once_there_is_room(
    folder: Path, pattern: CellResult
) -> None:
    """What is damaged cannot be moved away then: it is hidden."""
    notice = (
        f"the stored run {numbered(pattern, 2).id} was set aside because its checksum does not fit: train it again."
    )
    assert run_script(folder, FULL) == ["False 2 True None", notice, "1 False True", "True [1, 3]"]


EMPTY = """
(folder / "store").mkdir()
(folder / "store" / "runs.sqlite3").touch()  # made, and then there was no room
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
store = Store(folder / "store")
print(store.writable, store.results())
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
store.save(pattern)
print(store.writable, len(store.results()))
"""


def test_store_that_there_was_no_room_to_make_is_empty_and_made_later(folder: Path) -> None:
    assert run_script(folder, EMPTY) == ["False ()", "True 1"]


READ_ONLY = """
for entry in (folder / "store", *(folder / "store").rglob("*")):
    entry.chmod(0o555 if entry.is_dir() else 0o444)
if os.geteuid() == 0:  # root may write everywhere: become nobody
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
store = Store(folder / "store")
print(store.writable, len(store.results()), store.get(pattern.id).embedding.dimension, store.notices)
try:
    store.save(numbered(pattern, 2))
except StoreError as error:
    print(error)
"""


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "left open"])
def test_read_only_folder_opens_and_refuses_to_save(pattern: CellResult, closed: bool) -> None:
    with tempfile.TemporaryDirectory() as place:  # pytest's own folders are closed to other users
        folder = Path(place)
        folder.chmod(0o755)
        (folder / "pattern.npz").write_bytes(pattern.to_bytes())
        store = Store(folder / "store")
        store.save(pattern)
        if closed:
            store.close()
        told = run_script(folder, READ_ONLY)
        store.close()
    assert told[0] == "False 1 64 ()"
    assert "cannot be written" in told[1]


def test_impossible_place_opens_empty_and_refuses_to_save(tmp_path: Path, pattern: CellResult) -> None:
    (tmp_path / "file").write_text("not a folder")
    with Store(tmp_path / "file" / "store") as store:
        assert not store.writable
        assert store.results() == ()
        with pytest.raises(StoreError, match="cannot be written"):
            store.save(pattern)
        with pytest.raises(StoreError, match="cannot be written"):
            store.save_corpus(CORPUS)


def test_store_becomes_writable_when_the_obstacle_goes(tmp_path: Path, pattern: CellResult) -> None:
    obstacle = tmp_path / "place"
    obstacle.write_text("not a folder")
    with Store(obstacle) as store:
        assert not store.writable
        obstacle.unlink()
        store.save(pattern)
        assert store.writable
        assert store.has(pattern.id)
