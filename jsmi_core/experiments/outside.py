"""Vectors from anywhere, on a law from anywhere: both restricted to what they have in common, and scored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jsmi_core import checks
from jsmi_core.embeddings import Embedding, Vectors
from jsmi_core.errors import EmbeddingError
from jsmi_core.information import FloatArray, JointDistribution, unigram_noise
from jsmi_core.lowrank import BestContexts, best_contexts
from jsmi_core.objective import Evaluation, SGNSObjective
from jsmi_core.pairs import expected_pairs
from jsmi_core.text import Corpus
from jsmi_core.training import SGNSConfig, pair_noise

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Coverage:
    """What a law and some vectors have in common: words and contexts, and their shares of the law.

    ``words`` of ``law_words`` (and of ``vector_words``) are in both; they have ``tokens`` of all tokens (of a law
    without a text: of all pairs), and ``pairs`` of all pairs are of words and contexts in both.
    """

    words: int
    law_words: int
    vector_words: int
    contexts: int
    law_contexts: int
    tokens: float
    pairs: float


@dataclass(frozen=True, eq=False)
class OutsideScore:
    """What vectors from elsewhere hold of a law, both restricted to the words in common.

    ``evaluation`` is the exact score and gap where there are context vectors, ``decoded`` the best contexts for the
    word vectors, D(X), where they were asked for or there are no others. Rows are ``vocabulary``, columns
    ``context_vocabulary``.
    """

    objective: SGNSObjective
    vocabulary: tuple[str, ...]
    context_vocabulary: tuple[str, ...]
    coverage: Coverage
    embedding: Embedding | None
    evaluation: Evaluation | None
    decoded: BestContexts | None


def score_vectors(
    law: Corpus | JointDistribution,
    vectors: Vectors,
    contexts: Vectors | None = None,
    config: SGNSConfig | None = None,
    *,
    most: int | None = None,
    joint: JointDistribution | None = None,
    decode: bool | None = None,
    tolerance: float = 1e-4,
    on_progress: Callable[[float], None] | None = None,
) -> OutsideScore:
    """Score vectors from elsewhere on a text, or on pairs with names.

    The law is restricted to the words in common: its pairs are those of the whole text, without the other words, and
    the noise is made of the counts of the words that are left.

    Parameters
    ----------
    law : Corpus, or JointDistribution with vocabularies
    vectors : Vectors
    contexts : Vectors, optional
        Context vectors with words of their own; those that ``vectors`` brings if left out.
    config : SGNSConfig, optional
        Its law (negatives, window, dynamic, subsample, noise) is what the score is of.
    most : int, 1 … 10,000,000, optional
        Take only so many of the words in common: the first of the law, the most frequent ones of a text.
    joint : JointDistribution, optional
        ``expected_pairs(law, config.sampling)`` of a text, if it is at hand.
    decode : bool, optional
        Compute D(X) too; if left out, where there are no context vectors.
    tolerance, on_progress
        As :func:`best_contexts` has them.

    Returns
    -------
    OutsideScore

    Raises
    ------
    EmbeddingError
        If nothing is in common, pairs have no names, or the dimensions of words and contexts differ.
    DistributionError
        If no pair is left of words in common.
    ParameterError
        If ``most`` is out of range.

    Examples
    --------
    >>> corpus = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]] * 5)
    >>> found = score_vectors(corpus, Vectors([[1.0], [0.0], [2.0]], ("to", "be", "been")))
    >>> found.vocabulary, round(found.coverage.tokens, 3), found.decoded.score >= 0
    (('to', 'be'), 0.667, True)
    """
    config = config or SGNSConfig()
    if contexts is None and vectors.contexts is not None:
        contexts = Vectors(vectors.contexts, vectors.vocabulary)
    if contexts is not None and contexts.dimension != vectors.dimension:
        raise EmbeddingError(
            f"word vectors have {vectors.dimension} numbers but context vectors {contexts.dimension}: give vectors of "
            "one model."
        )
    joint, words, columns = _named(law, config, joint)
    places = {word: row for row, word in enumerate(vectors.vocabulary)}
    context_places = None if contexts is None else {word: row for row, word in enumerate(contexts.vocabulary)}
    rows = _shared(words, places)
    if isinstance(law, Corpus):
        rows = rows if context_places is None else np.intersect1d(rows, _shared(words, context_places))
        kept = rows
    else:
        kept = np.arange(len(columns)) if context_places is None else _shared(columns, context_places)
    if most is not None:
        rows = rows[: checks.integer("most", most, 1, 10_000_000)]
        kept = rows if isinstance(law, Corpus) else kept
    if not len(rows) or not len(kept):
        raise EmbeddingError(
            f"none of the {len(vectors):,} words of the vectors is one of the text or pairs: look at lower case and "
            "language."
            if not len(rows)
            else "none of the contexts has a vector: give the context vectors of these words."
        )
    small = JointDistribution.from_counts(joint.counts[rows][:, kept], joint.source)
    objective = SGNSObjective(small, config.negatives, _noise(law, small, rows, config))
    names, context_names = tuple(words[i] for i in rows), tuple(columns[i] for i in kept)
    x = vectors.words[[places[word] for word in names]]
    embedding = None
    if contexts is not None and context_places is not None:
        embedding = Embedding(x, contexts.words[[context_places[word] for word in context_names]], names)
    weights = law.counts if isinstance(law, Corpus) else joint.word_counts
    coverage = Coverage(
        words=len(rows), law_words=len(words), vector_words=len(vectors), contexts=len(kept), law_contexts=len(columns),
        tokens=float(weights[rows].sum() / weights.sum()), pairs=small.total / joint.total,
    )  # fmt: skip
    decoded = None
    if decode or (decode is None and embedding is None):
        decoded = best_contexts(objective, x, tolerance=tolerance, on_progress=on_progress)
    evaluation = None if embedding is None else objective.evaluate(embedding)
    return OutsideScore(objective, names, context_names, coverage, embedding, evaluation, decoded)


def _named(
    law: Corpus | JointDistribution, config: SGNSConfig, counted: JointDistribution | None
) -> tuple[JointDistribution, tuple[str, ...], tuple[str, ...]]:
    """The pairs of a law, and what its rows and columns are called."""
    if isinstance(law, Corpus):
        return counted or expected_pairs(law, config.sampling), law.vocabulary, law.vocabulary
    if law.vocabulary is None or law.context_vocabulary is None:
        raise EmbeddingError("the pairs have no names, which vectors are found by: read them with read_pairs.")
    return law, law.vocabulary, law.context_vocabulary


def _shared(names: tuple[str, ...], places: Mapping[str, int]) -> Indices:
    return np.array([i for i, name in enumerate(names) if name in places], np.int64)


def _noise(
    law: Corpus | JointDistribution, small: JointDistribution, rows: Indices, config: SGNSConfig
) -> FloatArray | None:
    if config.noise == "pairs":
        return None
    if isinstance(law, Corpus):
        return unigram_noise(law.counts[rows], config.noise_exponent)
    return pair_noise(small, config)
