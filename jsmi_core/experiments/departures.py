"""From the paper's law to the one that gensim trains on, one departure after another. (Beyond the paper.)

The paper speaks of pairs within a fixed window of the whole text, and of negatives drawn from the pairs' own context
marginal. word2vec draws its windows, thins out frequent words, draws negatives from counts^γ; gensim throws away a
negative that hits its target, and makes no update beyond |m| = 6. Each of the first four changes p or r, and with it
the bound; the fifth only what training aims at. So a score stands beside one bound, that of the law it was trained
for: :func:`valid_bounds` says which. All values are nats per draw of W.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from jsmi_core.embeddings import Embedding
from jsmi_core.errors import ParameterError
from jsmi_core.experiments.scoring import objectives_of
from jsmi_core.experiments.specs import RankConfig
from jsmi_core.information import FloatArray
from jsmi_core.objective import SGNSObjective
from jsmi_core.text import Corpus
from jsmi_core.training import SGNSConfig

DEPARTURES = ("window", "subsample", "noise", "skip", "reach")
"""In the order in which word2vec applies them: to the text, to the negatives, to the updates."""


@dataclass(frozen=True, eq=False)
class LawStep:
    """A law on the way from the paper's to gensim's.

    Parameters
    ----------
    name : "paper" or one of ``DEPARTURES``
        What was changed last.
    config : SGNSConfig
        The training whose law this is; those of "skip" and "reach" cannot be switched off in gensim.
    bound : float, nats
        The most that any matrix scores; after "reach", any whose scores are clipped to ±6.
    words : (V,) float64
        p(x), how often each word is in a real pair.
    negatives : (V,) float64
        Σ_x r(x, y), how often each word is used as a negative; sums to less than 1 after "skip".
    """

    name: str
    config: SGNSConfig
    bound: float
    words: FloatArray
    negatives: FloatArray


def walk(
    corpus: Corpus, config: SGNSConfig | None = None, departures: Collection[str] = DEPARTURES
) -> tuple[LawStep, ...]:
    """The paper's law, and what it becomes with one departure after another.

    Parameters
    ----------
    corpus : Corpus of V words
    config : SGNSConfig, optional
        Its window, negatives, noise exponent, and subsampling threshold (word2vec's own where that is 0).
    departures : names from ``DEPARTURES``, optional
        Those that are made, in the order of ``DEPARTURES``; all if left out.

    Returns
    -------
    tuple of LawStep, "paper" first

    Raises
    ------
    ParameterError
        If a departure is unknown.
    CorpusError
        If no sentence has two tokens.

    Examples
    --------
    >>> corpus = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]] * 20)
    >>> [step.name for step in walk(corpus, departures={"noise", "window"})]
    ['paper', 'window', 'noise']
    """
    if unknown := set(departures) - set(DEPARTURES):
        raise ParameterError(f"departure = {min(unknown)!r} is not usable: give one of {', '.join(DEPARTURES)}.")
    config = config or SGNSConfig()
    changes: dict[str, dict[str, Any]] = {
        "window": {"dynamic": True},
        "subsample": {"subsample": config.subsample or SGNSConfig.subsample},
        "noise": {"noise": "counts"},
    }
    now = replace(config, dynamic=False, subsample=0.0, noise="pairs")
    objective = own_objective(corpus, now)
    steps = [_step("paper", now, objective)]
    for name in (name for name in DEPARTURES if name in departures):
        if name in changes:
            now = replace(now, **changes[name])
            objective = own_objective(corpus, now)
        elif name == "skip":
            objective = _skipping(objective)
        bound = objective.reachable_bound if name == "reach" else objective.bound
        steps.append(replace(_step(name, now, objective), bound=bound))
    return tuple(steps)


def _step(name: str, config: SGNSConfig, objective: SGNSObjective) -> LawStep:
    contrast, joint = objective.contrast, objective.joint
    used = 1 - joint.context_marginal if contrast.skip_target else 1.0
    return LawStep(name, config, objective.bound, joint.word_marginal, contrast.noise * used)


def own_objective(corpus: Corpus, config: SGNSConfig | RankConfig, *, skip_target: bool = False) -> SGNSObjective:
    """The objective of a run's own p, q and k; with ``skip_target`` the one that gensim's updates climb. (27)

    Examples
    --------
    >>> corpus = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]] * 20)
    >>> own_objective(corpus, SGNSConfig()).bound < own_objective(corpus, SGNSConfig(), skip_target=True).bound
    True
    """
    own = objectives_of(corpus, config)["word2vec"]
    return _skipping(own) if skip_target else own


def _skipping(objective: SGNSObjective) -> SGNSObjective:
    """The same p, q and k with targets skipped."""
    return SGNSObjective(objective.joint, objective.negatives, objective.noise, skip_target=True)


def mass_shift(before: FloatArray, after: FloatArray, bins: int = 12) -> list[tuple[float, float]]:
    """How the mass of frequent and of rare words changes: (rank, mass after / mass before) by bins of ranks.

    Parameters
    ----------
    before, after : (V,) float64
        Masses in the order of a corpus's vocabulary, most frequent word first.
    bins : int
        Ranges of ranks, evenly spaced on a log axis; each is named by its geometric middle.

    Examples
    --------
    >>> import numpy as np
    >>> mass_shift(np.array([0.5, 0.5]), np.array([0.25, 0.75]), bins=2)
    [(1.0, 0.5), (2.0, 1.5)]
    """
    size = len(before)
    edges = np.unique(np.round((size + 1) ** np.linspace(0, 1, bins + 1)).astype(int))
    shifts = []
    for low, high in zip(edges[:-1] - 1, edges[1:] - 1, strict=True):
        was = float(before[low:high].sum())
        if was > 0:
            shifts.append((float(np.sqrt((low + 1) * high)), float(after[low:high].sum()) / was))
    return shifts


# --- which bound is valid for which run ------------------------------------------------------------------------------


class ValidBound(NamedTuple):
    """A bound beside the score of one run, and whether it says anything about that run.

    ``law`` is "paper" (the paper's p and q), "context marginal" (the run's own p, the paper's q), "own" (what the run
    names as its law) or "skip" (the same with targets skipped, as gensim has it). ``valid`` is "yes" for the law that
    the run maximised, "nearly" for the one that differs from it by the skipped targets, "no" for a true bound of a
    score that the run did not maximise. ``score`` and ``gap`` are None where there is no embedding yet.
    """

    law: str
    p: str
    q: str
    bound: float
    reachable_bound: float
    score: float | None
    gap: float | None
    valid: str


def valid_bounds(corpus: Corpus, config: SGNSConfig, embedding: Embedding | None = None) -> tuple[ValidBound, ...]:
    """The bounds that might be taken for that of a run, from the paper's law to the one it was trained on.

    Parameters
    ----------
    corpus : Corpus of V words
    config : SGNSConfig
        The run's.
    embedding : Embedding, optional
        What the run ended with, to be scored under each law.

    Returns
    -------
    tuple of ValidBound
        A law that is the same as the one after it is left out.

    Raises
    ------
    CorpusError
        If no sentence has two tokens.
    EmbeddingError
        If the embedding has not one vector for each word.

    Examples
    --------
    >>> corpus = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]] * 20)
    >>> [(bound.law, bound.valid) for bound in valid_bounds(corpus, SGNSConfig.paper())]
    [('own', 'nearly'), ('skip', 'yes')]
    """
    paper = replace(config, dynamic=False, subsample=0.0, noise="pairs")
    own = own_objective(corpus, config)
    laws: list[tuple[str, SGNSConfig, str, SGNSObjective, str]] = []
    if config.sampling != paper.sampling:
        laws.append(("paper", paper, "context marginal", own_objective(corpus, paper), "no"))
    if config.noise == "counts":
        marginal = objectives_of(corpus, config)["paper"]
        laws.append(("context marginal", config, "context marginal", marginal, "no"))
    laws.append(("own", config, config.noise_name, own, "nearly"))
    laws.append(("skip", config, f"{config.noise_name}, targets skipped", _skipping(own), "yes"))
    rows = []
    for law, trained, q, objective, valid in laws:
        found = None if embedding is None else objective.evaluate(embedding)
        row = ValidBound(law, _pairs_of(trained), q, objective.bound, objective.reachable_bound, None, None, valid)
        rows.append(row if found is None else row._replace(score=found.score, gap=found.gap.total))
    return tuple(rows)


def _pairs_of(config: SGNSConfig) -> str:
    """p in words."""
    window = f"window 1…{config.window}" if config.dynamic else f"window {config.window}"
    return f"{window}, {f'subsampling {config.subsample:g}' if config.subsample else 'all tokens'}"


# --- the two functions of k ------------------------------------------------------------------------------------------


class SampledScore(NamedTuple):
    """An estimate of S from ``pairs`` positive pairs with ``draws`` negatives each, and its standard error; nats."""

    pairs: int
    draws: int
    estimate: float
    standard_error: float


def sampled_scores(
    objective: SGNSObjective,
    embedding: Embedding,
    pairs: Sequence[int] = (100, 1_000, 10_000, 100_000),
    draws: Sequence[int] = (1, 5, 50),
    seed: int = 1,
) -> tuple[SampledScore, ...]:
    """The sampled score at one α with more and fewer draws: what k does apart from setting α. (Section 3, (9))

    k has two functions. It is the weight of the negatives, α = 1/(k+1), which the bound and the exact score know; and
    it is how many negatives are drawn for each positive pair to estimate their part, which only the error knows.

    Parameters
    ----------
    objective : SGNSObjective
        Made from a number of negatives, which stays their weight.
    embedding : Embedding
    pairs, draws : sequences of int
        Positive pairs, and negatives for each of them.
    seed : int

    Returns
    -------
    tuple of SampledScore, by draws and then by pairs

    Raises
    ------
    ParameterError, EmbeddingError
        As :meth:`SGNSObjective.sampled_score`.

    Examples
    --------
    >>> from jsmi_core import JointDistribution
    >>> objective = SGNSObjective(JointDistribution.from_counts([[2, 1], [1, 4]]), negatives=5)
    >>> few, many = sampled_scores(objective, Embedding.constant(0.1, 2, 2), pairs=(100,), draws=(1, 100))
    >>> few.standard_error >= many.standard_error
    True
    """
    return tuple(
        SampledScore(size, number, *objective.sampled_score(embedding, size, seed, draws=number))
        for number in draws
        for size in pairs
    )
