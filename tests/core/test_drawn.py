"""The drawn pairs are those that gensim trained on: its own vectors say so, and so does the law of the draws."""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from gensim.models.word2vec import FAST_VERSION
from scipy import stats
from scipy.linalg import blas

from jsmi_core import reference
from jsmi_core.embeddings.embedding import Embedding
from jsmi_core.errors import CorpusError, DistributionError, JSMIError, ParameterError
from jsmi_core.information.distribution import JointDistribution, unigram_noise
from jsmi_core.pairs.cooccurrence import PairSampling, expected_pairs, keep_probabilities
from jsmi_core.text.corpus import Corpus
from jsmi_core.training import kernels, replay as drawn
from jsmi_core.training.config import SGNSConfig
from jsmi_core.training.replay import JobDraws, PairRecorder
from jsmi_core.training.trainer import _rows, _untrained, train_sgns, training_noise

WORD2VEC = SGNSConfig(dimension=2, epochs=1, subsample=0.05)
PAPER = SGNSConfig.paper(dimension=2, epochs=1)
EVERY_KIND = [
    pytest.param(WORD2VEC, id="word2vec"),
    pytest.param(replace(WORD2VEC, subsample=0.0, negatives=12, window=2), id="all-tokens"),
    pytest.param(replace(WORD2VEC, dynamic=False, noise_exponent=0.0), id="fixed-window"),
    pytest.param(replace(WORD2VEC, subsample=0.9, window=1), id="subsampling-that-keeps-all"),
    pytest.param(PAPER, id="paper"),
]


def random_corpus(tokens: int, words: int, seed: int = 0) -> Corpus:
    """Sentences of 1 … 30 words with Zipf's frequencies, ties included."""
    chance = np.random.default_rng(seed)
    ids = np.minimum(chance.zipf(1.4, tokens) - 1, words - 1)
    cuts = np.cumsum(chance.integers(1, 31, tokens))
    return Corpus.from_sentences([[f"w{i}" for i in part] for part in np.split(ids, cuts[cuts < tokens])])


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[JobDraws]:
    """The draws of all jobs that are recorded from now on."""
    heard: list[JobDraws] = []
    add = PairRecorder.add

    def listen(self: PairRecorder, job: JobDraws) -> None:
        heard.append(job)
        add(self, job)

    monkeypatch.setattr(PairRecorder, "add", listen)
    return heard


def plain_pairs(job: JobDraws, corpus: Corpus, config: SGNSConfig) -> tuple[list[tuple[int, int]], int]:
    """The pairs of a job by the plain definitions, and the generator's state after subsampling."""
    keep = keep_probabilities(corpus.counts, config.subsample).tolist() if config.subsample else None
    sentences = [job.ids[start:stop].tolist() for start, stop in pairwise(job.bounds)]
    texts, state = reference.subsampled_job(sentences, keep, job.state)
    return reference.window_pairs(texts, job.reductions.tolist(), config.window), state


def table_of(pairs: list[tuple[int, int]], size: int) -> np.ndarray:
    table = np.zeros((size, size))
    for pair, count in Counter(pairs).items():
        table[pair] = count
    return table


# --- the draws, replayed by the plain trainer, give gensim's vectors --------------------------------------
#
# gensim reads σ from a table, so that a product whose last bit differs may be read one entry further on: no tolerance
# for rounding covers that. The plain trainer therefore multiplies and adds with the functions that gensim calls, in two
# dimensions, where a sum has one order only: then every bit must be the same, on every processor.


def gensims_product() -> Callable[[list[float], list[float]], float]:
    """BLAS's sdot, by the pointer and with the type of result that gensim has it by.

    When it is imported, gensim tries whether sdot returns a double. Where OpenBLAS sums in double and rounds in the
    same register (its kernels for Haswell), half of that double is still there, and gensim takes it: its products
    have 20 bits there, not 24.
    """
    if FAST_VERSION == 2:  # no BLAS
        return lambda one, other: float(sum(np.float32(one) * np.float32(other), np.float32(0)))
    number = {0: ctypes.c_double, 1: ctypes.c_float}[FAST_VERSION]
    address = ctypes.pythonapi.PyCapsule_GetPointer
    address.restype, address.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    integer, floats = ctypes.POINTER(ctypes.c_int), np.ctypeslib.ndpointer(np.float32)
    call = ctypes.CFUNCTYPE(number, integer, floats, integer, floats, integer)
    sdot = call(address(blas.sdot._cpointer, None))

    def product(one: list[float], other: list[float]) -> float:
        size, step = ctypes.c_int(len(one)), ctypes.c_int(1)
        return float(np.float32(sdot(size, np.float32(one), step, np.float32(other), step)))

    return product


