"""What is stored comes back unchanged; what is damaged is set aside and hides nothing else."""

from __future__ import annotations

import os
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from jsmi_core.errors import StoreError
from jsmi_core.experiments.records import CellResult, Result
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import Cell
from jsmi_core.store import store as store_module
from jsmi_core.store.database import DamagedError, _connect_to_read, _patiently
from jsmi_core.store.store import Store
from jsmi_core.text.corpus import Corpus
from jsmi_core.training.config import SGNSConfig

CORPUS = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]] * 10, name="Hamlet")


@pytest.fixture(scope="module")
def trained() -> CellResult:
    return run_cell(Cell(CORPUS.digest, SGNSConfig(dimension=2, epochs=2, subsample=0)), CORPUS)


def with_seed(result: CellResult, seed: int) -> CellResult:
    """The same numbers under another spec: what a store keeps does not depend on them."""
    return replace(result, cell=Cell(result.cell.corpus, replace(result.cell.config, seed=seed)))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    with Store(tmp_path / "store") as opened:
        yield opened


def array_file(store: Store, result: CellResult) -> Path:
    (file,) = (store.path / "arrays").glob(f"{result.id}-*.npz")
    return file


def flip_a_bit(file: Path, place: float) -> None:
    content = bytearray(file.read_bytes())
    content[int(place * len(content))] ^= 4
    file.write_bytes(content)


# --- what is stored comes back --------------------------------------------------------------------------------------


def test_result_comes_back_whole(store: Store, trained: CellResult) -> None:
    store.save(trained)
    with Store(store.path) as reopened:
        again = reopened.get(trained.id)
    assert again is not None
    assert again.to_dict() == trained.to_dict()
    np.testing.assert_array_equal(again.embedding.words, trained.embedding.words)
    np.testing.assert_array_equal(again.embedding.contexts, trained.embedding.contexts)
    np.testing.assert_array_equal(again.gap_by_word, trained.gap_by_word)
    assert again.embedding.vocabulary == trained.embedding.vocabulary


def test_listing_has_the_numbers_of_one_corpus_without_arrays(store: Store, trained: CellResult) -> None:
    other = replace(with_seed(trained, 3), cell=Cell("0" * 64, trained.cell.config))
    for result in (trained, with_seed(trained, 2), other):
        store.save(result)
    assert [found.cell for found in store.results(CORPUS.digest)] == [trained.cell, with_seed(trained, 2).cell]
    assert {found.id for found in store.results()} == {trained.id, with_seed(trained, 2).id, other.id}
    assert store.results(CORPUS.digest)[0].laws == trained.laws
    assert store.results(CORPUS.digest)[0].embedding is None


def test_absent_and_deleted(store: Store, trained: CellResult) -> None:
    assert store.get(trained.id) is None
    assert not store.has(trained.id)
    store.save(trained)
    file = array_file(store, trained)
    store.delete(trained.id)
    assert not store.has(trained.id)
    assert store.results() == ()
    assert not file.exists()


def test_saving_twice_keeps_the_first(store: Store, trained: CellResult) -> None:
    store.save(trained)
    store.save(replace(trained, manifest=replace(trained.manifest, date="later")))
    assert store.get(trained.id).manifest.date == trained.manifest.date
    assert len(list((store.path / "arrays").iterdir())) == 1


