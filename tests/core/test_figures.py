"""Figures: the tuples by equality, their drawing by what stands where, and words that stay words."""

import json
import math
import tomllib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from jsmi_core.errors import ParameterError
from jsmi_core.experiments.records import CellResult, EpochScore, LawScores, Manifest
from jsmi_core.experiments.specs import Cell
from jsmi_core.figures.charts import Band, Bars, Chart, Line, Mark
from jsmi_core.figures.drawing import DARK, LIGHT, LIVE, draw
from jsmi_core.figures.formatting import csv_text, inert, number
from jsmi_core.figures.ladder import ladder_data
from jsmi_core.figures.measure import AlphaPoint, bound_data, climb_data, pmi_data, zipf_data
from jsmi_core.training.config import SGNSConfig

LIVELY = [
    "![t](http://x)",
    "<a href='http://x'>y</a>",
    ":red[x]",
    "$x$",
    "%{y}",
    "*b*",
    "www.x.org",
    "a@b.org",
    ":smile:",
]


def result(score: float, *, bound: float = 0.2, **settings: int) -> CellResult:
    """A finished training with made-up numbers."""
    config = SGNSConfig(**settings)
    laws = tuple(
        LawScores(law, "p", "q", config.alpha, 1.0, bound + more, score, bound + more - score)
        for law, more in (("word2vec", 0.0), ("paper", 0.1))
    )
    manifest = Manifest("toy", 1_000, 50, {}, 1.0, 1.0, "2026-01-01")
    return CellResult(Cell("c0ffee", config), (), laws, manifest)


# --- the ladder ----------------------------------------------------------------------------------------------------


def test_one_line_for_each_number_of_epochs_under_one_bound() -> None:
    few, more = result(0.05, dimension=10, epochs=1), result(0.02, dimension=100, epochs=1)
    long, longest = result(0.1, dimension=10, epochs=20), result(0.15, dimension=100, epochs=20)
    chart = ladder_data([longest, few, long, more])
    bound, zero, first, second = chart.lines
    assert bound == Line("bound 0.2: all there is to know", "bound", (10, 100), (0.2, 0.2), place="above")
    assert zero == Line("0: knows only the class ratio", "muted", (10, 100), (0, 0), dash="dot", place="below")
    assert first == Line("1 epoch", "trained", (10, 100), (0.05, 0.02), ids=(few.id, more.id), shade=0.5)
    assert second == Line("20 epochs", "trained", (10, 100), (0.1, 0.15), ids=(long.id, longest.id))
    assert chart.ticks == ((10, "10"), (100, "100"))
    assert chart.title == (
        "More dimensions pay only with more training: best is d = 10 after 1 epoch, d = 100 after 20 epochs "
        "(75 % of the bound)"
    )
    assert chart.subtitle == ("toy: 1,000 tokens, V = 50 · dynamic window 5, subsample 0.001 · k = 5 · q = counts^0.75")


def test_seeds_become_a_band_around_their_mean() -> None:
    seeds = [result(score, seed=seed) for seed, score in ((1, 0.1), (2, 0.04), (3, 0.07))]
    line = ladder_data(seeds).lines[-1]
    assert line.y == (pytest.approx(0.07),)
    assert (line.low, line.high) == ((0.04,), (0.1,))
    assert line.ids == (seeds[0].id,)


def test_the_gap_shows_the_gap_itself_and_where_it_is_all() -> None:
    bound, zero, line = ladder_data([result(0.05), result(0.15, epochs=9)], "epochs", quantity="gap").lines
    assert bound.role == "muted"
    assert bound.y == (0.2, 0.2)
    assert zero.role == "bound"
    assert line.y == (pytest.approx(0.15), pytest.approx(0.05))


def test_each_law_brings_its_own_bound() -> None:
    assert ladder_data([result(0.05)], law="paper").lines[0].y == (pytest.approx(0.3),)


def test_bits_are_nats_over_log_2() -> None:
    nats, bits = (ladder_data([result(0.05)], unit=unit) for unit in ("nats", "bits"))
    assert bits.lines[-1].y[0] == pytest.approx(nats.lines[-1].y[0] / math.log(2))
    assert "bits" in bits.y_name


