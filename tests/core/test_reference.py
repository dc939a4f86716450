"""The plain definitions against witnesses nobody here wrote: mpmath at 60 digits, scipy, the dit package.

reference.py is written for reading: it subtracts where the paper subtracts, so its errors are absolute, about one
rounding of a nat. The limit is 1e-12 of the value or of a hundredth of a nat, whichever is larger.
"""

import math
from fractions import Fraction
from itertools import chain, pairwise

import numpy as np
import pytest
from dit import Distribution
from dit.divergences import jensen_shannon_divergence
from hypothesis import given, strategies as st
from scipy.special import log_expit, rel_entr

from jsmi_core import reference
from tests.core.oracle import MP, Oracle, exact, log_sigmoid, relative_error
from tests.core.strategies import laws, paper_laws, scored_laws, tables, texts

FLOOR = 0.01


def close(value, truth):
    assert relative_error(value, truth, FLOOR) <= 1e-12


def both(table, truth):
    """The cells of two tables, side by side."""
    return zip(chain.from_iterable(table), chain.from_iterable(truth), strict=True)


@given(laws())
def test_distributions(law):
    for value, truth in both(reference.joint_distribution(law.counts.tolist()), law.oracle.p):
        assert relative_error(value, truth) <= 1e-15
    for value, truth in zip(reference.word_marginal(law.table), law.oracle.word_marginal, strict=True):
        assert relative_error(value, truth) <= 1e-15
    for value, truth in zip(reference.context_marginal(law.table), law.oracle.context_marginal, strict=True):
        assert relative_error(value, truth) <= 1e-15
    for value, truth in both(reference.negative_pairs(law.table, law.q), law.oracle.r):
        assert relative_error(value, truth) <= 1e-15
    u = reference.mixture(law.table, reference.negative_pairs(law.table, law.q), law.alpha)
    assert math.fsum(np.ravel(u)) == pytest.approx(1, abs=1e-14)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=8).filter(any), st.sampled_from([0, 0.5, 0.75, 1]))
def test_unigram_noise(counts, exponent):
    powers = [MP.mpf(n) ** exact(exponent) if n else MP.zero for n in counts]
    for value, power in zip(reference.unigram_noise(counts, exponent), powers, strict=True):
        assert relative_error(value, power / MP.fsum(powers)) <= 1e-15


@given(laws())
def test_equation_1_as_mpmath_and_scipy_have_it(law):
    p, r = np.array(law.table), np.array(reference.negative_pairs(law.table, law.q))
    value = reference.js_divergence(p.tolist(), r.tolist(), law.alpha)
    close(value, law.oracle.bound())
    u = law.alpha * p + (1 - law.alpha) * r
    close(value, exact(law.alpha * rel_entr(p, u).sum() + (1 - law.alpha) * rel_entr(r, u).sum()))


@pytest.mark.parametrize("seed", range(10))
def test_equation_1_as_dit_has_it(seed):
    rng = np.random.default_rng(seed)
    shape, alpha = rng.integers(1, 6, 2), 1 / rng.integers(2, 20)
    p = rng.random(shape) * (rng.random(shape) < 0.7) + np.eye(*shape) / 9
    p /= p.sum()
    r = np.outer(p.sum(axis=1), p.sum(axis=0))
    pairs = list(np.ndindex(*shape))
    words = [(chr(97 + x), chr(97 + y)) for x, y in pairs]
    divergence = jensen_shannon_divergence(
        [Distribution(words, law.ravel().tolist()) for law in (p, r)], [alpha, 1 - alpha]
    )
    close(reference.js_divergence(p.tolist(), r.tolist(), alpha), exact(float(divergence) * math.log(2)))


@given(laws())
def test_equations_2_to_7_are_one_number(law):
    """JS_α(p, r), h(α) − H(Z|W) and S(m*) are three ways to write it."""
    truth = law.oracle.bound()
    close(reference.jsmi(law.table, law.q, law.alpha), truth)
    close(reference.jsmi_as_information(law.table, law.q, law.alpha), truth)
    if all(q > 0 for q in law.q):  # else m* is +∞ on a pair that is never a negative, and S(m*) a limit
        close(reference.jsmi_from_scores(law.table, law.q, law.alpha), truth)


@given(paper_laws())
def test_mutual_information(law):
    close(reference.mutual_information(law.table), law.oracle.divergence())


@given(paper_laws())
def test_equations_5_and_6_posterior_is_the_sigmoid_of_the_best_score(law):
    posterior = reference.posterior(law.table, law.q, law.alpha)
    best = reference.best_scores(law.table, law.q, law.alpha)
    for (x, y), p in np.ndenumerate(law.table):
        if p > 0:
            assert 1 / (1 + math.exp(-best[x][y])) == pytest.approx(posterior[x][y], rel=1e-12)
            pmi = math.log(p / (math.fsum(law.table[x]) * law.q[y]))
            assert best[x][y] == pytest.approx(pmi - math.log(law.negatives), rel=1e-12, abs=1e-12)
        else:
            assert best[x][y] == -math.inf
            assert posterior[x][y] == (0 if math.fsum(law.table[x]) * law.q[y] else law.alpha)


