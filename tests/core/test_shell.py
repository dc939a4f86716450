"""The shell on a bad day: a damaged run, a full disk, a project that is not installed; and what a terminal shows."""

from __future__ import annotations

import errno
import os
import re
import sys
import threading
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from jsmi_core import cli
from jsmi_core import store as store_module
from jsmi_core._printing import Line

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

    monkeypatch.setattr(store_module, "_sync_folder", full)
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
    silent = Line()
    silent.share(0.25)
    silent.clear()
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    line = Line()
    line.share(0.25)
    line.clear()
    assert capsys.readouterr().err == "\r\x1b[K25%\r\x1b[K"


def test_a_checkout_that_is_not_installed_has_no_version(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def not_there(package: str) -> str:
        raise PackageNotFoundError(package)

    monkeypatch.setattr(cli, "version", not_there)
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
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no python"))
    assert cli.main(["app", "--port", "8765", "--no-browser", "--store", "elsewhere"]) == 4
    told = "jsmi: the app could not be started (No such file or directory): install the project again.\n"
    assert capsys.readouterr().err == told
    assert os.environ["JSMI_STORE"] == os.path.abspath("elsewhere")
    assert cli.main(["app"]) == 4  # with all that is left out
    assert capsys.readouterr().err == told
