"""Entropies, divergences, mutual information, the JSMI and its capacity, against scipy, dit and 60 digits."""

import math

import numpy as np
import pytest
import scipy.special
import scipy.stats
from dit import Distribution
from dit.divergences import jensen_shannon_divergence, kullback_leibler_divergence
from hypothesis import given, strategies as st

from jsmi_core import (
    JointDistribution,
    binary_entropy,
    capacity,
    entropy,
    js_divergence,
    jsmi,
    kl_divergence,
    mutual_information,
    reference,
    to_bits,
    unigram_noise,
)
from jsmi_core.errors import DistributionError, ParameterError
from tests.core.oracle import MP, Oracle, exact, relative_error
from tests.core.strategies import laws, random_counts


@st.composite
def two_distributions(draw):
    size = draw(st.integers(1, 6))
    p, r = (draw(st.lists(st.integers(0, 50), min_size=size, max_size=size).filter(any)) for _ in range(2))
    return np.array(p) / sum(p), np.array(r) / sum(r)


@given(st.floats(0, 1))
def test_binary_entropy_to_60_digits(alpha):
    a = exact(alpha)
    truth = -(a * MP.log(a) if a else 0) - ((1 - a) * MP.log1p(-a) if a < 1 else 0)
    assert relative_error(binary_entropy(alpha), truth, 1e-300) <= 1e-15
    assert binary_entropy(alpha) == pytest.approx(reference.binary_entropy(alpha), rel=1e-12, abs=1e-15)


def test_binary_entropy_of_many():
    alphas = np.array([[0.0, 0.25], [0.5, 1.0]])
    np.testing.assert_array_equal(binary_entropy(alphas), [[binary_entropy(a) for a in row] for row in alphas.tolist()])
    assert binary_entropy(0.0) == binary_entropy(1.0) == 0
    assert binary_entropy(0.5) == math.log(2)


@pytest.mark.parametrize("alpha", [-0.1, 1.1, np.nan, np.inf, np.array([0.5, 2])])
def test_binary_entropy_refuses(alpha):
    with pytest.raises(ParameterError, match=r"alpha = .*from 0 to 1"):
        binary_entropy(alpha)


@given(two_distributions())
def test_entropy_and_kl_as_scipy_has_them(pair):
    p, r = pair
    assert entropy(p) == pytest.approx(scipy.stats.entropy(p), rel=1e-12, abs=1e-15)
    assert kl_divergence(p, r) == pytest.approx(scipy.special.rel_entr(p, r).sum(), rel=1e-12, abs=1e-15)
    if (r[p > 0] > 0).all():
        assert kl_divergence(p, r) == pytest.approx(reference.kl_divergence([p.tolist()], [r.tolist()]), abs=1e-14)
    else:
        assert kl_divergence(p, r) == math.inf


@pytest.mark.parametrize("seed", range(10))
def test_divergences_as_dit_has_them(seed):
    rng = np.random.default_rng(seed)
    p, r = rng.dirichlet(np.ones(6), 2)
    alpha = rng.uniform(0.05, 0.95)
    words = [chr(97 + i) for i in range(6)]
    first, second = (Distribution(words, law.tolist()) for law in (p, r))
    assert to_bits(js_divergence(p, r, alpha)) == pytest.approx(
        float(jensen_shannon_divergence([first, second], [alpha, 1 - alpha])), abs=1e-13
    )
    assert to_bits(kl_divergence(p, r)) == pytest.approx(float(kullback_leibler_divergence(first, second)), abs=1e-13)


@pytest.mark.parametrize("seed", range(10))
def test_jsmi_as_dit_has_it(seed):
    """The product itself, by a package that knows nothing of SGNS."""
    rng = np.random.default_rng(seed)
    counts = random_counts(rng, tuple(rng.integers(1, 6, 2)), zeros=rng.choice([0, 0.5]))
    noise = None if seed % 2 else unigram_noise(counts.sum(axis=0))
    joint, alpha = JointDistribution.from_counts(counts), 1 / (1 + rng.integers(1, 20))
    q = joint.context_marginal if noise is None else noise
    p, r = counts / counts.sum(), np.outer(joint.word_marginal, q)
    pairs = [(chr(97 + x), chr(97 + y)) for x, y in np.ndindex(*counts.shape)]
    both = [Distribution(pairs, law.ravel().tolist()) for law in (p, r)]
    divergence = float(jensen_shannon_divergence(both, [alpha, 1 - alpha]))
    assert to_bits(jsmi(joint, alpha, noise)) == pytest.approx(divergence, abs=1e-13)


