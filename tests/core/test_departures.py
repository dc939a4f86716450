"""From the paper's law to gensim's: each step against its plain definition, the verdicts, and the draws of one α."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from jsmi_core import Corpus, Embedding, JointDistribution, SGNSConfig, SGNSObjective, reference, train_sgns
from jsmi_core.errors import ParameterError
from jsmi_core.experiments.departures import DEPARTURES, mass_shift, own_objective, sampled_scores, valid_bounds, walk
from jsmi_core.information.distribution import unigram_noise
from jsmi_core.pairs.cooccurrence import expected_pairs
from jsmi_core.training.trainer import training_noise

K = 3
CONFIG = SGNSConfig(dimension=3, negatives=K, window=2, subsample=0.05, epochs=2)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    rng = np.random.default_rng(5)
    words = [f"w{i}" for i in range(12)]
    weights = 1 / np.arange(1, 13)
    return Corpus.from_sentences([list(rng.choice(words, 9, p=weights / weights.sum())) for _ in range(60)])


def plain_bound(corpus: Corpus, config: SGNSConfig, *, skip: bool = False, reach: bool = False) -> float:
    """The bound from reference.py's loops over all pairs."""
    counts = expected_pairs(corpus, config.sampling).counts.toarray().tolist()
    joint = reference.joint_distribution(counts)
    noise = training_noise(corpus, config).tolist()
    r = (reference.used_negative_pairs if skip else reference.negative_pairs)(joint, noise)
    alpha = 1 / (K + 1)
    return reference.reachable_bound(joint, r, alpha) if reach else reference.bound_of(joint, r, alpha)


def test_each_step_has_the_bound_of_its_plain_definition(corpus: Corpus) -> None:
    steps = {step.name: step for step in walk(corpus, CONFIG)}
    assert tuple(steps) == ("paper", *DEPARTURES)
    for name, more in {"skip": {"skip": True}, "reach": {"skip": True, "reach": True}}.items():
        assert steps[name].bound == pytest.approx(plain_bound(corpus, CONFIG, **more), rel=1e-11)
    for name in ("paper", "window", "subsample", "noise"):
        assert steps[name].bound == pytest.approx(plain_bound(corpus, steps[name].config), rel=1e-11)
    assert steps["noise"].config == CONFIG
    assert steps["paper"].config == SGNSConfig.paper(dimension=3, negatives=K, window=2, epochs=2)


def test_each_step_has_the_masses_of_its_law(corpus: Corpus) -> None:
    steps = {step.name: step for step in walk(corpus, CONFIG)}
    for step in steps.values():
        assert math.fsum(step.words) == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(steps["subsample"].negatives, steps["subsample"].words, rtol=1e-12)
    np.testing.assert_allclose(steps["noise"].negatives, unigram_noise(corpus.counts), rtol=1e-12)
    joint = expected_pairs(corpus, CONFIG.sampling)
    r = reference.used_negative_pairs(joint.p.toarray().tolist(), unigram_noise(corpus.counts).tolist())
    np.testing.assert_allclose(steps["skip"].negatives, np.sum(r, axis=0), rtol=1e-12)


def test_departures_that_are_not_made_change_nothing(corpus: Corpus) -> None:
    every = {step.name: step for step in walk(corpus, CONFIG)}
    assert [step.name for step in walk(corpus, CONFIG, ())] == ["paper"]
    some = walk(corpus, CONFIG, ["reach", "window"])
    assert [step.name for step in some] == ["paper", "window", "reach"]
    assert some[1].bound == every["window"].bound
    assert some[2].bound == own_objective(corpus, some[1].config).reachable_bound


def test_a_walk_without_a_threshold_takes_word2vec_s(corpus: Corpus) -> None:
    step = walk(corpus, SGNSConfig(subsample=0), ["subsample"])[-1]
    assert step.config.subsample == 1e-3


def test_an_unknown_departure_is_refused(corpus: Corpus) -> None:
    with pytest.raises(ParameterError, match=r"'dropout'.*window, subsample, noise, skip, reach"):
        walk(corpus, departures=["window", "dropout"])


# --- who gains mass --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 5, 12, 1000])
def test_bins_of_ranks_hold_every_word_once(size: int) -> None:
    rng = np.random.default_rng(size)
    before, after = rng.random(size), rng.random(size)
    ratios = mass_shift(before, after, bins=6)
    assert len(ratios) <= 6
    assert [rank for rank, _ in ratios] == sorted(rank for rank, _ in ratios)
    assert [ratio for _, ratio in mass_shift(before, 3 * before)] == pytest.approx(
        [3.0] * len(mass_shift(before, before))
    )
    if size == 12:
        edges = np.unique(np.round(13 ** np.linspace(0, 1, 7)).astype(int))
        sums = [after[a - 1 : b - 1].sum() / before[a - 1 : b - 1].sum() for a, b in pairwise(edges)]
        assert [ratio for _, ratio in ratios] == pytest.approx(sums)


