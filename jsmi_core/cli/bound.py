"""What `jsmi bound` does: the bound of a text, in memory or, where it is large, on disk."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict

from jsmi_core.cli.inputs import config_of, corpus_of, described, one_of_corpus_and_pairs, reading_settings
from jsmi_core.cli.printing import UNIT, ProgressLine, note, print_json
from jsmi_core.errors import ParameterError
from jsmi_core.information import (
    Contrast,
    FloatArray,
    JointDistribution,
    binary_entropy,
    check_alpha,
    to_bits,
    unigram_noise,
)
from jsmi_core.jobs import connected
from jsmi_core.pairs import MEMORY, Ceiling, LargePairs, PairSampling, count_large_corpus, expected_pairs, read_pairs
from jsmi_core.text import Corpus, LargeCorpus, read_large_corpus
from jsmi_core.training import SGNSConfig

LARGE = 250_000_000  # bytes of a file from which on its text is counted on disk


def bound(given: argparse.Namespace) -> int:
    """The bound under both laws, and what stands beside it."""
    config = config_of(given)
    alpha = config.alpha if given.alpha is None else check_alpha(given.alpha)
    seconds: dict[str, float] = {}
    if one_of_corpus_and_pairs(given):
        return _bound_of_pairs(given, config, alpha)
    with _timed(seconds, "read"):
        corpus = _text(given)
    with _timed(seconds, "count"):
        pairs = _pairs(corpus, config.sampling, given)
    with _timed(seconds, "bound"):
        paper, word2vec = _ceilings(pairs, alpha, unigram_noise(corpus.counts, config.noise_exponent))
    tokens, words, entropy = int(corpus.counts.sum()), len(corpus.vocabulary), binary_entropy(alpha)
    if given.json:
        record = {
            "corpus": described(corpus),
            "sampling": asdict(config.sampling),
            "negatives": config.negatives if given.alpha is None else None,
            "alpha": alpha,
            "tokens": tokens,
            "vocabulary_size": words,
            "pairs": pairs.pairs,
            "expected_pairs_per_epoch": pairs.total,
            "unit": UNIT,
            "class_entropy": entropy,
            "mutual_information": paper.divergence,
            "jsmi": paper.bound,
            "word2vec_bound": word2vec.bound,
            "noise_exponent": config.noise_exponent,
            "seconds": seconds,
        }
        print_json(record)
        return 0
    print(f"{corpus.name}: {tokens:,} tokens, {words:,} words, {pairs.pairs:,} pairs")
    _print_bounds(paper, word2vec, alpha, config)
    note(f"read in {seconds['read']:.2f} s, counted in {seconds['count']:.2f} s, bounds in {seconds['bound']:.2f} s")
    return 0


def _bound_of_pairs(given: argparse.Namespace, config: SGNSConfig, alpha: float) -> int:
    """The bounds of a law without a text: its noise is made of the sums of its own columns."""
    joint = read_pairs(given.pairs)
    paper, word2vec = _ceilings(joint, alpha, unigram_noise(joint.context_counts, config.noise_exponent))
    (words, contexts), name = joint.shape, os.path.basename(given.pairs)
    if given.json:
        record = {
            "pairs_file": name, "negatives": config.negatives if given.alpha is None else None, "alpha": alpha,
            "words": words, "contexts": contexts, "pairs": joint.pairs, "total": joint.total, "unit": UNIT,
            "class_entropy": binary_entropy(alpha), "mutual_information": paper.divergence, "jsmi": paper.bound,
            "word2vec_bound": word2vec.bound, "noise_exponent": config.noise_exponent,
        }  # fmt: skip
        print_json(record)
        return 0
    print(f"{name}: {words:,} × {contexts:,}, {joint.pairs:,} pairs that occur, {joint.total:,g} in all")
    _print_bounds(paper, word2vec, alpha, config)
    return 0


def _print_bounds(paper: Ceiling, word2vec: Ceiling, alpha: float, config: SGNSConfig) -> None:
    for name, value in (
        ("I(X;Y), mutual information of the pairs", paper.divergence),
        (f"h(α), ceiling of every bound at α = {alpha:.4g}", binary_entropy(alpha)),
        ("JSMI, the bound for the paper's q(y) = p(y)", paper.bound),
        (f"bound for word2vec's q(y), counts to the power {config.noise_exponent:g}", word2vec.bound),
    ):
        print(f"  {name:<55} {value:z.6f} nats  {to_bits(value):z.6f} bits")


def _text(given: argparse.Namespace) -> Corpus | LargeCorpus:
    """The text that was named: on disk if it is large, of several files, or to be counted in a given memory."""
    files = [given.corpus, *given.more]
    large = given.memory is not None or len(files) > 1
    if samples := [file for file in files if file.startswith("sample:") and large]:
        raise ParameterError(f"corpus = {samples[0]!r} is not usable beside other files or --memory: give it alone.")
    with suppress(OSError):  # what cannot be read is refused where it is read
        large = large or os.path.getsize(given.corpus) >= LARGE
    if not large:
        return corpus_of(given)
    if given.scheduler is not None:
        raise ParameterError(
            f"scheduler = {given.scheduler!r} is not usable with a text that is counted on disk: leave it out, or give "
            "one file that fits in memory."
        )
    note(f"reading {' '.join(files)}")
    progress = ProgressLine()
    corpus = read_large_corpus(files, **reading_settings(given), on_progress=progress.share)
    progress.clear()
    for notice in corpus.notices:
        note(notice)
    return corpus


def _pairs(
    corpus: Corpus | LargeCorpus, sampling: PairSampling, given: argparse.Namespace
) -> JointDistribution | LargePairs:
    """The pairs of the text: counted here, by the workers of a cluster, or on disk; the same bits in each case."""
    if isinstance(corpus, Corpus):
        if given.scheduler is None:
            return expected_pairs(corpus, sampling)
        with connected(given.scheduler) as pool:
            return expected_pairs(corpus, sampling, pool=pool)
    progress = ProgressLine()
    pairs = count_large_corpus(corpus, sampling, memory=given.memory or MEMORY, on_progress=progress.share)
    progress.clear()
    return pairs


def _ceilings(pairs: JointDistribution | LargePairs, alpha: float, noise: FloatArray) -> list[Ceiling]:
    """What the paper's q and this one allow."""
    if isinstance(pairs, JointDistribution):
        return [Ceiling.of(Contrast.of(pairs, q), alpha) for q in (None, noise)]
    progress = ProgressLine()
    ceilings = pairs.ceilings(alpha, None, noise, on_progress=progress.share)
    progress.clear()
    return ceilings


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - began
