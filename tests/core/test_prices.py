"""What a gap is made of, in figures: levels and bands on the ladder, the stacked split, the next dimension's gain."""

from __future__ import annotations

import math

import pytest

from jsmi_core.errors import ParameterError
from jsmi_core.experiments.records import CellResult, EpochScore, RankResult, Result
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import Grid
from jsmi_core.experiments.split import Split, searched, splits
from jsmi_core.figures.charts import Band, Line
from jsmi_core.figures.drawing import LIGHT, draw
from jsmi_core.figures.ladder import ladder_data
from jsmi_core.figures.measure import climb_data
from jsmi_core.figures.prices import by_name, gain_data, split_data, split_points
from jsmi_core.lowrank.landmarks import Baseline
from tests.core.test_figures import result
from tests.core.test_rank_cells import CONFIG, CORPUS

BEST = {(5, 10): 0.1, (5, 40): 0.15, (1, 10): 0.12}


@pytest.fixture(scope="module")
def everything() -> tuple[Result, ...]:
    """A small grid with its searches."""
    grid = Grid((1, 2, 4), (1, 5), (2, 5), (1, 2), base=CONFIG)
    cells = [*grid.cells(CORPUS.digest), *grid.rank_cells(CORPUS.digest)]
    return tuple(run_cell(cell, CORPUS) for cell in cells)


# --- on the ladder -------------------------------------------------------------------------------------------------


def test_against_epochs_each_dimension_has_its_own_level() -> None:
    models = [result(score, dimension=d, epochs=e) for d, e, score in ((10, 1, 0.0), (10, 9, 0.05), (40, 1, -0.1))]
    models.append(result(0.08, dimension=40, epochs=9))
    chart = ladder_data(models, "epochs", best=BEST)
    levels = [line for line in chart.lines if line.role == "rank"]
    assert levels == [
        Line("best, d = 10", "rank", (1, 9), (0.1, 0.1), dash="dot", place="above middle"),
        Line("best, d = 40", "rank", (1, 9), (0.15, 0.15), place="above middle"),
    ]
    assert chart.bands == (
        Band("price of rank", "rank", (1, 9), (0.15, 0.15), (0.2, 0.2)),
        Band("price of training", "trained", (1, 9), (-0.1, 0.08), (0.15, 0.15)),
    )


def test_levels_too_close_to_each_other_are_named_once() -> None:
    models = [result(-0.2, dimension=d, epochs=e) for d in (10, 40) for e in (1, 9)]
    levels = [line.place for line in ladder_data(models, "epochs", best=BEST | {(5, 10): 0.149}).lines[2:4]]
    assert levels == ["", "above middle"]
    drawn = draw(ladder_data(models, "epochs", best=BEST | {(5, 10): 0.149}), LIGHT)
    assert not any("10" in note.text and "best" in note.text for note in drawn.layout.annotations)


def test_against_alpha_each_k_has_its_own_best() -> None:
    models = [result(score, dimension=10, negatives=k) for k, score in ((1, 0.05), (5, 0.06))]
    chart = ladder_data(models, "alpha", best=BEST, quantity="gap")
    (level,) = (line for line in chart.lines if line.role == "rank")
    assert level.x == (pytest.approx(1 / 6), 0.5)
    assert level.y == (pytest.approx(0.1), pytest.approx(0.08))
    assert chart.bands[0].low == (0, 0)
    assert chart.bands[1].high == (pytest.approx(0.14), pytest.approx(0.15))


def test_without_a_search_there_is_no_level() -> None:
    chart = ladder_data([result(0.05, dimension=20)], "epochs", best=BEST)
    assert {line.role for line in chart.lines} == {"bound", "muted", "trained"}
    assert chart.bands == ()
    assert "at most" not in chart.subtitle


