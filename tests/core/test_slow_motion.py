"""word2vec's update on draws from a law: its expectation is the gradient of S, and it finds the bound."""

from __future__ import annotations

import numpy as np
import pytest

from jsmi_core import reference
from jsmi_core.embeddings import Embedding
from jsmi_core.errors import ParameterError
from jsmi_core.information.distribution import JointDistribution
from jsmi_core.objective.sgns import SGNSObjective
from jsmi_core.tables.joint import preset
from jsmi_core.tables.slow_motion import MOMENTS, _updated, drawn, film


def objective_of(seed: int, shape: tuple[int, int] = (4, 5), negatives: int = 3) -> SGNSObjective:
    rng = np.random.default_rng(seed)
    q = rng.random(shape[1]) + 0.1
    counts = rng.integers(1, 10, shape)  # no pair so rare that its draws would not show in a standard error
    return SGNSObjective(JointDistribution.from_counts(counts), negatives, q / q.sum())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_expected_update_is_the_gradient_of_the_score(seed: int) -> None:
    """α times the mean update, at a rate so small that the vectors stay where they are, within 4 standard errors."""
    objective, rng, count, rate = objective_of(seed), np.random.default_rng(seed), 15_000, 1e-9
    words, contexts = rng.normal(0, 0.7, (4, 2)), rng.normal(0, 0.7, (5, 2))  # no product out of reach
    draws = drawn(objective, count, seed)
    _, by_word, by_context = objective.value_and_gradient(words, contexts)
    sums, squares = np.zeros((9, 2)), np.zeros((9, 2))
    for t in range(count):
        after = words.copy(), contexts.copy()
        _updated(*after, draws, np.full(count, rate), slice(t, t + 1))
        step = objective.alpha * np.vstack([after[0] - words, after[1] - contexts]) / rate
        sums += step
        squares += step**2
    mean = sums / count
    error = np.sqrt((squares / count - mean**2) / count)
    assert (np.abs(mean - np.vstack([by_word, by_context])) <= 4 * error + 1e-6).all()


@pytest.mark.parametrize("dimension", [1, 3])
def test_the_plain_twin_lands_on_the_same_vectors(dimension: int) -> None:
    objective, rng = objective_of(5), np.random.default_rng(5)
    words, contexts = rng.normal(0, 2, (4, dimension)), rng.normal(0, 2, (5, dimension))  # some products out of reach
    draws, rates = drawn(objective, 1_000, 7), np.linspace(0.5, 0.01, 1_000)
    plain = words.tolist(), contexts.tolist()
    positives = list(zip(draws.words.tolist(), draws.contexts.tolist(), strict=True))
    reference.sgns_updates(*plain, positives, draws.negatives.tolist(), rates.tolist())
    _updated(words, contexts, draws, rates, slice(None))
    np.testing.assert_allclose(words, plain[0], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(contexts, plain[1], rtol=1e-9, atol=1e-12)


def test_with_all_dimensions_and_a_falling_rate_it_finds_the_bound() -> None:
    objective = SGNSObjective(JointDistribution.from_counts(preset("copy", 4, 0.3)), 5)
    found = film(objective, 4, 200_000)
    assert found.gaps[-1] < 0.01 * objective.bound
    assert found.gaps.min() >= 0
    assert found.scores[0] == pytest.approx(objective.zero_score, abs=1e-12)
    np.testing.assert_allclose(found.scores + found.gaps, objective.bound, rtol=1e-12)


def test_moments_are_those_of_one_training() -> None:
    objective = objective_of(3)
    found = film(objective, 2, 500, rate=0.1, seed=4)
    assert found.moments[0] == 0
    assert found.moments[-1] == 500
    assert len(found.moments) <= MOMENTS
    words, contexts = found.words[0].copy(), found.contexts[0].copy()
    _updated(words, contexts, found.draws, found.rates, slice(0, 500))
    np.testing.assert_array_equal(words, found.words[-1])
    again = film(objective, 2, 500, rate=0.1, seed=4)
    np.testing.assert_array_equal(found.words, again.words)
    assert not np.array_equal(found.words, film(objective, 2, 500, rate=0.1, seed=5).words)


@pytest.mark.parametrize("number", [1, 2, 77, 500])
def test_an_update_taken_apart_adds_up_to_itself(number: int) -> None:
    found = film(objective_of(3), 2, 500, rate=0.5)
    one = found.update(number)
    assert len(one.pulls) == 4
    assert [pull.label for pull in one.pulls] == [1, 0, 0, 0]
    words, contexts = one.before.words.copy(), one.before.contexts.copy()
    step = np.zeros(2)
    for pull in one.pulls:
        assert pull.score == pytest.approx(words[one.word] @ contexts[pull.context], abs=1e-12)
        step += pull.weight * contexts[pull.context]
        contexts[pull.context] += pull.weight * words[one.word]
    words[one.word] += step
    np.testing.assert_allclose(one.after.words, words, atol=1e-12)
    np.testing.assert_allclose(one.after.contexts, contexts, atol=1e-12)
    scores = [found.objective.score(each) for each in (one.before, one.after)]
    assert one.gain == scores[1] - scores[0]
    if number < 500:
        np.testing.assert_array_equal(found.update(number + 1).before.words, one.after.words)


def test_gains_of_all_updates_add_up_and_some_are_losses() -> None:
    found = film(objective_of(3), 2, 300, rate=0.5)
    gains = [found.update(number).gain for number in range(1, 301)]
    assert sum(gains) == pytest.approx(found.scores[-1] - found.scores[0], abs=1e-12)
    assert min(gains) < 0 < sum(gains)


def test_what_is_out_of_range_is_said() -> None:
    objective = objective_of(1)
    for wrong in ({"dimension": 0}, {"updates": 0}, {"rate": 0.0}, {"seed": -1}):
        with pytest.raises(ParameterError, match="is not usable"):
            film(objective, **{"dimension": 2, **wrong})  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="make the objective from a number of negatives"):
        drawn(SGNSObjective(objective.joint, alpha=0.3), 5)
    with pytest.raises(ParameterError, match="number = 11 is not usable: give a whole number from 1 to 10"):
        film(objective, 1, 10).update(11)
    huge = Embedding(np.full((4, 1), 3.0), np.full((5, 1), 3.0))
    draws = drawn(objective, 10)
    words, contexts = huge.words.copy(), huge.contexts.copy()
    _updated(words, contexts, draws, np.ones(10), slice(None))
    np.testing.assert_array_equal(words, huge.words)  # beyond the reach of ±6 nothing moves