def test_over_alpha_the_bound_is_the_continuous_curve() -> None:
    models = [result(0.05, negatives=1), result(0.03, negatives=4)]
    chart = ladder_data(models, "alpha", curve=([0.5, 0.2, 0.3], [0.3, 0.1, 0.2]))
    assert chart.lines[0].x == (0.2, 0.3, 0.5)
    assert chart.lines[0].y == (0.1, 0.2, 0.3)
    assert chart.lines[-1].x == (0.2, 0.5)
    assert chart.ticks == ((0.2, "0.2\nk = 4"), (0.5, "0.5\nk = 1"))


@pytest.mark.parametrize(
    ("scores", "title"),
    [
        ((-0.1, -0.2), "No model here beats knowing the class ratio alone"),
        ((0.1, 0.05), "The best model reaches 50 % of the bound: d = 10, 5 epochs"),
    ],
)
def test_the_title_states_what_the_numbers_say(scores: tuple[float, float], title: str) -> None:
    models = [result(score, dimension=d) for d, score in zip((10, 20), scores, strict=True)]
    assert ladder_data(models).title == title


def test_a_bound_of_nothing_does_not_divide_by_zero() -> None:
    assert ladder_data([result(0.0, bound=0.0)]).title == "There is nothing to know here"
    below = ladder_data([result(-0.2425, bound=0.0)]).title
    assert below == "There is nothing to know here, and every model knows less: its score is below 0"


def test_models_of_different_bounds_are_never_drawn_together() -> None:
    with pytest.raises(ParameterError, match="different bounds"):
        ladder_data([result(0.1, negatives=5), result(0.1, negatives=6)])
    with pytest.raises(ParameterError, match="different bounds"):
        ladder_data([result(0.1, window=5), result(0.1, window=6)], "alpha")
    with pytest.raises(ParameterError, match="no finished training"):
        ladder_data([])


# --- the other tuples ----------------------------------------------------------------------------------------------


def test_the_climb_has_its_landmarks_and_says_how_far_it_is() -> None:
    history = [EpochScore(0, -0.24, 0.44, 0.0), EpochScore(1, -0.01, 0.21, 1.0), EpochScore(2, 0.05, 0.15, 2.0)]
    chart = climb_data(history, 5, 0.2, 0.45)
    assert [line.label for line in chart.lines] == [
        "0.2: all there is to know",
        "0: knows only the class ratio",
        "\u22120.243: the zero matrix",
        "S",
    ]
    assert chart.lines[-1].x == (0, 1, 2)
    assert chart.title == "After 2 of 5 epochs the model has 25 % of what there is to know; the gap is 0.15 nats"
    assert climb_data(history[:2], 5, 0.2, 0.45).title.endswith("worse than knowing the class ratio alone")
    assert climb_data(history[:1], 5, 0.2, 0.45).title == "Before training the model is the zero matrix"
    assert "h(α)" in climb_data(history, 5, 0.3, 0.45).lines[3].label


def test_the_bound_over_alpha_stands_under_its_ceilings() -> None:
    curve = [AlphaPoint(0.25, 0.1, 0.12), AlphaPoint(0.5, 0.2, 0.22)]
    chart = bound_data(curve, curve[0], (0.8, 0.9))
    paper, noisy, ceiling, line = chart.lines
    assert paper.y == (0.1, 0.2)
    assert noisy.y == (0.12, 0.22)
    assert ceiling.y == (pytest.approx(0.5623351446), pytest.approx(math.log(2)))
    assert line.y == (0.2, 0.4)
    assert chart.points == ((0.25, 0.1), (0.25, 0.12))
    each = bound_data(curve, curve[0], (0.8, 0.9), per_positive=True)
    assert each.lines[0].y == (0.4, 0.4)
    assert each.lines[3].y == (pytest.approx(0.8), pytest.approx(0.8))