@pytest.mark.parametrize(("x", "places"), [("dimension", (10, 40)), ("epochs", (1, 9)), ("alpha", (1 / 6,))])
def test_baselines_stand_on_the_same_axes(x: str, places: tuple[float, ...]) -> None:
    models = [result(0.05, dimension=10, epochs=e) for e in (1, 9)]
    found = [Baseline("SVD of shifted positive PMI", 10, -0.2), Baseline("constant −log k", 1, 0.0)]
    chart = ladder_data(models, x, compared={(5, 10): found, (5, 40): found})
    svd = next(line for line in chart.lines if line.label == "SVD of SPPMI")
    assert svd.x == pytest.approx(places)
    assert set(svd.y) == {-0.2}
    assert sum(line.role == "muted" for line in chart.lines) == 2  # the constant is the zero line


def test_every_baseline_of_a_search_has_a_short_name(everything: tuple[Result, ...]) -> None:
    search = next(found for found in everything if isinstance(found, RankResult))
    assert len(search.baselines) == 6
    assert len(by_name({(2, 1): search.baselines})) == 5
    again = Result.from_dict(search.to_dict())
    assert isinstance(again, RankResult)
    assert again.baselines == search.baselines


def test_a_climb_is_split_at_the_best_of_its_dimension() -> None:
    history = [EpochScore(0, -0.2, 0.4, 0.0), EpochScore(1, 0.0, 0.2, 1.0), EpochScore(2, 0.05, 0.15, 2.0)]
    chart = climb_data(history, 2, 0.2, 0.5, best=0.12)
    rank, training = chart.bands
    assert (rank.low, rank.high) == ((0.12, 0.12), (0.2, 0.2))
    assert (training.x, training.low, training.high) == ((1, 2), (0.0, 0.05), (0.12, 0.12))
    gap = training.high[-1] - training.low[-1] + rank.high[-1] - rank.low[-1]
    assert gap == pytest.approx(history[-1].gap, rel=1e-9)
    assert chart.title.startswith("After 2 epochs the gap is 0.15 nats: at most 0.08 for the dimension, at least 0.07")
    overtaken = climb_data(history, 2, 0.2, 0.5, best=0.01)
    assert overtaken.bands[1].high == (0.05, 0.05)
    assert climb_data([], 2, 0.2, 0.5, best=0.12).bands == chart.bands[:1]


# --- stacked -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("x", "of"), [("dimension", 5), ("epochs", 4), ("alpha", 4)])
def test_the_stacked_split_adds_up_to_the_gap(everything: tuple[Result, ...], x: str, of: int) -> None:
    trained = [found for found in everything if isinstance(found, CellResult)]
    chosen = trained if x == "alpha" else [found for found in trained if found.cell.config.negatives == 5]
    chart = split_data(split_points(chosen, splits(everything), x, of), x)
    rank, training = chart.bands
    assert len(rank.x) > 1
    assert rank.low == (0,) * len(rank.x)
    assert rank.high == training.low
    for place, price_of_rank, gap in zip(rank.x, rank.high, training.high, strict=True):
        assert 0 <= price_of_rank <= gap
        fixed = "epochs" if x == "dimension" else "dimension"
        longest = max(found.cell.config.epochs for found in chosen)
        seeds = [
            found.own.gap
            for found in chosen
            if getattr(found.cell.config, x) == place and getattr(found.cell.config, fixed) == of
            if x == "epochs" or found.cell.config.epochs == longest
        ]
        assert len(seeds) == 2
        assert gap == pytest.approx(math.fsum(seeds) / 2, rel=1e-9)
    widths = [row[2] for row in chart.table()[1] if row[0].startswith("price")]
    gaps = [row[2] for row in chart.table()[1] if row[0] == "gap"]
    assert [a + b for a, b in zip(widths, widths[len(gaps) :], strict=False)] == pytest.approx(gaps, rel=1e-9)


def test_bits_are_nats_over_log_2() -> None:
    split = Split(0.5, 0.375, 0.25)
    assert split_data({1.0: split, 2.0: split}, unit="bits").bands[1].high == (0.25 / math.log(2),) * 2


