"""What S is of is a value of its own, and a closed set of words is closed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from jsmi_core import Cell, Corpus, RankConfig, SGNSConfig, SGNSObjective, expected_pairs, run_cell
from jsmi_core.errors import ParameterError
from jsmi_core.experiments import comparable
from jsmi_core.figures import ladder_data, scale_of
from jsmi_core.text.corpus import Ranking
from jsmi_core.text.tokens import Numbering
from jsmi_core.training import Law, training_noise

CORPUS = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]] * 5)
CONFIG = SGNSConfig(dimension=2, epochs=1, subsample=0)
RESULT = run_cell(Cell(CORPUS.digest, CONFIG), CORPUS)

OF_THE_LAW = {"negatives": 3, "window": 2, "dynamic": False, "subsample": 0.01, "noise_exponent": 1.0, "noise": "pairs"}
OTHERS = {"dimension": 3, "epochs": 2, "learning_rate": 0.1, "minimum_learning_rate": 0.01, "seed": 2, "workers": 2}


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(SGNSConfig)])
def test_a_law_changes_with_the_settings_that_s_is_of_and_with_no_other(field: str) -> None:
    plain = SGNSConfig()
    changed = dataclasses.replace(plain, **{field: (OF_THE_LAW | OTHERS)[field]})
    assert (changed.law != plain.law) == (field in OF_THE_LAW)


def test_the_exponent_is_of_no_law_whose_negatives_come_from_the_pairs() -> None:
    assert SGNSConfig(noise="pairs", noise_exponent=0.5).law == SGNSConfig(noise="pairs").law


def test_a_search_has_the_law_of_the_training_that_it_is_under() -> None:
    for config in (SGNSConfig(), SGNSConfig.paper(negatives=2), SGNSConfig(window=3, noise_exponent=1.0)):
        law = RankConfig.under(config).law
        assert law == config.law
        assert (law.alpha, law.q) == (config.alpha, config.noise_name)
        assert law.as_in_paper().q == "context marginal"


def test_noise_and_bound_follow_from_the_law_alone() -> None:
    law = CONFIG.law
    assert np.array_equal(training_noise(CORPUS, law), training_noise(CORPUS, CONFIG))
    joint = expected_pairs(CORPUS, law.sampling)
    assert SGNSObjective(joint, law.negatives, training_noise(CORPUS, law)).bound == RESULT.own.bound
    assert SGNSObjective(joint, law.negatives).bound == RESULT.paper.bound


def test_results_are_comparable_by_law_over_all_negatives() -> None:
    other_k = run_cell(Cell(CORPUS.digest, dataclasses.replace(CONFIG, negatives=2)), CORPUS)
    other_noise = run_cell(Cell(CORPUS.digest, dataclasses.replace(CONFIG, noise="pairs")), CORPUS)
    assert comparable([other_k, other_noise], RESULT) == (other_k,)
    assert comparable([other_k, other_noise], RESULT, "paper") == (other_k, other_noise)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: ladder_data([RESULT], quantity="gapp"), "quantity = 'gapp' is not usable: give one of score, gap."),
        (lambda: ladder_data([RESULT], "dimensions"), "x = 'dimensions' is not usable: give one of dimension"),
        (lambda: ladder_data([RESULT], law="papers"), "law = 'papers' is not usable: give one of word2vec, paper."),
        (lambda: RESULT.law("own"), "law = 'own' is not usable: give one of word2vec, paper."),
        (lambda: scale_of("bit"), "unit = 'bit' is not usable: give one of nats, bits."),
        (lambda: SGNSConfig(noise="count"), "noise = 'count' is not usable: give one of counts, pairs."),
        (lambda: SGNSConfig(noise=["counts"]), r"noise = \['counts'\] is not usable"),
    ],
)
def test_a_word_that_is_none_of_a_closed_set_is_refused(call, sentence) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ParameterError, match=sentence):
        call()


def test_a_law_can_be_a_key() -> None:
    assert {CONFIG.law: 1}[Law(CONFIG.sampling, 0.75, 5)] == 1


# --- a caller's arrays are never changed -----------------------------------------------------------------------------


def test_the_arrays_that_a_corpus_is_made_of_stay_the_callers() -> None:
    parts = np.array([2, 1]), np.array([0, 1, 0], np.int32), np.array([0, 3])
    made = Corpus(("a", "b"), *parts)
    assert all(part.flags.writeable for part in parts)
    assert not any(part.flags.writeable for part in (made.counts, made.ids, made.offsets))


def test_ranking_words_leaves_their_counts_as_they_are() -> None:
    numbers = Numbering(["\n"])
    assert [numbers[word] for word in ("a", "b")] == [1, 2]
    counts = np.array([7, 2, 1])
    assert Ranking.of(numbers, counts, 1, "text", []).vocabulary == ("a", "b")
    assert counts.tolist() == [7, 2, 1]
