"""`jsmi prove`: the proofs from the shell."""

import json

import pytest

from jsmi_core import SGNSConfig, Store, sample_corpus
from jsmi_core.cli.entry import main
from jsmi_core.errors import ParameterError
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import Cell
from jsmi_core.information.measures import jsmi
from jsmi_core.proofs.case import case_of_table
from jsmi_core.proofs.proving import CARDS, prove
from jsmi_core.tables.joint import read_table


@pytest.fixture
def run(tmp_path):
    """A stored training of the planted text."""
    corpus = sample_corpus("planted")
    result = run_cell(Cell(corpus.digest, SGNSConfig(dimension=3, epochs=1, negatives=2)), corpus)
    with Store(tmp_path) as store:
        store.save(result)
    return result


def test_a_table(capsys):
    assert main(["prove", "table:40-10_10-40", "--negatives", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(CARDS) + 1
    assert all(line.startswith("ok") for line in lines[:-1])
    assert "of 4 the one that differs most" in lines[5]
    assert lines[-1].startswith("24 of 24 hold")


def test_the_numbers_are_those_of_the_library(capsys):
    assert main(["prove", "table:40-10_10-40", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    proofs = prove(case_of_table(read_table("40-10_10-40")))
    for found, proof in zip(record["proofs"], proofs, strict=True):
        assert found["key"] == proof.card.key
        assert [number["ours"] for number in found["numbers"]] == [c.ours for c in proof.comparisons]
        assert [number["plain"] for number in found["numbers"]] == [c.plain for c in proof.comparisons]


def test_a_text(capsys):
    assert main(["prove", "sample:planted", "--words", "8", "--json", "--whole"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["on"].startswith("the 8 most frequent words")
    assert record["proofs"][1]["whole"]


def test_a_stored_training(run, tmp_path, capsys):
    given = ["prove", "sample:planted", "--run", run.id[:8], "--store", str(tmp_path)]
    assert main([*given, "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["negatives"] == 2
    score = next(proof for proof in record["proofs"] if proof["key"] == "score")
    whole = score["numbers"][-1]
    assert whole["name"] == "S(m) of the whole model"
    assert whole["ours"] == pytest.approx(run.paper.score, rel=1e-6)


def test_a_broken_program_is_told_by_line_and_exit_code(capsys, monkeypatch):
    monkeypatch.setattr("jsmi_core.proofs.section2.jsmi", lambda joint, alpha: 1.01 * jsmi(joint, alpha))
    assert main(["prove", "table:40-10_10-40"]) == 1
    told = capsys.readouterr().out
    assert "FAIL (2)" in told
    assert "24 hold" in told


def test_a_statement_that_stops_half_way_tells_why(capsys, monkeypatch):
    def refused(joint, alpha):
        raise ParameterError("this is refused: give another.")

    monkeypatch.setattr("jsmi_core.proofs.section2.jsmi", refused)
    assert main(["prove", "table:40-10_10-40"]) == 1
    assert "this is refused: give another." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (["table:40-10"], 3),
        (["table:40-10_10-40", "--negatives", "0"], 2),
        (["sample:planted", "--words", "1"], 2),
        (["sample:planted", "--run", "abcd"], 2),
    ],
)
def test_what_cannot_be_proved_is_one_sentence(given, code, tmp_path, capsys):
    assert main(["prove", *given, "--store", str(tmp_path)]) == code
    assert capsys.readouterr().err.splitlines()[-1].startswith("jsmi: ")


def test_a_damaged_training_is_told(run, tmp_path, capsys):
    for file in (tmp_path / "arrays").glob("*.npz"):
        file.write_bytes(b"damaged" + file.read_bytes()[7:])
    given = ["prove", "sample:planted", "--run", run.id, "--store", str(tmp_path)]
    assert main(given) == 4
    assert "damaged" in capsys.readouterr().err
