"""Small things that people read: counts with their nouns, zeros without a sign, words that look like options."""

from __future__ import annotations

from pathlib import Path

import pytest

from jsmi_core import Store
from jsmi_core.cli import main
from jsmi_core.errors import CorpusError
from jsmi_core.experiments import Result
from jsmi_core.figures import number
from jsmi_core.text import read_corpus

SETTINGS = ["--subsample", "0", "--dimension", "2", "--epochs", "1", "--min-count", "1"]


@pytest.fixture
def one_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JSMI_STORE", str(tmp_path / "store"))
    path = tmp_path / "one.txt"
    path.write_text("a a a a a a\n" * 5, encoding="utf-8")
    return path


def newest(folder: Path) -> str:
    with Store(folder / "store") as store:
        return store.results(kind=Result)[-1].id


@pytest.mark.parametrize("run", [False, True])
def test_a_text_of_one_word_proves_nothing_and_says_so(
    one_word: Path, capsys: pytest.CaptureFixture[str], run: bool
) -> None:
    assert main(["train", str(one_word), *SETTINGS]) == 0
    out = capsys.readouterr().out
    assert "-0.000000" not in out
    arguments = ["prove", str(one_word), "--min-count", "1", "--subsample", "0"]
    assert main([*arguments, *(["--run", newest(one_word.parent)] if run else [])]) == 3
    assert capsys.readouterr().err.endswith("jsmi: the text has one word only: take a text with two or more.\n")


def test_two_dashes_are_a_word_too(tmp_path: Path, one_word: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "dashes.txt"
    text.write_text("-- a -- b\n" * 9, encoding="utf-8")
    reading = ["--tokenizer", "whitespace", "--min-count", "1"]
    assert main(["train", str(text), *reading, *SETTINGS[:-2]]) == 0
    capsys.readouterr()
    assert main(["loss", str(text), newest(tmp_path), *reading, "--word=--", "--json"]) == 0
    assert '"word": "--"' in capsys.readouterr().out


def test_nothing_is_written_with_a_minus() -> None:
    assert (number(-1e-320 * 0), number(-0.0), number(-0.24256)) == ("0", "0", "−0.243")


def test_one_is_one(one_word: Path) -> None:
    with pytest.raises(CorpusError, match="the most frequent of its 2 different words occurs 1 time, so give"):
        read_corpus(b"to be", min_count=2)
