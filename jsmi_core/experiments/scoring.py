"""Under which laws a result is scored: the objectives of a cell, and the loss of a stored result."""

from __future__ import annotations

from jsmi_core import checks
from jsmi_core.errors import ParameterError
from jsmi_core.experiments.cost import check_counting
from jsmi_core.experiments.records import (
    LAWS,
    LawName,
    Result,
)
from jsmi_core.information import Contrast, JointDistribution, unigram_noise
from jsmi_core.objective import Loss, SGNSObjective
from jsmi_core.pairs import PairSampling, expected_pairs
from jsmi_core.runtime import memory
from jsmi_core.text import Corpus
from jsmi_core.training import Law, OfOneLaw


def pairs_of(corpus: Corpus, sampling: PairSampling) -> JointDistribution:
    """The expected pairs of a text, remembered. Raises ParameterError where this machine could not hold them."""

    def counted() -> JointDistribution:
        check_counting(corpus, sampling)
        return expected_pairs(corpus, sampling)

    return memory.shared.get(_pairs_key(corpus, sampling), counted)


def pairs_are_known(corpus: Corpus, sampling: PairSampling) -> bool:
    """Whether :func:`pairs_of` has them at hand."""
    return _pairs_key(corpus, sampling) in memory.shared


def _pairs_key(corpus: Corpus, sampling: PairSampling) -> tuple[object, ...]:
    return "pairs", corpus.digest, sampling


def contrast_of(corpus: Corpus, sampling: PairSampling, exponent: float | None = None) -> Contrast:
    """These pairs beside q = counts^exponent, or beside their own context marginal, remembered: no α is in it."""

    def contrast() -> Contrast:
        noise = None if exponent is None else unigram_noise(corpus.counts, exponent)
        return Contrast.of(pairs_of(corpus, sampling), noise)

    return memory.shared.get(("contrast", corpus.digest, sampling, exponent), contrast)


def objectives_of(corpus: Corpus, config: OfOneLaw) -> dict[LawName, SGNSObjective]:
    """The objective under each law of ``LAWS``, with the p, q and k that a training or a search is about."""
    law = config.law
    return memory.shared.get(("objectives", corpus.digest, law), lambda: _objectives(corpus, law))


def _objectives(corpus: Corpus, law: Law) -> dict[LawName, SGNSObjective]:
    paper = SGNSObjective.of_contrast(contrast_of(corpus, law.sampling), law.negatives)
    own = paper  # of a run that draws from the context marginal
    if law.noise != "pairs":
        own = SGNSObjective.of_contrast(contrast_of(corpus, law.sampling, law.noise), law.negatives)
    for objective in (own, paper):  # what is of the law is computed now, once for many cells, like the counts
        _ = objective.bound, objective.reachable_bound, objective.contrast.divergence
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
