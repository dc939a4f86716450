"""The theorems of the paper and what follows from them, each as an inequality that any p, q, α and m must satisfy.

Every theorem is a function: its docstring is the statement, its body the two sides. Each is tried on 200 random cases
by default and on 20,000 in the slow run.
"""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings, strategies as st

from jsmi_core import Embedding, JointDistribution, SGNSObjective, binary_entropy, jsmi, mutual_information
from tests.core.strategies import Law, free, laws, negatives, paper_laws, score_matrices, scored_laws, tables

ROUNDING = 1e-14  # nats: sums of a few dozen cells, each rounded once
UNREACHABLE = -745.0  # stands in for a best score of −∞: σ is 0 there in float64

THEOREMS = []


def theorem(**strategies):
    """Register a statement to be tried on draws from these strategies."""

    def register(statement):
        THEOREMS.append(pytest.param(statement, strategies, id=statement.__name__))
        return statement

    return register


@pytest.mark.parametrize(("statement", "strategies"), THEOREMS)
def test_holds(statement, strategies):
    given(**strategies)(statement)()


@pytest.mark.slow
@pytest.mark.parametrize(("statement", "strategies"), THEOREMS)
def test_holds_20_000_times(statement, strategies, monkeypatch):
    monkeypatch.setenv("JSMI_THREADS", "1")  # the same bits, without starting threads for every tiny table
    settings(max_examples=20_000)(given(**strategies)(statement))()


alphas = st.floats(1e-6, 1 - 1e-6)


def best_matrix(law):
    """m* = log p/r + log α/(1−α) as a full matrix, with finite stand-ins for ±∞."""
    best = np.full(law.counts.shape, UNREACHABLE)
    best[law.counts > 0] = np.minimum(law.objective.best_scores, -UNREACHABLE)
    return best


# --- the bound -------------------------------------------------------------------------------------------------------


@theorem(law=paper_laws(), alpha=alphas)
def jsmi_is_within_its_ceilings(law, alpha):
    """0 ≤ JSMI_α ≤ min(h(α), α I(X;Y))"""
    value = jsmi(law.joint, alpha)
    assert value >= 0
    assert value <= binary_entropy(alpha) + ROUNDING
    assert value <= alpha * mutual_information(law.joint) + ROUNDING


@theorem(law=laws(), alpha=alphas)
def bound_for_any_noise_is_within_its_ceilings(law, alpha):
    """0 ≤ JS_α(p, r) ≤ min(h(α), α KL(p‖r))"""
    value = jsmi(law.joint, alpha, law.noise)
    assert value >= 0
    assert value <= binary_entropy(alpha) + ROUNDING
    assert value <= alpha * mutual_information(law.joint, law.noise) + ROUNDING


@theorem(
    rows=st.lists(st.integers(0, 50), min_size=1, max_size=6).filter(any),
    columns=st.lists(st.integers(0, 50), min_size=1, max_size=6).filter(any),
    alpha=alphas,
)
def independence_means_zero(rows, columns, alpha):
    """X, Y independent ⇒ JSMI_α = 0"""
    assert 0 <= jsmi(JointDistribution.from_counts(np.outer(rows, columns)), alpha) <= 1e-30


@theorem(counts=tables(), alpha=alphas)
def zero_means_independence(counts, alpha):
    """X, Y dependent ⇒ JSMI_α > 0, and no less than a table of integers of this size can have"""
    assume(np.linalg.matrix_rank(counts) > 1)
    assert jsmi(JointDistribution.from_counts(counts), alpha) > 1e-30


@theorem(law=laws(), alphas=st.lists(alphas, min_size=2, max_size=2, unique=True), share=st.floats(0, 1))
def bound_is_concave_in_alpha(law, alphas, share):
    """JSMI at a mixture of two α ≥ the same mixture of the two JSMI"""
    low, high = sorted(alphas)
    middle = share * low + (1 - share) * high
    below, at, above = jsmi(law.joint, np.array([low, middle, high]), law.noise)
    assert at >= share * below + (1 - share) * above - ROUNDING


