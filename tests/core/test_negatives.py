"""gensim's own negatives: targets that are skipped, scores beyond ±6, sampled scores, and laws that must not mix."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from jsmi_core import (
    Embedding,
    JointDistribution,
    SGNSObjective,
    capacity,
    difference,
    jsmi,
    levy_goldberg_deviation as deviation,
    reference,
    unigram_noise,
)
from jsmi_core.errors import ParameterError


@st.composite
def cases(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, int, Embedding]:
    """A table of counts with gaps, noise that differs from its margin, k, and an embedding."""
    words, contexts = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    counts = rng.integers(0, draw(st.integers(2, 9)), (words, contexts)) * rng.integers(0, 2, (words, contexts))
    counts[0, 0] += 1
    noise = unigram_noise(counts.sum(axis=0) + rng.integers(0, 2, contexts) + 0.5)
    size = draw(st.sampled_from([0.1, 1.0, 30.0]))
    embedding = Embedding(rng.normal(size=(words, 2)) * size, rng.normal(size=(contexts, 2)))
    return counts, noise, draw(st.sampled_from([1, 5, 20, 1000])), embedding


@given(cases(), st.booleans())
def test_every_number_equals_its_plain_definition(case: tuple, skip_target: bool) -> None:
    counts, noise, k, embedding = case
    objective = SGNSObjective(JointDistribution.from_counts(counts), k, noise, skip_target=skip_target)
    joint, q, alpha = reference.joint_distribution(counts.tolist()), noise.tolist(), objective.alpha
    r = (reference.used_negative_pairs if skip_target else reference.negative_pairs)(joint, q)
    m = (embedding.words @ embedding.contexts.T).tolist()
    found = objective.evaluate(embedding)
    yardstick = 1e-12 * objective.class_entropy  # of sums whose cells cancel to nearly nothing
    assert found.bound == pytest.approx(reference.bound_of(joint, r, alpha), rel=1e-12, abs=yardstick)
    assert found.gap.total == pytest.approx(reference.loss_of(joint, r, m, alpha), rel=1e-11, abs=yardstick)
    assert found.score == pytest.approx(found.bound - found.gap.total, rel=1e-11, abs=10 * yardstick)
    reachable = reference.reachable_bound(joint, r, alpha)
    assert objective.reachable_bound == pytest.approx(reachable, rel=1e-11, abs=yardstick)
    zero = objective.score(Embedding(np.zeros((counts.shape[0], 1)), np.zeros((counts.shape[1], 1))))
    assert objective.zero_score == pytest.approx(zero, abs=yardstick)
    assert objective.score(Embedding.constant(-np.log(k), *counts.shape)) == pytest.approx(0, abs=yardstick)


@given(cases())
def test_skipping_targets_never_lowers_the_bound_and_reach_never_raises_it(case: tuple) -> None:
    """Fewer negatives on the support: the classes are easier to tell apart there."""
    counts, noise, k, _ = case
    joint = JointDistribution.from_counts(counts)
    plain, skipped = (SGNSObjective(joint, k, noise, skip_target=skip) for skip in (False, True))
    assert skipped.reachable_bound <= skipped.bound + 1e-15
    assert plain.reachable_bound <= plain.bound + 1e-15
    assert plain.bound_by_word.sum() == pytest.approx(plain.bound, rel=1e-11, abs=1e-15)
    grid = np.indices(counts.shape).reshape(2, -1)
    assert skipped.bound_of_pairs(*grid).sum() == pytest.approx(skipped.bound, rel=1e-11, abs=1e-15)


@pytest.mark.parametrize("skip_target", [False, True])
def test_sampled_scores_cover_the_exact_one(skip_target: bool) -> None:
    """Over 200 seeds, 1.96 standard errors hold the exact score about 95 times in 100."""
    rng = np.random.default_rng(1)
    counts = rng.integers(0, 4, (8, 9))
    joint = JointDistribution.from_counts(counts)
    objective = SGNSObjective(joint, 7, unigram_noise(counts.sum(axis=0) + 1), skip_target=skip_target)
    embedding = Embedding(rng.normal(size=(8, 2)), rng.normal(size=(9, 2)))
    exact = objective.score(embedding)
    drawn = [objective.sampled_score(embedding, pairs=2_000, seed=seed) for seed in range(200)]
    standardised = np.array([(estimate - exact) / error for estimate, error in drawn])
    assert 0.90 <= np.mean(np.abs(standardised) < 1.96) <= 0.99
    assert abs(standardised.mean()) < 4 / np.sqrt(200)


def test_sampled_score_is_the_plain_estimate_of_its_own_draws() -> None:
    rng = np.random.default_rng(2)
    embedding = Embedding(rng.normal(size=(3, 2)), rng.normal(size=(3, 2)))
    objective = SGNSObjective(JointDistribution.from_counts(rng.integers(1, 5, (3, 3))), 2)
    draws = np.random.default_rng(9)
    pairs = np.searchsorted(np.cumsum(objective.contrast.positive), draws.random(50), side="right")
    negatives = np.searchsorted(np.cumsum(objective.contrast.noise), draws.random((50, 2)), side="right")
    positives = [(int(i) // 3, int(i) % 3) for i in pairs]
    scores = (embedding.words @ embedding.contexts.T).tolist()
    plain = reference.sampled_score(positives, negatives.tolist(), scores)
    assert objective.sampled_score(embedding, pairs=50, seed=9) == pytest.approx(plain, rel=1e-12)


def test_capacity_is_the_top_of_the_curve() -> None:
    joint = JointDistribution.from_counts([[5, 1, 0], [1, 3, 2]])
    alpha, top = capacity(joint)
    around = jsmi(joint, np.linspace(0.01, 0.99, 197))
    assert top >= around.max()
    assert top == pytest.approx(around.max(), rel=1e-3)
    assert abs(alpha - np.linspace(0.01, 0.99, 197)[around.argmax()]) < 0.006


def test_levy_and_goldbergs_unit_is_their_ratio_of_unnormalised_scores() -> None:
    """Their deviation (ℓ* − ℓ)/|ℓ*| with ℓ = N (k+1) (S − h(α))."""
    objective = SGNSObjective(JointDistribution.from_counts([[5, 1], [1, 3]]), 3)
    score = objective.score(Embedding.constant(-1.0, 2, 2))
    best, own = ((value - objective.class_entropy) * 4 * 10 for value in (objective.bound, score))
    assert deviation(objective.bound, score, objective.alpha) == pytest.approx((own - best) / best, rel=1e-12)


def test_scores_of_two_laws_are_not_compared() -> None:
    joint = JointDistribution.from_counts([[5, 1], [1, 3]])
    embedding, better = Embedding.constant(-1.0, 2, 2), Embedding.constant(-1.5, 2, 2)
    own = SGNSObjective(joint, 5)
    assert difference(own.evaluate(better), own.evaluate(embedding)) == own.score(better) - own.score(embedding)
    others = [
        SGNSObjective(joint, 4),
        SGNSObjective(joint, 5, [0.5, 0.5]),
        SGNSObjective(joint, 5, skip_target=True),
        SGNSObjective(JointDistribution.from_counts([[5, 1], [1, 4]]), 5),
    ]
    for other in others:
        with pytest.raises(ParameterError, match="evaluate both embeddings with one SGNSObjective"):
            difference(own.evaluate(embedding), other.evaluate(embedding))


def test_sampling_needs_whole_negatives() -> None:
    objective = SGNSObjective(JointDistribution.from_counts([[5, 1], [1, 3]]), alpha=0.3)
    with pytest.raises(ParameterError, match="make the objective from negatives"):
        objective.sampled_score(Embedding.constant(0.0, 2, 2))
    with pytest.raises(ParameterError, match="pairs = 1 "):
        SGNSObjective(objective.joint, 2).sampled_score(Embedding.constant(0.0, 2, 2), pairs=1)
