"""What the theorems are computed on: a small table of pairs, a score for each of its pairs, and k.

Plain loops need a small table. An own table is one; of a text, or of a model trained on it, it is made: the most
frequent words keep their rows and columns, and the others are merged into one, or left out. Nothing is sampled, and
``told`` says in words what was done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import fsum

import numpy as np
import numpy.typing as npt
import scipy

from jsmi_core import checks, reference
from jsmi_core.embeddings import Embedding
from jsmi_core.errors import DistributionError, EmbeddingError
from jsmi_core.information import FloatArray, JointDistribution
from jsmi_core.lowrank import best_rank_embedding
from jsmi_core.objective import SGNSObjective
from jsmi_core.tables import cells, moved

MOST_WORDS = 200
"""Rows and columns of a table that plain loops still finish in seconds."""

REST = "all other words"


@dataclass(frozen=True, eq=False)
class Case:
    """A table, a score matrix m and k, for both ways of computing. Made by one of the functions below.

    Parameters
    ----------
    counts : (V, W) float64
        The pairs of the table: any weights proportional to p.
    embedding : Embedding with V word and W context vectors
        m(x, y) = x · y.
    negatives : int
        k; α = 1/(k+1).
    words, contexts : names of the rows and columns
    told : str
        Where the table and the scores come from, in one line.
    whole : JointDistribution, optional
        All pairs of the text that the table is a part of.
    whole_embedding : Embedding, optional
        A model with a vector for each word of the text.
    """

    counts: FloatArray
    embedding: Embedding
    negatives: int
    words: tuple[str, ...]
    contexts: tuple[str, ...]
    told: str
    whole: JointDistribution | None = None
    whole_embedding: Embedding | None = None

    @property
    def alpha(self) -> float:
        """α = 1/(k+1)."""
        return 1 / (self.negatives + 1)

    @property
    def joint(self) -> JointDistribution:
        """p(x, y) as production keeps it; made anew each time, so that nothing is remembered from card to card."""
        return JointDistribution.from_counts(self.counts)

    @property
    def objective(self) -> SGNSObjective:
        """Bound, score and gap under the paper's q; made anew each time."""
        return SGNSObjective(self.joint, self.negatives)

    @cached_property
    def table(self) -> list[list[float]]:
        """The counts as the nested lists of plain loops."""
        rows: list[list[float]] = self.counts.tolist()
        return rows

    @cached_property
    def scores(self) -> list[list[float]]:
        """m(x, y) = Σ x_i y_i, each product of two vectors written out."""
        contexts = self.embedding.contexts.tolist()
        return [
            [fsum(a * b for a, b in zip(x, y, strict=True)) for y in contexts] for x in self.embedding.words.tolist()
        ]


def case_of_table(counts: npt.ArrayLike, negatives: int = 5, scores: npt.ArrayLike | None = None) -> Case:
    """A table that somebody typed, and any score matrix.

    Parameters
    ----------
    counts : (V, W) non-negative, 2 … 200 rows and columns
    negatives : int, 1 … 1000
    scores : (V, W) finite, optional
        m; None stands for the matrix half-way from the best one to 0, where training starts.

    Raises
    ------
    DistributionError
        If it is not a table of weights, or too small or too large.
    EmbeddingError
        If the scores are not finite, or not a table of the same size.
    ParameterError
        If k is out of range.

    Examples
    --------
    >>> case_of_table([[2, 1], [1, 4]]).told
    'a 2 × 2 table; m = half of PMI − log k'
    """
    joint = JointDistribution.from_counts(counts)
    height, width = joint.shape
    if not (2 <= height <= MOST_WORDS and 2 <= width <= MOST_WORDS):
        raise DistributionError(f"the table is {height} × {width}: give from 2 to {MOST_WORDS} rows and columns.")
    told = f"a {height} × {width} table; m = {'half of PMI − log k' if scores is None else 'the scores given'}"
    if scores is None:
        scores = moved(cells(SGNSObjective(joint, _k(negatives))).best, "zero", 0.5)
    embedding = free(np.asarray(scores, np.float64))
    if (len(embedding.words), len(embedding.contexts)) != joint.shape:
        raise EmbeddingError(f"the scores are no table of {height} × {width}: give one for each pair.")
    names = tuple(f"x{i + 1}" for i in range(height)), tuple(f"y{i + 1}" for i in range(width))
    return Case(joint.counts.toarray(), embedding, _k(negatives), *names, told)


def free(scores: FloatArray) -> Embedding:
    """The embedding whose score matrix is exactly this one, of any rank."""
    return Embedding(scores, np.eye(scores.shape[1]))