# --- which bound is valid --------------------------------------------------------------------------------------------


def test_a_run_under_every_law_that_might_be_taken_for_its_own(corpus: Corpus) -> None:
    embedding = train_sgns(corpus, CONFIG).embedding
    rows = {row.law: row for row in valid_bounds(corpus, CONFIG, embedding)}
    assert {law: row.valid for law, row in rows.items()} == {
        "paper": "no",
        "context marginal": "no",
        "own": "nearly",
        "skip": "yes",
    }
    joint, noise = expected_pairs(corpus, CONFIG.sampling), unigram_noise(corpus.counts)
    objectives = {
        "paper": SGNSObjective(expected_pairs(corpus, SGNSConfig.paper(window=2).sampling), K),
        "context marginal": SGNSObjective(joint, K),
        "own": SGNSObjective(joint, K, noise),
        "skip": SGNSObjective(joint, K, noise, skip_target=True),
    }
    for law, objective in objectives.items():
        row, found = rows[law], objective.evaluate(embedding)
        assert (row.bound, row.score, row.gap) == pytest.approx((found.bound, found.score, found.gap.total), rel=1e-11)
        assert row.reachable_bound == pytest.approx(objective.reachable_bound, rel=1e-11)
    assert rows["skip"].q == "counts^0.75, targets skipped"
    assert rows["paper"].p == "window 2, all tokens"
    assert rows["own"].p == "window 1…2, subsampling 0.05"


def test_without_an_embedding_there_are_bounds_and_no_scores(corpus: Corpus) -> None:
    assert all((row.score, row.gap) == (None, None) for row in valid_bounds(corpus, CONFIG))


def test_half_a_departure_has_its_own_rows(corpus: Corpus) -> None:
    laws = [row.law for row in valid_bounds(corpus, SGNSConfig(noise="pairs"))]
    assert laws == ["paper", "own", "skip"]


# --- the two functions of k ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model() -> tuple[SGNSObjective, Embedding]:
    rng = np.random.default_rng(7)
    objective = SGNSObjective(JointDistribution.from_counts(rng.integers(0, 4, (8, 9))), 5)
    return objective, Embedding(rng.normal(size=(8, 2)), rng.normal(size=(9, 2)))


@pytest.mark.parametrize("draws", [1, 5, 40])
def test_any_number_of_draws_estimates_the_exact_score(model: tuple[SGNSObjective, Embedding], draws: int) -> None:
    """Over 200 seeds the errors are standard normal: k stays the weight of the negatives."""
    objective, embedding = model
    drawn = [objective.sampled_score(embedding, 1_000, seed, draws=draws) for seed in range(200)]
    exact = objective.score(embedding)
    standardised = np.array([(estimate - exact) / error for estimate, error in drawn])
    assert abs(standardised.mean()) < 4 / math.sqrt(200)
    assert standardised.std() == pytest.approx(1, abs=0.2)


def test_more_draws_lower_the_error_down_to_that_of_the_real_pairs(model: tuple[SGNSObjective, Embedding]) -> None:
    """Var = Var(positive + k E[negative | x]) + k²/n E[Var(negative | x)]: the first part stays."""
    objective, embedding = model
    m = embedding.words @ embedding.contexts.T
    p, q = objective.joint.p.toarray(), objective.contrast.noise
    positive, negative = -np.logaddexp(0, -m), -np.logaddexp(0, m)
    mean = negative @ q
    inner = (objective.joint.word_marginal * ((negative - mean[:, None]) ** 2 @ q)).sum()
    outer = positive + 5 * mean[:, None]
    kept = (p * outer**2).sum() - (p * outer).sum() ** 2
    for sample in sampled_scores(objective, embedding, pairs=(200_000,), draws=(1, 5, 50)):
        variance = kept + 25 / sample.draws * inner
        assert sample.standard_error == pytest.approx(objective.alpha * math.sqrt(variance / sample.pairs), rel=0.02)


def test_the_usual_number_of_draws_is_k(model: tuple[SGNSObjective, Embedding]) -> None:
    objective, embedding = model
    assert objective.sampled_score(embedding, 500) == objective.sampled_score(embedding, 500, draws=5)
    with pytest.raises(ParameterError, match="draws = 0"):
        objective.sampled_score(embedding, 500, draws=0)


def test_ranks_without_any_mass_are_left_out():
    """Nothing can be said of how nothing changed."""
    before, after = np.array([0.5, 0.0, 0.0, 0.5]), np.array([0.25, 0.25, 0.25, 0.25])
    assert mass_shift(before, after, bins=10) == [(1.0, 0.5), (4.0, 0.5)]
