"""The numbers that docs/teaching.md promises are those that the lesson computes."""

import json
import math
import re

import pytest

from jsmi_core import JointDistribution, expected_pairs, jsmi, lesson, sample_corpus
from jsmi_core.embeddings.intrinsic import usefulness
from jsmi_core.experiments.records import Result
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import Cell
from jsmi_core.lowrank.landmarks import deviations
from jsmi_core.pairs.cooccurrence import PairSampling
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


def test_every_number_of_the_table_is_the_lesson_s(facts):
    unsaid = {"cells", "dimension", "epochs"}  # words of the questions
    for step, found in enumerate(facts, start=1):
        for name, value in found.values.items():
            if name not in unsaid:
                assert value in LINES[step], f"step {step}: {name} is {value}"


def test_the_solutions_of_the_exercises_hold():
    by_hand = jsmi(JointDistribution.from_counts([[1, 0], [0, 1]]), 0.5)
    assert f"{by_hand:.4f}" in TEXT
    assert by_hand == pytest.approx(math.log(2) - 0.75 * (math.log(3) - 2 / 3 * math.log(2)))
    joint = expected_pairs(sample_corpus("lee"), PairSampling(dynamic=False, subsample=0.0))
    clipped = next(value for name, value in deviations(joint, 1, 5).items() if name.startswith("PMI"))
    assert f"{100 * clipped:.2f} %" in TEXT
