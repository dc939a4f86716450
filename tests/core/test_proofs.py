"""The proofs: statements hold on any table, their numbers are the library's and the reference's, mutants turn red."""

import math
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from jsmi_core import (
    Embedding,
    JointDistribution,
    PairSampling,
    SGNSObjective,
    binary_entropy,
    capacity,
    expected_pairs,
    js_divergence,
    jsmi,
    mutual_information,
    reference,
    sample_corpus,
    unigram_noise,
)
from jsmi_core.errors import DistributionError, EmbeddingError, ParameterError
from jsmi_core.figures.proofs import proof_data
from jsmi_core.information.contrast import Contrast
from jsmi_core.proofs import beyond as proofs_beyond, section2 as proofs_dependence
from jsmi_core.proofs.case import REST, case_of_model, case_of_table, case_of_text
from jsmi_core.proofs.check import TOLERANCE, Card, check, plain_source
from jsmi_core.proofs.proving import CARDS, prove, verdict
from jsmi_core.tables.joint import PRESETS, preset
from tests.core.strategies import negatives, tables

TABLE = [[30, 2, 1], [3, 20, 0], [1, 4, 9]]
KEYS = {card.key for card in CARDS}


@pytest.fixture(scope="module")
def text():
    corpus = sample_corpus("planted")
    return corpus, expected_pairs(corpus, PairSampling())


def by_key(proofs):
    return {proof.card.key: proof for proof in proofs}


def failing(proofs):
    return {proof.card.key for proof in proofs if not proof.holds}


# --- they hold -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("k", [1, 5, 100])
def test_all_hold_on_every_preset(name, k, measured):
    found = verdict(prove(case_of_table(preset(name, 5), k)))
    assert (found.holding, found.of) == (24, 24)
    measured("proofs: production against plain loops", found.worst, TOLERANCE)


@settings(max_examples=25)
@given(tables(min_side=2), negatives())
def test_all_hold_on_any_table(counts, k):
    proofs = prove(case_of_table(counts, k))
    assert not failing(proofs)


@settings(max_examples=10)
@given(tables(min_side=2), st.integers(0, 2**32 - 1), st.sampled_from([0.1, 1.0, 10.0]))
def test_all_hold_for_any_scores(counts, seed, size):
    scores = np.random.default_rng(seed).normal(0, size, counts.shape)
    assert not failing(prove(case_of_table(counts, 5, scores)))


def test_all_hold_on_a_text_and_on_all_of_it(text):
    corpus, joint = text
    proofs = by_key(prove(case_of_text(joint, corpus.vocabulary, 40)))
    assert not failing(proofs.values())
    assert [key for key, proof in proofs.items() if proof.whole] == ["jsmi"]
    whole = next(c for c in proofs["jsmi"].comparisons if c.name == "JSMI of the whole text")
    assert whole.ours == jsmi(joint, 1 / 6)
    assert whole.plain == pytest.approx(whole.ours, rel=1e-13)


def test_all_hold_on_a_model_and_on_all_of_it(text):
    corpus, joint = text
    rng = np.random.default_rng(1)
    shape = (len(corpus.vocabulary), 10)
    model = Embedding(*(rng.normal(0, 0.5, shape).astype(np.float32) for _ in range(2)), corpus.vocabulary)
    proofs = by_key(prove(case_of_model(joint, model, 30, negatives=3)))
    assert not failing(proofs.values())
    assert [key for key, proof in proofs.items() if proof.whole] == ["jsmi", "score"]
    whole = next(c for c in proofs["score"].comparisons if c.name == "S(m) of the whole model")
    assert whole.ours == SGNSObjective(joint, 3).score(model, precision="double")


def test_what_takes_long_runs_only_if_asked_for(text):
    corpus, joint = text
    case = case_of_text(joint, corpus.vocabulary, 5)
    slow = by_key(prove(case, patience=0))["jsmi"]
    assert not slow.whole
    assert slow.estimate == pytest.approx(joint.pairs / 700_000)
    assert by_key(prove(case, patience=math.inf))["jsmi"].whole
    assert by_key(prove(case_of_table(TABLE)))["jsmi"].estimate is None


