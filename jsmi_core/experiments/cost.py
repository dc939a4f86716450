"""How much a training or a search takes, before it starts: in multiply-adds, seconds and bytes. Estimates, all of them.

Measured with gensim on one core: a product of a drawn pair takes about 65 ns + 0.26 ns · d, since finding a negative
and touching its vector costs as much as 250 more coordinates would; an exact score costs about a tenth of that for
each of the V² pairs. One multiply-add is therefore the unit, and a machine's pace is its seconds for each.

A pass of the search for the best rank multiplies each of the V² pairs out three times, in blocks: 4 ns + 0.06 ns · d
for the pair; and the solver's own vectors are as long as the embedding: 0.3 µs · V · d. It ended after 70 to 430 passes
on our samples at d = 2 … 50. From d = V on the best scores are known, and a search only looks whether they can rise;
more dimensions than V are columns of zeros.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

import numpy as np

from jsmi_core.errors import ParameterError
from jsmi_core.experiments.specs import Cell, RankCell, RankConfig
from jsmi_core.pairs import PairSampling, keep_probabilities
from jsmi_core.runtime.processes import physical_memory
from jsmi_core.runtime.wording import counted
from jsmi_core.text import Corpus
from jsmi_core.training import SGNSConfig

OVERHEAD = 250.0  # of each product of a drawn pair, in coordinates
SCORING = 0.1  # of a product when all V² pairs are scored in blocks
EXPECTED_PASSES, UNLIMITED_PASSES = 300, 5
BLOCK_PRODUCT = 0.065  # of a multiply-add, in one of the three products of a pass …
BLOCK_OVERHEAD = 70.0  # … which takes as long as so many more coordinates would
SOLVER_STEP = 1_000.0  # multiply-adds for each number of the word vectors, around a pass
SOLVER_COPIES = 24  # of both tables in float64: L-BFGS remembers 16, and works with a few more
RESULT_COPIES = 4  # of the result, with its columns of zeros, while it is evaluated and stored
TYPICAL_PACE = 3e-10  # seconds for a multiply-add, before any run has been timed …
TYPICAL_WORK = 3e10  # … which weighs as much as this work: one short first run, mostly imports, is no measure
_TIMED_RUNS = 20  # the latest ones tell the pace
Work = Cell | RankCell | SGNSConfig | RankConfig  # settings alone are those of a training scored after every epoch


@lru_cache(maxsize=8)
def estimated_pairs(corpus: Corpus, sampling: PairSampling) -> float:
    """Positive pairs of one epoch, as if every sentence kept its mean share n of tokens: 2 Σ_δ c(δ) max(n − δ, 0)."""
    kept = np.dot(corpus.counts, keep_probabilities(corpus.counts, sampling.subsample)) / len(corpus.ids)
    sentences = np.bincount(np.diff(corpus.offsets))  # how many there are of each length
    lengths = kept * np.arange(len(sentences))
    return 2 * sum(
        weight * float(sentences @ np.maximum(lengths - distance, 0))
        for distance, weight in enumerate(sampling.weights, start=1)
    )


def estimated_multiply_adds(corpus: Corpus, work: Work) -> float:
    """Work of one training with its exact scores, or of one search for the best rank.

    epochs · pairs · (k+1) · (d + 250) + (scored epochs + 1) · V² · (d + 250)/10; or 300 passes, 5 from d = V on.

    Examples
    --------
    >>> corpus = Corpus.from_sentences([["to", "be"], ["or", "not", "to", "be"]])
    >>> once, twice = (estimated_multiply_adds(corpus, SGNSConfig(epochs=n)) for n in (10, 20))
    >>> 1.5 < twice / once < 2
    True
    """
    config = _settings(work)
    if isinstance(config, RankConfig):
        unlimited = config.dimension >= len(corpus.vocabulary)
        return multiply_adds_of_passes(corpus, config, UNLIMITED_PASSES if unlimited else EXPECTED_PASSES)
    cell = work if isinstance(work, Cell) else Cell(corpus.digest, config)
    coordinates = config.dimension + OVERHEAD
    training = config.epochs * estimated_pairs(corpus, config.sampling) * (config.negatives + 1) * coordinates
    scoring = (len(cell.scored_epochs) + 1) * float(len(corpus.vocabulary)) ** 2 * coordinates * SCORING
    return training + scoring


def _settings(work: Work) -> SGNSConfig | RankConfig:
    return work.config if isinstance(work, (Cell, RankCell)) else work


def multiply_adds_of_passes(corpus: Corpus, config: RankConfig, passes: int) -> float:
    """Work of a search for the best rank that takes so many passes over all V² pairs."""
    words = float(len(corpus.vocabulary))
    dimension = min(config.dimension, words)
    products = 3 * BLOCK_PRODUCT * (dimension + BLOCK_OVERHEAD) * words**2
    return passes * (products + SOLVER_STEP * words * dimension)


def estimated_pace(finished: Iterable[tuple[float, float]]) -> float:
    """Seconds for a multiply-add on this machine, from the (multiply-adds, seconds) of finished runs, oldest first."""
    latest = list(finished)[-_TIMED_RUNS:]
    seconds = TYPICAL_PACE * TYPICAL_WORK + sum(seconds for _, seconds in latest)
    return seconds / (TYPICAL_WORK + sum(work for work, _ in latest))


def estimated_bytes(corpus: Corpus, config: SGNSConfig | RankConfig) -> float:
    """Memory of the vectors: in float32, in the trainer, its copy, and the result twice; or all that a search holds."""
    words = len(corpus.vocabulary)
    if isinstance(config, RankConfig):
        rank = min(config.dimension, words)
        return 2.0 * words * 8 * (SOLVER_COPIES * rank + RESULT_COPIES * (config.dimension - rank))
    return 2.0 * words * config.dimension * 4 * 4


def check_size(corpus: Corpus, work: Work, pace: float, longest_seconds: float) -> None:
    """Refuse a training or a search that this machine cannot hold or finish in time, and name a smaller one.

    Raises
    ------
    ParameterError
        With the estimate, the limit and the largest setting that fits.
    """
    config = _settings(work)
    memory, most_memory = estimated_bytes(corpus, config), physical_memory() / 2
    if memory > most_memory:
        raise ParameterError(
            f"dimension = {config.dimension:,} with {len(corpus.vocabulary):,} words needs about {memory / 1e9:,.1f} GB"
            f" of memory, more than the {most_memory / 1e9:,.1f} GB allowed here: choose a dimension up to"
            f" {_largest_dimension(corpus, config, most_memory):,}."
        )
    seconds = pace * estimated_multiply_adds(corpus, work)
    if seconds > longest_seconds:
        what = "search" if isinstance(config, RankConfig) else "training"
        raise ParameterError(
            f"this {what} would take about {seconds / 3600:,.1f} hours, more than the {longest_seconds / 3600:,.1f}"
            f" hours allowed here: choose {_smaller(config, longest_seconds / seconds)}."
        )


def check_counting(corpus: Corpus, sampling: PairSampling) -> None:
    """Refuse to count the pairs of a text where that may take a quarter of this machine's memory, before it begins.

    Raises
    ------
    ParameterError
        With the estimate, the limit and the largest window that fits.
    """
    needed, most = estimated_counting_bytes(corpus, sampling), physical_memory() / 4
    if needed > most:
        smaller = range(1, sampling.window)
        fits = bisect_right(smaller, most, key=lambda w: estimated_counting_bytes(corpus, replace(sampling, window=w)))
        window = f"a window up to {fits:,}, or " if fits else ""
        raise ParameterError(
            f"the pairs of {len(corpus.ids):,} tokens, {len(corpus.vocabulary):,} different words, within a window of"
            f" {sampling.window:,} may need {needed / 1e9:,.1f} GB of memory, more than the {most / 1e9:,.1f} GB"
            f" allowed here: choose {window}a larger min_count or a shorter text."
        )


def estimated_counting_bytes(corpus: Corpus, sampling: PairSampling) -> float:
    """Memory of counting: 24 bytes for each place of a pair, or of the table, whichever are fewer, and 0.1 GB."""
    places = 2.0 * sampling.window * len(corpus.ids)
    return 1e8 + 24 * min(places, float(len(corpus.vocabulary)) ** 2)


def _largest_dimension(corpus: Corpus, config: SGNSConfig | RankConfig, memory: float) -> int:
    """The largest dimension, with everything else as it is, whose vectors fit."""
    smaller = range(1, config.dimension)
    return bisect_right(smaller, memory, key=lambda d: estimated_bytes(corpus, replace(config, dimension=d)))


def _smaller(config: SGNSConfig | RankConfig, share: float) -> str:
    """What to choose instead, so that the work is this share of what was asked for."""
    if isinstance(config, RankConfig):
        return "a shorter text or a smaller dimension"
    epochs = int(config.epochs * share)
    return f"at most {counted(epochs, 'epoch')}" if epochs else "a shorter text, fewer negatives or a smaller dimension"
