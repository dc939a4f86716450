"""Texts, their pairs, and what the pairs say: bounds, PMI, baselines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import streamlit as st

from jsmi_app import libraries
from jsmi_app.cached.server import store
from jsmi_core.information import FloatArray, JointDistribution, unigram_noise
from jsmi_core.pairs import PairSampling, expected_pairs, keep_probabilities
from jsmi_core.text import SAMPLES, Corpus, sample_corpus

if TYPE_CHECKING:
    from jsmi_core.information import Contrast
    from jsmi_core.training import SGNSConfig

SLIDER_ALPHAS: tuple[float, ...] = tuple(sorted({1 / (k + 1) for k in range(1, 21)} | {i / 200 for i in range(1, 200)}))
"""Where the α slider can stand: steps of 0.005, and 1/(k+1) for k up to 20; all computed beforehand."""


def corpus(name: str, min_count: int) -> Corpus:
    """A sample by name, or a text that was brought to this server by the digest of its corpus."""
    libraries.rest()  # also on Start, which has waited for less: whoever reads a text is about to compute
    return _sample(name, min_count) if name in SAMPLES else _brought(name)


@st.cache_resource(show_spinner="Reading the text …", max_entries=16)
def _sample(name: str, min_count: int) -> Corpus:
    return sample_corpus(name, min_count=min_count)


@st.cache_resource(show_spinner="Reading the text …", max_entries=16)
def _brought(digest: str) -> Corpus:
    return store().text(digest)


@st.cache_resource(show_spinner="Counting the pairs …", max_entries=4)
def _joint(digest: str, sampling: PairSampling, _corpus: Corpus) -> JointDistribution:
    return expected_pairs(_corpus, sampling)


def joint(text: Corpus, sampling: PairSampling) -> JointDistribution:
    """p(x, y): the expected pairs of a text."""
    return _joint(text.digest, sampling, text)


def _noise(text: Corpus, exponent: float | None) -> FloatArray | None:
    return None if exponent is None else unigram_noise(text.counts, exponent)


@st.cache_resource(show_spinner="Comparing the pairs with chance …", max_entries=2)
def _paper(digest: str, sampling: PairSampling, _corpus: Corpus) -> Contrast:
    """The pairs beside the paper's noise: large, so kept for the texts in use only, and for no other noise."""
    from jsmi_core.information import Contrast

    return Contrast.of(_joint(digest, sampling, _corpus))


class BoundCurve(NamedTuple):
    """The bound at every α of ``SLIDER_ALPHAS``, and the limit of bound/α for small α: KL(p‖p(x)q(y)); nats."""

    bounds: tuple[float, ...]
    divergence: float


@st.cache_data(show_spinner="Computing the bound for every α …", max_entries=32)
def _bound_curve(digest: str, sampling: PairSampling, exponent: float | None, _corpus: Corpus) -> BoundCurve:
    from jsmi_core.information import Contrast

    if exponent is None:
        pairs = _paper(digest, sampling, _corpus)
    else:
        pairs = Contrast.of(_joint(digest, sampling, _corpus), _noise(_corpus, exponent))
    return BoundCurve(tuple(pairs.bounds_at(np.array(SLIDER_ALPHAS)).tolist()), pairs.divergence)


def bound_curve(text: Corpus, sampling: PairSampling, exponent: float | None) -> BoundCurve:
    """The bound over α for q = counts^exponent, or for the context marginal where the exponent is None."""
    return _bound_curve(text.digest, sampling, exponent, text)


@st.cache_data(show_spinner="Computing the bound …", max_entries=256)
def _bound(digest: str, sampling: PairSampling, exponent: float | None, alpha: float, _corpus: Corpus) -> float:
    from jsmi_core.information import jsmi

    return jsmi(_joint(digest, sampling, _corpus), alpha, _noise(_corpus, exponent))


def bound(text: Corpus, sampling: PairSampling, exponent: float | None, alpha: float) -> float:
    """The bound at one α, in nats."""
    return _bound(text.digest, sampling, exponent, alpha, text)


@st.cache_data(show_spinner="Comparing with the negatives that gensim draws …", max_entries=64)
def _aimed(
    digest: str, sampling: PairSampling, negatives: int, scored: float | None, drawn: float | None, _corpus: Corpus
) -> float:
    from jsmi_core.experiments import aimed_score
    from jsmi_core.objective import SGNSObjective

    pairs = _joint(digest, sampling, _corpus)
    objective = SGNSObjective(pairs, negatives, _noise(_corpus, scored))
    return aimed_score(objective, SGNSObjective(pairs, negatives, _noise(_corpus, drawn), skip_target=True))