@given(st.floats(-1e4, 1e4))
def test_log_sigmoid(score):
    assert relative_error(reference.log_sigmoid(score), log_sigmoid(score), 1e-307) <= 1e-15
    assert reference.log_sigmoid(score) == pytest.approx(float(log_expit(score)), rel=1e-14, abs=1e-307)


@given(scored_laws())
def test_equation_8_and_10(scored):
    law, m = scored
    close(reference.sgns_score(law.table, law.q, m.tolist(), law.alpha), law.oracle.score(m))
    close(reference.gap(law.table, law.q, m.tolist(), law.alpha), law.oracle.gap(m))
    for cell, truth in both(reference.gap_cells(law.table, law.q, m.tolist(), law.alpha), law.oracle.gap_cells(m)):
        close(cell, truth)


@given(tables(max_side=3, most=4), st.data())
def test_equation_9_over_every_draw_is_equation_8(counts, data):
    """With k = 1, the sampled score over all equally likely (positive, negative) draws is the exact one."""
    counts = np.minimum(counts, 4)
    pairs = [pair for pair, n in np.ndenumerate(counts) for _ in range(int(n))]
    if not pairs:
        return
    m = [[data.draw(st.floats(-5, 5)) for _ in row] for row in counts]
    positives = [pair for pair in pairs for _ in pairs]
    negatives = [[y] for _ in pairs for _, y in pairs]
    table = reference.joint_distribution(counts.tolist())
    score = reference.sgns_score(table, reference.context_marginal(table), m, 0.5)
    assert reference.sampled_score(positives, negatives, m)[0] == pytest.approx(score, abs=1e-12)


def test_equation_9_standard_error():
    m = [[1.0, -2.0], [0.5, 3.0]]
    estimate, error = reference.sampled_score([(0, 0), (1, 1)], [[0, 1], [1, 0]], m)
    terms = [float(log_expit([1.0, -1.0, 2.0]).sum()), float(log_expit([3.0, -3.0, -0.5]).sum())]
    assert estimate == pytest.approx(reference.binary_entropy(1 / 3) + sum(terms) / 6, rel=1e-14)
    assert error == pytest.approx(np.std(terms, ddof=1) / 3 / math.sqrt(2), rel=1e-14)


# --- beyond the paper ------------------------------------------------------------------------------------------------


@given(laws())
def test_skipped_targets(law):
    """Any r will do, also one that sums to less than 1."""
    oracle = Oracle(law.counts, law.noise, Fraction(1, law.negatives + 1), skip_target=True)
    r = reference.used_negative_pairs(law.table, law.q)
    for value, truth in both(r, oracle.r):
        assert relative_error(value, truth, 1e-3) <= 1e-12
    exact_r = [[float(cell) for cell in row] for row in oracle.r]
    constant = [[-MP.log(law.negatives)] * len(law.q)] * len(law.table)
    close(reference.bound_of(law.table, exact_r, law.alpha), oracle.gap(constant))


@given(scored_laws())
def test_losses_against_any_negatives(scored):
    law, m = scored
    r = reference.negative_pairs(law.table, law.q)
    close(reference.bound_of(law.table, r, law.alpha), law.oracle.bound())
    close(reference.loss_of(law.table, r, m.tolist(), law.alpha), law.oracle.gap(m))


@given(laws(), st.sampled_from([0.5, 2.0, 6.0]))
def test_reach(law, reach):
    """S(clip(m*, −reach, reach))"""

    def clipped(p, r):
        if not (p and r):
            return reach if p else -reach
        return max(-reach, min(reach, MP.log(law.oracle.a * p) - MP.log(law.oracle.b * r)))

    scores = [
        [clipped(*cell) for cell in zip(*rows, strict=True)] for rows in zip(law.oracle.p, law.oracle.r, strict=True)
    ]
    r = reference.negative_pairs(law.table, law.q)
    close(reference.reachable_bound(law.table, r, law.alpha, reach), law.oracle.bound() - law.oracle.gap(scores))


def test_keep_probabilities_by_hand():
    """1,000 tokens, threshold 0.01 · 1,000 = 10: a word of 1,000 is kept with (√100 + 1)/100, one of 10 always."""
    frequent, rare = reference.keep_probabilities([990, 10], 0.01)
    assert frequent == pytest.approx((math.sqrt(99) + 1) / 99, abs=1e-9)
    assert rare == 1.0
    assert frequent * 2**32 == int(frequent * 2**32)  # a share of 32-bit draws
    assert reference.keep_probabilities([990, 10], 0) == [1.0, 1.0]


