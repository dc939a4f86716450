"""Figures of the two pages on practice and use: the tuples by their numbers, their titles by what they claim."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from jsmi_core.embeddings.intrinsic import Usefulness
from jsmi_core.experiments.departures import LawStep, SampledScore
from jsmi_core.experiments.records import Certificate, RankResult
from jsmi_core.experiments.specs import RankCell, RankConfig
from jsmi_core.figures.charts import Chart, Line, Stair, Stairs
from jsmi_core.figures.drawing import draw
from jsmi_core.figures.practice import Reached, draws_data, mass_data, sampled_data, stairs_data
from jsmi_core.figures.usefulness import Judged, usefulness_data
from jsmi_core.training.config import SGNSConfig
from tests.core.test_figures import result

EVEN, STEEP = np.full(20, 0.05), np.array([0.5] + [0.5 / 19] * 19)


def step(name: str, bound: float, words: np.ndarray = EVEN, negatives: np.ndarray = EVEN) -> LawStep:
    return LawStep(name, SGNSConfig(), bound, words, negatives)


STEPS = (step("paper", 0.1), step("subsample", 0.2), step("reach", 0.19))


def test_stairs_lead_from_bound_to_bound_and_down_to_the_run() -> None:
    stairs = stairs_data(STEPS, {"paper": 0.05, "reach": 0.06}, Reached(50, 20, 0.12, 0.06), subtitle="made of")
    assert stairs.stairs == (
        Stair("the paper's law", "bound", 0.0, 0.1, 0.05),
        Stair("subsampling", "bound", 0.1, 0.2),
        Stair("reach of ±6", "bound", 0.2, 0.19, 0.06),
        Stair("d = 50", "rank", 0.19, 0.12),
        Stair("20 epochs", "trained", 0.12, 0.06, 0.06),
    )
    assert stairs.title == (
        "From the paper's law to word2vec's the bound goes from 0.1 to 0.19 nats; most of that is subsampling"
    )
    columns, rows = stairs.table()
    assert columns == ("step", "before", "after", "change", "S of a model trained so")
    assert rows[1] == ("subsampling", 0.1, 0.2, pytest.approx(0.1), None)


def test_stairs_without_a_search_have_one_last_step() -> None:
    last = stairs_data(STEPS, {}, Reached(50, 1, None, 0.06)).stairs[-1]
    assert (last.label, last.before, last.after) == ("d = 50, 1 epoch", 0.19, 0.06)
    assert stairs_data(STEPS[:1], {}).title == "Under the paper's law there are 0.1 nats to know"


def test_stairs_in_bits() -> None:
    nats, bits = (stairs_data(STEPS, {"paper": 0.05}, unit=unit).stairs for unit in ("nats", "bits"))
    assert bits[1].after == pytest.approx(nats[1].after / np.log(2))
    assert bits[0].model == pytest.approx(0.05 / np.log(2))


def test_stairs_are_drawn_from_the_top_with_an_inert_name_each() -> None:
    both = (Stair("<b>one</b>", "bound", 0, 0.1, 0.05), Stair("two", "rank", 0.1, 0.2))
    steps = Stairs("t", "s", "x", "", "model", both)
    figure = draw(steps)
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
    assert "<b>" not in "".join(figure.layout.yaxis.ticktext)
    assert [bar.base[0] for bar in figure.select_traces({"type": "bar"})] == [0, 0.1]
    assert [end.x[0] for end in figure.select_traces({"line.width": 4})] == [0.1, 0.2]
    assert [list(point.x) for point in figure.select_traces({"mode": "markers"})] == [[0.05]]
    without = draw(steps._replace(stairs=both[1:]))
    assert not list(without.select_traces({"mode": "markers"}))


def test_what_moves_is_told_of_real_pairs_first() -> None:
    moved = mass_data(step("paper", 0, STEEP), step("subsample", 0, EVEN), [(1.0, 0.5)], [(1.0, 0.5)])
    assert moved.title == "Subsampling: the 10 most frequent words fall from 74 % to 50 % of all real pairs"
    assert [line.label for line in moved.lines] == ["unchanged", "in real pairs and as negatives"]
    noise = mass_data(step("window", 0), step("noise", 0, EVEN, STEEP), [(1.0, 1.0)], [(1.0, 1.5)])
    assert noise.title == "Noise counts^γ: the 10 most frequent words rise from 50 % to 74 % of all negatives"
    assert [line.label for line in noise.lines] == ["unchanged", "as negatives", "in real pairs"]
    still = mass_data(step("skip", 0), step("reach", 0), [(1.0, 1.0)], [(1.0, 1.0)])
    assert "no word is drawn more or less often" in still.title


def test_the_sampled_score_stands_beside_the_exact_one_with_its_error() -> None:
    found = [SampledScore(100, 5, 0.05, 0.02), SampledScore(1_000, 5, 0.07, 0.005)]
    chart = sampled_data(found, 0.069, 0.2)
    assert chart.title == "1,000 pairs with 5 negatives each tell the score to ±0.005 nats; the exact sum is 0.069"
    assert chart.lines[-1] == Line(
        "sampled, ± its error", "trained", (100, 1_000), (0.05, 0.07), error=(0.02, 0.005), place="above end"
    )
    columns, rows = chart.table()
    assert columns[-1] == "standard error"
    assert [row[-1] for row in rows] == [None, None, None, None, 0.02, 0.005]
    errors = [trace.error_y.array for trace in draw(chart).data if trace.error_y.array is not None]
    assert [tuple(error) for error in errors] == [(0.02, 0.005)]


def test_more_draws_at_one_alpha_climb_towards_the_best_of_the_rank() -> None:
    chart = draws_data([(1, 0.02), (20, 0.1)], 1e6, 0.2, 0.125)
    assert chart.title == (
        "At one α, 20 epochs of draws bring the training to 50 % of its bound, 80 % of what endless draws could reach"
    )
    assert [line.role for line in chart.lines] == ["bound", "rank", "trained"]
    assert chart.ticks == ((1e6, "1 M\n1 ep."), (2e7, "20 M\n20 ep."))
    assert [line.role for line in draws_data([(1, 0.02), (20, 0.1)], 1e3, 0.2).lines] == ["bound", "trained"]


# --- usefulness ------------------------------------------------------------------------------------------------------


def judged(score: float, value: float, found: int = 101, **settings: int) -> Judged:
    return Judged(result(score, **settings), Usefulness("wordsim353", value, found, 353))


def best_rank(score: float, value: float, dimension: int) -> Judged:
    trained = result(score, dimension=dimension)
    cell = RankCell("c0ffee", RankConfig(dimension=dimension))
    search = RankResult(cell, (), trained.laws, trained.manifest, Certificate(0.0, 0.0, True, 1))
    return Judged(search, Usefulness("wordsim353", value, 101, 353))


MODELS = [
    judged(0.10, 0.2, dimension=10, epochs=5, seed=1),
    judged(0.12, 0.4, dimension=10, epochs=5, seed=2),
    judged(0.15, 0.5, dimension=50, epochs=5),
    best_rank(0.18, 0.1, 50),
]


def test_seeds_become_bands_and_the_test_gives_the_error() -> None:
    zero, best, trained = usefulness_data(MODELS).lines
    assert zero.label == "0: no relation to what people say"
    assert (best.label, best.role, best.y) == ("best rank-d", "rank", (0.1,))
    assert trained.x == pytest.approx((0.05, 0.09))
    assert trained.y == pytest.approx((0.5, 0.3))
    assert (trained.low, trained.high, trained.error) == ((0.5, 0.2), (0.5, 0.4), (0.1, 0.1))
    assert trained.ids == (MODELS[2].result.id, MODELS[0].result.id)
    against = usefulness_data(MODELS, "dimension")
    assert against.lines[-1].x == (10.0, 50.0)
    assert against.ticks == ((10.0, "10"), (50.0, "50"))


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0.1, "The smallest gap is not the most useful: 0.1 against 0.5 for d = 50, 5 epochs"),
        (0.45, "The smallest gap does as well as the best, as far as 101 items can tell: 0.45 against 0.5"),
        (0.6, "The smallest gap goes with the best relatedness (WordSim-353) here: 0.6"),
    ],
)
def test_the_title_says_no_more_than_the_errors_allow(value: float, told: str) -> None:
    assert usefulness_data([*MODELS[:3], best_rank(0.18, value, 50)]).title == told


def test_models_within_the_error_are_not_told_apart() -> None:
    title = usefulness_data([MODELS[2], best_rank(0.18, 0.45, 50)]).title
    assert title == "101 items cannot tell these models apart: the smallest gap reaches 0.45, the best 0.5"


def test_analogies_are_shares() -> None:
    models = [Judged(m.result, replace(m.found, test="analogies", found=400)) for m in MODELS]
    chart = usefulness_data(models)
    assert chart.y_name == "share of analogies solved"
    assert "10 % against 50 %" in chart.title
    assert isinstance(chart, Chart)
    assert chart.lines[0].label == "0: none solved"