# --- their numbers ---------------------------------------------------------------------------------------------------


def test_the_numbers_are_the_library_s_and_the_reference_s():
    case = case_of_table(TABLE, 3)
    alpha, joint = 1 / 4, JointDistribution.from_counts(TABLE)
    objective = SGNSObjective(joint, 3)
    found = objective.evaluate(case.embedding)
    p = reference.joint_distribution(TABLE)
    q = reference.context_marginal(p)
    r, m = reference.negative_pairs(p, q), case.scores
    noise, other = unigram_noise(joint.context_counts, 0.75), reference.unigram_noise(q, 0.75)
    zero, constant = [[0.0] * 3] * 3, [[-math.log(3)] * 3] * 3
    dense = joint.p.toarray()
    chance = np.outer(joint.word_marginal, joint.context_marginal)
    bound, score, gap = reference.jsmi(p, q, alpha), reference.sgns_score(p, q, m, alpha), reference.gap(p, q, m, alpha)
    of_noise = SGNSObjective(joint, 3, noise)
    wanted = {
        ("divergence", "JS_α(p, r)"): (js_divergence(dense, chance, alpha), reference.js_divergence(p, r, alpha)),
        ("jsmi", "JSMI"): (jsmi(joint, alpha), bound),
        ("information", "JSMI"): (jsmi(joint, alpha), bound),
        ("entropies", "h(α) − H(Z|W)"): (None, reference.jsmi_as_information(p, q, alpha)),
        ("entropies", "h(α)"): (binary_entropy(alpha), reference.binary_entropy(alpha)),
        ("sigmoids", "S(PMI − log k)"): (None, reference.jsmi_from_scores(p, q, alpha)),
        ("score", "S(m)"): (objective.score(case.embedding), score),
        ("theorem-1", "S(m*)"): (None, reference.jsmi_from_scores(p, q, alpha)),
        ("sampled", "S(m)"): (found.score, score),
        ("sampled", "Ŝ(m)"): (objective.sampled_score(case.embedding, 100_000, 7)[0], None),
        ("loss", "their sum"): (found.gap.total, gap),
        ("theorem-2", "JSMI"): (objective.bound, bound),
        ("theorem-2", "KL(p(Z|W)‖p_m(Z|W))"): (found.gap.total, gap),
        ("two-divergences", "KL(p(Z|W)‖p(Z))"): (None, reference.bound_of(p, r, alpha)),
        ("two-divergences", "KL(p(Z|W)‖p_m(Z|W))"): (found.gap.total, reference.loss_of(p, r, m, alpha)),
        ("ceilings", "α I(X;Y)"): (alpha * mutual_information(joint), alpha * reference.mutual_information(p)),
        ("capacity", "capacity"): (capacity(joint)[1], reference.capacity(p, q)),
        ("class-ratio", "S(−log k)"): (None, reference.sgns_score(p, q, constant, alpha)),
        ("zero-matrix", "S(0)"): (None, reference.sgns_score(p, q, zero, alpha)),
        ("sums", "ℓ(m)"): (None, reference.unnormalised_score(TABLE, q, m, 3)),
        ("deviation", "deviation"): ((found.bound - found.score) / (binary_entropy(alpha) - found.bound), None),
        ("any-noise", "JS_α(p, r)"): (of_noise.bound, reference.jsmi(p, other, alpha)),
        ("any-noise", "KL(p(Z|W)‖p_m(Z|W))"): (of_noise.gap(case.embedding).total, reference.gap(p, other, m, alpha)),
        ("parts", "gap"): (found.gap.total, gap),
    }
    numbers = {(p.card.key, c.name): c for p in prove(case) for c in p.comparisons}
    for name, (ours, plain) in wanted.items():
        assert ours is None or numbers[name].ours == ours, name
        assert plain is None or numbers[name].plain == plain, name


def test_every_card_compares_a_number_that_no_draw_touches():
    for proof in prove(case_of_table(TABLE)):
        assert any(comparison.compared for comparison in proof.comparisons), proof.card.key


