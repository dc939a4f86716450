"""Everything that is computed once for all sessions: the only file with ``st.cache_…``.

Keys are digests and frozen parameter objects, never arrays: Streamlit hashes only a sample of a large array. What is
cached as a resource is shared between sessions and must not be changed. Heavy modules are imported inside.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import streamlit as st

from jsmi_core.cooccurrence import PairSampling, expected_pairs, keep_probabilities
from jsmi_core.corpus import Corpus
from jsmi_core.distribution import FloatArray, JointDistribution, unigram_noise
from jsmi_core.errors import StoreError
from jsmi_core.records import Result
from jsmi_core.samples import SAMPLES, sample_corpus, sample_data_directory
from jsmi_core.store import Store

if TYPE_CHECKING:
    from jsmi_core.contrast import Contrast
    from jsmi_core.departures import SampledScore, Step, ValidBound
    from jsmi_core.embedding import Embedding
    from jsmi_core.jobs import JobQueue
    from jsmi_core.loss import Loss
    from jsmi_core.proofs import Case, Proof
    from jsmi_core.specs import RankConfig
    from jsmi_core.training import SGNSConfig
    from jsmi_core.usefulness import Usefulness
    from jsmi_core.wordmap import WordMap

SLIDER_ALPHAS: tuple[float, ...] = tuple(sorted({1 / (k + 1) for k in range(1, 21)} | {i / 200 for i in range(1, 200)}))
"""Where the α slider can stand: steps of 0.005, and 1/(k+1) for k up to 20; all computed beforehand."""


# --- one store and one queue for the server ----------------------------------------------------------------------


@st.cache_resource(show_spinner=False)
def store() -> Store:
    """The server's results on disk."""
    return Store()


@st.cache_resource(show_spinner=False, on_release=lambda queue: queue.close())
def queue() -> JobQueue:
    """The server's queue of trainings."""
    from jsmi_core.jobs import JobQueue

    return JobQueue(store())


# --- texts and their pairs ---------------------------------------------------------------------------------------


def corpus(name: str, min_count: int) -> Corpus:
    """A sample by name, or a text that was brought to this server by the digest of its corpus."""
    return _sample(name, min_count) if name in SAMPLES else _brought(name)


@st.cache_resource(show_spinner="Reading the text …", max_entries=16)
def _sample(name: str, min_count: int) -> Corpus:
    return sample_corpus(name, min_count=min_count)


@st.cache_resource(show_spinner="Reading the text …", max_entries=16)
def _brought(digest: str) -> Corpus:
    return store().corpus(digest)


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
    from jsmi_core.contrast import Contrast

    return Contrast.of(_joint(digest, sampling, _corpus))


# --- what pages draw ---------------------------------------------------------------------------------------------


class BoundCurve(NamedTuple):
    """The bound at every α of ``SLIDER_ALPHAS``, and the limit of bound/α for small α: KL(p‖p(x)q(y)); nats."""

    bounds: tuple[float, ...]
    divergence: float


@st.cache_data(show_spinner="Computing the bound for every α …", max_entries=32)
def _bound_curve(digest: str, sampling: PairSampling, exponent: float | None, _corpus: Corpus) -> BoundCurve:
    from jsmi_core.contrast import Contrast

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
    from jsmi_core.objective import SGNSObjective
    from jsmi_core.split import aimed_score

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
    from jsmi_core.baselines import deviations

    return deviations(_joint(digest, sampling, _corpus), dimension, negatives)


def deviations(text: Corpus, sampling: PairSampling, dimension: int, negatives: int) -> dict[str, float]:
    """How far the baselines miss the best score under the paper's noise, in Levy & Goldberg's unit."""
    return _deviations(text.digest, sampling, dimension, negatives, text)


# --- small tables ------------------------------------------------------------------------------------------------

Rows = tuple[tuple[float, ...], ...]


class WordTable(NamedTuple):
    """The pairs among the most frequent words of a text."""

    words: tuple[str, ...]
    rows: Rows


@st.cache_data(show_spinner="Counting the pairs …")
def word_table(name: str, size: int) -> WordTable:
    """The pairs of a sample's most frequent words, as drawn by word2vec's defaults."""
    from jsmi_core.tables import corner

    text = corpus(name, 5)
    table = corner(joint(text, PairSampling()), size)
    return WordTable(text.vocabulary[:size], tuple(map(tuple, table.tolist())))


class TableRank(NamedTuple):
    """The best matrix of one rank that was found for a small table: score and its certificate, see BestRank."""

    score: float
    gradient_norm: float
    spread: float


