"""Cell → result: train and score exactly on the way, or search for the best embedding of rank d.

A result is scored under two laws. They share p, the expected pairs of the run's own :class:`PairSampling`, and differ
in q: ``"word2vec"`` takes the noise that a training draws its negatives from, ``"paper"`` the context marginal. It is
the first, a cell's own law, that a training climbs and a search maximises.
A training may be scored under a third, ``"drawn"``, the paper's by its footnote 2: p is the pairs that this very
training drew, q their own context marginal.
A score stands only beside the bound of its own law. All values are nats per draw of W.

:func:`run_cell` is a top-level function of plain records, so that any ``concurrent.futures.Executor`` can map it.
"""

from __future__ import annotations

import math
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, overload

import numpy as np

from jsmi_core.embeddings import Embedding
from jsmi_core.errors import ParameterError
from jsmi_core.experiments.cost import estimated_multiply_adds, multiply_adds_of_passes
from jsmi_core.experiments.records import (
    LAWS,
    CellResult,
    Certificate,
    EpochScore,
    LawName,
    LawScores,
    Manifest,
    RankResult,
)
from jsmi_core.experiments.scoring import objectives_of
from jsmi_core.experiments.specs import Cell, RankCell, RankConfig
from jsmi_core.information import FloatArray, JointDistribution, mutual_information
from jsmi_core.lowrank import GIVEN, RankStep, baselines, best_rank_embedding
from jsmi_core.objective import Evaluation, SGNSObjective
from jsmi_core.text import Corpus
from jsmi_core.training import SGNSConfig, train_sgns

MOST_PASSES = 2_000  # of one search; it converged within 500 wherever it was tried
REPORTED_STEPS, REPORTED_SECONDS = 20, 10.0  # how often a search tells where it stands: whichever comes first
MOST_KEPT = 200  # steps of a search that are kept in its result
ROUNDING = 1e-9  # what may separate bound − score from the sum of the gap's cells, in nats or relative to the score