def test_zipf_shows_what_is_left() -> None:
    chart = zipf_data([8, 4], [4.0, 4.0], (10, 20), 2)
    assert chart.lines[0].y == (8, 4)
    assert chart.lines[1].y == (4, 4)


def test_pmi_bars_and_their_marks() -> None:
    bars = pmi_data([-1.0, 0.0, 1.0], [0.25, 0.75], 5, unit="bits")
    assert bars.edges == (pytest.approx(-1 / math.log(2)), 0, pytest.approx(1 / math.log(2)))
    assert bars.marks == (Mark("chance", 0.0), Mark("log k, k = 5", pytest.approx(math.log2(5))))


def test_every_tuple_is_a_table_too() -> None:
    lines = (Line("a", "data", (1, 2), (3, 4)), Line("b", "trained", (1,), (5,), (4,), (6,)))
    assert Chart("", "", "x", "y", lines).table() == (
        ("line", "x", "y", "lowest seed", "highest seed"),
        [("a", 1, 3, 3, 3), ("a", 2, 4, 4, 4), ("b", 1, 5, 4, 6)],
    )
    assert Chart("", "", "x", "y", lines[:1]).table() == (("line", "x", "y"), [("a", 1, 3), ("a", 2, 4)])
    assert Bars("", "", "x", "y", (0, 1, 2), (3, 4)).table() == (("from", "to", "y"), [(0, 1, 3), (1, 2, 4)])


# --- words stay words ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", LIVELY)
def test_no_punctuation_of_a_word_is_left_to_be_read(word: str) -> None:
    text = inert(word)
    assert not set("![](<>:$%{*_`@") & set(text)
    assert "www." not in text


def test_cells_that_a_spreadsheet_would_run_start_with_an_apostrophe() -> None:
    rows = [[word, -1.5] for word in ("=1+1", "+1", "-1", "@x", "\tx", "plain")]
    lines = csv_text(["word", "value"], rows).splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "plain"]
    assert lines[1].endswith(",-1.5")


@pytest.mark.parametrize("word", LIVELY)
def test_a_word_in_a_figure_is_text(word: str) -> None:
    lines = (Line(word, "data", (1, 2), (3, 4)), Line(word, "muted", (1, 2), (3, 4), place="above"))
    figure = draw(Chart(word, word, "x", "y", lines), LIGHT, titled=True)
    assert word not in json.dumps(figure.to_dict())


def test_numbers_have_three_digits_and_a_true_minus() -> None:
    assert [number(value) for value in (0.19345, -0.5, 12.0, 0.0)] == ["0.193", "\u22120.5", "12", "0"]


# --- drawing -------------------------------------------------------------------------------------------------------


def test_roles_have_their_colours() -> None:
    figure = draw(ladder_data([result(0.05, epochs=1), result(0.1, epochs=2)]), LIGHT)
    assert [trace.line.color for trace in figure.data] == [LIGHT.bound, LIGHT.muted, LIGHT.ramp[4], LIGHT.ramp[9]]


def test_the_theme_has_the_same_colours_as_the_downloads() -> None:
    config = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text("utf-8"))
    for name, palette in (("light", LIGHT), ("dark", DARK)):
        theme = config["theme"][name]
        assert tuple(theme["chartCategoricalColors"]) == palette[:6]
        assert tuple(theme["chartSequentialColors"]) == palette.ramp
        assert theme["backgroundColor"] == palette.ground
        assert theme["textColor"] == palette.text
    assert len({*LIVE[:6], *LIVE.ramp}) == 16


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_text_and_lines_stand_out_from_their_ground(palette) -> None:
    def contrast(colour: str) -> float:
        bright, dim = sorted((luminance(colour), luminance(palette.ground)), reverse=True)
        return (bright + 0.05) / (dim + 0.05)

    assert all(contrast(colour) >= 4.5 for colour in (*palette[:6], palette.text))  # these colour text
    assert all(contrast(colour) >= 4.5 for colour in palette.ramp)