def aimed(text: Corpus, config: SGNSConfig, scored: float | None) -> float:
    """What the updates of a training aim at, under q = counts^scored or, for None, the context marginal; nats."""
    drawn = config.noise_exponent if config.noise == "counts" else None
    return _aimed(text.digest, config.sampling, config.negatives, scored, drawn, text)


@st.cache_data(show_spinner=False, max_entries=32)
def _kept(digest: str, subsample: float, _corpus: Corpus) -> FloatArray:
    return _corpus.counts * keep_probabilities(_corpus.counts, subsample)


def kept(text: Corpus, subsample: float) -> FloatArray:
    """(V,) expected counts after subsampling."""
    return _kept(text.digest, subsample, text)


class PmiBins(NamedTuple):
    """``shares[i]`` of the positive pairs have a PMI between ``edges[i]`` and ``edges[i + 1]``, in nats.

    The outermost bins also hold the 0.1 % of the pairs that lie beyond them on each side.
    """

    edges: tuple[float, ...]
    shares: tuple[float, ...]


@st.cache_data(show_spinner="Computing PMI …", max_entries=32)
def _pmi(digest: str, sampling: PairSampling, bins: int, _corpus: Corpus) -> PmiBins:
    pairs = _paper(digest, sampling, _corpus)
    order = np.argsort(pairs.log_ratio)
    mass = np.cumsum(pairs.positive[order])
    low, high = pairs.log_ratio[order[np.searchsorted(mass, [0.001, 0.999 * mass[-1]])]]
    width = max((high - low) / bins, 1e-3)
    first, last = np.floor(low / width), np.ceil(high / width)
    edges = width * np.arange(first, max(last, first + 1) + 1)  # 0, where PMI changes sign, is an edge
    inside = np.clip(pairs.log_ratio, edges[0], edges[-1])
    shares, _ = np.histogram(inside, edges, weights=pairs.positive)
    return PmiBins(tuple(edges.tolist()), tuple(shares.tolist()))


def pmi(text: Corpus, sampling: PairSampling, bins: int = 48) -> PmiBins:
    """The distribution of PMI over the positive pairs."""
    return _pmi(text.digest, sampling, bins, text)


@st.cache_data(show_spinner=False, max_entries=512)
def _heaviest(digest: str, sampling: PairSampling, alpha: float, most: int, _corpus: Corpus) -> dict[str, list[Any]]:
    pairs = _paper(digest, sampling, _corpus)
    weight = pairs.bound_cells(alpha)
    weight[pairs.rows > pairs.columns] = 0.0  # p and q are symmetric here: (x, y) and (y, x) are shown as one
    weight[pairs.rows < pairs.columns] *= 2.0
    best = np.argpartition(weight, max(len(weight) - most, 0))[-most:]
    best = best[np.lexsort((best, -weight[best]))]
    best = best[weight[best] > 0]
    words = _corpus.vocabulary
    rows, columns = pairs.rows[best], pairs.columns[best]
    return {
        "word": [words[i] for i in rows],
        "context": [words[i] for i in columns],
        "bound": weight[best].tolist(),
        "p": (np.where(rows < columns, 2.0, 1.0) * pairs.positive[best]).tolist(),
        "pmi": pairs.log_ratio[best].tolist(),
    }


def heaviest_pairs(text: Corpus, sampling: PairSampling, alpha: float, most: int = 200) -> dict[str, list[Any]]:
    """The pairs that carry most of the JSMI (q = context marginal), both orders together; nats."""
    return _heaviest(text.digest, sampling, alpha, most, text)


@st.cache_data(show_spinner="Scoring the matrices over all pairs …", max_entries=64)
def _deviations(
    digest: str, sampling: PairSampling, dimension: int, negatives: int, _corpus: Corpus
) -> dict[str, float]:
    from jsmi_core.lowrank import deviations

    return deviations(_joint(digest, sampling, _corpus), dimension, negatives)


def deviations(text: Corpus, sampling: PairSampling, dimension: int, negatives: int) -> dict[str, float]:
    """How far the baselines miss the best score under the paper's noise, in Levy & Goldberg's unit."""
    return _deviations(text.digest, sampling, dimension, negatives, text)
