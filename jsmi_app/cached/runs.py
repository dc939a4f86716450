"""What is asked of stored runs: their vectors, laws, losses and use; and the runs of the precomputed figure."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

from jsmi_app.cached.server import store
from jsmi_core.errors import StoreError
from jsmi_core.experiments import LawName, Result
from jsmi_core.text import Corpus, sample_data_directory

if TYPE_CHECKING:
    from jsmi_core.embeddings import Embedding, Usefulness, WordMap
    from jsmi_core.experiments import RankConfig, SampledScore, Step, ValidBound
    from jsmi_core.objective import Loss
    from jsmi_core.training import SGNSConfig


def stored(run: str) -> Result:
    """A stored result with its arrays. Raises StoreError if it was damaged or deleted."""
    found = store().get(run, Result)
    if found is None or found.embedding is None:
        raise StoreError(f"the stored run {run} is gone or was damaged: train it again.")
    return found


def embedding(run: str) -> Embedding:
    """The vectors of a stored result. Raises StoreError if it was damaged or deleted."""
    vectors = stored(run).embedding
    assert vectors is not None  # stored sees to it
    return vectors


@st.cache_data(show_spinner=False, max_entries=2048)
def _usefulness(run: str, test: str, factors: str) -> Usefulness:
    from jsmi_core.embeddings import balanced, usefulness

    vectors = embedding(run)
    return usefulness(balanced(vectors) if factors == "balanced" else vectors, [test])[0]


class SameScore(NamedTuple):
    """One of several embeddings with one score: what its vectors are, S in nats, and what they reach on a test."""

    name: str
    score: float
    value: float | None


@st.cache_data(show_spinner="Testing other vectors with the same scores …", max_entries=64)
def _same_scores(run: str, config: SGNSConfig | RankConfig, test: str, _corpus: Corpus) -> list[SameScore]:
    from jsmi_core.embeddings import same_scores, usefulness
    from jsmi_core.experiments import own_objective

    objective, forms = own_objective(_corpus, config), same_scores(embedding(run))
    return [SameScore(name, objective.score(form), usefulness(form, [test])[0].value) for name, form in forms.items()]


def same_scores(text: Corpus, run: Result, test: str) -> list[SameScore]:
    """A stored run's vectors beside others with the same products."""
    return _same_scores(run.id, run.cell.config, test, text)


def usefulness(run: Result, test: str, factors: str) -> Usefulness:
    """What a stored result's vectors, "trained" or "balanced", reach on a test set."""
    return _usefulness(run.id, test, factors)


@st.cache_resource(show_spinner="Walking from the paper's law to word2vec's …", max_entries=32)
def _walk(digest: str, law: SGNSConfig, departures: tuple[str, ...], _corpus: Corpus) -> tuple[Step, ...]:
    from jsmi_core.experiments import walk

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
    from jsmi_core.experiments import valid_bounds

    return valid_bounds(_corpus, config, None if run is None else embedding(run))


def valid_bounds(text: Corpus, config: SGNSConfig, run: Result | None) -> tuple[ValidBound, ...]:
    """The bounds that might be taken for that of a run, and its scores if it is stored."""
    return _valid_bounds(text.digest, config, None if run is None else run.id, text)


@st.cache_data(show_spinner="Scoring with skipped targets …", max_entries=256)
def _skipping_score(run: str, config: SGNSConfig | RankConfig, _corpus: Corpus) -> float:
    from jsmi_core.experiments import own_objective

    return own_objective(_corpus, config, skip_target=True).score(embedding(run))


def score_under(text: Corpus, run: Result, *, skip: bool) -> float:
    """The score of a stored run under its own law, with or without skipped targets; nats."""
    return _skipping_score(run.id, run.cell.config, text) if skip else run.own.score


@st.cache_data(show_spinner="Drawing pairs …", max_entries=64)
def _sampled_scores(
    run: str, config: SGNSConfig | RankConfig, pairs: tuple[int, ...], draws: int, _corpus: Corpus
) -> tuple[SampledScore, ...]:
    from jsmi_core.experiments import own_objective, sampled_scores

    return sampled_scores(own_objective(_corpus, config), embedding(run), pairs, (draws,))


def sampled_scores(text: Corpus, run: Result, pairs: tuple[int, ...], draws: int) -> tuple[SampledScore, ...]:
    """The sampled score of a stored run for several numbers of pairs."""
    return _sampled_scores(run.id, run.cell.config, pairs, draws, text)


@st.cache_resource(show_spinner="Computing the loss of every pair …", max_entries=2)
def _loss(run: str, law: LawName, digest: str, _corpus: Corpus) -> Loss:
    from jsmi_core.experiments import loss_of

    return loss_of(stored(run), _corpus, law)


def loss(text: Corpus, run: Result, law: LawName) -> Loss:
    """The gap of a stored result under one of its laws, pair by pair: large, so kept for the models in use only."""
    return _loss(run.id, law, text.digest, text)


@st.cache_data(show_spinner="Laying the vectors flat …", max_entries=64)
def word_map(run: str, most: int, method: str) -> WordMap:
    """The first input vectors of a stored result on a plane, by "pca" or "umap"."""
    from jsmi_core.embeddings import pca_map, umap_map

    return {"pca": pca_map, "umap": umap_map}[method](embedding(run).words[:most])


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
