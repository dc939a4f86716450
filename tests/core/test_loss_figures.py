"""Figures of the page Loss: what they add up to, what they say, how they are drawn, words that stay words."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from jsmi_core import Embedding, JointDistribution, SGNSObjective
from jsmi_core.embeddings.wordmap import WordMap, pca_map
from jsmi_core.figures.charts import Heat
from jsmi_core.figures.drawing import DARK, LIGHT, draw
from jsmi_core.figures.fields import Places
from jsmi_core.figures.loss import CAUSES, add_up, bands_data, causes_of, heat_data, map_data, scores_data, word_data
from jsmi_core.objective.loss import Causes, FrequencyBand, Loss
from tests.core.test_figures import LIVELY

RNG = np.random.default_rng(8)
SIZE = 40
WORDS = tuple(f"w{i}" for i in range(SIZE))
COUNTS = RNG.poisson(1.5, (SIZE, SIZE)) * RNG.integers(0, 2, (SIZE, SIZE))
LOSS = Loss.of(
    SGNSObjective(JointDistribution.from_counts(COUNTS), negatives=5),
    Embedding(RNG.normal(size=(SIZE, 6)), RNG.normal(size=(SIZE, 6))),
)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.integers(1, 7))
def test_what_is_printed_adds_up_to_the_digits_shown(parts, digits):
    *shown, total = add_up(parts, digits)
    assert sum(round(float(value) * 10**digits) for value in shown) == round(float(total) * 10**digits)
    assert float(total) == pytest.approx(math.fsum(parts), abs=0.51 * 10**-digits)
    for part, value in zip(parts, shown, strict=True):
        assert float(value) == pytest.approx(part, abs=1.01 * 10**-digits)


# --- by frequency ----------------------------------------------------------------------------------------------------


def test_bars_say_how_much_is_in_which_words():
    chart = bands_data(
        [FrequencyBand(0, 2, 0.25, 0.25, 1.0, 1), FrequencyBand(2, 3, 0.5, 1.0, 3.0, 2)], "abc", side="context"
    )
    assert chart.title == (
        "62 % of the gap is in pairs that never occur; contexts of ranks 3 have the largest part, 75 %"
    )
    assert chart.names == ("1–2", "3")
    assert [part.shares for part in chart.parts] == [(0.125, 0.25), (0.125, 0.5)]
    assert chart.ids == ("b", "c")
    assert chart.notes == ("25 % of all there is to know; a, b", "75 % of all there is to know; c")


@pytest.mark.parametrize("side", ["word", "context"])
def test_all_bars_together_are_the_gap(side):
    chart = bands_data(LOSS.bands(side), WORDS, side=side)
    assert math.fsum(share for part in chart.parts for share in part.shares) == pytest.approx(1, rel=1e-12)
    columns, rows = chart.table()
    assert len(columns) == len(rows[0])
    assert math.fsum(sum(row[1:3]) for row in rows) == pytest.approx(1, rel=1e-12)


# --- by score --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weight", ["loss", "pairs"])
def test_the_cells_of_a_density_are_all_of_it(weight):
    chart = scores_data(LOSS.density, LOSS.causes, LOSS.objective.log_odds, weight=weight)
    assert math.fsum(value for line in chart.values for value in line) == pytest.approx(1, rel=1e-12)
    assert len(chart.values) == len(chart.y_edges) - 1
    assert {len(line) for line in chart.values} == {len(chart.x_edges) - 1}
    assert list(chart.x_edges) == sorted(chart.x_edges)
    never = math.fsum(line[0] for line in chart.values)
    assert never == pytest.approx(LOSS.causes.unseen / LOSS.total if weight == "loss" else 0, rel=1e-9)
    assert {line[1] for line in chart.values} == {0.0}  # an empty column sets them apart
    assert math.fsum(row[-1] for row in chart.table()[1]) == pytest.approx(1, rel=1e-12)


def test_the_line_of_the_best_scores_and_the_reach_are_there():
    chart = scores_data(LOSS.density, LOSS.causes, -math.log(5))
    best, upper, lower, log_k = chart.rules
    for x, m in (best.start, best.end):
        assert m == pytest.approx(x - math.log(5))
    assert (upper.end[1], lower.end[1]) == (6, -6)
    assert log_k.start[0] == log_k.end[0] == pytest.approx(math.log(5))
    for rule in chart.rules:
        for x, m in (rule.start, rule.end):
            assert chart.x_edges[0] <= x <= chart.x_edges[-1]
            assert chart.y_edges[0] <= m <= chart.y_edges[-1]


def test_the_title_tells_the_causes():
    found = scores_data(LOSS.density, Causes(0.5, 0.125, 0.375), -math.log(5)).title
    assert (
        found == "50 % of the gap: scores too low for pairs that occur; 38 %: pairs never seen together; 12 %: too high"
    )


# --- one word --------------------------------------------------------------------------------------------------------


def test_each_pair_is_told_its_cause():
    pairs = LOSS.pairs_of("word", 3)
    for count, best, score, cause in zip(pairs.counts, pairs.best, pairs.score, causes_of(pairs), strict=True):
        assert cause == (CAUSES[2] if count == 0 else CAUSES[0] if score < best else CAUSES[1])
    assert set(causes_of(pairs)) == set(CAUSES)


@pytest.mark.parametrize("side", ["word", "context"])
def test_the_bars_of_a_word_are_its_worst_pairs(side):
    pairs = LOSS.pairs_of(side, 3)
    own = float(LOSS.side(side).loss[3])
    chart = word_data(pairs, own, "w3", WORDS, side=side, most=5)
    others = pairs.columns if side == "word" else pairs.rows
    assert chart.names == chart.ids == tuple(WORDS[i] for i in others[:5])
    lengths = [math.fsum(shares) for shares in zip(*(part.shares for part in chart.parts), strict=True)]
    assert lengths == pytest.approx(pairs.loss[:5] / own)
    assert chart.title.startswith(f"“w3” loses most with “{chart.names[0]}”: ")


def test_a_pair_never_seen_is_told_as_such():
    pairs = LOSS.pairs_of("word", 3)
    unseen = pairs.take(np.flatnonzero(pairs.counts == 0))
    assert "never seen together, but the score is" in word_data(unseen, 1.0, "w3", WORDS, side="word").title
    seen = pairs.take(np.flatnonzero(pairs.counts > 0))
    assert "would be best" in word_data(seen, 1.0, "w3", WORDS, side="word").title


# --- the map and the tables ------------------------------------------------------------------------------------------


def test_the_map_names_the_words_that_lose_most():
    found = pca_map(LOSS.embedding.words)
    values = list(range(SIZE))
    chart = map_data(found, WORDS, values, method="PCA", unit="bits")
    assert chart.title.startswith("A draw of “w39”, “w38”, “w37” loses most; two coordinates hold ")
    assert chart.value_name == "bits lost for each draw of the word"
    assert chart.names[chart.written[0]] == "w0"
    assert len(chart.table()[1]) == SIZE


def test_names_on_the_map_do_not_cover_each_other():
    crowd = WordMap(np.array([[0.0, 0.0], [0.01, 0.0], [1.0, 1.0], [1.0, 0.99]]), None)
    chart = map_data(crowd, "abcd", [1.0, 1.0, 1.0, 1.0], method="UMAP")
    assert chart.written == (0, 2)
    assert "spread" not in chart.title
    assert chart.limits == (1.0, 2.0)


def test_tables_of_chosen_words_share_their_colours():
    chosen = np.array([2, 5, 7])
    pairs = LOSS.pairs(np.repeat(chosen, 3), np.tile(chosen, 3))
    best, model, loss = heat_data(pairs, ["w2", "w5", "w7"], LOSS.total)
    assert best.limits == model.limits
    assert (best.roles, best.middle) == (model.roles, model.middle)
    assert model.values[0][1] == pytest.approx(LOSS.embedding.words[2] @ LOSS.embedding.contexts[5])
    assert sum(map(sum, loss.values)) == pytest.approx(100 * pairs.loss.sum() / LOSS.total)
    assert all(isinstance(table, Heat) for table in (best, model, loss))
    x, y = divmod(int(np.argmax(pairs.loss)), 3)
    assert loss.title == f"It loses most on “w{chosen[x]} w{chosen[y]}”"


# --- drawing ---------------------------------------------------------------------------------------------------------


def every_figure(words=WORDS):
    indices = np.arange(4)
    pairs = LOSS.pairs(np.repeat(indices, 4), np.tile(indices, 4))
    return [
        bands_data(LOSS.bands(), words, side="word", subtitle=words[0]),
        scores_data(LOSS.density, LOSS.causes, LOSS.objective.log_odds, subtitle=words[0]),
        word_data(LOSS.pairs_of("word", 0), 1.0, words[0], words, side="word"),
        map_data(pca_map(LOSS.embedding.words), words, [1.0] * SIZE, method="PCA"),
        *heat_data(pairs, words[:4], LOSS.total),
    ]


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_figures_are_drawn_in_the_colours_of_their_theme(palette):
    other = DARK if palette is LIGHT else LIGHT
    for data in every_figure():
        drawn = draw(data, palette).to_json()
        assert palette.ground in drawn
        assert other.ground not in drawn


def test_words_of_a_text_stay_words():
    words = (*LIVELY, *WORDS)[:SIZE]
    for data in every_figure(words):
        figure = draw(data, LIGHT, titled=True).to_plotly_json()
        for trace in figure["data"]:
            trace.pop("customdata", None)  # says what a click means, and is never shown
        text = json.dumps(figure, default=np.ndarray.tolist).replace("%{y}, %{x}: ", "")  # a template of our own
        for lively in LIVELY:
            assert json.dumps(lively)[1:-1] not in text


def test_a_click_knows_its_word():
    bars, _, pairs, places, *_ = every_figure()
    assert isinstance(places, Places)
    for data, ids in ((bars, bars.ids), (pairs, pairs.ids), (places, places.names)):
        assert [tuple(trace.customdata) for trace in draw(data).data] == [ids] * len(draw(data).data)


def test_a_field_without_ticks_of_its_own_has_plotlys():
    field = scores_data(LOSS.density, LOSS.causes, LOSS.objective.log_odds)
    own, plotlys = (draw(data).layout.xaxis.tickvals for data in (field, field._replace(ticks=())))
    assert own == tuple(at for at, _ in field.ticks)
    assert plotlys is None
