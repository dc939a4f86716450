"""Loss by word, context, band and pair: each adds up to the gap, and each cell is the reference's."""

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from jsmi_core import Cell, Corpus, Embedding, JointDistribution, SGNSConfig, SGNSObjective, reference, run_cell
from jsmi_core.errors import ParameterError
from jsmi_core.experiments.scoring import loss_of
from jsmi_core.experiments.specs import RankCell, RankConfig
from jsmi_core.objective import kernels
from jsmi_core.objective.loss import FARTHEST, SIDES, WIDTH, Loss, zipf_edges
from tests.core.strategies import Law, free, negatives, tables


@st.composite
def cases(draw):
    """A law, and scores for each of its pairs."""
    law = Law(draw(tables(max_side=6)), None, draw(negatives()))
    rows, columns = law.counts.shape
    score = st.floats(-20, 20, allow_subnormal=False)
    scores = draw(st.lists(st.lists(score, min_size=columns, max_size=columns), min_size=rows, max_size=rows))
    return law, np.array(scores)


def in_plain_python(law, scores):
    """Every cell of the gap, as nested lists, and whether its pair occurs."""
    cells = reference.gap_cells(law.table, law.q, scores.tolist(), law.alpha)
    return np.array(cells).reshape(scores.shape), law.counts > 0


def near(found, expected, total):
    """Equal to 1e-12 of the whole gap; the plain cells of the reference are differences of numbers near 1."""
    return abs(found - expected) <= 1e-12 * total + 1e-15


def adds_up(parts, total):
    """The parts of one gap, by whatever they are told apart, are all of it."""
    return math.fsum(parts) == pytest.approx(total, rel=1e-12, abs=1e-300)


@given(cases())
def test_every_layout_adds_up_to_the_gap_and_its_parts_are_the_references(case):
    law, scores = case
    loss = Loss.of(law.objective, free(scores))
    cells, occurs = in_plain_python(law, scores)
    total = math.fsum(cells.ravel())
    assert near(loss.total, total, total)
    for axis, name in enumerate(SIDES):
        side = loss.side(name)
        for i in range(cells.shape[axis]):
            own, seen = np.take(cells, i, axis), np.take(occurs, i, axis)
            assert near(side.loss[i], math.fsum(own), total)
            assert near(side.seen[i], math.fsum(own[seen]), total)
            assert near(side.unseen[i], math.fsum(own[~seen]), total)
        assert adds_up([*side.seen, *side.unseen], loss.total)
        assert adds_up([band.loss for band in loss.bands(name)], loss.total)
        assert math.fsum(side.information) == pytest.approx(law.objective.bound, rel=1e-12, abs=1e-15)
        assert math.fsum(side.weight) == pytest.approx(1, rel=1e-12)
    assert adds_up(loss.causes, loss.total)
    assert near(loss.causes.unseen, math.fsum(cells[~occurs]), total)


@given(cases())
def test_the_density_holds_every_pair_once(case):
    law, scores = case
    loss = Loss.of(law.objective, free(scores))
    cells, occurs = in_plain_python(law, scores)
    density, total = loss.density, loss.total
    assert adds_up([*density.loss.ravel(), *density.unseen], total)
    assert density.pairs.sum() == pytest.approx(1, rel=1e-12)
    unseen = np.zeros(len(density.unseen))
    for x, y in zip(*np.nonzero(~occurs), strict=True):
        at = math.floor((scores[x, y] + FARTHEST) / WIDTH)
        unseen[min(max(at, 0), len(unseen) - 1)] += cells[x, y]
    assert np.allclose(density.unseen, unseen, rtol=1e-10, atol=1e-14 * total)


@given(cases())
def test_the_pairs_of_a_word_are_all_of_its_loss_the_worst_first(case):
    law, scores = case
    loss = Loss.of(law.objective, free(scores))
    best = reference.best_scores(law.table, law.q, law.alpha)
    posterior = reference.posterior(law.table, law.q, law.alpha)
    for name in SIDES:
        for i in range(len(loss.side(name).loss)):
            pairs = loss.pairs_of(name, i)
            assert adds_up(pairs.loss, loss.side(name).loss[i])
            assert (np.diff(pairs.loss) <= 0).all()
            assert set((pairs.rows if name == "word" else pairs.columns).tolist()) == {i}
            for x, y, m, top, t in zip(
                pairs.rows, pairs.columns, pairs.score, pairs.best, pairs.posterior, strict=True
            ):
                assert m == scores[x, y]
                if law.table[x][y] > 0:
                    assert top == pytest.approx(best[x][y], rel=1e-9, abs=1e-9)
                    assert t == pytest.approx(posterior[x][y], rel=1e-9)
                else:
                    assert (top, t) == (-math.inf, 0.0)


@given(cases())
def test_the_worst_pairs_are_the_largest_cells_of_all(case):
    law, scores = case
    cells, _ = in_plain_python(law, scores)
    found = Loss.of(law.objective, free(scores)).worst_pairs(5)
    expected = np.sort(cells.ravel())[::-1][: len(found.loss)]
    assert found.loss == pytest.approx(expected, rel=1e-9, abs=1e-12 * cells.sum() + 1e-15)
    assert len(set(zip(found.rows.tolist(), found.columns.tolist(), strict=True))) == len(found.loss)


