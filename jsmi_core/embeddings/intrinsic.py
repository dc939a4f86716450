"""Does the gap matter? Word similarity and analogies of an embedding, by gensim's own evaluation. (Beyond the paper.)

The paper warns that what it measures need not reflect how useful an embedding is. The score sees the products x · y
only; similarity looks at the word vectors alone, which the same products leave open: x → A'x, y → A⁻¹y changes no score
and every cosine. :func:`balanced` takes the one choice that treats words and contexts alike.

The test sets are those that ship inside gensim. On a small corpus few of their items are covered, so each value comes
with the number of items it is of, and with its standard error.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from jsmi_core.embeddings.embedding import Embedding
from jsmi_core.errors import EmbeddingError, ParameterError
from jsmi_core.runtime.threads import one_thread
from jsmi_core.text import gensim_file

TESTS: Mapping[str, str] = MappingProxyType(
    {"wordsim353": "wordsim353.tsv", "simlex999": "simlex999.txt", "analogies": "questions-words.txt"}
)
"""Name → file of gensim's: relatedness and similarity of word pairs as people rate them, and analogies."""

FEWEST = 3  # pairs: with two of them every correlation is 1 or −1


@dataclass(frozen=True)
class Usefulness:
    """What an embedding reaches on one test set.

    ``value`` is Spearman's correlation with people's ratings, or the share of analogies solved; None where too few
    items are covered. ``found`` of ``total`` items have all their words in the vocabulary; the others do not count.
    ``standard_error`` is 1/√(n − 1) for a correlation of n pairs, the error where there is none to see, and
    √(a(1 − a)/n) for a share a, at least that of one answer in n.

    Examples
    --------
    >>> Usefulness("wordsim353", 0.2, 101, 353).standard_error
    0.1
    """

    test: str
    value: float | None
    found: int
    total: int

    @property
    def standard_error(self) -> float | None:
        """How far the value would move from one set of items to another of the same size."""
        if self.value is None:
            return None
        if self.test != "analogies":
            return 1 / math.sqrt(self.found - 1)
        share = min(max(self.value, 1 / self.found), 1 - 1 / self.found)
        return math.sqrt(max(share * (1 - share), 0.0) / self.found)


def usefulness(embedding: Embedding, tests: Collection[str] = tuple(TESTS)) -> tuple[Usefulness, ...]:
    """Word similarity and analogies of an embedding's word vectors.

    gensim's ``KeyedVectors.evaluate_word_pairs`` and ``evaluate_word_analogies`` over all words (by themselves they
    look at the first 300,000 only), else at their defaults: letter case does not count, items with an unknown word
    are left out (``dummy4unknown=False``), analogies are solved by 3CosAdd.

    Parameters
    ----------
    embedding : Embedding with a vocabulary
    tests : names from ``TESTS``, optional
        Analogies take a second or more for 10,000 words; similarity takes none.

    Returns
    -------
    tuple of Usefulness, in the order of ``TESTS``

    Raises
    ------
    ParameterError
        If a test is unknown.
    EmbeddingError
        If the embedding does not name its words.
    CorpusError
        If the installed gensim does not bring the test sets.

    Examples
    --------
    >>> vectors = np.array([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0]])
    >>> usefulness(Embedding(vectors, vectors, ("drug", "abuse", "plugh")), ["wordsim353"])
    (Usefulness(test='wordsim353', value=None, found=1, total=353),)
    """
    if unknown := set(tests) - set(TESTS):
        raise ParameterError(f"test = {min(unknown)!r} is not usable: give one of {', '.join(TESTS)}.")
    if embedding.vocabulary is None:
        raise EmbeddingError("the embedding does not name its words: give it the corpus's vocabulary.")
    vectors = _keyed_vectors(embedding)
    known = {word.upper() for word in embedding.vocabulary}
    with one_thread():  # thousands of small products: BLAS's own threads would wait for each other most of the time
        return tuple(_tested(vectors, test, known) for test in TESTS if test in tests)


def _keyed_vectors(embedding: Embedding) -> Any:
    from gensim.models.keyedvectors import KeyedVectors

    vectors = KeyedVectors(embedding.dimension)
    vectors.add_vectors(list(embedding.vocabulary or ()), embedding.words.astype(np.float32))
    return vectors