def case_of_text(
    joint: JointDistribution, vocabulary: Sequence[str], words: int = 40, negatives: int = 5, dimension: int = 2
) -> Case:
    """The table of a text's most frequent words, all others merged into one, and the best scores of a small rank.

    Parameters
    ----------
    joint : JointDistribution, V × V
        The pairs of the text, most frequent words first.
    vocabulary : V names
    words : int, 2 … 199
        How many words keep their own row and column.
    negatives : int, 1 … 1000
    dimension : int, 1 … 50
        d of the embedding whose scores are m.

    Raises
    ------
    DistributionError
        If the text has one word only.
    ParameterError
        If a number is out of range.

    Examples
    --------
    >>> joint = JointDistribution.from_counts([[4, 2, 1], [2, 0, 1], [1, 1, 0]])
    >>> case_of_text(joint, ["a", "b", "c"], words=2).contexts
    ('a', 'b', 'all other words')
    """
    words = checks.integer("words", words, 2, MOST_WORDS - 1)
    _check_two(len(vocabulary))
    own = min(words, len(vocabulary))
    group = np.minimum(np.arange(len(vocabulary)), own)
    merge = scipy.sparse.csr_array((np.ones(len(group)), (np.arange(len(group)), group)))
    table = (merge.T @ joint.counts @ merge).toarray()
    names = (*vocabulary[:own], *([REST] if own < len(vocabulary) else []))
    told = f"the {own} most frequent words" + (f" and {REST} as one" if own < len(vocabulary) else "")
    objective = SGNSObjective(JointDistribution.from_counts(table), _k(negatives))
    embedding = best_rank_embedding(objective, checks.integer("dimension", dimension, 1, 50)).embedding
    return Case(table, embedding, negatives, names, names, f"{told}; m = the best scores of rank {dimension}", joint)


def case_of_model(joint: JointDistribution, embedding: Embedding, words: int = 40, negatives: int = 5) -> Case:
    """The pairs among a text's most frequent words, renormalised, scored by a trained model's own vectors.

    Parameters
    ----------
    joint : JointDistribution, V × V
        The pairs that the model was trained on, most frequent words first.
    embedding : Embedding of V words
    words : int, 2 … 200
    negatives : int, 1 … 1000

    Raises
    ------
    DistributionError
        If there is one word only, or these words never occur beside each other.
    ParameterError
        If a number is out of range.

    Examples
    --------
    >>> joint = JointDistribution.from_counts([[4, 2, 1], [2, 0, 1], [1, 1, 0]])
    >>> case_of_model(joint, Embedding.constant(0.5, 3, 3), words=2).counts.tolist()
    [[4.0, 2.0], [2.0, 0.0]]
    """
    words = min(checks.integer("words", words, 2, MOST_WORDS), len(embedding.words))
    _check_two(words)
    counts = joint.counts[:words, :words].toarray()
    if not counts.any():
        raise DistributionError(f"the {words} most frequent words never occur beside each other: take more words.")
    names = (embedding.vocabulary or tuple(f"word {i + 1}" for i in range(words)))[:words]
    told = f"the pairs among the {words} most frequent words, renormalised; m = the model's own vectors"
    part = Embedding(embedding.words[:words], embedding.contexts[:words], names)
    return Case(counts, part, _k(negatives), names, names, told, joint, embedding)


def _check_two(words: int) -> None:
    """A table of one word has nothing to prove anything on."""
    if words < 2:
        raise DistributionError("the text has one word only: take a text with two or more.")


def _k(negatives: int) -> int:
    return checks.integer("negatives", negatives, 1, 1000)


NEVER = -40.0


def dense(case: Case) -> tuple[FloatArray, FloatArray]:
    """Production's p and r, (V, W) each."""
    joint = case.joint
    return joint.p.toarray(), np.outer(joint.word_marginal, joint.context_marginal)


def plain(case: Case) -> tuple[list[list[float]], list[float]]:
    """The definitions' p(x, y) and q(y) = p(y)."""
    p = reference.joint_distribution(case.table)
    return p, reference.context_marginal(p)


def best_scores(objective: SGNSObjective) -> FloatArray:
    """Production's m* as a whole table."""
    best = np.full(objective.joint.shape, NEVER)
    best[objective.contrast.rows, objective.contrast.columns] = objective.best_scores
    return best


def plain_best_scores(case: Case) -> list[list[float]]:
    """The definitions' m* as a whole table."""
    p, q = plain(case)
    return [[max(m, NEVER) for m in row] for row in reference.best_scores(p, q, case.alpha)]


def all_pairs(case: Case) -> npt.NDArray[np.int64]:
    """(2, V·W): the rows and the columns of all cells of the table."""
    return np.indices(case.counts.shape).reshape(2, -1)