@theorem(law=laws(), alphas=st.lists(alphas, min_size=2, max_size=2, unique=True))
def bound_by_alpha_does_not_grow(law, alphas):
    """α < β ⇒ JSMI_α/α ≥ JSMI_β/β"""
    low, high = sorted(alphas)
    values = jsmi(law.joint, np.array([low, high]), law.noise)
    assert values[0] / low >= values[1] / high * (1 - 1e-10) - ROUNDING


@theorem(law=laws())
def bound_by_alpha_tends_to_the_divergence(law):
    """JSMI_α/α → KL(p‖r), which is I(X;Y) for the paper's q, as α → 0"""
    limit = mutual_information(law.joint, law.noise)
    assume(limit < math.inf)
    near, nearer = jsmi(law.joint, np.array([1e-6, 1e-9]), law.noise) / [1e-6, 1e-9]
    assert nearer == pytest.approx(limit, rel=1e-4, abs=1e-12)
    assert near <= nearer * (1 + 1e-10) + ROUNDING


@theorem(counts=tables(min_side=2), alpha=alphas)
def merging_words_never_raises_the_bound(counts, alpha):
    """Two words taken for one know no more of their contexts than the two did"""
    merged = np.vstack([counts[0] + counts[1], counts[2:]])
    assert jsmi(JointDistribution.from_counts(merged), alpha) <= (
        jsmi(JointDistribution.from_counts(counts), alpha) + ROUNDING
    )


@theorem(counts=tables(), alpha=alphas, parts=st.integers(2, 4))
def splitting_a_word_at_random_changes_nothing(counts, alpha, parts):
    """A word replaced by equally used synonyms, with its contexts shared out evenly, keeps JSMI"""
    split = np.vstack([counts[:1]] * parts + [counts[1:] * parts])
    assert jsmi(JointDistribution.from_counts(split), alpha) == pytest.approx(
        jsmi(JointDistribution.from_counts(counts), alpha), rel=1e-10, abs=ROUNDING
    )


# --- the score -------------------------------------------------------------------------------------------------------


@theorem(scored=scored_laws())
def theorem_1_no_matrix_scores_above_the_bound(scored):
    """S(m) ≤ JS_α(p, r) for any m"""
    law, m = scored
    found = law.objective.evaluate(free(m))
    assert found.score <= found.bound + ROUNDING * max(1, abs(found.score))


@theorem(law=laws())
def theorem_1_the_shifted_pmi_attains_the_bound(law):
    """S(m*) = JS_α(p, r) for m* = log p/r + log α/(1−α), which is PMI − log k for the paper's q"""
    found = law.objective.evaluate(free(best_matrix(law)))
    assert found.score == pytest.approx(found.bound, rel=1e-12, abs=ROUNDING)
    # Rounding m* costs (1e-16 |m*|)²; a pair with p or r = 0 has its best score at ±∞, and σ(±745) falls short by
    # 1e-323; m of a hundred and more leave one rounding of the cell itself.
    assert 0 <= found.gap.total <= 1e-25


@theorem(counts=tables(), k=negatives(), data=st.data())
def theorem_1_nothing_near_the_best_is_better(counts, k, data):
    """S(m* + ε) < S(m*), and the gap tells the two apart where S in float64 no longer can"""
    law = Law(counts + 1, None, k)
    best = best_matrix(law)
    step = data.draw(score_matrices(best.shape, 1.0)) * 1e-6
    assume(np.abs(step).max() > 1e-9)
    assert law.objective.gap(free(best + step)).total > law.objective.gap(free(best)).total


@theorem(scored=scored_laws())
def theorem_2_the_two_forms_of_the_gap_agree(scored):
    """Σ u KL(Bern(t)‖Bern(σ(m))) = JS_α(p, r) − S(m)"""
    law, m = scored
    found = law.objective.evaluate(free(m))
    assert found.gap.total == pytest.approx(found.bound - found.score, rel=1e-11, abs=ROUNDING)


