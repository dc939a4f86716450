"""The lesson's answers, each held against a second computation."""

import math

import pytest
from scipy.special import rel_entr

from jsmi_app import lesson
from jsmi_core import SGNSConfig, expected_pairs, jsmi, mutual_information, sample_corpus
from jsmi_core.embeddings.intrinsic import Usefulness
from jsmi_core.experiments.records import CellResult
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import Cell


@pytest.fixture(scope="module")
def text():
    return sample_corpus(lesson.TEXT)


@pytest.fixture(scope="module")
def joint(text):
    return expected_pairs(text, lesson.MODEL.sampling)


@pytest.fixture(scope="module")
def run(text) -> CellResult:
    return run_cell(Cell(text.digest, SGNSConfig(dimension=5, epochs=2)), text)


def test_the_switch_is_less_uncertain_than_a_coin():
    right, values = lesson.switch()
    assert right == 1
    assert float(values["bits"]) == pytest.approx(math.log2(6) - 5 / 6 * math.log2(5), rel=5e-3)


def test_independent_variables_tell_nothing():
    assert lesson.independent() == (0, {"jsmi": "0"})


def test_a_text_tells_its_jsmi(text, joint):
    right, values = lesson.text(text, joint)
    assert right == 1
    assert float(values["jsmi"]) == pytest.approx(jsmi(joint, 1 / 6), rel=5e-3)
    assert values["words"] == f"{len(text.vocabulary):,}"


def test_more_negatives_lower_the_bound_and_raise_it_for_each_real_pair(joint):
    right, values = lesson.negatives(joint)
    assert right == 2
    few, many, few_each, many_each, information = (float(value) for value in values.values())
    assert many == pytest.approx(jsmi(joint, 1 / 21), rel=5e-3)
    assert few > many
    assert few_each < many_each < information == pytest.approx(mutual_information(joint), rel=5e-3)


def test_a_shift_of_all_scores_costs_the_divergence_of_the_posteriors():
    from jsmi_core.tables.joint import preset

    right, values = lesson.shifted()
    p = preset("copy")
    r = p.sum(1, keepdims=True) * p.sum(0)
    u = p / 6 + 5 / 6 * r
    t = p / 6 / u
    believed = 1 / (1 + (1 - t) / t * math.exp(-1))
    lost = (u * (rel_entr(t, believed) + rel_entr(1 - t, 1 - believed))).sum()
    assert right == 1
    assert float(values["gap"]) == pytest.approx(lost, rel=5e-3)


def test_training_starts_below_the_class_ratio(run):
    right, values = lesson.training(run)
    assert right == 1
    shown = {name: float(values[name].replace("−", "-")) for name in ("first", "last")}
    assert shown["first"] == pytest.approx(run.history[1].score, rel=5e-3)
    assert shown["last"] == pytest.approx(run.own.score, rel=5e-3)


def test_prices_need_a_search(run):
    assert lesson.prices([run]) is None


def test_the_prices_of_the_bundled_results_add_up_to_the_gap():
    import json

    from jsmi_core.experiments.records import Result
    from jsmi_core.text.samples import sample_data_directory

    found = json.loads((sample_data_directory() / "figure1.json").read_text("utf-8"))
    results = [Result.from_dict(record) for record in [*found["results"], *found["best_rank"]]]
    right, values = lesson.prices(results)
    config = {"dimension": int(values["dimension"]), "epochs": int(values["epochs"])}
    longest = next(
        result
        for result in results
        if isinstance(result, CellResult)
        and result.cell.config.negatives == 5
        and {name: getattr(result.cell.config, name) for name in config} == config
    )
    assert right == 0
    gap = longest.own.gap
    assert float(values["rank"]) + float(values["training"]) == pytest.approx(gap, rel=1e-2)


def test_the_kinds_of_pairs_share_the_gap(run, text):
    right, values = lesson.losses(run, text)
    shares = [int(values[name].rstrip("%")) for name in ("low", "high", "unseen")]
    assert sum(shares) == pytest.approx(100, abs=1)
    assert right == shares.index(max(shares))
    assert float(values["gap"]) == pytest.approx(run.own.gap, rel=5e-3)


@pytest.mark.parametrize(("found", "right"), [(353, 0), (101, 1)])
def test_few_pairs_answer_nothing(found, right):
    assert lesson.similarity(Usefulness("wordsim353", 0.2, found, 353)).right == right


def test_no_pairs_answer_nothing():
    assert lesson.similarity(Usefulness("wordsim353", None, 2, 353)) == (
        1,
        {"found": "2", "total": "353", "value": "–", "error": "–"},
    )
