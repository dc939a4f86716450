"""The numbers that docs/teaching.md promises are those that the lesson computes."""

import json
import math
import re

import pytest

from jsmi_app import lesson
from jsmi_core import JointDistribution, expected_pairs, jsmi, sample_corpus
from jsmi_core.embeddings.intrinsic import usefulness
from jsmi_core.experiments.records import Result
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import Cell
from jsmi_core.lowrank.landmarks import deviations
from jsmi_core.pairs.sampling import PairSampling
from jsmi_core.text.samples import sample_data_directory
from tests.core.test_imports import ROOT

TEXT = (ROOT / "docs/teaching.md").read_text("utf-8")
LINES = {int(line[2]): line for line in TEXT.splitlines() if re.match(r"\| \d ", line)}


@pytest.fixture(scope="module")
def facts() -> list[lesson.Facts]:
    """The facts of the nine steps, as the page computes them."""
    text = sample_corpus(lesson.TEXT)
    joint = expected_pairs(text, lesson.MODEL.sampling)
    run = run_cell(Cell(text.digest, lesson.MODEL), text)
    bundled = json.loads((sample_data_directory() / "figure1.json").read_text("utf-8"))
    results = [Result.from_dict(record) for record in [*bundled["results"], *bundled["best_rank"]]]
    prices = lesson.prices(results)
    assert prices is not None
    return [
        lesson.switch(),
        lesson.independent(),
        lesson.text(text, joint),
        lesson.negatives(joint),
        lesson.shifted(),
        lesson.training(run),
        prices,
        lesson.losses(run, text),
        lesson.similarity(usefulness(run.embedding, ["wordsim353"])[0]),
    ]


def stands_in(value: str, line: str) -> bool:
    """Whether the line has the value: a count or a word as it is, another number to one unit of its last digit.

    A training ends about 1e-7 nats elsewhere where BLAS sums in another order: next to an edge of rounding that turns
    the last digit.
    """
    number = r"−?\d+(?:\.\d+)?%" if value.endswith("%") else r"−?\d+\.\d+(?![\d%])"
    if re.fullmatch(number, value) is None:
        return value in line
    wanted, unit = _read(value)
    written = [_read(found) for found in re.findall(number, line)]
    return any(their_unit == unit and abs(found - wanted) < 1.5 * unit for found, their_unit in written)


def _read(number: str) -> tuple[float, float]:
    """A written number, and the unit of its last digit."""
    plain = number.rstrip("%").replace("−", "-")
    unit = 10.0 ** -len(plain.partition(".")[2])
    return float(plain), unit


def test_every_number_of_the_table_is_the_lesson_s(facts):
    unsaid = {"cells", "dimension", "epochs"}  # words of the questions
    for step, found in enumerate(facts, start=1):
        for name, value in found.values.items():
            if name not in unsaid:
                assert stands_in(value, LINES[step]), f"step {step}: {name} is {value}"


@pytest.mark.parametrize(
    ("value", "stands"),
    [("−0.0143", True), ("−0.0142", False), ("0.0144", False), ("33%", True), ("34%", False), ("0.20", False)],
)
def test_a_number_may_differ_by_one_unit_of_its_last_digit(value, stands):
    assert stands_in(value, "| 6 Train | 7 | below 0 | −0.0144; after 20 epochs 0.0634, 32% of 0.196 |") is stands


def test_the_solutions_of_the_exercises_hold():
    by_hand = jsmi(JointDistribution.from_counts([[1, 0], [0, 1]]), 0.5)
    assert f"{by_hand:.4f}" in TEXT
    assert by_hand == pytest.approx(math.log(2) - 0.75 * (math.log(3) - 2 / 3 * math.log(2)))
    joint = expected_pairs(sample_corpus("lee"), PairSampling(dynamic=False, subsample=0.0))
    clipped = next(value for name, value in deviations(joint, 1, 5).items() if name.startswith("PMI"))
    assert f"{100 * clipped:.2f} %" in TEXT
