"""Figures of small tables: what they say is what the table holds; and how coloured cells and flows are drawn."""

import html
import math

import numpy as np
import pytest

from jsmi_core import JointDistribution, SGNSObjective, binary_entropy, mutual_information
from jsmi_core.figures.charts import Flow, Heat
from jsmi_core.figures.drawing import LIGHT, draw, enlarge
from jsmi_core.figures.variables import (
    Knowable,
    Names,
    alpha_data,
    channel_data,
    loss_data,
    rank_data,
    table_data,
    way_data,
)
from jsmi_core.tables.joint import preset
from jsmi_core.tables.scores import cells

NAMES = Names(("x1", "x2"), ("y1", "y2"))


def case(counts, negatives=5):
    objective = SGNSObjective(JointDistribution.from_counts(counts), negatives)
    known = Knowable(mutual_information(objective.joint), objective.bound, objective.alpha)
    return objective, cells(objective), known


OBJECTIVE, CELLS, KNOWN = case([[4, 1], [1, 4]])
INDEPENDENT = case([[1, 1], [1, 1]])


# --- the table -------------------------------------------------------------------------------------------------------


def test_the_posterior_stands_in_its_cells_and_the_share_of_the_doubt_in_the_title():
    heat = table_data(CELLS, KNOWN, NAMES)
    assert heat.values == tuple(map(tuple, CELLS.posterior.tolist()))
    assert heat.middle == KNOWN.alpha
    share = OBJECTIVE.bound / binary_entropy(1 / 6)
    assert heat.title.startswith(f"Seeing a pair removes {100 * share:.2g} % of the doubt")
    assert heat.table()[1][0] == ("x1", *CELLS.posterior[0].tolist())


def test_the_parts_shown_add_up_to_the_jsmi_shown_also_in_bits():
    heat = table_data(CELLS, KNOWN, NAMES, "part", unit="bits")
    assert math.fsum(value for row in heat.values for value in row) == pytest.approx(100)
    assert "JSMI = 0.0391 bits; the largest part, 31 %" in heat.title


def test_never_is_minus_infinity_and_leaves_the_colours_to_the_others():
    _, found, known = case([[1, 0], [1, 2]])
    heat = table_data(found, known, NAMES, "pmi")
    assert heat.values[0][1] == -math.inf
    reach = np.abs(found.pmi[np.isfinite(found.pmi)]).max()
    assert heat.limits == (-reach, reach)
    trace = draw(heat, LIGHT).data[0]
    assert trace.text[0][1] == "−∞"
    assert trace.z[0][1] == heat.limits[0]


@pytest.mark.parametrize("show", ["posterior", "pmi", "part"])
def test_independence_is_said(show):
    _, found, known = INDEPENDENT
    assert table_data(found, known, NAMES, show).title.startswith("x and y are independent")


# --- the channel -----------------------------------------------------------------------------------------------------


def test_what_is_sent_arrives_the_most_telling_cells_first():
    flow = channel_data(CELLS, KNOWN, NAMES)
    assert math.fsum(flow.first) == pytest.approx(KNOWN.alpha)
    assert math.fsum(flow.second) == pytest.approx(1 - KNOWN.alpha)
    assert flow.cells == ("x1, y1", "x2, y2", "x1, y2", "x2, y1")
    assert list(flow.shares) == pytest.approx(sorted(CELLS.posterior.ravel(), reverse=True))
    assert "“x1, y1” that arrive 24 % are real, of “x2, y1” 7.4 %" in flow.title


def test_cells_that_nothing_reaches_are_left_out():
    _, found, known = case([[1, 0], [0, 0]])
    assert channel_data(found, known, NAMES).cells == ("x1, y1",)
    assert "carries nothing" in channel_data(found, known, NAMES).title


def test_a_flow_is_drawn_as_two_sources_and_cells_in_a_row():
    figure = draw(channel_data(CELLS, KNOWN, NAMES), LIGHT)
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert [bar.marker.color for bar in bars[:2]] == [LIGHT.data, LIGHT.muted]
    ends = np.array(bars[2].x) + np.array(bars[2].width)
    np.testing.assert_allclose(bars[2].x[1:], ends[:-1])
    assert ends[-1] == pytest.approx(1)
    assert [note.text for note in figure.layout.annotations] == [
        "real pairs&#58;\u2060 17 &#37;",
        "noise&#58;\u2060 83 &#37;",
    ]


def test_words_in_cells_stay_words():
    lively = "<a href='http://x'>y</a>"
    heat = Heat("t", "s", "x", "y", "v", (lively,), (lively,), ((1.0,),), (0, 2))
    flow = Flow("t", "s", "x", (lively, "noise"), (lively,), (0.5,), (0.5,), 0.5)
    for data in (heat, flow):
        assert "<a" not in draw(data, LIGHT, titled=True).to_json().replace("\\u003c", "<")


# --- over α ----------------------------------------------------------------------------------------------------------


