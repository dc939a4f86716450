"""A way out that fails costs the words, never the work; and every encoding gets words that it has."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jsmi_core import Cell, Corpus, RankCell, RankConfig, SGNSConfig, Store, read_corpus
from jsmi_core.experiments import Result
from jsmi_core.jobs import Unclaimed, claim

TEXT = "the cat sat on the mat\na cat and a dog\n" * 20
SETTINGS = ["--min-count", "1", "--subsample", "0", "--dimension", "2"]


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "naïve text.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def jsmi(folder: Path, *arguments: str, shell: str = "", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own, its streams as the shell redirects them."""
    command = [sys.executable, "-W", "error", "-m", "jsmi_core.cli", *arguments, "--store", str(folder / "store")]
    if shell:
        command = ["sh", "-c", f'exec "$@" {shell}', "sh", *command]
    return subprocess.run(command, capture_output=True, env=os.environ | environment, timeout=300)


def stored(folder: Path) -> list[str]:
    with Store(folder / "store") as store:
        return [run.id for run in store.results(kind=Result)]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1", "cp437"])
@pytest.mark.parametrize("command", ["rank", "train"])
def test_any_encoding_of_the_output_will_do(tmp_path: Path, text: Path, command: str, encoding: str) -> None:
    done = jsmi(tmp_path, command, str(text), *SETTINGS, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr
    assert b"S = " in done.stdout
    assert b"Error" not in done.stderr
    assert len(stored(tmp_path)) == 1
    if command == "rank":
        assert b"S*_2 " + "≥".encode(encoding) if encoding == "cp437" else b"S*_2 >= " in done.stdout


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_json_is_json_in_any_encoding(tmp_path: Path, text: Path, encoding: str) -> None:
    odd = text.with_name("an 😀 élan.txt")
    odd.write_text(TEXT, encoding="utf-8")
    done = jsmi(tmp_path, "rank", str(odd), *SETTINGS, "--json", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert json.loads(done.stdout.decode(encoding))["manifest"]["corpus_name"] == odd.name


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
@pytest.mark.parametrize("command", ["rank", "train"])
def test_what_was_found_is_kept_where_the_output_is_full(tmp_path: Path, text: Path, command: str) -> None:
    done = jsmi(tmp_path, command, str(text), *SETTINGS, shell=">/dev/full")
    assert done.returncode == 4
    assert b"jsmi: the output could not be written (No space left on device): give it another way out.\n" in done.stderr
    assert b"Traceback" not in done.stderr
    assert len(stored(tmp_path)) == 1


@pytest.mark.skipif(os.name == "nt", reason="closes descriptors as a POSIX shell does")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_what_was_found_is_kept_where_a_stream_is_closed(tmp_path: Path, text: Path, closed: str) -> None:
    done = jsmi(tmp_path, "train", str(text), *SETTINGS, "--json", shell=closed)
    assert done.returncode == 0, done.stderr
    assert len(stored(tmp_path)) == 1
    if ">&-" not in closed.replace("2>&-", ""):
        assert json.loads(done.stdout)["id"] == stored(tmp_path)[0]


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell's pipe")
def test_a_reader_who_leaves_stops_nothing(tmp_path: Path, text: Path) -> None:
    done = jsmi(tmp_path, "train", str(text), *SETTINGS, "--epochs", "30", shell="| head -n 1")
    assert b"epoch" in done.stdout
    assert b"Broken" not in done.stderr
    assert len(stored(tmp_path)) == 1


# --- by the rules of the store ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["rank", "train"])
def test_what_the_shell_found_can_be_computed_again(tmp_path: Path, text: Path, command: str) -> None:
    assert jsmi(tmp_path, command, str(text), *SETTINGS).returncode == 0
    text.unlink()
    again = jsmi(tmp_path, "runs", "verify", "--recompute", stored(tmp_path)[0])
    assert again.returncode == 0, again.stderr
    assert b"computed again +0.0e+00 nats" in again.stdout


@pytest.mark.parametrize("kind", ["rank", "train"])
def test_the_shell_waits_for_a_program_that_is_at_the_same_cell(tmp_path: Path, text: Path, kind: str) -> None:
    corpus = read_corpus(text, min_count=1)
    config = SGNSConfig(dimension=2, subsample=0)
    cell = Cell(corpus.digest, config) if kind == "train" else RankCell(corpus.digest, RankConfig.under(config))
    with Store(tmp_path / "store") as store:
        lease = claim(store, cell)
        assert not isinstance(lease, Unclaimed)
        assert claim(store, cell) is Unclaimed.BUSY
        arguments = [kind, str(text), *SETTINGS, "--store", str(tmp_path / "store")]
        other = subprocess.Popen([sys.executable, "-m", "jsmi_core.cli", *arguments], stderr=subprocess.PIPE, text=True)
        assert other.stderr is not None
        with other:
            said = iter(other.stderr.readline, "")
            assert any("another program that uses this store is at it" in line for line in said)
            assert not store.has(cell)
            lease.release()
    assert other.returncode == 0
    with Store(tmp_path / "store") as store:
        assert claim(store, cell) is Unclaimed.STORED


# --- the way out is looked at before work begins ---------------------------------------------------------------------

LARGE = ["--dimension", "300", "--epochs", "10000"]  # would take hours


@pytest.mark.parametrize("command", ["rank", "train"])
def test_a_store_that_is_a_file(tmp_path: Path, text: Path, command: str) -> None:
    (tmp_path / "store").write_text("not a folder")
    large = LARGE if command == "train" else LARGE[:2]
    done = jsmi(tmp_path, command, str(text), "--min-count", "1", *large)
    assert done.returncode == 4
    assert b"cannot be written" in done.stderr
    assert b"this takes about" not in done.stderr


@pytest.mark.parametrize(
    ("out", "sentence"),
    [
        ("no/such/folder/v.npz", "give a name in a folder that exists"),
        ("naïve text.txt/v.npz", "give a name in a folder that exists"),
        ("folder.npz", "cannot be written"),
    ],
)
def test_vectors_that_could_not_be_written(tmp_path: Path, text: Path, out: str, sentence: str) -> None:
    (tmp_path / "folder.npz").mkdir()
    done = jsmi(tmp_path, "train", str(text), "--min-count", "1", *LARGE, "--out", str(tmp_path / out))
    assert done.returncode in (2, 4)
    assert sentence in done.stderr.decode()
    assert b"this takes about" not in done.stderr


def test_a_corpus_is_kept_once(tmp_path: Path, text: Path) -> None:
    for dimension in ("2", "3"):
        assert jsmi(tmp_path, "train", str(text), *SETTINGS[:-1], dimension).returncode == 0
    with Store(tmp_path / "store") as store:
        assert store.corpora() == (Corpus.load(next((tmp_path / "store" / "corpora").iterdir())).digest,)