def test_the_plain_scores_are_the_products_of_the_vectors():
    words, contexts = np.array([[1.0, 2.0], [0.5, -1.0]]), np.array([[3.0, 1.0], [0.0, 4.0]])
    case = case_of_model(JointDistribution.from_counts([[1, 2], [3, 4]]), Embedding(words, contexts), 2)
    assert case.scores == (words @ contexts.T).tolist()


# --- mutants: something in production is broken, and its cards turn red ----------------------------------------------


def times(factor):
    """A mutant that returns a multiple."""
    return lambda true: lambda *given, **named: factor * true(*given, **named)


def swapped(true):
    """A mutant that takes its first two arguments for each other."""
    return lambda first, second, *rest: true(second, first, *rest)


def computed(change):
    """A mutant of a cached property."""
    return lambda true: property(lambda self: change(true.func(self)))


def changed_gap(**changes):
    def mutant(true):
        def gap(self, scores):
            found = true(self, scores)
            return replace(found, **{name: change(found) for name, change in changes.items()})

        return gap

    return mutant


def without_the_last(name):
    return lambda found: np.append(getattr(found, name)[:-1], 0.0)


def own_estimates(true):
    return lambda self, embedding, pairs, seed: (true(self, embedding, pairs, seed)[0] + 0.05, 1e-4)


def all_cells(factor):
    def mutant(true):
        return lambda self, *given: factor * true(self, *given)

    return mutant