def test_jsmi_over_alpha_has_its_limits_its_maximum_and_the_chosen_k():
    alphas, bounds = (0.1, 1 / 6, 0.5), (0.01, KNOWN.bound, 0.05)
    chart = alpha_data(alphas, bounds, KNOWN, (0.52, 0.0507))
    by_name = {line.label.strip(): line for line in chart.lines}
    assert by_name["JSMI"].y == (0, *bounds, 0)
    assert by_name["h(α)"].y[50] == pytest.approx(math.log(2))
    assert by_name["α·I(X;Y)"].y[-1] == KNOWN.information
    assert by_name["k = 5"].x == (1 / 6, 1 / 6)
    assert chart.points == ((1 / 6, KNOWN.bound), (0.52, 0.0507))
    assert "no α makes it tell more than 0.0507, the capacity" in chart.title
    assert draw(chart, LIGHT).data


def test_an_alpha_between_two_k_is_named_itself():
    known = KNOWN._replace(alpha=0.3)
    assert "\u00a0α = 0.3" in [line.label for line in alpha_data((0.5,), (0.05,), known, (0.5, 0.05)).lines]


def test_nothing_to_know_at_any_alpha():
    chart = alpha_data((0.5,), (0.0,), INDEPENDENT[2], (0.5, 0.0))
    assert chart.title.startswith("Nothing to know")
    assert draw(chart, LIGHT).data


# --- away from the best scores ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gap", "told"),
    [(0.01, "m loses 0.01 of 0.0271 nats"), (0.0, "loses nothing"), (0.05, "worse than knowing only the class ratio")],
)
def test_the_gap_shown_is_the_sum_of_its_cells(gap, told):
    parts = np.full((2, 2), gap / 4)
    heat = loss_data(parts, gap, KNOWN, NAMES)
    assert told in heat.title
    assert math.fsum(value for row in heat.values for value in row) == pytest.approx(gap)
    assert draw(heat, LIGHT).data


def test_the_score_falls_on_both_sides_of_the_best_matrix():
    chart = way_data((-1.0, 0.0, 1.0), (0.02, 0.0, 0.04), (0.5, 0.01), KNOWN, "zero")
    line = chart.lines[-1]
    assert line.y == tuple(pytest.approx(KNOWN.bound - gap) for gap in (0.02, 0.0, 0.04))
    assert chart.points == ((0.5, pytest.approx(KNOWN.bound - 0.01)),)
    assert way_data((-1.0, 0.0, 1.0), (0, 0, 0), (0.0, 0.0), INDEPENDENT[2], "zero").y_range[0] < 0


# --- the best of each rank -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scores", "told"),
    [
        ((0.0, 0.5, 0.8), "Ranks 1, 2, 3 keep 0 %, 50 %, 80 % of what there is to know"),
        ((0.1, 1.0, 1.0), "Rank 2 keeps all there is to know, rank 1 only 10 %"),
        ((1.0, 1.0, 1.0), "Rank 1 keeps all there is to know"),
        ((0.5, 0.999, 1.0), "Rank 3 keeps all there is to know, rank 2 nearly all of it"),
    ],
)
def test_what_ranks_keep(scores, told):
    chart = rank_data((1, 2, 3), [share * KNOWN.bound for share in scores], KNOWN)
    assert chart.title == told
    assert bool(chart.bands) == (scores[0] < 1)
    assert draw(chart, LIGHT).data


def test_every_rank_knows_nothing_where_there_is_nothing_to_know():
    chart = rank_data((1, 2), (-1e-17, 0.0), INDEPENDENT[2])
    assert chart.title == "There is nothing to know, and every rank knows it"
    assert chart.lines[-1].y == (0.0, 0.0)


def read(heat):
    """What is written in the cells, as a reader sees it."""
    return [[html.unescape(text) for text in row] for row in draw(heat, LIGHT).data[0].text]


def test_numbers_in_cells_have_the_same_decimals_so_that_they_add_up():
    heat = Heat("t", "s", "x", "y", "v", ("a", "b"), ("c", "d"), ((0.0126, -3e-6), (0.0, math.inf)), (-1, 1))
    assert read(heat) == [["0.0126", "0.0000"], ["0.0000", "∞"]]
    assert read(heat._replace(written=False))[0] == ["0.0126", "−3e−06"]
    nothing = heat._replace(values=((0.0, 0.0), (0.0, 0.0)))
    assert read(nothing)[0] == ["0", "0"]


def test_a_larger_table_shows_fewer_digits():
    _, found, known = case(preset("gaussian", 8, 0.7))
    names = Names(tuple("abcdefgh"), tuple("abcdefgh"))
    assert {len(text) for row in read(table_data(found, known, names)) for text in row} == {4}


def test_all_pictures_can_be_enlarged_for_a_projector():
    for data in (table_data(CELLS, KNOWN, NAMES), channel_data(CELLS, KNOWN, NAMES)):
        assert enlarge(draw(data, LIGHT)).layout.xaxis.tickfont.size > draw(data, LIGHT).layout.xaxis.tickfont.size
