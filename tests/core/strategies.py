"""Joint distributions, noises, embeddings and sentences to try things on."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from hypothesis import strategies as st

from jsmi_core import Embedding, JointDistribution, SGNSObjective, unigram_noise
from tests.core.oracle import Oracle

# --- one p, one q, one α ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Law:
    """A table of counts, a noise (None: the context marginal) and k, ready for production, reference and oracle."""

    counts: np.ndarray
    noise: np.ndarray | None
    negatives: int

    def __repr__(self):
        noise = None if self.noise is None else self.noise.tolist()
        return f"Law({self.counts.tolist()}, {noise}, k={self.negatives})"

    @property
    def alpha(self):
        return 1 / (self.negatives + 1)

    @cached_property
    def joint(self):
        return JointDistribution.from_counts(self.counts)

    @cached_property
    def objective(self):
        return SGNSObjective(self.joint, self.negatives, self.noise)

    @cached_property
    def oracle(self):
        return Oracle(self.counts, self.noise, Fraction(1, self.negatives + 1))

    @property
    def table(self):
        """p(x, y) as the nested lists of reference.py."""
        return (self.counts / self.counts.sum()).tolist()

    @property
    def q(self):
        """q(y) as a list."""
        return (self.joint.context_marginal if self.noise is None else self.noise).tolist()


def free(scores):
    """The embedding whose score matrix is exactly this one: d is as large as it takes."""
    scores = np.asarray(scores, np.float64)
    return Embedding(scores, np.eye(scores.shape[1]))


# --- Hypothesis: small tables, which shrink to something readable ----------------------------------------------------


@st.composite
def tables(draw, max_side=5, most=1000, min_side=1):
    """Counts with empty cells, rows and columns, duplicated rows, and at least one pair."""
    height, width = draw(st.integers(min_side, max_side)), draw(st.integers(min_side, max_side))
    cell = st.one_of(st.just(0), st.integers(0, 9), st.integers(0, most))
    rows = draw(st.lists(st.lists(cell, min_size=width, max_size=width), min_size=height, max_size=height))
    counts = np.array(rows, np.float64)
    if height > 1 and draw(st.booleans()):
        counts[-1] = counts[0]
    if not counts.any():
        counts[draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))] = 1
    return counts


def negatives():
    """k, from the smallest to a thousand."""
    return st.sampled_from([1, 2, 3, 5, 15, 100, 1000])


@st.composite
def noises(draw, counts):
    """The paper's q, word2vec's, or any other one, with contexts that are never drawn."""
    kind = draw(st.sampled_from(["context marginal", "word2vec", "free"]))
    if kind == "context marginal":
        return None
    if kind == "word2vec":
        return unigram_noise(counts.sum(axis=0))
    width = counts.shape[1]
    weights = np.array(draw(st.lists(st.integers(0, 20), min_size=width, max_size=width)), np.float64)
    weights[draw(st.integers(0, width - 1))] += 1
    return weights / weights.sum()


@st.composite
def laws(draw, max_side=5, most=1000, min_side=1):
    """Any p, q and k."""
    counts = draw(tables(max_side, most, min_side))
    return Law(counts, draw(noises(counts)), draw(negatives()))


@st.composite
def paper_laws(draw, max_side=5, min_side=1):
    """Any p and k, with the paper's q."""
    return Law(draw(tables(max_side, min_side=min_side)), None, draw(negatives()))


def score_matrices(shape, size=20.0):
    """Any matrix m of this shape."""
    number = st.floats(-size, size, allow_nan=False, width=32)
    row = st.lists(number, min_size=shape[1], max_size=shape[1])
    return st.lists(row, min_size=shape[0], max_size=shape[0]).map(np.array)


@st.composite
def scored_laws(draw, kind=laws):
    """A law of this kind and any score matrix for it."""
    law = draw(kind())
    return law, draw(score_matrices(law.counts.shape))


@st.composite
def texts(draw, max_words=4, max_sentences=3, max_length=6):
    """Sentences of numbered words, and a probability for each word to be kept."""
    words = draw(st.integers(1, max_words))
    sentence = st.lists(st.integers(0, words - 1), max_size=max_length)
    sentences = draw(st.lists(sentence, min_size=1, max_size=max_sentences))
    keep = draw(st.lists(st.floats(0.01, 1.0), min_size=words, max_size=words))
    return sentences, keep


# --- numpy: larger tables by seed ------------------------------------------------------------------------------------


def random_counts(rng, shape, zeros=0.0, most=100):
    """Integer counts up to ``most``, skewed, with about this share of empty cells and at least one pair."""
    counts = np.floor(most ** rng.random(shape))
    counts[rng.random(shape) < zeros] = 0
    if not counts.any():
        counts.flat[rng.integers(counts.size)] = 1
    return counts


def random_shape(rng, side=60):
    """Rectangular shapes, more small ones than large ones, V = 1 among them."""
    return tuple(int(side ** rng.random()) for _ in range(2))


def random_law(rng, counts):
    """These counts with one of the paper's and word2vec's q, and k from 1 to 1000."""
    noise = None if rng.random() < 0.5 else unigram_noise(counts.sum(axis=0))
    return Law(counts, noise, int(rng.choice([1, 2, 5, 15, 100, 1000])))