def test_the_causes_are_told_apart():
    objective = SGNSObjective(JointDistribution.from_counts([[4, 1], [0, 4]]), negatives=1)
    best = np.log([[4 * 9 / (5 * 4), 9 / (5 * 5)], [1, 4 * 9 / (4 * 5)]])
    assert objective.best_scores == pytest.approx([best[0, 0], best[0, 1], best[1, 1]])
    found = Loss.of(objective, free(best + np.array([[-1, 1], [-2, 0]]))).causes
    assert found.too_low > 0
    assert found.too_high > 0
    assert found.unseen > 0
    only = Loss.of(objective, free(best + np.array([[-1, 0], [-2, 0]]))).causes
    assert only.too_low == pytest.approx(found.too_low)
    assert only.too_high == pytest.approx(0, abs=1e-15)


def test_stripes_and_their_order_do_not_show(monkeypatch):
    rng = np.random.default_rng(3)
    counts = rng.poisson(0.3, (40, 30))
    objective = SGNSObjective(JointDistribution.from_counts(counts), negatives=2)
    embedding = Embedding(rng.normal(size=(40, 4)), rng.normal(size=(30, 4)))
    whole = Loss.of(objective, embedding)
    monkeypatch.setattr("jsmi_core.objective.loss.STRIPE", 90)
    pieces = Loss.of(objective, embedding)
    assert pieces.worst_pairs(200).loss.tolist() == whole.worst_pairs(200).loss.tolist()
    assert pieces.density.unseen == pytest.approx(whole.density.unseen, rel=1e-13)
    assert pieces.causes == pytest.approx(whole.causes, rel=1e-13)


def test_the_kernel_does_plainly_what_it_does_compiled():
    scores, noise = np.array([[0.1, -40.0, 3.0], [40.0, 0.2, -0.1]]), np.array([0.5, 0.25, 0.25])
    bounds, columns = np.array([0, 1, 1]), np.array([1], np.int32)
    results = []
    for kernel in (kernels.survey_unseen, getattr(kernels.survey_unseen, "py_func", kernels.survey_unseen)):
        histogram, worst, places = np.zeros(8), np.zeros(2), np.full(2, -1)
        kernel(scores, 0, bounds, columns, np.array([0.5, 0.5]), noise, -4.0, 1.0, histogram, worst, places)
        results.append((histogram.tolist(), worst.tolist(), places.tolist()))
    assert results[0][2] == results[1][2]
    for compiled, plain in zip(results[0][:2], results[1][:2], strict=True):
        assert compiled == pytest.approx(plain, rel=1e-14)
    assert sorted(results[0][2]) == [2, 3]  # 0.5 · 0.25 · 3.05 and 0.5 · 0.5 · 40
    assert results[0][0][7] == pytest.approx(0.5 * 0.5 * 40 + 0.5 * 0.25 * np.logaddexp(0, 3.0))


# --- stored results -------------------------------------------------------------------------------------------------

TEXT = Corpus.from_sentences([["to", "be", "or", "not", "to", "be", "that", "is"]] * 5)
CONFIG = SGNSConfig(dimension=2, epochs=1, subsample=0)


@pytest.mark.parametrize("law", ["word2vec", "paper"])
@pytest.mark.parametrize("cell", [Cell(TEXT.digest, CONFIG), RankCell(TEXT.digest, RankConfig.under(CONFIG))])
def test_the_loss_of_a_result_is_its_gap(cell, law):
    result = run_cell(cell, TEXT)
    loss = loss_of(result, TEXT, law)
    assert loss.total == result.law(law).gap
    if law == "word2vec":
        assert loss.by_word.loss.tolist() == result.gap_by_word.tolist()


def test_what_does_not_fit_is_refused_in_one_sentence():
    result = run_cell(Cell(TEXT.digest, CONFIG), TEXT)
    with pytest.raises(ParameterError, match="give the text, and min_count"):
        loss_of(result, Corpus.from_sentences([["a", "b"]]))
    with pytest.raises(ParameterError, match="word2vec, paper"):
        loss_of(result, TEXT, "gensim")
    with pytest.raises(ParameterError, match=r"Store\.get"):
        loss_of(type(result).from_dict(result.to_dict()), TEXT)
    loss = loss_of(result, TEXT)
    for name in ("words", ""):
        with pytest.raises(ParameterError, match="word, context"):
            loss.side(name)
        with pytest.raises(ParameterError, match="word, context"):
            loss.pairs_of(name, 0)
    with pytest.raises(ParameterError, match="rows"):
        loss.pairs_of("word", 99)
    for edges in ((0, 2), (1, 6), (0, 4, 2, 6), (0, 3, 3, 6), ()):
        with pytest.raises(ParameterError, match="rising ranks from 0 to 6"):
            loss.bands("word", edges)


@pytest.mark.parametrize(("size", "edges"), [(1, (0, 1)), (3, (0, 3)), (4, (0, 3, 4)), (100, (0, 3, 10, 30, 100))])
def test_bands_are_even_on_the_log_axis(size, edges):
    assert zipf_edges(size) == edges
