"""Texts, their pairs, and what the pairs say: bounds, PMI, baselines."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import streamlit as st

from jsmi_app import libraries
from jsmi_app.cached import keys
from jsmi_app.cached.server import shelf, store
from jsmi_core.experiments import contrast_of, pairs_are_known, pairs_of
from jsmi_core.information import FloatArray, JointDistribution, unigram_noise
from jsmi_core.pairs import PairSampling, keep_probabilities
from jsmi_core.text import SAMPLES, Corpus, sample_corpus

if TYPE_CHECKING:
    from jsmi_core.training import SGNSConfig

SLIDER_ALPHAS: tuple[float, ...] = tuple(sorted({1 / (k + 1) for k in range(1, 21)} | {i / 200 for i in range(1, 200)}))
"""Where the α slider can stand: steps of 0.005, and 1/(k+1) for k up to 20; all computed beforehand."""


def corpus(name: str, min_count: int) -> Corpus:
    """A sample by name, or a text that was brought to this server by the digest of its corpus."""
    libraries.rest()  # also on Start, which has waited for less: whoever reads a text is about to compute
    if name in SAMPLES:
        return _sample(name, min_count)
    return _brought(shelf().opened(name))  # asked before what is remembered for all


@keys.resource(show_spinner="Reading the text …", max_entries=16)
def _sample(name: str, min_count: int) -> Corpus:
    return sample_corpus(name, min_count=min_count)


@keys.resource(show_spinner="Reading the text …", max_entries=16)
def _brought(digest: str) -> Corpus:
    return store().text(digest)


def joint(text: Corpus, sampling: PairSampling) -> JointDistribution:
    """p(x, y): the expected pairs of a text."""
    with nullcontext() if pairs_are_known(text, sampling) else st.spinner("Counting the pairs …"):
        return pairs_of(text, sampling)


def _noise(text: Corpus, exponent: float | None) -> FloatArray | None:
    return None if exponent is None else unigram_noise(text.counts, exponent)


class BoundCurve(NamedTuple):
    """The bound at every α of ``SLIDER_ALPHAS``, and the limit of bound/α for small α: KL(p‖p(x)q(y)); nats."""

    bounds: tuple[float, ...]
    divergence: float


@keys.data(show_spinner="Computing the bound for every α …", max_entries=32)
def bound_curve(text: Corpus, sampling: PairSampling, exponent: float | None) -> BoundCurve:
    """The bound over α for q = counts^exponent, or for the context marginal where the exponent is None."""
    pairs = contrast_of(text, sampling, exponent)
    return BoundCurve(tuple(pairs.bounds_at(np.array(SLIDER_ALPHAS)).tolist()), pairs.divergence)


@keys.data(show_spinner="Computing the bound …", max_entries=256)
def bound(text: Corpus, sampling: PairSampling, exponent: float | None, alpha: float) -> float:
    """The bound at one α, in nats."""
    return contrast_of(text, sampling, exponent).bound(alpha)


def aimed(text: Corpus, config: SGNSConfig, scored: float | None) -> float:
    """What the updates of a training aim at, under q = counts^scored or, for None, the context marginal; nats."""
    drawn = config.noise_exponent if config.noise == "counts" else None
    return _aimed(text, config.sampling, config.negatives, scored, drawn)


@keys.data(show_spinner="Comparing with the negatives that gensim draws …", max_entries=64)
def _aimed(text: Corpus, sampling: PairSampling, negatives: int, scored: float | None, drawn: float | None) -> float:
    from jsmi_core.experiments import aimed_score
    from jsmi_core.objective import SGNSObjective

    pairs = contrast_of(text, sampling, scored)
    goal = SGNSObjective(pairs.joint, negatives, _noise(text, drawn), skip_target=True)
    return aimed_score(SGNSObjective.of_contrast(pairs, negatives), goal)


@keys.data(show_spinner=False, max_entries=32)
def kept(text: Corpus, subsample: float) -> FloatArray:
    """(V,) expected counts after subsampling."""
    return text.counts * keep_probabilities(text.counts, subsample)


class PmiBins(NamedTuple):
    """``shares[i]`` of the positive pairs have a PMI between ``edges[i]`` and ``edges[i + 1]``, in nats.

    The outermost bins also hold the 0.1 % of the pairs that lie beyond them on each side.
    """

    edges: tuple[float, ...]
    shares: tuple[float, ...]


@keys.data(show_spinner="Computing PMI …", max_entries=32)
def pmi(text: Corpus, sampling: PairSampling, bins: int = 48) -> PmiBins:
    """The distribution of PMI over the positive pairs."""
    pairs = contrast_of(text, sampling)
    order = np.argsort(pairs.log_ratio)
    mass = np.cumsum(pairs.positive[order])
    low, high = pairs.log_ratio[order[np.searchsorted(mass, [0.001, 0.999 * mass[-1]])]]
    width = max((high - low) / bins, 1e-3)
    first, last = np.floor(low / width), np.ceil(high / width)
    edges = width * np.arange(first, max(last, first + 1) + 1)  # 0, where PMI changes sign, is an edge
    inside = np.clip(pairs.log_ratio, edges[0], edges[-1])
    shares, _ = np.histogram(inside, edges, weights=pairs.positive)
    return PmiBins(tuple(edges.tolist()), tuple(shares.tolist()))


@keys.data(show_spinner=False, max_entries=512)
def heaviest_pairs(text: Corpus, sampling: PairSampling, alpha: float, most: int = 200) -> dict[str, list[Any]]:
    """The pairs that carry most of the JSMI (q = context marginal), both orders together; nats."""
    pairs = contrast_of(text, sampling)
    weight = pairs.bound_cells(alpha)
    weight[pairs.rows > pairs.columns] = 0.0  # p and q are symmetric here: (x, y) and (y, x) are shown as one
    weight[pairs.rows < pairs.columns] *= 2.0
    best = np.argpartition(weight, max(len(weight) - most, 0))[-most:]
    best = best[np.lexsort((best, -weight[best]))]
    best = best[weight[best] > 0]
    words = text.vocabulary
    rows, columns = pairs.rows[best], pairs.columns[best]
    return {
        "word": [words[i] for i in rows],
        "context": [words[i] for i in columns],
        "bound": weight[best].tolist(),
        "p": (np.where(rows < columns, 2.0, 1.0) * pairs.positive[best]).tolist(),
        "pmi": pairs.log_ratio[best].tolist(),
    }


@keys.data(show_spinner="Scoring the matrices over all pairs …", max_entries=64)
def deviations(text: Corpus, sampling: PairSampling, dimension: int, negatives: int) -> dict[str, float]:
    """How far the baselines miss the best score under the paper's noise, in Levy & Goldberg's unit."""
    from jsmi_core.lowrank import deviations

    return deviations(pairs_of(text, sampling), dimension, negatives)