MUTANTS = {
    "p and r change places in the divergence": (
        (proofs_dependence, "js_divergence", swapped),
        {"divergence"},
    ),
    "the bound is a millionth too high": (
        (Contrast, "bounds_at", times(1 + 1e-6)),
        {"jsmi", "independence", "information", "entropies", "sigmoids", "theorem-1", "theorem-2", "ceilings"}
        | {"per-positive", "capacity", "class-ratio", "deviation", "any-noise", "merging"},
    ),
    "the score has the wrong sign": (
        (SGNSObjective, "_score", times(-1)),
        {"sigmoids", "score", "theorem-1", "theorem-2", "sampled", "two-divergences", "zero-matrix", "sums"}
        | {"deviation", "any-noise"},
    ),
    "log-odds of p/r upside down": (
        (Contrast, "log_ratio", computed(np.negative)),
        {"posterior", "logit", "sigmoids", "theorem-1", "two-divergences", "loss", "entropies"},
    ),
    "the gap counts half": (
        (SGNSObjective, "_gap", changed_gap(total=lambda found: found.total / 2)),
        {"loss", "theorem-2", "two-divergences", "class-ratio", "any-noise", "parts"},
    ),
    "the last word loses nothing": (
        (SGNSObjective, "_gap", changed_gap(by_word=without_the_last("by_word"))),
        {"parts"},
    ),
    "the last context loses nothing": (
        (SGNSObjective, "_gap", changed_gap(by_context=without_the_last("by_context"))),
        {"parts"},
    ),
    "estimates that are off by more than they say": (
        (SGNSObjective, "sampled_score", own_estimates),
        {"sampled"},
    ),
    "entropies in bits": (
        (proofs_dependence, "binary_entropy", times(1 / math.log(2))),
        {"entropies"},
    ),
    "the ceiling too low": (
        (proofs_beyond, "binary_entropy", times(0.01)),
        {"ceilings", "zero-matrix"},
    ),
    "mutual information too small": (
        (Contrast, "divergence", computed(lambda value: 0.9 * value)),
        {"ceilings", "per-positive", "information"},
    ),
    "a channel that carries more than it can": (
        (proofs_beyond, "capacity", lambda true: lambda joint: (0.5, 2 * true(joint)[1])),
        {"capacity"},
    ),
    "a deviation of the other sign": (
        (proofs_beyond, "levy_goldberg_deviation", times(-1)),
        {"deviation"},
    ),
    "the exponent of the noise forgotten": (
        (proofs_beyond, "unigram_noise", lambda true: lambda counts, exponent: true(counts, 1.0)),
        {"any-noise"},
    ),
    "cells of the gap swap their sign": (
        (SGNSObjective, "_cells_of", all_cells(-1.0)),
        {"loss", "two-divergences"},
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_broken_production_turns_its_cards_red(name, monkeypatch):
    (owner, attribute, mutant), red = MUTANTS[name]
    case = case_of_table(TABLE, 3)
    assert not failing(prove(case))
    monkeypatch.setattr(owner, attribute, mutant(vars(owner)[attribute]))
    assert failing(prove(case)) >= red


def test_every_card_can_turn_red():
    assert set().union(*(red for _, red in MUTANTS.values())) == KEYS


def test_a_broken_definition_turns_cards_red_too(monkeypatch):
    monkeypatch.setattr(reference, "log_sigmoid", lambda score: -math.log1p(math.exp(score)))
    assert failing(prove(case_of_table(TABLE))) >= {"score", "theorem-1", "theorem-2", "loss"}


def test_an_error_turns_a_card_red_and_tells_its_sentence(monkeypatch):
    def refuses(*given):
        raise ParameterError("this is refused: give another.")

    monkeypatch.setattr(proofs_dependence, "js_divergence", refuses)
    proof = by_key(prove(case_of_table(TABLE)))["divergence"]
    assert not proof.holds
    assert proof.failure == "this is refused: give another."
    assert proof_data(proof) is None


# --- the judgement ---------------------------------------------------------------------------------------------------


def judged(ours, plain, *relations, **given):
    card = Card("k", "", "", "", lambda case: ours, lambda case: plain, relations, **given)
    return check(card, SimpleNamespace())


@pytest.mark.parametrize(
    ("ours", "plain", "holds"),
    [
        (1.0, 1.0, True),
        (1.0, 1 + 1e-11, False),
        (1e-20, -1e-20, True),  # both are 0 to a rounding of a nat
        (1e-9, 2e-9, False),
        (math.nan, 1.0, False),
        (math.nan, math.nan, False),
        (-math.inf, -math.inf, True),
        (math.inf, -math.inf, False),
        ([1.0, 2.0], [1.0, 2.0], True),
        ([1.0, 2.0], [1.0, 2.1], False),
    ],
)
def test_two_numbers_agree_or_do_not(ours, plain, holds):
    assert judged({"a": ours}, {"a": plain}).holds is holds


@pytest.mark.parametrize(
    ("relation", "holds"),
    [
        (("a", "≤", "b"), True),
        (("a", "≥", "b"), False),
        (("a", "=", "b"), False),
        (("a", "=", 1.0), True),
        (("c", "≥", 0.0), False),
        (("c", "≤", "b"), True),
        (("n", "≤", "b"), False),
    ],
)
def test_a_relation_is_true_or_not(relation, holds):
    values = {"a": 1.0, "b": 2.0, "c": [-1.0, 2.0], "n": math.nan}
    proof = judged(values, values, relation, estimates=("n",))
    assert proof.relations[0].holds is holds


def test_of_many_cells_the_one_that_differs_most_is_shown():
    proof = judged({"a": [1.0, 2.0, 3.0]}, {"a": [1.0, 2.5, 3.1]})
    assert proof.comparisons[0][1:] == (2.0, 2.5, 0.2, 3, True)
    assert proof.worst == 0.2


def test_estimates_are_not_compared_but_their_relations_count():
    relation = ("error", "≤", "reach")
    values = {"guess": 1.0, "error": 0.1, "reach": 0.2}
    assert judged(values, values | {"guess": 2.0}, relation, estimates=("guess",)).holds
    assert not judged(values, values | {"error": 0.3}, relation, estimates=("guess", "error")).holds


# --- the source ------------------------------------------------------------------------------------------------------


def called_by(function, *given):
    """The functions of reference.py that really run."""
    names = set()

    def notice(frame, event, _):
        code = frame.f_code
        if event == "call" and code.co_filename == reference.__file__ and not code.co_name.startswith("<"):
            names.add(code.co_name)

    sys.setprofile(notice)
    try:
        function(*given)
    finally:
        sys.setprofile(None)
    return names


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.key)
def test_the_source_that_is_shown_is_what_ran(card):
    source = plain_source(card)
    compile(source, card.key, "exec")
    ran = called_by(card.plain, case_of_table(TABLE))
    assert ran
    for name in ran:
        assert f"def {name}(" in source
    assert f"def {card.plain.__name__}(" in source


def test_keys_and_statements_are_of_one_card_each():
    assert len(KEYS) == len(CARDS) == len({card.statement for card in CARDS})
    for card in CARDS:
        assert card.statement.count("{") == card.statement.count("}")


# --- the cases -------------------------------------------------------------------------------------------------------


def test_merging_a_text_keeps_all_its_pairs(text):
    corpus, joint = text
    case = case_of_text(joint, corpus.vocabulary, 10)
    assert case.counts.shape == (11, 11)
    assert case.words == (*corpus.vocabulary[:10], REST)
    assert case.counts.sum() == pytest.approx(joint.total, rel=1e-13)
    np.testing.assert_allclose(case.counts[:10, :10], joint.counts[:10, :10].toarray(), rtol=1e-13)
    np.testing.assert_allclose(case.counts.sum(axis=1)[:10], joint.word_counts[:10], rtol=1e-13)


def test_a_short_text_has_no_other_words():
    case = case_of_text(JointDistribution.from_counts([[1, 2], [2, 0]]), ["a", "b"], 40)
    assert case.words == ("a", "b")
    assert REST not in case.told


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: case_of_table([[1, 2, 3]]), DistributionError),
        (lambda: case_of_table([[0, 0], [0, 0]]), DistributionError),
        (lambda: case_of_table(np.ones((201, 2))), DistributionError),
        (lambda: case_of_table(TABLE, 0), ParameterError),
        (lambda: case_of_table(TABLE, 1001), ParameterError),
        (lambda: case_of_table(TABLE, 5, [[1.0, 2.0]]), EmbeddingError),
        (lambda: case_of_table(TABLE, 5, np.full((3, 3), -np.inf)), EmbeddingError),
        (lambda: case_of_text(JointDistribution.from_counts([[1]]), ["a"]), DistributionError),
        (lambda: case_of_text(JointDistribution.from_counts(TABLE), "abc", 1), ParameterError),
        (lambda: case_of_text(JointDistribution.from_counts(TABLE), "abc", 2, dimension=0), ParameterError),
        (
            lambda: case_of_model(JointDistribution.from_counts(np.diag([0, 0, 1])), Embedding.constant(0, 3, 3), 2),
            DistributionError,
        ),
    ],
)
def test_cases_that_cannot_be_made_say_why(make, error):
    with pytest.raises(error, match=r": (give|take|remove)"):
        make()


# --- the figures -----------------------------------------------------------------------------------------------------


def test_figures_draw_what_was_proved():
    proofs = by_key(prove(case_of_table(TABLE)))
    drawn = proof_data(proofs["sampled"], "a table")
    exact, sampled = drawn.lines
    assert set(exact.y) == {proofs["sampled"].comparisons[0].ours}
    assert sampled.low[-1] < exact.y[0] < sampled.high[-1]
    assert sampled.high[-1] - sampled.low[-1] < 0.1 * (sampled.high[0] - sampled.low[0])
    assert drawn.log_x
    line = proof_data(proofs["theorem-1"], "a table", trained=True)
    assert [part.role for part in line.lines] == ["bound", "trained"]
    assert max(line.lines[1].y) == pytest.approx(line.lines[0].y[0], rel=1e-12)
    rising = proof_data(proofs["per-positive"]).lines[1]
    assert list(rising.x) == sorted(rising.x)
    assert list(rising.y) == sorted(rising.y, reverse=True)
    hump = proof_data(proofs["capacity"])
    assert max(hump.lines[1].y) <= hump.lines[0].y[0]
    assert proof_data(proofs["jsmi"]) is None