@st.cache_data(show_spinner="Searching for the best matrix of each rank …", max_entries=1024)
def table_ranks(rows: Rows, alpha: float, dimensions: tuple[int, ...]) -> list[TableRank]:
    """The best matrix of each rank for a small table, q = context marginal; nats."""
    from jsmi_core.matrices import best_ranks
    from jsmi_core.objective import SGNSObjective

    objective = SGNSObjective(JointDistribution.from_counts(rows), alpha=alpha)
    return [TableRank(best.score, best.gradient_norm, best.spread) for best in best_ranks(objective, dimensions)]


# --- from the paper's law to word2vec's ------------------------------------------------------------------------------


@st.cache_resource(show_spinner="Walking from the paper's law to word2vec's …", max_entries=32)
def _walk(digest: str, law: SGNSConfig, departures: tuple[str, ...], _corpus: Corpus) -> tuple[Step, ...]:
    from jsmi_core.departures import walk

    return walk(_corpus, law, departures)


def walk(text: Corpus, config: SGNSConfig, departures: tuple[str, ...]) -> tuple[Step, ...]:
    """The laws from the paper's to word2vec's, each with the training of these settings that it is of."""
    law = ("window", "subsample", "negatives", "noise_exponent")
    steps = _walk(text.digest, type(config)(**{name: getattr(config, name) for name in law}), departures, text)
    changed = ("dynamic", "subsample", "noise")
    settings = ({name: getattr(step.config, name) for name in changed} for step in steps)
    return tuple(replace(step, config=replace(config, **own)) for step, own in zip(steps, settings, strict=True))


@st.cache_data(show_spinner="Scoring under each law …", max_entries=64)
def _valid_bounds(digest: str, config: SGNSConfig, run: str | None, _corpus: Corpus) -> tuple[ValidBound, ...]:
    from jsmi_core.departures import valid_bounds

    return valid_bounds(_corpus, config, None if run is None else embedding(run))


def valid_bounds(text: Corpus, config: SGNSConfig, run: Result | None) -> tuple[ValidBound, ...]:
    """The bounds that might be taken for that of a run, and its scores if it is stored."""
    return _valid_bounds(text.digest, config, None if run is None else run.id, text)


@st.cache_data(show_spinner="Scoring with skipped targets …", max_entries=256)
def _skipping_score(run: str, config: SGNSConfig | RankConfig, _corpus: Corpus) -> float:
    from jsmi_core.departures import own_objective

    return own_objective(_corpus, config, skip_target=True).score(embedding(run))


def score_under(text: Corpus, run: Result, *, skip: bool) -> float:
    """The score of a stored run under its own law, with or without skipped targets; nats."""
    return _skipping_score(run.id, run.cell.config, text) if skip else run.law("word2vec").score


@st.cache_data(show_spinner="Drawing pairs …", max_entries=64)
def _sampled_scores(
    run: str, config: SGNSConfig | RankConfig, pairs: tuple[int, ...], draws: int, _corpus: Corpus
) -> tuple[SampledScore, ...]:
    from jsmi_core.departures import own_objective, sampled_scores

    return sampled_scores(own_objective(_corpus, config), embedding(run), pairs, (draws,))


def sampled_scores(text: Corpus, run: Result, pairs: tuple[int, ...], draws: int) -> tuple[SampledScore, ...]:
    """The sampled score of a stored run for several numbers of pairs."""
    return _sampled_scores(run.id, run.cell.config, pairs, draws, text)


# --- stored vectors --------------------------------------------------------------------------------------------------


def embedding(run: str) -> Embedding:
    """The vectors of a stored result. Raises StoreError if it was damaged or deleted."""
    found = store().get(run, Result)
    if found is None or found.embedding is None:
        raise StoreError(f"the stored run {run} is gone or was damaged: train it again.")
    return found.embedding


@st.cache_data(show_spinner=False, max_entries=2048)
def _usefulness(run: str, test: str, factors: str) -> Usefulness:
    from jsmi_core.usefulness import balanced, usefulness

    vectors = embedding(run)
    return usefulness(balanced(vectors) if factors == "balanced" else vectors, [test])[0]


class SameScore(NamedTuple):
    """One of several embeddings with one score: what its vectors are, S in nats, and what they reach on a test."""

    name: str
    score: float
    value: float | None


@st.cache_data(show_spinner="Testing other vectors with the same scores …", max_entries=64)
def _same_scores(run: str, config: SGNSConfig | RankConfig, test: str, _corpus: Corpus) -> list[SameScore]:
    from jsmi_core.departures import own_objective
    from jsmi_core.usefulness import same_scores, usefulness

    objective, forms = own_objective(_corpus, config), same_scores(embedding(run))
    return [SameScore(name, objective.score(form), usefulness(form, [test])[0].value) for name, form in forms.items()]