def test_window_weights_by_hand():
    assert reference.window_weights(4, dynamic=True) == [1.0, 0.75, 0.5, 0.25]
    assert reference.window_weights(3, dynamic=False) == [1.0, 1.0, 1.0]


def test_expected_pairs_by_hand():
    """a b c, window 2: the neighbours ab and bc always pair, ac with ½; b dropped, ac are neighbours."""
    always = reference.expected_pair_counts([[0, 1, 2]], [1, 1, 1], 2, dynamic=True)
    assert always == [[0, 1, 0.5], [1, 0, 1], [0.5, 1, 0]]
    b_half_the_time = reference.expected_pair_counts([[0, 1, 2]], [1, 0.5, 1], 2, dynamic=True)
    assert b_half_the_time == [[0, 0.5, 0.75], [0.5, 0, 0.5], [0.75, 0.5, 0]]
    assert reference.expected_pair_counts([[0], [1]], [1, 1], 5, dynamic=True) == [[0, 0], [0, 0]]


@given(texts(), st.integers(1, 8), st.booleans())
def test_expected_pairs_are_those_of_every_single_draw(text, window, dynamic):
    sentences, keep = text
    formula = reference.expected_pair_counts(sentences, keep, window, dynamic)
    enumerated = reference.enumerated_pair_counts(sentences, keep, window, dynamic)
    np.testing.assert_allclose(formula, enumerated, rtol=1e-12, atol=1e-14)


def test_drawn_pairs_by_hand():
    def draws(*numbers):
        return iter(numbers).__next__

    everything_kept = draws(0, 0, 0, 0.99, 0.0, 0.5)  # three tokens stay; windows of 2, 1 and 2
    assert reference.drawn_pairs([7, 8, 9], dict.fromkeys([7, 8, 9], 0.5), 2, True, everything_kept) == [
        (8, 7), (9, 7), (7, 8), (9, 8), (7, 9), (8, 9),
    ]  # fmt: skip
    middle_dropped = draws(0, 0.7, 0)
    assert reference.drawn_pairs([7, 8, 9], dict.fromkeys([7, 8, 9], 0.5), 1, False, middle_dropped) == [(9, 7), (7, 9)]


@given(st.integers(1, 50), st.booleans())
def test_window_weights_are_covering_probabilities(window, dynamic):
    weights = reference.window_weights(window, dynamic)
    assert len(weights) == window
    assert weights[0] == 1
    assert all(later <= earlier for earlier, later in pairwise(weights))
    reaches = range(1, window + 1) if dynamic else [window]
    for distance, weight in enumerate(weights, start=1):
        assert weight == pytest.approx(sum(reach >= distance for reach in reaches) / len(reaches), rel=1e-15)


# --- what else is so of the bound ------------------------------------------------------------------------------------


@given(paper_laws())
def test_distances_of_p_and_r_as_numpy_has_them(law):
    p, r = np.array(law.table), np.array(reference.negative_pairs(law.table, law.q))
    close(reference.total_difference(p.tolist(), r.tolist()), exact(np.abs(p - r).sum()))
    seen = r > 0
    assert reference.chi_squared(p.tolist(), r.tolist()) == pytest.approx(((p - r)[seen] ** 2 / r[seen]).sum(), 1e-9)


@given(paper_laws())
def test_a_whole_text_pair_by_pair_is_equation_2(law):
    pairs = [(x, y, n) for (x, y), n in np.ndenumerate(law.counts) if n > 0]
    close(reference.jsmi_of_pairs(pairs, law.alpha), law.oracle.bound())


@given(scored_laws())
def test_the_usual_sum_is_the_score_times_the_draws(scored):
    law, m = scored
    total = law.counts.sum()
    usual = reference.unnormalised_score(law.counts.tolist(), law.q, m.tolist(), law.negatives)
    score = reference.sgns_score(law.table, law.q, m.tolist(), law.alpha)
    draws = total * (law.negatives + 1)
    assert usual == pytest.approx(draws * (score - reference.binary_entropy(law.alpha)), rel=1e-10)


def test_capacity_of_a_perfect_channel_of_two_words():
    """p = diag(½, ½): KL(p‖u) = KL(r‖u) at α = 3/5, where JSMI = log 5/4"""
    assert reference.capacity([[0.5, 0], [0, 0.5]], [0.5, 0.5]) == pytest.approx(math.log(5 / 4), rel=1e-12)


def test_merged_words_come_first():
    assert reference.merged_words([[1, 2], [3, 4], [5, 6]], 0, 2) == [[6, 8], [3, 4]]