@pytest.fixture
def gensims_arithmetic(monkeypatch: pytest.MonkeyPatch) -> None:
    def total(one: list[float], factor: float, other: list[float]) -> list[float]:
        return blas.saxpy(np.float32(other), np.float32(one), a=factor).tolist()

    monkeypatch.setattr(reference, "single_product", gensims_product())
    monkeypatch.setattr(reference, "single_sum", total)


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_plain_arithmetic_is_that_of_blas_but_for_rounding(size: int) -> None:
    one, other = np.random.default_rng(size).normal(size=(2, size)).astype(np.float32)
    unit = np.finfo(np.float32).eps / 2  # every product and every sum is rounded once
    plain = reference.single_product(one.tolist(), other.tolist())
    assert abs(blas.sdot(one, other) - plain) <= (size + 1) * unit * np.abs(one * other).sum()
    assert (
        abs(gensims_product()(one.tolist(), other.tolist()) - plain) <= (size + 16) * unit * np.abs(one * other).sum()
    )
    plain = np.array(reference.single_sum(one.tolist(), 0.1, other.tolist()))
    errors = np.abs(blas.saxpy(other, one.copy(), a=0.1) - plain)
    assert (errors <= 3 * unit * (np.abs(one) + np.abs(0.1 * other))).all()  # 0.1 is rounded too


def plainly_trained(job: JobDraws, corpus: Corpus, config: SGNSConfig, start: Embedding) -> tuple[Embedding, int, int]:
    """The vectors after a job by the plain trainer: it counts words in gensim's order, we in the corpus's."""
    pairs, state = plain_pairs(job, corpus, config)
    rows = _rows(_untrained(corpus, config), corpus)
    order = np.argsort(rows)
    words, contexts = start.words[order].tolist(), start.contexts[order].tolist()
    table = reference.noise_table(training_noise(corpus, config)[order].tolist())
    numbered = [(int(rows[x]), int(rows[y])) for x, y in pairs]
    skipped, unreached = reference.train_job(
        words, contexts, numbered, config.negatives, table, config.learning_rate, state
    )
    return Embedding(np.array(words)[rows], np.array(contexts)[rows]), skipped, unreached


@pytest.mark.usefixtures("gensims_arithmetic")
@pytest.mark.parametrize("config", EVERY_KIND)
def test_first_job_lands_on_gensims_vectors(config: SGNSConfig, jobs: list[JobDraws]) -> None:
    corpus = random_corpus(600, 40)
    seen = {}
    run = train_sgns(corpus, config, on_epoch=seen.__setitem__, record_pairs=True)
    assert len(jobs) == 1
    plain, skipped, unreached = plainly_trained(jobs[0], corpus, config, seen[0])
    assert np.abs(run.embedding.words - seen[0].words).max() > 0.005  # there is something to reproduce
    np.testing.assert_array_equal(run.embedding.words, plain.words)
    np.testing.assert_array_equal(run.embedding.contexts, plain.contexts)
    assert run.skipped_negatives == skipped > 0
    assert unreached == 0


@pytest.mark.usefixtures("gensims_arithmetic")
def test_products_beyond_6_are_out_of_reach(jobs: list[JobDraws]) -> None:
    corpus = random_corpus(300, 10)
    config = replace(WORD2VEC, learning_rate=2.0, subsample=0.0)
    seen = {}
    run = train_sgns(corpus, config, on_epoch=seen.__setitem__, record_pairs=True)
    plain, _, unreached = plainly_trained(jobs[0], corpus, config, seen[0])
    assert unreached > 20
    np.testing.assert_array_equal(run.embedding.words, plain.words)


# --- recording changes nothing, and misses nothing --------------------------------------------------------


@pytest.mark.parametrize("config", EVERY_KIND)
def test_recording_changes_no_bit_of_the_vectors(config: SGNSConfig) -> None:
    corpus = random_corpus(25_000, 100)
    plain, recorded = (train_sgns(corpus, config, record_pairs=record) for record in (False, True))
    assert np.array_equal(plain.embedding.words, recorded.embedding.words)
    assert np.array_equal(plain.embedding.contexts, recorded.embedding.contexts)
    assert plain.drawn_pairs is None
    assert plain.skipped_negatives is None


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("config", EVERY_KIND)
def test_drawn_pairs_are_those_of_the_plain_replay(
    config: SGNSConfig, workers: int, jobs: list[JobDraws], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawn, "PIECE", 1_000)  # many pieces in a job, and many runs to merge
    monkeypatch.setattr(drawn, "BATCH", 3_000)
    corpus = random_corpus(25_000, 100)
    run = train_sgns(corpus, replace(config, epochs=2, workers=workers), record_pairs=True)
    size = len(corpus.vocabulary)
    assert len(jobs) == 6
    plain = sum(table_of(plain_pairs(job, corpus, config)[0], size) for job in jobs)
    assert np.array_equal(run.drawn_pairs.counts.toarray(), plain)
    assert run.drawn_pairs.source == "drawn"
    assert run.drawn_pairs.counts.has_canonical_format
    handed = np.concatenate([job.ids for job in jobs])
    assert np.array_equal(np.bincount(handed, minlength=size), 2 * corpus.counts)