@theorem(scored=scored_laws())
def losses_are_non_negative_and_add_up(scored):
    """Σ_x loss(x) = Σ_y loss(y) = Σ_{x,y} loss(x, y) = gap, each part ≥ 0"""
    law, m = scored
    gap = law.objective.gap(free(m))
    of_pairs = gap.of_pairs(*np.indices(m.shape).reshape(2, -1)).reshape(m.shape)
    assert min(gap.by_word.min(), gap.by_context.min(), of_pairs.min()) >= 0
    for parts in (gap.by_word, gap.by_context, of_pairs):
        assert parts.sum() == pytest.approx(gap.total, rel=1e-12)
    np.testing.assert_allclose(of_pairs.sum(axis=1), gap.by_word, rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(of_pairs.sum(axis=0), gap.by_context, rtol=1e-12, atol=1e-300)


@theorem(scored=scored_laws(), seed=st.integers(0, 2**32 - 1))
def names_do_not_matter(scored, seed):
    """Renaming words and contexts renames the losses and changes no total"""
    law, m = scored
    rng = np.random.default_rng(seed)
    rows, columns = (rng.permutation(size) for size in m.shape)
    noise = None if law.noise is None else law.noise[columns]
    renamed = SGNSObjective(JointDistribution.from_counts(law.counts[np.ix_(rows, columns)]), law.negatives, noise)
    before, after = law.objective.evaluate(free(m)), renamed.evaluate(free(m[np.ix_(rows, columns)]))
    assert after.bound == pytest.approx(before.bound, rel=1e-12, abs=1e-30)
    assert after.score == pytest.approx(before.score, rel=1e-12, abs=ROUNDING)
    np.testing.assert_allclose(after.gap.by_word, before.gap.by_word[rows], rtol=1e-11, atol=1e-30)
    np.testing.assert_allclose(after.gap.by_context, before.gap.by_context[columns], rtol=1e-11, atol=1e-30)


@theorem(scored=scored_laws(paper_laws))
def words_and_contexts_may_change_places(scored):
    """With the paper's q all is symmetric: JSMI(X,Y) = JSMI(Y,X), and losses by word become losses by context"""
    law, m = scored
    turned = SGNSObjective(JointDistribution.from_counts(law.counts.T), law.negatives)
    before, after = law.objective.evaluate(free(m)), turned.evaluate(free(m.T))
    assert after.bound == pytest.approx(before.bound, rel=1e-12, abs=1e-30)
    assert after.score == pytest.approx(before.score, rel=1e-12, abs=ROUNDING)
    np.testing.assert_allclose(after.gap.by_word, before.gap.by_context, rtol=1e-11, atol=1e-30)


@theorem(law=laws())
def knowing_only_the_class_ratio_scores_zero(law):
    """S = 0 for the constant matrix −log k; its gap is the whole bound"""
    found = law.objective.evaluate(Embedding.constant(-math.log(law.negatives), *law.counts.shape))
    assert abs(found.score) <= ROUNDING * law.objective.class_entropy
    assert found.gap.total == pytest.approx(found.bound, rel=1e-11, abs=1e-30)


@theorem(law=laws())
def training_starts_at_the_zero_matrix(law):
    """S = h(α) − log 2 for m = 0"""
    score = law.objective.score(Embedding.constant(0.0, *law.counts.shape))
    assert score == pytest.approx(binary_entropy(law.alpha) - math.log(2), rel=1e-13)


@theorem(law=laws(), data=st.data())
def score_is_concave_in_m(law, data):
    """S at the middle of two matrices ≥ the mean of their scores"""
    first, second = (data.draw(score_matrices(law.counts.shape)) for _ in range(2))
    ends = [law.objective.score(free(m)) for m in (first, second)]
    middle = law.objective.score(free((first + second) / 2))
    assert middle >= sum(ends) / 2 - ROUNDING * max(1, abs(middle))


@theorem(scored=scored_laws())
def rotating_the_vectors_changes_nothing(scored):
    """S depends on the products x · y only"""
    law, m = scored
    rng = np.random.default_rng(m.size)
    rotation = np.linalg.qr(rng.normal(size=(m.shape[1], m.shape[1])))[0]
    turned = Embedding(m @ rotation, np.eye(m.shape[1]) @ rotation)
    assert law.objective.score(turned) == pytest.approx(law.objective.score(free(m)), rel=1e-11, abs=1e-12)


@theorem(law=laws(), times=st.integers(2, 1000))
def only_proportions_matter(law, times):
    """Counts and any multiple of them have one p, one bound, one score"""
    multiplied = SGNSObjective(JointDistribution.from_counts(law.counts * times), law.negatives, law.noise)
    assert multiplied.bound == pytest.approx(law.objective.bound, rel=1e-12, abs=1e-30)
