"""What is asked of stored runs: their vectors, laws, losses and use; and the runs of the precomputed figure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

from jsmi_app.cached import keys
from jsmi_app.cached.server import shelf, store
from jsmi_core.errors import StoreError
from jsmi_core.experiments import CellResult, LawName, Result
from jsmi_core.runtime import memory
from jsmi_core.text import Corpus, sample_data_directory

if TYPE_CHECKING:
    from jsmi_core.embeddings import Embedding, Usefulness, WordMap
    from jsmi_core.experiments import LawStep, SampledScore, ValidBound
    from jsmi_core.objective import Loss
    from jsmi_core.training import SGNSConfig


def stored(run: Result) -> Result:
    """A stored result with its arrays. Raises StoreError if it was damaged or deleted."""
    found = store().get(run.id, Result)
    if found is None or found.embedding is None:
        raise StoreError(f"the stored run {run.id} is gone or was damaged: train it again.")
    return found


def embedding(run: Result) -> Embedding:
    """The vectors of a stored result. Raises StoreError if it was damaged or deleted."""
    vectors = stored(run).embedding
    assert vectors is not None  # stored sees to it
    return vectors


@keys.data(show_spinner=False, max_entries=2048)
def usefulness(run: Result, test: str, factors: str) -> Usefulness:
    """What a stored result's vectors, "trained" or "balanced", reach on a test set."""
    from jsmi_core.embeddings import balanced, usefulness

    vectors = embedding(run)
    return usefulness(balanced(vectors) if factors == "balanced" else vectors, [test])[0]


class SameScore(NamedTuple):
    """One of several embeddings with one score: what its vectors are, S in nats, and what they reach on a test."""

    name: str
    score: float
    value: float | None


@keys.data(show_spinner="Testing other vectors with the same scores …", max_entries=64)
def same_scores(text: Corpus, run: Result, test: str) -> list[SameScore]:
    """A stored run's vectors beside others with the same products."""
    from jsmi_core.embeddings import same_scores, usefulness
    from jsmi_core.experiments import own_objective

    objective, forms = own_objective(text, run.cell.config), same_scores(embedding(run))
    return [SameScore(name, objective.score(form), usefulness(form, [test])[0].value) for name, form in forms.items()]


def walk(text: Corpus, config: SGNSConfig, departures: tuple[str, ...]) -> tuple[LawStep, ...]:
    """The laws from the paper's to word2vec's, each with the training of these settings that it is of."""
    law = ("window", "subsample", "negatives", "noise_exponent")
    steps = _walk(text, type(config)(**{name: getattr(config, name) for name in law}), departures)
    changed = ("dynamic", "subsample", "noise")
    settings = ({name: getattr(step.config, name) for name in changed} for step in steps)
    return tuple(replace(step, config=replace(config, **own)) for step, own in zip(steps, settings, strict=True))


@keys.resource(show_spinner="Walking from the paper's law to word2vec's …", max_entries=32)
def _walk(text: Corpus, law: SGNSConfig, departures: tuple[str, ...]) -> tuple[LawStep, ...]:
    from jsmi_core.experiments import walk

    return walk(text, law, departures)


@keys.data(show_spinner="Scoring under each law …", max_entries=64)
def valid_bounds(text: Corpus, config: SGNSConfig, run: Result | None) -> tuple[ValidBound, ...]:
    """The bounds that might be taken for that of a run, and its scores if it is stored."""
    from jsmi_core.experiments import valid_bounds

    return valid_bounds(text, config, None if run is None else embedding(run))


def score_under(text: Corpus, run: Result, *, skip: bool) -> float:
    """The score of a stored run under its own law, with or without skipped targets; nats."""
    return _skipping_score(text, run) if skip else run.own.score


@keys.data(show_spinner="Scoring with skipped targets …", max_entries=256)
def _skipping_score(text: Corpus, run: Result) -> float:
    from jsmi_core.experiments import own_objective

    return own_objective(text, run.cell.config, skip_target=True).score(embedding(run))


@keys.data(show_spinner="Drawing pairs …", max_entries=64)
def sampled_scores(text: Corpus, run: Result, pairs: tuple[int, ...], draws: int) -> tuple[SampledScore, ...]:
    """The sampled score of a stored run for several numbers of pairs."""
    from jsmi_core.experiments import own_objective, sampled_scores

    return sampled_scores(own_objective(text, run.cell.config), embedding(run), pairs, (draws,))


def loss(text: Corpus, run: Result, law: LawName) -> Loss:
    """The gap of a stored result under one of its laws, pair by pair: large, so remembered within the budget."""
    from jsmi_core.experiments import loss_of

    key = "loss", *keys.identity(run), law
    with nullcontext() if key in memory.shared else st.spinner("Computing the loss of every pair …"):
        return memory.shared.get(key, lambda: loss_of(stored(run), text, law))


@keys.data(show_spinner="Laying the vectors flat …", max_entries=64)
def word_map(run: Result, most: int, method: str) -> WordMap:
    """The first input vectors of a stored result on a plane, by "pca" or "umap"."""
    from jsmi_core.embeddings import pca_map, umap_map

    return {"pca": pca_map, "umap": umap_map}[method](embedding(run).words[:most])


@keys.data(show_spinner=False)
def figure1() -> dict[str, Any] | None:
    """The precomputed sweep of the start page, as ``jsmi sweep --json`` wrote it; None where it is not installed."""
    path = sample_data_directory() / "figure1.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


@keys.resource(show_spinner=False)
def figure1_results() -> tuple[Result, ...]:
    """The trainings and the searches for the best rank of :func:`figure1`."""
    sweep = figure1() or {"results": []}
    return tuple(Result.from_dict(record) for record in [*sweep["results"], *sweep.get("best_rank", [])])


def told(corpus_digest: str) -> dict[str, Result]:
    """Results that the program tells of without their vectors, by id: enough for every figure of scores."""
    return {run.id: run for run in figure1_results() if run.cell.corpus == corpus_digest}


def listed(corpus_digest: str) -> tuple[Result, ...]:
    """What this visitor may see of a text: what the program tells of it, brings with vectors, and what is their own."""
    found = told(corpus_digest) | {run.id: run for run in shelf().results(corpus_digest, kind=Result)}
    return tuple(found.values())


def origin(result_id: str) -> str:
    """Where a result comes from, if it was not computed here: nobody has checked one that was imported."""
    return _origins(shelf().imported(), [result_id])[result_id]


def origins(runs: Iterable[Result]) -> dict[str, str]:
    """The same of many, by id."""
    return _origins(shelf().imported(), (run.id for run in runs))


def _origins(imported: frozenset[str], ids: Iterable[str]) -> dict[str, str]:
    shipped = store().bundled
    return {
        name: "imported, not computed here"
        if name in imported
        else "ships with the program"
        if name in shipped or name in _told_ids()
        else ""
        for name in ids
    }


@keys.resource(show_spinner=False)
def _told_ids() -> frozenset[str]:
    return frozenset(run.id for run in figure1_results())


@keys.resource(show_spinner=False)
def figure1_by_drawn_pairs() -> tuple[CellResult, ...]:
    """The precomputed trainings that were scored by the pairs that they drew."""
    return tuple(CellResult.from_dict(record) for record in (figure1() or {"drawn": []})["drawn"])
