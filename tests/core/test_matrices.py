"""Score matrices of small tables: every cell is what the plain definitions say, and adds up to what is shown."""

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from jsmi_core import SGNSObjective, reference
from jsmi_core.errors import EmbeddingError, ParameterError
from jsmi_core.information.distribution import JointDistribution
from jsmi_core.tables.joint import preset
from jsmi_core.tables.scores import DIRECTIONS, best_ranks, cells, matrix_cells, moved, read_scores, write_scores
from tests.core.strategies import paper_laws, score_matrices


@st.composite
def scored(draw):
    law = draw(paper_laws(max_side=8, min_side=2))
    return law, draw(score_matrices(law.counts.shape))


@given(paper_laws(max_side=8, min_side=2))
def test_cells_are_those_of_the_plain_definitions(law):
    found = cells(law.objective)
    np.testing.assert_allclose(found.posterior, reference.posterior(law.table, law.q, law.alpha), rtol=1e-12)
    np.testing.assert_allclose(found.best, reference.best_scores(law.table, law.q, law.alpha), rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(found.negative, reference.negative_pairs(law.table, law.q), rtol=1e-12)
    assert found.bound.min() >= 0
    assert math.fsum(found.bound.ravel()) == pytest.approx(law.objective.bound, rel=1e-12, abs=1e-300)


@given(scored())
def test_the_cells_of_the_gap_add_up_to_it_and_are_a_divergence(case):
    law, m = case
    score, gap, parts = matrix_cells(law.objective, m)
    np.testing.assert_allclose(
        parts, reference.gap_cells(law.table, law.q, m.tolist(), law.alpha), rtol=1e-9, atol=1e-17
    )
    assert parts.min() >= 0
    assert math.fsum(parts.ravel()) == pytest.approx(gap, rel=1e-12, abs=1e-300)
    assert score == pytest.approx(law.objective.bound - gap, rel=1e-9, abs=1e-13)


@given(paper_laws(max_side=8, min_side=2))
def test_the_best_matrix_loses_nothing_though_it_is_minus_infinity_somewhere(law):
    score, gap, parts = matrix_cells(law.objective, cells(law.objective).best)
    assert gap <= 1e-15
    assert parts.max() <= 1e-15
    # h(α) ≤ 0.7 less nearly as much: eight rows of eight, every sum rounded at 2⁻⁵³
    assert score == pytest.approx(law.objective.bound, rel=1e-12, abs=2e-15)


@pytest.mark.parametrize("direction", DIRECTIONS)
@given(law=paper_laws(max_side=4, min_side=2))
def test_every_way_off_the_best_matrix_loses_more_the_farther_it_leads(direction, law):
    objective = law.objective
    best = np.maximum(cells(objective).best, -12.0)  # where all ways start once they leave
    for sign in (1, -1):
        gaps = [matrix_cells(objective, moved(best, direction, sign * way, objective.log_odds))[1]
                for way in (0, 0.25, 0.5, 0.75, 1)]  # fmt: skip
        assert (np.diff(gaps, 2) >= -1e-12).all()  # convex
        assert (np.diff(gaps) >= -1e-5 * law.counts.size).all()  # its lowest point is at the start, but for the −12


def test_the_ways_end_where_they_say():
    objective = SGNSObjective(JointDistribution.from_counts(preset("copy", 3)), negatives=5)
    best = cells(objective).best
    assert matrix_cells(objective, moved(best, "zero", 1))[0] == pytest.approx(objective.zero_score)
    assert matrix_cells(objective, moved(best, "ratio", 1, objective.log_odds))[0] == pytest.approx(0, abs=1e-15)
    one = moved(best, "cell", -0.5, cell=(1, 2))
    assert np.argwhere(one != best).tolist() == [[1, 2]]
    assert one[1, 2] == pytest.approx(best[1, 2] - 3)
    np.testing.assert_array_equal(moved(best, "random", 0.4), moved(best, "random", 0.4))
    np.testing.assert_array_equal(moved(best, "zero", 0), best)


@pytest.mark.parametrize("wrong", [{"direction": "up"}, {"direction": "cell", "cell": (0, 3)}])
def test_a_way_that_is_not_there_is_refused(wrong):
    with pytest.raises(ParameterError):
        moved(np.zeros((3, 3)), **{"distance": 0.5, **wrong})


@pytest.mark.parametrize("scores", [[[0, 0]], [[0, math.nan], [0, 0]], [[0, math.inf], [0, 0]]])
def test_a_matrix_that_does_not_fit_is_refused(scores):
    objective = SGNSObjective(JointDistribution.from_counts([[2, 1], [1, 4]]), negatives=5)
    with pytest.raises(EmbeddingError):
        matrix_cells(objective, scores)


def test_the_best_of_each_rank_rises_to_the_bound():
    objective = SGNSObjective(JointDistribution.from_counts(preset("blocks", 4, 0.2)), negatives=5)
    scores = [best.score for best in best_ranks(objective, (1, 2, 3, 4))]
    assert scores == sorted(scores)
    assert scores[1] == pytest.approx(objective.bound, rel=1e-6)  # two topics: PMI has rank 2
    assert scores[0] < 0.9 * objective.bound
    assert scores[-1] <= objective.bound + 1e-15


@given(st.dictionaries(st.tuples(st.integers(0, 7), st.integers(0, 7)), st.floats(-100, 100, width=16), max_size=9))
def test_scores_set_by_hand_survive_the_link(scores):
    assert read_scores(write_scores(scores)) == scores


@pytest.mark.parametrize("text", ["0.1", "0.1~", "0.1~x", "8.0~1", "0.1~101", "0.1~inf", "0.1~1__0.2~2"])
def test_text_that_is_no_scores_is_refused(text):
    with pytest.raises(ParameterError, match=r"\.$"):
        read_scores(text)