@given(two_distributions(), st.floats(0.001, 0.999))
def test_js_divergence_is_the_reference(pair, alpha):
    p, r = pair
    plain = reference.js_divergence([p.tolist()], [r.tolist()], alpha)
    assert js_divergence(p, r, alpha) == pytest.approx(plain, abs=1e-14)
    assert 0 <= js_divergence(p, p, alpha) <= 1e-15


@pytest.mark.parametrize(
    "call", [entropy, lambda p: kl_divergence(p, [0.5, 0.5]), lambda p: kl_divergence([0.5, 0.5], p)]
)
@pytest.mark.parametrize("p", [[0.5, 0.6], [-0.5, 1.5], [np.nan, 1], [np.inf, 0], [0.0, 0.0]])
def test_what_is_no_distribution_is_refused(call, p):
    with pytest.raises(DistributionError, match="is not a distribution"):
        call(p)


def test_shapes_must_agree():
    with pytest.raises(DistributionError, match=r"shape \(2,\) and r has \(3,\)"):
        kl_divergence([0.5, 0.5], [0.5, 0.25, 0.25])
    with pytest.raises(DistributionError, match="same shape"):
        js_divergence([[0.5, 0.5]], [0.5, 0.5], 0.5)


@given(laws())
def test_jsmi_is_the_reference(law):
    assert jsmi(law.joint, law.alpha, law.noise) == pytest.approx(
        reference.jsmi(law.table, law.q, law.alpha), rel=1e-12, abs=1e-14
    )
    if law.noise is None:
        assert mutual_information(law.joint) == pytest.approx(reference.mutual_information(law.table), abs=1e-14)


@given(laws())
def test_jsmi_of_many_alphas_is_that_of_each(law):
    alphas = np.array([1e-9, 0.01, 1 / 6, 0.5, 0.9])
    values = jsmi(law.joint, alphas, law.noise)
    assert values.shape == (5,)
    assert values.tolist() == [jsmi(law.joint, float(alpha), law.noise) for alpha in alphas]


@pytest.mark.parametrize("alpha", [0, 1, -0.5, 1.5, np.nan, np.inf, "half", None, True, np.array([0.5, 0.0])])
def test_alpha_is_checked(alpha):
    joint = JointDistribution.from_counts([[1, 2], [3, 4]])
    with pytest.raises(ParameterError, match=r"alpha = .*above 0 and below 1"):
        jsmi(joint, alpha)


@pytest.mark.parametrize(
    ("noise", "told"),
    [
        ([0.5, 0.5], r"shape \(2,\) but there are 3 contexts"),
        ([[0.2, 0.3, 0.5]], r"shape \(1, 3\)"),
        ([0.5, 0.6, 0.5], "not a distribution"),
        ([1.5, -0.5, 0.0], "not a distribution"),
        ([np.nan, 0.5, 0.5], "not a distribution"),
        ([np.inf, 0.5, 0.5], "not a distribution"),
        (["a", "b", "c"], "not a distribution|numbers"),
    ],
)
def test_noise_is_checked(noise, told):
    joint = JointDistribution.from_counts([[1, 2, 3]])
    for call in (mutual_information, lambda *a: jsmi(a[0], 0.5, a[1]), capacity):
        with pytest.raises(DistributionError, match=told):
            call(joint, noise)


@pytest.mark.parametrize("seed", range(5))
def test_capacity_is_the_top_of_the_curve(seed):
    rng = np.random.default_rng(seed)
    counts = random_counts(rng, (4, 5), zeros=0.4)
    noise = None if seed % 2 else unigram_noise(counts.sum(axis=0))
    joint = JointDistribution.from_counts(counts)
    alpha, nats = capacity(joint, noise)
    assert nats == jsmi(joint, alpha, noise)
    assert nats >= jsmi(joint, np.linspace(0.001, 0.999, 999), noise).max() - 1e-15
    # JSMI_α = I(W;Z) has its top where p and r tell Z equally well: KL(p‖u) = KL(r‖u).
    oracle = Oracle(counts, noise, alpha)
    kls = [
        MP.fsum(v * MP.log(v / u) for _, _, p, r, u in oracle._pairs() for v in [(p, r)[side]] if v) for side in (0, 1)
    ]
    assert float(kls[0]) == pytest.approx(float(kls[1]), rel=1e-6)


def test_bits():
    assert to_bits(math.log(8)) == pytest.approx(3, rel=1e-15)
    np.testing.assert_allclose(to_bits(np.log([2.0, 4.0])), [1, 2], rtol=1e-15)