def test_a_full_job_leaves_out_what_gensim_leaves_out(jobs: list[JobDraws]) -> None:
    ids = np.random.default_rng(1).integers(0, 2, 13_500).astype(np.int32)
    corpus = Corpus(("a", "b"), np.bincount(ids), ids, np.array([0, 13_000, 13_200, 13_500]))
    config = SGNSConfig(dimension=2, epochs=1, subsample=0.15, window=2)  # keeps about 85 %
    run = train_sgns(corpus, config, record_pairs=True)
    assert [len(job.ids) for job in jobs] == [0, 13_000, 500]
    assert len(jobs[1].reductions) == 10_000
    plain = sum(table_of(plain_pairs(job, corpus, config)[0], 2) for job in jobs)
    assert np.array_equal(run.drawn_pairs.counts.toarray(), plain)


def test_keys_beyond_32_bits() -> None:
    size = 70_000
    corpus = Corpus.from_sentences([[f"w{i}" for i in range(start, start + 7)] for start in range(0, size, 7)])
    run = train_sgns(corpus, SGNSConfig.paper(dimension=1, epochs=1, negatives=1, window=1), record_pairs=True)
    expected = expected_pairs(corpus, run.config.sampling)
    assert size**2 > 2**32
    assert (run.drawn_pairs.counts != expected.counts).nnz == 0


# --- the law of the draws ---------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 3])
def test_with_nothing_left_to_chance_every_epoch_draws_the_expected_pairs(workers: int) -> None:
    corpus = random_corpus(25_000, 100)
    run = train_sgns(corpus, replace(PAPER, epochs=3, workers=workers), record_pairs=True)
    expected = expected_pairs(corpus, run.config.sampling)
    assert (run.drawn_pairs.counts != 3 * expected.counts).nnz == 0


@pytest.mark.parametrize(
    ("dynamic", "subsample", "workers"), [(True, 0.05, 1), (False, 0.05, 1), (True, 0.0, 1), (True, 0.05, 3)]
)
def test_drawn_pairs_tend_to_the_expected_ones(
    dynamic: bool, subsample: float, workers: int, jobs: list[JobDraws]
) -> None:
    corpus = random_corpus(80, 6, seed=3)
    config = SGNSConfig(
        dimension=1, negatives=1, epochs=1_000, window=3, dynamic=dynamic, subsample=subsample, workers=workers
    )
    run = train_sgns(corpus, config, record_pairs=True)
    size = len(corpus.vocabulary)
    expected = expected_pairs(corpus, config.sampling).counts.toarray()
    epochs = np.array([table_of(plain_pairs(job, corpus, config)[0], size) for job in jobs])  # one job for each
    assert np.array_equal(epochs.sum(axis=0), run.drawn_pairs.counts.toarray())
    deviation = epochs.mean(axis=0) - expected
    error = epochs.std(axis=0, ddof=1) / np.sqrt(len(epochs))
    assert (np.abs(deviation) <= 4 * error).all()
    # all cells at once, with what one draw has to do with another: Hotelling's T² is χ² for this many epochs
    covariance = np.cov(epochs.reshape(len(epochs), -1).T) / len(epochs)
    values, axes = np.linalg.eigh(covariance)
    free = values > 1e-9 * values.max()
    squares = (axes.T @ deviation.ravel())[free] ** 2 / values[free]
    assert stats.chi2.sf(squares.sum(), df=free.sum()) > 1e-4


@pytest.mark.parametrize("config", [WORD2VEC, PAPER], ids=["word2vec", "paper"])
def test_negatives_are_skipped_as_often_as_noise_hits_the_centre(config: SGNSConfig) -> None:
    corpus = random_corpus(25_000, 100)
    run = train_sgns(corpus, replace(config, epochs=4), record_pairs=True)
    hit = float(run.drawn_pairs.context_marginal @ training_noise(corpus, config))
    draws = config.negatives * run.drawn_pairs.total
    assert abs(run.skipped_negatives - draws * hit) < 4 * np.sqrt(draws * hit)