def _tested(vectors: Any, test: str, known: set[str]) -> Usefulness:
    file = gensim_file(TESTS[test])
    items = [all(word.upper() in known for word in words) for words in _items(file)]
    found, value = sum(items), None
    if test == "analogies":
        if found:
            value = float(vectors.evaluate_word_analogies(str(file), restrict_vocab=len(vectors))[0])
    elif found >= FEWEST:
        _, spearman, _ = vectors.evaluate_word_pairs(str(file), restrict_vocab=len(vectors))
        value = float(spearman[0])
    return Usefulness(test, None if value is None or math.isnan(value) else value, found, len(items))


def _items(file: Path) -> Iterator[list[str]]:
    """The words of each item of a test set: two with a rating, or four."""
    for line in file.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("#", ":")):
            words = line.split()
            yield words[:2] if len(words) == 3 else words


def rank_agreement(gaps: Sequence[float], values: Sequence[float]) -> float | None:
    """Spearman's correlation of gap and usefulness over models: −1 if a smaller gap always goes with a better value.

    None for fewer than four models, or where all have one gap or one value.

    Examples
    --------
    >>> rank_agreement([0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1])
    -1.0
    """
    from scipy.stats import spearmanr

    if len(gaps) < 4 or len(set(gaps)) == 1 or len(set(values)) == 1:
        return None
    return float(spearmanr(gaps, values).statistic)


# --- one score matrix, many embeddings -------------------------------------------------------------------------------


def refactored(embedding: Embedding, matrix: npt.ArrayLike) -> Embedding:
    """The same scores from other vectors: words times A, contexts times A⁻ᵀ, so that x · y stays as it is.

    Parameters
    ----------
    embedding : Embedding of dimension d
    matrix : (d, d), invertible

    Raises
    ------
    ParameterError
        If the matrix is not d × d or cannot be inverted.

    Examples
    --------
    >>> twice = refactored(Embedding(np.ones((2, 1)), np.ones((2, 1))), [[2.0]])
    >>> twice.words[0, 0], twice.contexts[0, 0]
    (np.float64(2.0), np.float64(0.5))
    """
    a, d = np.asarray(matrix, np.float64), embedding.dimension
    if a.shape != (d, d) or np.linalg.matrix_rank(a) < d:
        raise ParameterError(f"the matrix of shape {a.shape} is not usable: give an invertible one of {d} × {d}.")
    return Embedding(embedding.words @ a, embedding.contexts @ np.linalg.inv(a).T, embedding.vocabulary)


def balanced(embedding: Embedding) -> Embedding:
    """The same scores from vectors that depend on nothing else: m = UΣVᵀ, words U√Σ and contexts V√Σ.

    Whatever factors a training or a search ended with, equal score matrices have equal cosines here.

    Examples
    --------
    >>> even = balanced(Embedding(np.full((2, 1), 8.0), np.full((2, 1), 2.0)))
    >>> bool(np.allclose(abs(even.words), 4) and np.allclose(even.words @ even.contexts.T, 16))
    True
    """
    words, word_part = np.linalg.qr(embedding.words.astype(np.float64))
    contexts, context_part = np.linalg.qr(embedding.contexts.astype(np.float64))
    left, values, right = np.linalg.svd(word_part @ context_part.T)
    d = len(values)
    root = np.sqrt(values)
    return Embedding(words @ left[:, :d] * root, contexts @ right.T[:, :d] * root, embedding.vocabulary)


def same_scores(embedding: Embedding, seed: int = 1) -> dict[str, Embedding]:
    """Three embeddings with the same scores: as given, balanced, and each coordinate stretched by a random factor.

    Examples
    --------
    >>> list(same_scores(Embedding(np.ones((2, 1)), np.ones((2, 1)))))
    ['as they came out', 'balanced', 'stretched']
    """
    factors = np.exp(np.random.default_rng(seed).normal(size=embedding.dimension))
    return {
        "as they came out": embedding,
        "balanced": balanced(embedding),
        "stretched": refactored(embedding, np.diag(factors)),
    }
