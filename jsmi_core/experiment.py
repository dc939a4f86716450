"""Cell → result: train, and score exactly after every epoch.

A run is scored under two laws. They share p, the expected pairs of the run's own :class:`PairSampling`, and differ
in q: ``"word2vec"`` takes the noise that the run drew its negatives from, ``"paper"`` the context marginal.
A score stands only beside the bound of its own law. All values are nats per draw of W.

:func:`run_cell` is a top-level function of plain records, so that any ``concurrent.futures.Executor`` can map it.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

from jsmi_core.cooccurrence import PairSampling, expected_pairs
from jsmi_core.corpus import Corpus
from jsmi_core.cost import estimated_multiply_adds
from jsmi_core.distribution import JointDistribution
from jsmi_core.embedding import Embedding
from jsmi_core.errors import ParameterError
from jsmi_core.information import mutual_information
from jsmi_core.objective import Evaluation, SGNSObjective
from jsmi_core.records import LAWS, Cell, CellResult, EpochScore, Grid, LawScores, Manifest
from jsmi_core.training import SGNSConfig, train_sgns, training_noise

__all__ = ["LAWS", "Cell", "CellResult", "EpochScore", "Grid", "LawScores", "Manifest", "run_cell"]

ROUNDING = 1e-9  # what may separate bound − score from the sum of the gap's cells, in nats or relative to the score


def run_cell(
    cell: Cell,
    corpus: Corpus,
    report: Callable[[EpochScore], object] | None = None,
    progress: Callable[[float], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> CellResult:
    """Train one cell and score it exactly after every epoch.

    Parameters
    ----------
    cell : Cell
    corpus : Corpus
        The corpus whose digest the cell names.
    report : callable, optional
        Called with an :class:`EpochScore` after every epoch, and once before the first.
    progress : callable, optional
        Called with the share of the training done so far, about a hundred times in each epoch, from another thread.
    cancel : callable, optional
        Returns True when the work should stop; asked often.

    Returns
    -------
    CellResult
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
    >>> result = run_cell(Cell(corpus.digest, SGNSConfig(dimension=2, epochs=1, subsample=0)), corpus)
    >>> all(scores.score <= scores.bound for scores in result.laws)
    True
    """
    if cell.corpus != corpus.digest:
        raise ParameterError(
            f"the cell is for corpus {cell.corpus[:12]} but got {corpus.digest[:12]}: give it the corpus it names."
        )
    config = cell.config
    objectives = _objectives(corpus, _scored_as(config))
    began = time.perf_counter()
    scorer = _Scorer(objectives["word2vec"], report)
    embedding = train_sgns(corpus, config, on_epoch=scorer, on_progress=progress, cancel=cancel).embedding
    finals = {law: _checked(objectives[law].evaluate(embedding)) for law in LAWS}
    manifest = Manifest(
        corpus_name=corpus.name,
        tokens=len(corpus.ids),
        vocabulary_size=len(corpus.vocabulary),
        versions=_versions(),
        cost=estimated_multiply_adds(corpus, config),
        seconds=time.perf_counter() - began,
        date=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    information = mutual_information(objectives["paper"].joint)
    laws = tuple(_law_scores(law, config, information, finals[law]) for law in LAWS)
    return CellResult(cell, tuple(scorer.history), laws, manifest, embedding, finals["word2vec"].gap.by_word)


# A sweep comes back to the same corpus: the caches are per corpus object, and as small as a sweep needs.
@lru_cache(maxsize=2)
def _joint(corpus: Corpus, sampling: PairSampling) -> JointDistribution:
    return expected_pairs(corpus, sampling)


@lru_cache(maxsize=2)
def _objectives(corpus: Corpus, scored_as: SGNSConfig) -> dict[str, SGNSObjective]:
    """The objective under each law of ``LAWS``."""
    joint = _joint(corpus, scored_as.sampling)
    noises = {"word2vec": training_noise(corpus, scored_as, joint), "paper": None}
    return {law: SGNSObjective(joint, scored_as.negatives, noises[law]) for law in LAWS}


def _scored_as(config: SGNSConfig) -> SGNSConfig:
    """The settings that the laws depend on; runs that differ in the others share their objectives."""
    shared = ("negatives", "window", "dynamic", "subsample", "noise", "noise_exponent")
    return SGNSConfig(**{name: getattr(config, name) for name in shared})


class _Scorer:
    """Scores the embedding after every epoch, and stops the clock of training meanwhile."""

    def __init__(self, objective: SGNSObjective, report: Callable[[EpochScore], object] | None) -> None:
        self.history: list[EpochScore] = []
        self._objective = objective
        self._report = report
        self._seconds = 0.0
        self._resumed = 0.0

    def __call__(self, epoch: int, embedding: Embedding) -> None:
        if epoch > 0:
            self._seconds += time.perf_counter() - self._resumed
        found = _checked(self._objective.evaluate(embedding))
        self.history.append(EpochScore(epoch, found.score, found.gap.total, self._seconds))
        if self._report is not None:
            self._report(self.history[-1])
        self._resumed = time.perf_counter()


def _checked(found: Evaluation) -> Evaluation:
    """Theorem 1 and Theorem 2 as a guard: a number that breaks them is a fault of the program and is never stored."""
    rounding = ROUNDING * max(1.0, abs(found.score))
    sound = found.score <= found.bound + rounding
    if not (sound and abs(found.bound - found.score - found.gap.total) <= rounding):  # "not": a NaN is a fault too
        raise ArithmeticError(
            f"score {found.score!r} and gap {found.gap.total!r} do not fit the bound {found.bound!r}: please report it."
        )
    return found


def _law_scores(law: str, config: SGNSConfig, information: float, found: Evaluation) -> LawScores:
    sampling = config.sampling
    window = f"window 1…{sampling.window}" if sampling.dynamic else f"window {sampling.window}"
    return LawScores(
        law=law,
        p=f"expected pairs, {window}, subsampling {sampling.subsample:g}",
        q=config.noise_name if law == "word2vec" else "context marginal",
        alpha=config.alpha,
        mutual_information=information,
        bound=found.bound,
        score=found.score,
        gap=found.gap.total,
    )


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for package in ("jsmi-explorer", "gensim", "numba", "numpy", "scipy"):
        try:
            versions[package] = version(package)
        except PackageNotFoundError:  # run from a checkout that is not installed
            versions[package] = "not installed"
    return versions