@overload
def run_cell(
    cell: Cell,
    corpus: Corpus,
    report: Callable[[EpochScore], object] | None = None,
    progress: Callable[[float], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> CellResult: ...
@overload
def run_cell(
    cell: RankCell,
    corpus: Corpus,
    report: Callable[[RankStep], object] | None = None,
    progress: Callable[[float], None] | None = None,
    cancel: Callable[[], bool] | None = None,
    trained: Callable[[Cell], CellResult | None] | None = None,
) -> RankResult: ...
def run_cell(
    cell: Cell | RankCell,
    corpus: Corpus,
    report: Callable[[Any], object] | None = None,
    progress: Callable[[float], None] | None = None,
    cancel: Callable[[], bool] | None = None,
    trained: Callable[[Cell], CellResult | None] | None = None,
) -> CellResult | RankResult:
    """Train one cell and score it exactly after the epochs that it names, or search for the best embedding of its rank.

    Parameters
    ----------
    cell : Cell or RankCell
    corpus : Corpus
        The corpus whose digest the cell names.
    report : callable, optional
        Called with an :class:`EpochScore` after each of ``cell.scored_epochs`` of a training; with a
        :class:`RankStep` after the first step of a search, and then after every 20 steps or 10 seconds.
    progress : callable, optional
        Called with the share of the work done so far, about a hundred times in each epoch, from another thread, or
        after every step of a search (an estimate: nobody knows how many steps there will be).
    cancel : callable, optional
        Returns True when the work should stop; asked often.
    trained : callable, optional
        Finds the result of a training that a search starts from (``Store.get`` by its id, say). What it does not
        find is trained first: with one worker, the same vectors come out.

    Returns
    -------
    CellResult or RankResult
        With its arrays.

    Raises
    ------
    ParameterError
        If the corpus is not the one that the cell names.
    Cancelled
        If ``cancel`` said so.

    Examples
    --------
    >>> corpus = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]] * 5)
    >>> trained = run_cell(Cell(corpus.digest, SGNSConfig(dimension=2, epochs=1, subsample=0)), corpus)
    >>> best = run_cell(RankCell(corpus.digest, RankConfig.under(trained.cell.config)), corpus)
    >>> trained.own.score <= best.own.score <= best.own.bound
    True
    """
    if cell.corpus != corpus.digest:
        raise ParameterError(
            f"the cell is for corpus {cell.corpus[:12]} but got {corpus.digest[:12]}: give it the corpus it names."
        )
    if isinstance(cell, RankCell):
        return _search(cell, corpus, _starts(cell, corpus, trained, cancel), report, progress, cancel)
    return _train(cell, corpus, report, progress, cancel)


def _train(
    cell: Cell,
    corpus: Corpus,
    report: Callable[[EpochScore], object] | None,
    progress: Callable[[float], None] | None,
    cancel: Callable[[], bool] | None,
) -> CellResult:
    objectives = objectives_of(corpus, cell.config)
    began = time.perf_counter()
    scorer = _Scorer(cell, objectives["word2vec"], report)
    run = train_sgns(corpus, cell.config, on_epoch=scorer, on_progress=progress, cancel=cancel, record_pairs=cell.drawn)
    embedding = run.embedding
    laws, gap_by_word = _scored(embedding, cell.config, objectives, scorer.last)
    if run.drawn_pairs is not None:
        laws = (*laws, _by_drawn_pairs(embedding, run.drawn_pairs, cell.config))
    manifest = _manifest(corpus, estimated_multiply_adds(corpus, cell), began)
    return CellResult(cell, tuple(scorer.history), laws, manifest, embedding, gap_by_word)


def _starts(
    cell: RankCell,
    corpus: Corpus,
    trained: Callable[[Cell], CellResult | None] | None,
    cancel: Callable[[], bool] | None,
) -> list[Embedding]:
    """The embedding of the training that a search starts from, if any."""
    if cell.start is None:
        return []
    found = trained(cell.start) if trained else None
    if found is None or found.embedding is None:
        return [train_sgns(corpus, cell.start.config, cancel=cancel).embedding]
    return [found.embedding]


def _search(
    cell: RankCell,
    corpus: Corpus,
    starts: Sequence[Embedding],
    report: Callable[[RankStep], object] | None,
    progress: Callable[[float], None] | None,
    cancel: Callable[[], bool] | None,
) -> RankResult:
    config, objectives = cell.config, objectives_of(corpus, cell.config)
    began = time.perf_counter()
    best = best_rank_embedding(
        objectives["word2vec"],
        config.dimension,
        starts,
        tolerance=config.tolerance,
        max_passes=MOST_PASSES,
        on_step=_Climber(report, progress),
        cancel=cancel,
    )
    steps = best.history or (RankStep(1, best.score, time.perf_counter() - began),)  # a start that nothing improves
    passes = steps[-1].passes
    embedding = Embedding(best.embedding.words, best.embedding.contexts, corpus.vocabulary)
    laws, gap_by_word = _scored(embedding, config, objectives)
    manifest = _manifest(corpus, multiply_adds_of_passes(corpus, config, passes), began)
    start = "training" if best.start.startswith(GIVEN) else best.start
    certificate = Certificate(best.gradient_norm, best.spread, best.converged, passes, start)
    others = baselines(objectives["word2vec"], config.dimension)
    return RankResult(cell, _thinned(steps), laws, manifest, certificate, embedding, gap_by_word, others)


class _Scorer:
    """Scores the embedding after the epochs that a cell names, and stops the clock of training meanwhile."""

    def __init__(self, cell: Cell, objective: SGNSObjective, report: Callable[[EpochScore], object] | None) -> None:
        self.history: list[EpochScore] = []
        self.last: Evaluation | None = None  # of the latest epoch that was scored
        self._wanted = frozenset(cell.scored_epochs)
        self._objective = objective
        self._report = report
        self._seconds = 0.0
        self._resumed = 0.0

    def __call__(self, epoch: int, embedding: Embedding) -> None:
        if epoch > 0:
            self._seconds += time.perf_counter() - self._resumed
        if epoch in self._wanted:
            score, gap = self._scored(embedding)
            self.history.append(EpochScore(epoch, score, gap, self._seconds))
            if self._report is not None:
                self._report(self.history[-1])
        self._resumed = time.perf_counter()

    def _scored(self, embedding: Embedding) -> tuple[float, float]:
        if not embedding.contexts.any():  # the untouched start: the zero matrix, whose score is known
            return self._objective.zero_score, self._objective.bound - self._objective.zero_score
        self.last = _checked(self._objective.evaluate(embedding))
        return self.last.score, self.last.gap.total


class _Climber:
    """Hears of every step of a search, and tells now and then where it stands and how far it may have come."""

    def __init__(self, report: Callable[[RankStep], object] | None, progress: Callable[[float], None] | None) -> None:
        self._report, self._progress = report, progress
        self._steps = 0
        self._told = -math.inf

    def __call__(self, step: RankStep) -> None:
        self._steps += 1
        if self._progress is not None:
            self._progress(min(step.share, 0.99))
        due = self._steps % REPORTED_STEPS == 0 or step.seconds - self._told >= REPORTED_SECONDS
        if due and self._report is not None:
            self._told = step.seconds
            self._report(step)


def _thinned(steps: Sequence[RankStep]) -> tuple[RankStep, ...]:
    """At most MOST_KEPT steps, evenly chosen, with the first and the last."""
    chosen = np.unique(np.linspace(0, len(steps) - 1, min(MOST_KEPT, len(steps))).round().astype(int))
    return tuple(steps[place] for place in chosen)


def _scored(
    embedding: Embedding,
    config: SGNSConfig | RankConfig,
    objectives: Mapping[LawName, SGNSObjective],
    own: Evaluation | None = None,
) -> tuple[tuple[LawScores, ...], FloatArray]:
    """The scores under each law, and the gap by word under the own one; ``own`` is what is known already."""
    finals: dict[LawName, Evaluation] = {"word2vec": own or _checked(objectives["word2vec"].evaluate(embedding))}
    same = objectives["paper"] is objectives["word2vec"]
    finals["paper"] = finals["word2vec"] if same else _checked(objectives["paper"].evaluate(embedding))
    sampling, information = config.sampling, objectives["paper"].contrast.divergence  # I(X;Y), (17)
    window = f"window 1…{sampling.window}" if sampling.dynamic else f"window {sampling.window}"
    p = f"expected pairs, {window}, subsampling {sampling.subsample:g}"
    q: dict[LawName, str] = {"word2vec": config.noise_name, "paper": "context marginal"}
    laws = tuple(_law_scores(law, p, q[law], information, finals[law], objectives[law]) for law in LAWS)
    return laws, finals["word2vec"].gap.by_word


def _by_drawn_pairs(embedding: Embedding, drawn: JointDistribution, config: SGNSConfig) -> LawScores:
    """The scores by footnote 2 of the paper: exactly, over all pairs of words, and by (9)."""
    objective = SGNSObjective(drawn, config.negatives)
    found = _checked(objective.evaluate(embedding))
    scores = _law_scores("drawn", "pairs drawn", "their context marginal", mutual_information(drawn), found, objective)
    sampled, error = objective.sampled_score(embedding)
    return replace(scores, sampled=sampled, sampled_error=error)


def _checked(found: Evaluation) -> Evaluation:
    """Theorem 1 and Theorem 2 as a guard: a number that breaks them is a fault of the program and is never stored."""
    rounding = ROUNDING * max(1.0, abs(found.score))
    sound = found.score <= found.bound + rounding
    if not (sound and abs(found.bound - found.score - found.gap.total) <= rounding):  # "not": a NaN is a fault too
        raise ArithmeticError(
            f"score {found.score!r} and gap {found.gap.total!r} do not fit the bound {found.bound!r}: please report it."
        )
    return found


def _law_scores(
    law: LawName, p: str, q: str, information: float, found: Evaluation, objective: SGNSObjective
) -> LawScores:
    return LawScores(
        law=law,
        p=p,
        q=q,
        alpha=objective.alpha,
        mutual_information=information,
        bound=found.bound,
        score=found.score,
        gap=found.gap.total,
        reachable_bound=objective.reachable_bound,
    )


def _manifest(corpus: Corpus, cost: float, began: float) -> Manifest:
    return Manifest(
        corpus_name=corpus.name,
        tokens=len(corpus.ids),
        vocabulary_size=len(corpus.vocabulary),
        versions=_versions(),
        cost=cost,
        seconds=time.perf_counter() - began,
        date=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for package in ("jsmi-explorer", "gensim", "numba", "numpy", "scipy"):
        try:
            versions[package] = version(package)
        except PackageNotFoundError:  # run from a checkout that is not installed
            versions[package] = "not installed"
    return versions