@pytest.mark.parametrize(
    ("x", "places", "title"),
    [
        ("epochs", (20, 20), "After 20 epochs the gap of 0.25 nats is at most 0.125 for the dimension, at least 0.125"),
        ("epochs", (1, 20), "From epoch 1 to 20 the price of training grows from 0 to 0.125 nats; that of rank is 0."),
        ("dimension", (10, 10), "At d = 10 the gap of 0.25 nats is at most 0.125 for the dimension"),
        ("dimension", (10, 20), "From d = 10 to 20 the price of rank falls from 0.375 to 0.125 nats, that of training"),
        ("alpha", (0.25, 0.5), "The dimension costs up to 50 % of the gap at k = 1, and up to 100 % at k = 3"),
    ],
)
def test_the_title_says_what_the_split_says(x: str, places: tuple[float, float], title: str) -> None:
    first, last = Split(0.5, 0.125, 0.125), Split(0.5, 0.375, 0.25)
    assert split_data({places[0]: first, places[1]: last}, x).title.startswith(title)


def test_a_split_of_nothing_says_what_to_do() -> None:
    with pytest.raises(ParameterError, match="search the best embedding"):
        split_data({})


def test_an_earlier_epoch_that_scored_more_is_known_too() -> None:
    split = Split(0.5, 0.375, 0.25).at(0.4)
    assert (split.price_of_rank, split.price_of_training) == (pytest.approx(0.1), 0)


# --- the next dimension --------------------------------------------------------------------------------------------


def test_gains_of_the_searched_dimensions(everything: tuple[Result, ...]) -> None:
    best = {d: score for (k, d), score in searched(everything).items() if k == 5}
    chart = gain_data(best)
    assert chart.lines[0].x == (1, 2, 4)
    assert chart.lines[0].y[1] == pytest.approx((best[4] - best[2]) / 2)
    assert min(chart.lines[0].y) >= 0
    total = sum(
        gain * (high - low)
        for gain, low, high in zip(chart.lines[0].y, chart.lines[0].x, chart.lines[0].x[1:], strict=False)
    )
    assert total == pytest.approx(best[4] - best[1], abs=1e-12)


def test_gains_of_other_matrices_are_drawn_from_zero() -> None:
    best = {8: 0.125, 16: 0.25, 32: 0.3125}
    chart = gain_data(
        best, others={"SVD of SPPMI": {8: -0.5, 16: -0.25, 32: -0.125}, "zero matrix": {8: -0.5, 16: -0.5}}
    )
    assert chart.y_range == (0, 1.1 * 0.03125)
    assert [line.label for line in chart.lines] == ["best rank-d", "SVD of SPPMI"]
    assert chart.title == "Each dimension between 8 and 16 is worth 0.0156 nats, between 16 and 32 only 0.00391"
    assert gain_data({8: 0.25, 16: 0.125}).y_range[0] < 0


def test_one_dimension_has_no_next() -> None:
    with pytest.raises(ParameterError, match="two to compare"):
        gain_data({8: 0.125})


def test_more_levels_than_names_have_room_for_keep_their_lines() -> None:
    models = [result(0.01, dimension=d, negatives=k) for d in (10, 20, 30, 40, 50) for k in (1, 5)]
    best = {(k, d): d / 400 for d in (10, 20, 30, 40, 50) for k in (1, 5)}
    levels = [line for line in ladder_data(models, "alpha", best=best).lines if line.role == "rank"]
    assert len(levels) == 5
    assert [line.place for line in levels] == ["", "", "", "", "end"]


def test_baselines_of_other_ranks_are_not_drawn() -> None:
    models = [result(0.01, dimension=10, epochs=e) for e in (1, 5)]
    there, elsewhere = (
        ladder_data(models, "epochs", compared={(5, d): [Baseline("correspondence analysis", d, 0.05)]}).lines
        for d in (10, 99)
    )
    assert len(there) == len(elsewhere) + 1
