"""`jsmi loss`: the library's numbers, in a table or as JSON; one sentence for what is not usable."""

import json
import math

import pytest

from jsmi_core import Cell, SGNSConfig, Store, loss_of, run_cell, sample_corpus
from jsmi_core.cli.entry import main

TEXT = ["sample:planted", "--min-count", "100"]


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A store with one tiny training, and that training."""
    folder = tmp_path_factory.mktemp("store")
    corpus = sample_corpus("planted", min_count=100)
    run = run_cell(Cell(corpus.digest, SGNSConfig(dimension=3, epochs=1)), corpus)
    with Store(folder) as store:
        store.save(run)
    return str(folder), corpus, run


@pytest.mark.parametrize("side", ["word", "context"])
@pytest.mark.parametrize("law", ["word2vec", "paper"])
def test_the_json_is_the_librarys(stored, capsys, side, law):
    folder, corpus, run = stored
    options = ["--side", side, "--law", law, "--top", "3", "--store", folder, "--json"]
    assert main(["loss", *TEXT, run.id[:6], *options]) == 0
    record = json.loads(capsys.readouterr().out)
    found = loss_of(run, corpus, law)
    assert record["gap"] == found.total == run.law(law).gap
    assert record["seen"] + record["unseen"] == pytest.approx(record["gap"], rel=1e-12)
    assert math.fsum(band["loss"] for band in record["bands"]) == pytest.approx(record["gap"], rel=1e-12)
    assert math.fsum(record["causes"].values()) == pytest.approx(record["gap"], rel=1e-12)
    assert [word["loss"] for word in record["words"]] == sorted(found.side(side).loss.tolist())[:-4:-1]
    assert [pair["loss"] for pair in record["pairs"]] == found.worst_pairs(3).loss.tolist()


def test_one_word_in_json(stored, capsys):
    folder, corpus, run = stored
    word = corpus.vocabulary[4]
    assert main(["loss", *TEXT, run.id, "--word", word, "--top", "200", "--store", folder, "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["loss"] == loss_of(run, corpus).by_word.loss[4]
    assert [pair["loss"] for pair in record["pairs"]] == loss_of(run, corpus).pairs_of("word", 4).loss.tolist()
    assert {pair["word"] for pair in record["pairs"]} == {word}
    assert len(record["neighbours"]["input"]) == len(record["neighbours"]["output"]) == 10


def test_the_tables_add_up_as_printed(stored, capsys):
    folder, corpus, run = stored
    assert main(["loss", *TEXT, run.id, "--store", folder]) == 0
    out = capsys.readouterr().out
    assert f"gap {run.own.gap:.6f} = " in out
    assert "score too low" in out
    assert main(["loss", *TEXT, run.id, "--word", corpus.vocabulary[0], "--store", folder]) == 0
    assert "near by output vectors: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--word", "wrzl"], "not in the text"),
        (["--side", "words"], "word, context"),
        (["--law", "gensim"], "word2vec, paper"),
        (["--top", "0"], "top = 0"),
        (["--top", "many"], "top"),
        (["--min-count", "300"], "give the text, and min_count"),
    ],
)
def test_what_is_not_usable_gets_one_sentence(stored, capsys, options, said):
    folder, _, run = stored
    assert main(["loss", *TEXT, run.id, "--store", folder, *options]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert said in error
    assert error.startswith("jsmi: ")


def test_an_unknown_run_gets_one_sentence(stored, capsys):
    assert main(["loss", *TEXT, "ffff", "--store", stored[0]]) == 2
    assert "see jsmi runs list" in capsys.readouterr().err
