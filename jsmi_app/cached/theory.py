"""Small tables, and statements proved on tables, texts and models."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from jsmi_app.cached import keys
from jsmi_app.cached.pairs import corpus
from jsmi_app.cached.runs import embedding
from jsmi_core.experiments import Result, pairs_of
from jsmi_core.information import JointDistribution
from jsmi_core.pairs import PairSampling
from jsmi_core.text import Corpus

if TYPE_CHECKING:
    from jsmi_core.proofs import Case, Proof
    from jsmi_core.tables import Film


Rows = tuple[tuple[float, ...], ...]


class WordTable(NamedTuple):
    """The pairs among the most frequent words of a text."""

    words: tuple[str, ...]
    rows: Rows


@keys.data(show_spinner="Counting the pairs …")
def word_table(name: str, size: int) -> WordTable:
    """The pairs of a sample's most frequent words, as drawn by word2vec's defaults."""
    from jsmi_core.tables import corner

    text = corpus(name, 5)
    table = corner(pairs_of(text, PairSampling()), size)
    return WordTable(text.vocabulary[:size], tuple(map(tuple, table.tolist())))


class TableRank(NamedTuple):
    """The best matrix of one rank that was found for a small table: score and its certificate, see BestRank."""

    score: float
    gradient_norm: float
    spread: float
    converged: bool


@keys.data(show_spinner="Searching for the best matrix of each rank …", max_entries=1024)
def table_ranks(rows: Rows, alpha: float, dimensions: tuple[int, ...], max_passes: int) -> list[TableRank]:
    """The best matrix of each rank for a small table, q = context marginal; nats."""
    from jsmi_core.objective import SGNSObjective
    from jsmi_core.tables import best_ranks

    objective = SGNSObjective(JointDistribution.from_counts(rows), alpha=alpha)
    found = best_ranks(objective, dimensions, max_passes)
    return [TableRank(best.score, best.gradient_norm, best.spread, best.converged) for best in found]


@keys.resource(show_spinner="Training in slow motion …", max_entries=64)
def film(rows: Rows, negatives: int, dimension: int, updates: int, rate: float, seed: int) -> Film:
    """A training on a small table, q = context marginal, update by update."""
    from jsmi_core.objective import SGNSObjective
    from jsmi_core.tables import film

    objective = SGNSObjective(JointDistribution.from_counts(rows), negatives)
    return film(objective, dimension, updates, rate=rate, seed=seed)


class Proven(NamedTuple):
    """What was proved on, and what came out of every card."""

    case: Case
    proofs: tuple[Proof, ...]


_PROVING = "Computing every statement twice …"


@keys.resource(show_spinner=_PROVING, max_entries=32)
def proved_on_table(cells: str, negatives: int) -> Proven:
    """On a small table, as write_table writes it."""
    from jsmi_core.proofs import case_of_table, prove
    from jsmi_core.tables import read_table

    case = case_of_table(read_table(cells), negatives)
    return Proven(case, prove(case))


@keys.resource(show_spinner=_PROVING, max_entries=16)
def proved_on_text(text: Corpus, sampling: PairSampling, words: int, negatives: int, *, patient: bool) -> Proven:
    """On the most frequent words of a text; patient: also on all of it, however long that takes."""
    from jsmi_core.proofs import PATIENCE, case_of_text, prove

    case = case_of_text(pairs_of(text, sampling), text.vocabulary, words, negatives)
    return Proven(case, prove(case, patience=math.inf if patient else PATIENCE))


@keys.resource(show_spinner=_PROVING, max_entries=16)
def proved_on_model(text: Corpus, run: Result, words: int, *, patient: bool) -> Proven:
    """On the vectors of a stored model. Raises StoreError if it is not in the store any more."""
    from jsmi_core.proofs import PATIENCE, case_of_model, prove

    config = run.cell.config
    case = case_of_model(pairs_of(text, config.sampling), embedding(run), words, config.negatives)
    return Proven(case, prove(case, patience=math.inf if patient else PATIENCE))
