"""The shell on a bad day: a damaged run, a full disk, a project that is not installed; and what a terminal shows."""

from __future__ import annotations

import errno
import os
import re
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from jsmi_core.cli import arguments as _arguments, entry as cli, runs as _runs, sweep as _sweep
from jsmi_core.cli.printing import ProgressLine
from jsmi_core.experiments.records import RankResult
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import Cell
from jsmi_core.runtime.pool import Pool
from jsmi_core.store import store as store_module
from jsmi_core.store.store import Store
from jsmi_core.store.verification import Recomputed
from jsmi_core.text.corpus import read_corpus
from jsmi_core.training.config import SGNSConfig

PLAIN = ["--window", "2", "--subsample", "0", "--dimension", "2", "--epochs", "1"]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JSMI_STORE", str(tmp_path / "store"))
    return tmp_path / "store"


@pytest.fixture
def text(tmp_path: Path) -> Path:
    file = tmp_path / "text.txt"
    file.write_text("the cat sat on the mat\nthe dog sat on the log\n" * 30)
    return file


def test_a_damaged_run_is_told_once_asked_for_and_noted_ever_after(
    text: Path, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["train", str(text), *PLAIN]) == 0
    (file,) = (store / "arrays").glob("*.npz")
    file.write_bytes(file.read_bytes()[:-1])
    run = file.name.partition("-")[0]
    capsys.readouterr()
    assert cli.main(["export", run, "--out", str(text.with_name("v.npz"))]) == 4
    told = f"jsmi: the stored run {run} was damaged and is set aside: train it again."
    assert capsys.readouterr().err.splitlines()[-1] == told
    assert cli.main(["runs", "list"]) == 0
    notice = f"jsmi: the stored run {run} was set aside because its checksum does not fit: train it again.\n"
    assert capsys.readouterr().err == notice


def test_a_sweep_that_cannot_store_its_results_shows_them_and_fails(
    text: Path, store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(folder: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store_module, "sync_folder", full)
    assert cli.main(["sweep", str(text), *PLAIN[:4], "--dimensions", "2", "--epochs", "1", "--workers", "1"]) == 5
    said = capsys.readouterr()
    assert "1 of 1 cells are not in the store; the first: finished but not stored: " in said.err
    assert "No space left on device" in said.err
    assert re.search(r"^[0-9a-f]{8} text.txt +2 +1 +5", said.out, re.MULTILINE)  # but whoever looks has it


def test_what_should_be_known_of_a_text_is_noted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "long.txt"
    file.write_text("one two " * 6_000)
    assert cli.main(["bound", str(file), "--window", "1"]) == 0
    assert "jsmi: sentences of more than 10,000 words, split there: 1\n" in capsys.readouterr().err


def test_progress_rewrites_its_line_where_somebody_looks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    silent = ProgressLine()
    silent.share(0.25)
    silent.clear()
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    line = ProgressLine()
    line.share(0.25)
    line.clear()
    assert capsys.readouterr().err == "\r\x1b[K25%\r\x1b[K"


def test_a_checkout_that_is_not_installed_has_no_version(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def not_there(package: str) -> str:
        raise PackageNotFoundError(package)

    monkeypatch.setattr(_arguments, "version", not_there)
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert "(not installed)" in capsys.readouterr().out


def test_a_command_runs_in_any_thread(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only the main thread may say what a signal does; a notebook may call from another one."""
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(cli.main(["runs", "list"])))
    thread.start()
    thread.join()
    assert codes == [0]


def test_an_app_that_cannot_be_started_is_told(
    store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "jsmi_app.serve", None)
    assert cli.main(["app", "--port", "8765", "--no-browser", "--store", "elsewhere"]) == 4
    said = capsys.readouterr().err
    assert said.startswith("jsmi: the app could not be started (")
    assert said.endswith("): install the project again.\n")
    assert os.environ["JSMI_STORE"] == os.path.abspath("elsewhere")
    assert cli.main(["app"]) == 4  # with all that is left out


def test_what_is_damaged_is_left_out_or_told_by_every_command_that_reads_vectors(
    text: Path, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["train", str(text), *PLAIN]) == 0
    (file,) = (store / "arrays").glob("*.npz")
    run = file.name.partition("-")[0]
    whole = file.read_bytes()
    for command, code in ((["loss", str(text), run], 4), (["usefulness", str(text)], 0)):
        file.write_bytes(whole)
        assert cli.main(["runs", "list"]) == 0  # without a row, a whole file is taken in
        assert run[:8] in capsys.readouterr().out
        file.write_bytes(whole[:-1])
        assert cli.main(command) == code
        said = capsys.readouterr()
        assert run not in said.out
        assert ("was damaged and is set aside: train it again." in said.err) == bool(code)
        assert not file.exists()


def test_a_stored_run_as_json(text: Path, store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["train", str(text), *PLAIN]) == 0
    capsys.readouterr()
    with Store(store) as opened:
        (run,) = opened.results()
    assert cli.main(["runs", "show", run.id, "--json"]) == 0
    assert run.id in capsys.readouterr().out


def test_a_search_that_was_stored_without_other_matrices_is_compared_all_the_same(
    text: Path, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["rank", str(text), *PLAIN[:6], "--baselines"]
    assert cli.main(command) == 0
    first = capsys.readouterr().out
    with Store(store) as opened:
        (listed,) = opened.results(kind=RankResult)
        found = opened.get(listed.id, RankResult)
        assert found is not None
        assert found.baselines
        opened.delete(listed.id)
        opened.save(replace(found, baselines=()))  # as results were stored once
    assert cli.main(command) == 0
    assert capsys.readouterr().out == first


def test_why_a_result_may_come_out_otherwise(text: Path) -> None:
    corpus = read_corpus(text)
    stored = run_cell(Cell(corpus.digest, SGNSConfig(dimension=2, epochs=1, subsample=0)), corpus)
    shared = replace(stored, cell=replace(stored.cell, config=replace(stored.cell.config, workers=2)))
    older = replace(stored, manifest=replace(stored.manifest, versions={**stored.manifest.versions, "numpy": "1.0"}))
    whys = [_runs._why(Recomputed(run, stored)) for run in (shared, older, stored)]
    assert whys[0] == "with 2 workers no two trainings are equal, so judge the differences by their size"
    assert whys[1].startswith("it was numpy 1.0 then and ")
    assert whys[2] == "the machine is another one, or the stored numbers are wrong"


def test_a_sweep_on_a_cluster_that_is_stopped_goes_on_later(
    text: Path, store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @contextmanager
    def threads(address: str) -> Iterator[Pool]:
        with ThreadPoolExecutor(1) as executor:
            yield Pool(executor, slots=1)

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(_sweep, "connected", threads)
    monkeypatch.setattr(_sweep, "run_cells", stopped)
    command = ["sweep", str(text), *PLAIN[:4], "--dimensions", "2,3", "--epochs", "1"]
    assert cli.main([*command, "--scheduler", "tcp://somewhere:1"]) == 130
    assert "0 of 2 are stored: the same command goes on from there" in capsys.readouterr().err