def test_kept_tokens_follow_subsampling(jobs: list[JobDraws]) -> None:
    corpus = random_corpus(25_000, 100)
    train_sgns(corpus, replace(WORD2VEC, epochs=4), record_pairs=True)
    keep = keep_probabilities(corpus.counts, WORD2VEC.subsample)
    kept = sum(len(job.reductions) for job in jobs)  # gensim's own count of effective words
    error = np.sqrt(4 * corpus.counts @ (keep * (1 - keep)))
    assert abs(kept - 4 * corpus.counts @ keep) < 4 * error


# --- when it cannot be done -------------------------------------------------------------------------------


def test_a_training_that_draws_nothing_says_so() -> None:
    corpus = Corpus.from_sentences([["a"], ["b"], ["a"]])
    with pytest.raises(DistributionError, match="drew no pair at all"):
        train_sgns(corpus, SGNSConfig(dimension=1, epochs=1), record_pairs=True)


def test_a_trainer_that_draws_in_another_way_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def keep_all(ids: np.ndarray, bounds: np.ndarray, *rest: object) -> tuple[int, int]:
        return len(ids), 0

    monkeypatch.setattr(kernels, "surviving_tokens", keep_all)
    with pytest.raises(JSMIError, match=r"gensim kept \d+ tokens .* known draws keep 600"):
        train_sgns(random_corpus(600, 40), WORD2VEC, record_pairs=True)


def test_trouble_in_a_job_neither_hangs_nor_hides(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: PairRecorder, job: JobDraws) -> None:
        raise MemoryError("no room for this job")

    monkeypatch.setattr(PairRecorder, "add", fail)
    with pytest.raises(MemoryError, match="no room"):
        train_sgns(random_corpus(600, 40), replace(WORD2VEC, workers=2), record_pairs=True)


# --- the noise of a training ------------------------------------------------------------------------------


@pytest.mark.parametrize("config", EVERY_KIND)
def test_gensim_draws_from_the_noise_that_we_name(config: SGNSConfig) -> None:
    corpus = random_corpus(2_000, 60)
    model = _untrained(corpus, config)
    drawn_from = np.diff(model.cum_table.astype(float), prepend=0)[_rows(model, corpus)] / (2**31 - 1)
    np.testing.assert_allclose(drawn_from, training_noise(corpus, config), rtol=0, atol=1 / 2**31)
    assert model.cum_table.dtype == np.uint32
    assert model.cum_table[-1] == 2**31 - 1


def test_paper_settings_draw_negatives_from_the_context_marginal() -> None:
    corpus = random_corpus(2_000, 60)
    config = SGNSConfig.paper(negatives=7)
    joint = expected_pairs(corpus, PairSampling(window=5, dynamic=False, subsample=0))
    assert config == SGNSConfig(negatives=7, dynamic=False, subsample=0, noise="pairs")
    assert np.array_equal(training_noise(corpus, config), joint.context_marginal)
    assert np.array_equal(training_noise(corpus, config, joint), joint.context_marginal)
    assert np.array_equal(training_noise(corpus, SGNSConfig(), joint), unigram_noise(corpus.counts, 0.75))


def test_noise_is_named() -> None:
    assert SGNSConfig().noise_name == "counts^0.75"
    assert SGNSConfig(noise_exponent=1).noise_name == "counts^1"
    assert SGNSConfig.paper(dynamic=True).noise_name == "context marginal"


@pytest.mark.parametrize("noise", ["count", "", None, 0.75])
def test_unknown_noise_is_refused(noise: object) -> None:
    with pytest.raises(ParameterError, match=r"noise = .* is not usable: give one of counts, pairs"):
        SGNSConfig(noise=noise)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "other",
    [
        lambda corpus: JointDistribution.from_counts(expected_pairs(corpus).counts),
        lambda corpus: expected_pairs(random_corpus(2_000, 20)),
    ],
    ids=["given", "of-another-text"],
)
def test_noise_of_other_pairs_is_refused(other: Callable[[Corpus], JointDistribution]) -> None:
    corpus = random_corpus(2_000, 60)
    with pytest.raises(DistributionError, match=r"give expected_pairs\(corpus, config.sampling\)"):
        training_noise(corpus, SGNSConfig.paper(), other(corpus))


def test_noise_of_pairs_needs_pairs() -> None:
    with pytest.raises(CorpusError, match="holds no pair of words"):
        train_sgns(Corpus.from_sentences([["a"], ["b"]]), SGNSConfig.paper(dimension=1))
