"""Under which laws a result is scored: the objectives of a cell, and the loss of a stored result."""

from __future__ import annotations

from functools import lru_cache

from jsmi_core import checks
from jsmi_core.errors import ParameterError
from jsmi_core.experiments.records import (
    LAWS,
    LawName,
    Result,
)
from jsmi_core.information import JointDistribution, mutual_information
from jsmi_core.objective import Loss, SGNSObjective
from jsmi_core.pairs import PairSampling, expected_pairs
from jsmi_core.text import Corpus
from jsmi_core.training import Law, OfOneLaw, training_noise


@lru_cache(maxsize=2)
def _joint(corpus: Corpus, sampling: PairSampling) -> JointDistribution:
    return expected_pairs(corpus, sampling)


@lru_cache(maxsize=2)
def information_of(joint: JointDistribution) -> float:
    """I(X;Y) in nats, remembered for the joint distributions last asked for. (17)"""
    return mutual_information(joint)


def objectives_of(corpus: Corpus, config: OfOneLaw) -> dict[LawName, SGNSObjective]:
    """The objective under each law of ``LAWS``, with the p, q and k that a training or a search is about."""
    return _objectives(corpus, config.law)


@lru_cache(maxsize=2)
def _objectives(corpus: Corpus, law: Law) -> dict[LawName, SGNSObjective]:
    joint = _joint(corpus, law.sampling)
    paper = SGNSObjective(joint, law.negatives)
    own = paper  # of a run that draws from the context marginal
    if law.noise != "pairs":
        own = SGNSObjective(joint, law.negatives, training_noise(corpus, law, joint))
    for objective in (own, paper):  # what is of the law is computed now, once for many cells, like the counts
        _ = objective.bound, objective.reachable_bound, information_of(joint)
    return {"word2vec": own, "paper": paper}


def loss_of(result: Result, corpus: Corpus, law: LawName = "word2vec") -> Loss:
    """The loss of a stored training or search, under one of its laws.

    Parameters
    ----------
    result : CellResult or RankResult
        With its arrays, as ``Store.get`` brings it.
    corpus : Corpus
        The one whose digest the result's cell names.
    law : "word2vec" or "paper"

    Returns
    -------
    Loss
        Its ``total`` is the result's gap under that law.

    Raises
    ------
    ParameterError
        If the corpus is another one, the law is neither, or the result has no arrays.

    Examples
    --------
    >>> from jsmi_core import Cell, Corpus, SGNSConfig, run_cell
    >>> corpus = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]] * 5)
    >>> run = run_cell(Cell(corpus.digest, SGNSConfig(dimension=2, epochs=1, subsample=0)), corpus)
    >>> loss_of(run, corpus).total == run.own.gap
    True
    """
    if result.cell.corpus != corpus.digest:
        raise ParameterError(
            f"run {result.id} is of corpus {result.cell.corpus[:12]} but got {corpus.digest[:12]}: "
            "give the text, and min_count, that it was trained on."
        )
    checks.one_of("law", law, LAWS)
    if result.embedding is None:
        raise ParameterError(f"run {result.id} comes without its vectors: take it from Store.get.")
    return Loss.of(objectives_of(corpus, result.cell.config)[law], result.embedding)