def test_many_threads_share_one_store(store: Store, trained: CellResult) -> None:
    results = [with_seed(trained, seed) for seed in range(24)]
    wrong = []

    def save_and_read(part: list[CellResult]) -> None:
        for result in part:
            store.save(result)
            if store.get(result.id).cell != result.cell or not store.results():
                wrong.append(result)

    threads = [threading.Thread(target=save_and_read, args=(results[start::6],)) for start in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(store.results()) == 24


@pytest.mark.skipif(os.name == "nt", reason="Windows asks no variable for the user's folder")
def test_default_place_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JSMI_STORE", str(tmp_path / "chosen"))
    with Store() as store:
        assert store.path == tmp_path / "chosen"
    monkeypatch.delenv("JSMI_STORE")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    with Store() as store:
        assert tmp_path / "home" in store.path.parents
        assert store.path.name == "jsmi-explorer"


def test_closed_store_says_so(store: Store, trained: CellResult) -> None:
    store.close()
    with pytest.raises(StoreError, match="cannot be used"):
        store.has(trained.id)


# --- corpora --------------------------------------------------------------------------------------------------------


def test_corpus_comes_back(store: Store) -> None:
    store.save_corpus(CORPUS)
    store.save_corpus(CORPUS)
    again = store.corpus(CORPUS.digest)
    assert (again.digest, again.vocabulary) == (CORPUS.digest, CORPUS.vocabulary)
    assert store.text(store.save_text(CORPUS)).name == "Hamlet", "a name goes with a text, not with its digest"


def test_damaged_corpus_is_set_aside(store: Store) -> None:
    store.save_corpus(CORPUS)
    flip_a_bit(store.path / "corpora" / f"{CORPUS.digest}.npz", 0.5)
    with pytest.raises(StoreError, match=r"was damaged and is set aside .*: read the text again"):
        store.corpus(CORPUS.digest)
    store.save_corpus(CORPUS)
    assert store.corpus(CORPUS.digest).digest == CORPUS.digest


@pytest.mark.parametrize("digest", ["f" * 64, "../../etc/passwd", "", "a/../b", "x" * 400])
def test_unknown_or_hostile_digest_is_refused(store: Store, digest: str) -> None:
    with pytest.raises(StoreError, match="read the text again"):
        store.corpus(digest)


def test_corpus_under_another_ones_name_is_set_aside(store: Store) -> None:
    store.save_corpus(CORPUS)
    kept, wrong = (store.path / "corpora" / f"{digest}.npz" for digest in (CORPUS.digest, "0" * 64))
    wrong.write_bytes(kept.read_bytes())
    with pytest.raises(StoreError, match=r"set aside \(it is not the corpus that its name says\): read the text again"):
        store.corpus("0" * 64)
    assert not wrong.exists()
    assert store.corpus(CORPUS.digest).digest == CORPUS.digest


def test_corpus_that_cannot_be_kept_is_told(store: Store) -> None:
    folder = store.path / "corpora"
    folder.rmdir()
    folder.write_text("a file where the folder was: nothing can be written there")
    with pytest.raises(StoreError, match=r"cannot be written .*: free some space, or name another folder"):
        store.save_corpus(CORPUS)


# --- damage ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [0.0, 0.3, 0.6, 0.9999])
def test_damaged_array_file_hides_only_its_run(store: Store, trained: CellResult, place: float) -> None:
    bad, good = trained, with_seed(trained, 2)
    store.save(bad)
    store.save(good)
    file = array_file(store, bad)
    flip_a_bit(file, place)
    assert store.get(bad.id) is None
    assert not store.has(bad.id)
    assert [found.id for found in store.results()] == [good.id]
    assert store.get(good.id).laws == good.laws
    assert bad.id in store.notices[0]
    assert not file.exists()
    assert list(file.parent.glob(f"{file.name}.damaged-20*"))
    store.save(bad)
    assert store.get(bad.id).laws == bad.laws


def test_missing_array_file_hides_only_its_run(store: Store, trained: CellResult) -> None:
    store.save(trained)
    store.save(with_seed(trained, 2))
    array_file(store, trained).unlink()
    assert [found.cell.config.seed for found in store.results()] == [2]
    assert "is missing" in store.notices[0] or "damaged" in store.notices[0]


def test_changed_number_in_the_index_is_never_shown(store: Store, trained: CellResult) -> None:
    store.save(trained)
    bound = repr(trained.laws[0].bound)
    with sqlite3.connect(store.path / "runs.sqlite3") as raw:
        raw.execute("UPDATE results SET record = replace(record, ?, '9.9')", (bound,))
    raw.close()
    assert store.results() == ()
    assert trained.id in store.notices[0]


@pytest.mark.parametrize("damage", ["junk", "empty header", "middle", "cut"])
def test_damaged_index_is_made_anew_from_the_files(tmp_path: Path, trained: CellResult, damage: str) -> None:
    with Store(tmp_path) as store:
        for seed in range(8):
            store.save(with_seed(trained, seed))
    file = tmp_path / "runs.sqlite3"
    content = file.read_bytes()
    half = len(content) // 2
    changed = {
        "junk": b"this is no database " * 500,
        "empty header": bytes(100) + content[100:],
        "middle": content[:half] + b"\xa5" * 4096 + content[half + 4096 :],
        "cut": content[: half + 17],
    }
    file.write_bytes(changed[damage])
    with Store(tmp_path) as store:
        assert {found.cell.config.seed for found in store.results()} == set(range(8))
        assert any("set aside" in notice for notice in store.notices)
    assert list(tmp_path.glob("runs.sqlite3.damaged-20*"))


def test_index_damaged_while_open(store: Store, trained: CellResult) -> None:
    for seed in range(8):
        store.save(with_seed(trained, seed))
    store.close()
    with Store(store.path) as opened, Store(store.path) as other:
        other.save(with_seed(trained, 8))  # so that the first must read the file again
        with open(store.path / "runs.sqlite3", "r+b") as file:  # the very file that both have open
            file.write(b"junk" * 25_000)
        assert {found.cell.config.seed for found in opened.results()} == set(range(9))
        assert "the index of stored runs was damaged" in opened.notices[0]


def test_newer_format_is_left_alone(store: Store, trained: CellResult) -> None:
    store.save(trained)
    store.close()
    raw = sqlite3.connect(store.path / "runs.sqlite3")
    raw.execute("PRAGMA user_version = 99")
    raw.close()
    with pytest.raises(StoreError, match=r"newer version .*format 99.*upgrade"):
        Store(store.path)


def test_whole_file_without_row_is_adopted(store: Store, trained: CellResult) -> None:
    """A writer killed between its file and its row: the result is whole, so it counts."""
    store.save(trained)
    store.close()
    raw = sqlite3.connect(store.path / "runs.sqlite3")
    raw.execute("DELETE FROM results")
    raw.commit()
    raw.close()
    with Store(store.path) as again:
        assert again.get(trained.id).laws == trained.laws
        assert again.notices == ()


def test_what_dead_writers_left_goes_after_a_day(store: Store, trained: CellResult) -> None:
    store.save(trained)
    arrays = store.path / "arrays"
    left = [arrays / f".{trained.id}-x1y2.tmp", arrays / f"{trained.id}-{'0' * 64}.npz"]
    for file in left:
        file.write_bytes(b"half of something")
    Store(store.path).close()
    assert all(file.exists() for file in left)  # it may be at work
    for file in left:
        os.utime(file, (0, 0))
    Store(store.path).close()
    assert not any(file.exists() for file in left)
    assert store.get(trained.id).laws == trained.laws


def test_damaged_file_without_row_is_set_aside_and_never_adopted(store: Store, trained: CellResult) -> None:
    store.save(trained)
    file = array_file(store, trained)
    store.delete(trained.id)
    file.write_bytes(b"what is left of a result")
    with Store(store.path) as again:
        assert again.results() == ()
        assert again.get(trained.id) is None
    assert not file.exists()
    assert list(file.parent.glob(f"{file.name}.damaged-20*"))


def test_file_that_cannot_be_read_now_is_not_called_damaged(store: Store, trained: CellResult) -> None:
    store.save(trained)
    file = array_file(store, trained)
    content = file.read_bytes()
    file.unlink()
    file.mkdir()
    with pytest.raises(StoreError, match=r"cannot be read \(Is a directory\): try again"):
        store.get(trained.id)
    file.rmdir()
    file.write_bytes(content)
    assert store.get(trained.id).laws == trained.laws
    assert store.notices == ()


def test_run_that_another_deletes_while_it_is_read_is_absent_not_damaged(
    store: Store, trained: CellResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save(trained)
    read = store_module._read_result

    def delete_meanwhile(file: Path) -> Result:
        with Store(store.path) as other:
            other.delete(trained.id)
        return read(file)

    monkeypatch.setattr(store_module, "_read_result", delete_meanwhile)
    assert store.get(trained.id) is None
    assert store.notices == ()


def test_two_threads_that_find_one_damage_mend_it_once(store: Store, trained: CellResult) -> None:
    store.save(trained)
    damaged, attempts = store._database, []

    def work() -> int:
        attempts.append(store._database)
        if len(attempts) == 1:  # while this thread waits, another one has mended the index
            store._open()
            raise DamagedError("the index is damaged")
        return len(store.results())

    assert store._mending(work) == 1
    assert attempts[0] is damaged
    assert attempts[1] is store._database is not damaged
    damaged.close()


# --- every connection that is opened is closed (tests/conftest.py warns of others) -----------------------------------


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[sqlite3.Connection]:
    """The connections opened from now on."""
    connections: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def heard(*args: object, **options: object) -> sqlite3.Connection:
        connections.append(connect(*args, **options))  # type: ignore[arg-type]
        return connections[-1]

    monkeypatch.setattr(sqlite3, "connect", heard)
    return connections


def is_open(connection: sqlite3.Connection) -> bool:
    try:
        return connection.total_changes >= 0
    except sqlite3.ProgrammingError:
        return False


def test_a_store_that_cannot_be_opened_leaves_no_connection(
    tmp_path: Path, opened: list[sqlite3.Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Store) -> None:
        raise PermissionError("the folder may not be listed")

    monkeypatch.setattr(Store, "_adopt_files", fail)
    with pytest.raises(PermissionError, match="may not be listed"):
        Store(tmp_path)
    assert [is_open(connection) for connection in opened] == [False]


def test_ways_to_read_that_do_not_work_leave_no_connection(tmp_path: Path, opened: list[sqlite3.Connection]) -> None:
    junk = tmp_path / "junk.sqlite3"
    junk.write_bytes(b"this is no database " * 500)
    last = _connect_to_read(junk, "CREATE TABLE t (x);", 1)
    assert last.execute("SELECT count(*) FROM t").fetchone() == (0,)
    last.close()
    assert [is_open(connection) for connection in opened] == [False, False, False]


# --- the database under it ------------------------------------------------------------------------------------------


def test_a_transaction_that_the_database_itself_gave_up_raises_its_reason_and_blocks_nothing(store: Store) -> None:
    """On a full disk SQLite rolls back by itself: a second rollback would hide the reason."""

    def give_up(connection: sqlite3.Connection) -> None:
        connection.execute("ROLLBACK")
        raise ZeroDivisionError("the reason")

    with pytest.raises(ZeroDivisionError, match="the reason"):
        store._database.write(give_up)
    assert store._database.write(lambda connection: connection.execute("SELECT 1").fetchone()) == (1,)


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO damaged VALUES ('a run', 'now', 'a notice')")
        raise ZeroDivisionError("halfway")

    with pytest.raises(ZeroDivisionError, match="halfway"):
        store._database.write(fail)
    assert store.notices == ()


def test_a_lock_that_sqlite_does_not_wait_for_is_waited_for(tmp_path: Path) -> None:
    """Another process makes the log whole again: SQLite says at once that it is busy."""
    with sqlite3.connect(tmp_path / "one.sqlite3", timeout=0, isolation_level=None) as waiting:
        holder = sqlite3.connect(tmp_path / "one.sqlite3", isolation_level=None, check_same_thread=False)
        holder.execute("BEGIN EXCLUSIVE")
        threading.Timer(0.2, lambda: (holder.execute("ROLLBACK"), holder.close())).start()
        _patiently(lambda: waiting.execute("CREATE TABLE t (x)"))
        assert waiting.execute("SELECT count(*) FROM t").fetchone() == (0,)
    waiting.close()