def test_labels_at_the_end_do_not_cover_each_other() -> None:
    lines = tuple(Line(f"{i}", "trained", (1, 2), (0, 0.001 * i)) for i in range(6))
    chart = Chart("", "", "x", "y", (*lines, Line("top", "bound", (1, 2), (1, 1))))
    heights = sorted(label.y for label in draw(chart).layout.annotations)
    assert min(b - a for a, b in pairwise(heights)) >= 0.058 * 1.2 - 1e-9


def test_the_points_of_a_trained_line_know_their_training() -> None:
    model = result(0.1)
    assert draw(ladder_data([model])).data[-1].customdata == (model.id,)


def test_a_band_lies_behind_its_line() -> None:
    models = [result(0.1, seed=1), replace(result(0.2), cell=Cell("c0ffee", SGNSConfig(seed=2)))]
    band, line = draw(ladder_data(models)).data[-2:]
    assert band.fill == "toself"
    assert band.y == (0.2, 0.1)
    assert line.y == (pytest.approx(0.15),)


def test_the_best_rank_splits_the_gap_into_two_prices() -> None:
    models = [result(score, dimension=d) for d, score in ((10, 0.05), (20, 0.06), (40, 0.07))]
    best = {(5, 10): 0.06, (5, 20): 0.1, (5, 40): 0.19, (9, 10): 0.01}
    chart = ladder_data(models, best=best)
    rank, trained = chart.bands
    assert chart.lines[2] == Line("best rank-d", "rank", (10, 20, 40), (0.06, 0.1, 0.19))
    assert rank == Band("price of rank", "rank", (10, 20, 40), (0.06, 0.1, 0.19), (0.2, 0.2, 0.2))
    assert trained == Band("price of training", "trained", (10, 20, 40), (0.05, 0.06, 0.07), (0.06, 0.1, 0.19))
    assert chart.title == "Up to d = 20 the dimension costs most; beyond, the training does"
    gap = ladder_data(models, best=best, quantity="gap")
    assert gap.bands[0].low == (0, 0, 0)
    assert gap.bands[0].high == tuple(pytest.approx(y) for y in (0.14, 0.1, 0.01))


@pytest.mark.parametrize(
    ("best", "title"),
    [
        ({10: 0.06}, "The dimension costs more than the training, even at d = 10"),
        ({10: 0.19}, "The training costs more than the dimension, even at d = 10"),
    ],
)
def test_the_title_says_which_price_is_larger(best: dict[int, float], title: str) -> None:
    known = {(5, d): score for d, score in best.items()}
    assert ladder_data([result(0.05, dimension=10)], best=known).title == title


def test_the_title_says_nothing_of_prices_that_go_both_ways() -> None:
    models = [result(0.05, dimension=10), result(0.09, dimension=20)]
    title = ladder_data(models, best={(5, 10): 0.19, (5, 20): 0.1}).title
    assert title == ladder_data(models).title
    assert title == "The best model reaches 45 % of the bound: d = 20, 5 epochs"


def test_the_title_says_nothing_of_prices_at_ranks_that_nobody_trained() -> None:
    models = [result(0.05, dimension=10)]
    assert ladder_data(models, best={(5, 99): 0.19}).title == ladder_data(models).title


def test_the_title_over_epochs_needs_two_of_them() -> None:
    assert ladder_data([result(0.05)], "epochs").title == "The best model reaches 25 % of the bound: d = 100, 5 epochs"
    title = ladder_data([result(0.05), result(0.1, epochs=20)], "epochs").title
    assert title == "With d = 100 a model reaches 25 % of its bound after 5 epochs and 50 % after 20 epochs"


def test_the_label_of_the_zero_line_keeps_out_of_the_way() -> None:
    def place(*scores: tuple[float, float]) -> str:
        models = [
            result(score, dimension=d, epochs=epochs)
            for epochs, line in enumerate(scores, start=1)
            for d, score in zip((10, 100), line, strict=True)
        ]
        return ladder_data(models).lines[1].place

    assert place((0.05, 0.1)) == "below"
    assert place((-0.01, -0.05), (0.02, 0.03)) == "below end"
    assert place((-0.01, -0.01), (0.02, 0.1)) == "above end"