def same_scores(text: Corpus, run: Result, test: str) -> list[SameScore]:
    """A stored run's vectors beside others with the same products."""
    return _same_scores(run.id, run.cell.config, test, text)


def usefulness(run: Result, test: str, factors: str) -> Usefulness:
    """What a stored result's vectors, "trained" or "balanced", reach on a test set."""
    return _usefulness(run.id, test, factors)


# --- where one gap comes from ----------------------------------------------------------------------------------------


@st.cache_resource(show_spinner="Computing the loss of every pair …", max_entries=2)
def _loss(run: str, law: str, digest: str, _corpus: Corpus) -> Loss:
    from jsmi_core.loss import loss_of

    found = store().get(run, Result)
    if found is None:
        raise StoreError(f"the stored run {run} is gone or was damaged: train it again.")
    return loss_of(found, _corpus, law)


def loss(text: Corpus, run: Result, law: str) -> Loss:
    """The gap of a stored result under one of its laws, pair by pair: large, so kept for the models in use only."""
    return _loss(run.id, law, text.digest, text)


@st.cache_data(show_spinner="Laying the vectors flat …", max_entries=64)
def word_map(run: str, most: int, method: str) -> WordMap:
    """The first input vectors of a stored result on a plane, by "pca" or "umap"."""
    from jsmi_core.wordmap import pca_map, umap_map

    return {"pca": pca_map, "umap": umap_map}[method](embedding(run).words[:most])


# --- the precomputed figure ----------------------------------------------------------------------------------------


@st.cache_data(show_spinner=False)
def figure1() -> dict[str, Any] | None:
    """The precomputed sweep of the start page, as ``jsmi sweep --json`` wrote it; None where it is not installed."""
    path = sample_data_directory() / "figure1.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


@st.cache_resource(show_spinner=False)
def figure1_results() -> tuple[Result, ...]:
    """The trainings and the searches for the best rank of :func:`figure1`."""
    sweep = figure1() or {"results": []}
    return tuple(Result.from_dict(record) for record in [*sweep["results"], *sweep.get("best_rank", [])])


# --- proofs ------------------------------------------------------------------------------------------------------


class Proven(NamedTuple):
    """What was proved on, and what came out of every card."""

    case: Case
    proofs: tuple[Proof, ...]


_PROVING = "Computing every statement twice …"


@st.cache_resource(show_spinner=_PROVING, max_entries=32)
def proved_on_table(cells: str, negatives: int) -> Proven:
    """On a small table, as write_table writes it."""
    from jsmi_core.proofs import case_of_table, prove
    from jsmi_core.tables import read_table

    case = case_of_table(read_table(cells), negatives)
    return Proven(case, prove(case))


def proved_on_text(text: Corpus, sampling: PairSampling, words: int, negatives: int, *, patient: bool) -> Proven:
    """On the most frequent words of a text; patient: also on all of it, however long that takes."""
    return _proved_on_text(text.digest, sampling, words, negatives, patient, text)


@st.cache_resource(show_spinner=_PROVING, max_entries=16)
def _proved_on_text(
    digest: str, sampling: PairSampling, words: int, negatives: int, patient: bool, _corpus: Corpus
) -> Proven:
    from jsmi_core.proofs import PATIENCE, case_of_text, prove

    case = case_of_text(_joint(digest, sampling, _corpus), _corpus.vocabulary, words, negatives)
    return Proven(case, prove(case, patience=math.inf if patient else PATIENCE))


def proved_on_model(text: Corpus, run: Result, words: int, *, patient: bool) -> Proven:
    """On the vectors of a stored model. Raises StoreError if it is not in the store any more."""
    return _proved_on_model(run.id, words, patient, text)


@st.cache_resource(show_spinner=_PROVING, max_entries=16)
def _proved_on_model(cell_id: str, words: int, patient: bool, _corpus: Corpus) -> Proven:
    from jsmi_core.proofs import PATIENCE, case_of_model, prove

    run = store().get(cell_id, Result)
    if run is None or run.embedding is None:
        raise StoreError(f"the run {cell_id} is not in the store any more: train it again.")
    config = run.cell.config
    joint = _joint(_corpus.digest, config.sampling, _corpus)
    case = case_of_model(joint, run.embedding, words, config.negatives)
    return Proven(case, prove(case, patience=math.inf if patient else PATIENCE))
