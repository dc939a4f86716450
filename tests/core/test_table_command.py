"""`jsmi table`: the numbers of the library, for a table on the command line."""

import json

import pytest

from jsmi_core import JointDistribution, SGNSObjective, capacity, mutual_information
from jsmi_core.cli import entry as cli
from jsmi_core.tables.scores import best_ranks, cells

COUNTS = [[4, 1], [1, 4]]


def test_the_table_gives_the_numbers_of_the_library(capsys):
    assert cli.main(["table", "40-10_10-40", "--alpha", "0.25", "--dimensions", "1,2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    joint = JointDistribution.from_counts(COUNTS)
    objective = SGNSObjective(joint, alpha=0.25)
    assert told["jsmi"] == pytest.approx(objective.bound, rel=1e-12)
    assert told["mutual_information"] == pytest.approx(mutual_information(joint), rel=1e-12)
    assert told["class_entropy"] == objective.class_entropy
    assert (told["capacity_alpha"], told["capacity"]) == pytest.approx(capacity(joint))
    assert told["posterior"] == pytest.approx(cells(objective).posterior)
    assert [rank["dimension"] for rank in told["best_rank"]] == [1, 2]
    scores = [max(best.score, 0.0) for best in best_ranks(objective, (1, 2))]
    assert [rank["score"] for rank in told["best_rank"]] == pytest.approx(scores, abs=1e-12)


def test_the_table_in_words(capsys):
    assert cli.main(["table", "4-1_1-4", "--dimensions", "2"]) == 0
    told = capsys.readouterr().out
    assert "JSMI, the bound at α = 0.1667" in told
    assert "0.027116 nats  0.039120 bits" in told
    assert "S*_2" in told
    assert told.splitlines()[-1].split() == ["0.0741", "0.2424"]


@pytest.mark.parametrize(("arguments", "code"), [(["4-1"], 3), (["4-1_1-4", "--alpha", "2"], 2)])
def test_what_is_no_table_is_told_in_one_sentence(capsys, arguments, code):
    assert cli.main(["table", *arguments]) == code
    assert capsys.readouterr().err.startswith("jsmi: ")
