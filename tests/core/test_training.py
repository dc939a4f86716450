"""Training: the vectors are gensim's own, to the bit; and whatever goes wrong in a callback comes out, never hangs."""

import threading

import numpy as np
import pytest
from gensim.models import Word2Vec

from jsmi_core import Corpus, PairSampling, SGNSConfig, reference, train_sgns
from jsmi_core.errors import Cancelled, ParameterError
from jsmi_core.training.trainer import _Epochs, _untrained

SMALL = {"dimension": 6, "epochs": 3, "subsample": 1e-2, "negatives": 3, "learning_rate": 0.05}


def zipf_corpus(seed=0, tokens=6_000, words=80):
    """Sentences of 1 … 30 words with a few very frequent ones; no two words are equally frequent."""
    rng = np.random.default_rng(seed)
    counts = np.arange(words, 0, -1) ** 2 + 1
    ids = rng.permutation(np.repeat(np.arange(words), counts * tokens // counts.sum() + words - np.arange(words)))
    cuts = np.cumsum(rng.integers(1, 31, len(ids)))
    sentences = np.split([f"w{i}" for i in ids], cuts[cuts < len(ids)])
    return Corpus.from_sentences([sentence.tolist() for sentence in sentences])


@pytest.fixture(scope="module")
def corpus():
    corpus = zipf_corpus()
    assert len(set(corpus.counts.tolist())) == len(corpus.vocabulary)
    return corpus


def in_time(call, seconds=60):
    """Call in another thread, and fail if it does not come back: a hanging trainer must not hang the tests."""
    outcome = {}

    def work():
        try:
            outcome["value"] = call()
        except BaseException as error:
            outcome["error"] = error

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    assert not thread.is_alive(), f"no end after {seconds} s"
    if "error" in outcome:
        raise outcome["error"]
    return outcome["value"]


def gensims_own(corpus, config):
    """One call of Word2Vec on the plain sentences, with every setting spelled out once more."""
    return Word2Vec(
        sentences=list(corpus.sentences()),
        sg=1,
        hs=0,
        min_count=1,
        vector_size=config.dimension,
        negative=config.negatives,
        epochs=config.epochs,
        window=config.window,
        shrink_windows=config.dynamic,
        sample=config.subsample,
        ns_exponent=config.noise_exponent,
        alpha=config.learning_rate,
        min_alpha=config.minimum_learning_rate,
        seed=config.seed,
        workers=1,
    )


def assert_same_vectors(run, model):
    for row, word in enumerate(run.embedding.vocabulary):
        at = model.wv.key_to_index[word]
        np.testing.assert_array_equal(run.embedding.words[row], model.wv.vectors[at])
        np.testing.assert_array_equal(run.embedding.contexts[row], model.syn1neg[at])


# --- gensim's own vectors --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"dynamic": False},
        {"window": 2},
        {"window": 40},
        {"subsample": 0},
        {"subsample": 1e-4},
        {"negatives": 1},
        {"negatives": 20},
        {"noise_exponent": 0},
        {"noise_exponent": -0.5},
        {"noise_exponent": 1.0},
        {"epochs": 1},
        {"seed": 0},
        {"seed": 2**32 - 1},
        {"minimum_learning_rate": 0.05},
        {"dimension": 1},
    ],
    ids=str,
)
def test_vectors_are_those_of_one_call_of_gensim(corpus, changes):
    config = SGNSConfig(**{**SMALL, **changes})
    assert_same_vectors(train_sgns(corpus, config), gensims_own(corpus, config))


def test_every_setting_changes_the_vectors(corpus):
    """What is passed through has an effect: no setting is lost on its way to gensim."""
    plain = train_sgns(corpus, SGNSConfig(**SMALL)).embedding.words
    for changes in [
        {"dynamic": False},
        {"window": 2},
        {"subsample": 0},
        {"negatives": 4},
        {"noise_exponent": 0.5},
        {"noise": "pairs"},
        {"epochs": 2},
        {"seed": 2},
        {"learning_rate": 0.04},
        {"minimum_learning_rate": 0.001},
    ]:
        assert (train_sgns(corpus, SGNSConfig(**{**SMALL, **changes})).embedding.words != plain).any(), changes


def test_several_jobs_in_an_epoch():
    """More than 10,000 tokens: gensim's learning rate steps from job to job, across epochs."""
    corpus = zipf_corpus(seed=1, tokens=30_000, words=100)
    config = SGNSConfig(dimension=4, epochs=2, subsample=1e-3)
    assert_same_vectors(train_sgns(corpus, config, on_epoch=lambda *_: None), gensims_own(corpus, config))


def test_equally_frequent_words_keep_their_own_vectors():
    """gensim orders ties in its own way: every row must still belong to its word."""
    corpus = Corpus.from_sentences([list("abcdefgh"), list("hgfedcba"), list("aceg")] * 5)
    config = SGNSConfig(dimension=5, epochs=2, subsample=0)
    model = _untrained(corpus, config)
    start = train_sgns(corpus, config, on_epoch=lambda epoch, embedding: embedding).history[0].value
    for row, word in enumerate(corpus.vocabulary):
        np.testing.assert_array_equal(start.words[row], model.wv.get_vector(word))


def test_watching_changes_nothing(corpus):
    config = SGNSConfig(**SMALL)
    alone = train_sgns(corpus, config).embedding
    seen = []
    watched = train_sgns(
        corpus,
        config,
        on_epoch=lambda epoch, embedding: seen.append(embedding.words.copy()),
        on_progress=lambda share: None,
        cancel=lambda: False,
    ).embedding
    np.testing.assert_array_equal(alone.words, watched.words)
    np.testing.assert_array_equal(alone.contexts, watched.contexts)
    np.testing.assert_array_equal(seen[-1], watched.words)
    assert len(seen) == 4


def test_the_same_again(corpus):
    config = SGNSConfig(**SMALL)
    first, second = train_sgns(corpus, config), train_sgns(corpus, config)
    np.testing.assert_array_equal(first.embedding.words, second.embedding.words)
    np.testing.assert_array_equal(first.embedding.contexts, second.embedding.contexts)


def test_several_workers_train_too(corpus):
    run = in_time(lambda: train_sgns(corpus, SGNSConfig(**SMALL, workers=3)))
    assert np.isfinite(run.embedding.words).all()
    assert run.embedding.contexts.any()


# --- what a run tells ------------------------------------------------------------------------------------------------


def test_history_and_embeddings(corpus):
    config = SGNSConfig(**SMALL)
    run = train_sgns(corpus, config, on_epoch=lambda epoch, embedding: (epoch, embedding))
    assert [record.epoch for record in run.history] == [0, 1, 2, 3]
    assert [record.value[0] for record in run.history] == [0, 1, 2, 3]
    seconds = [record.seconds for record in run.history]
    assert seconds[0] == 0
    assert seconds == sorted(seconds)
    start, *_, last = (record.value[1] for record in run.history)
    assert not start.contexts.any()  # word2vec starts with context vectors of 0: every score is 0
    assert start.words.any()
    np.testing.assert_array_equal(last.words, run.embedding.words)
    assert last.words is not run.embedding.words  # what a callback keeps is its own
    assert run.embedding.words.dtype == run.embedding.contexts.dtype == np.float32
    assert run.embedding.words.shape == run.embedding.contexts.shape == (len(corpus.vocabulary), 6)
    assert run.embedding.vocabulary == corpus.vocabulary
    assert run.config is config
    assert run.drawn_pairs is None


def test_history_without_a_callback(corpus):
    run = train_sgns(corpus, SGNSConfig(**SMALL))
    assert [(record.epoch, record.value) for record in run.history] == [(0, None), (1, None), (2, None), (3, None)]


def test_progress_rises_to_the_end(corpus):
    shares = []
    train_sgns(corpus, SGNSConfig(**SMALL), on_progress=shares.append)
    assert shares == sorted(shares)
    assert 0 < shares[0] < 0.05
    assert 0.99 < shares[-1] <= 1
    assert 100 <= len(shares) <= 330


def test_defaults_are_word2vecs(corpus):
    run = train_sgns(Corpus.from_sentences([["a", "b"]] * 5))
    assert run.config == SGNSConfig()
    model = Word2Vec(sg=1)
    assert (run.config.dimension, run.config.negatives, run.config.epochs) == (
        model.vector_size,
        model.negative,
        model.epochs,
    )
    assert (run.config.window, run.config.subsample, run.config.noise_exponent) == (
        model.window,
        model.sample,
        model.ns_exponent,
    )
    assert (run.config.learning_rate, run.config.minimum_learning_rate) == (model.alpha, model.min_alpha)
    assert run.config.dynamic == bool(model.shrink_windows)
    assert run.config.sampling == PairSampling(5, True, 1e-3)


# --- stopping --------------------------------------------------------------------------------------------------------


def test_cancel_between_epochs(corpus):
    epochs = []
    with pytest.raises(Cancelled, match="stopped after 2 whole epochs"):
        in_time(
            lambda: train_sgns(
                corpus,
                SGNSConfig(**{**SMALL, "epochs": 50}),
                on_epoch=lambda epoch, _: epochs.append(epoch),
                cancel=lambda: epochs[-1:] == [2],
            )
        )
    assert epochs == [0, 1, 2]


@pytest.mark.parametrize("calls", [1, 2, 150])
def test_cancel_inside_an_epoch(corpus, calls):
    asked, epochs = [], []

    def cancel():
        asked.append(None)
        return len(asked) >= calls

    with pytest.raises(Cancelled, match="stopped after 0 whole epochs"):
        in_time(
            lambda: train_sgns(
                corpus, SGNSConfig(**SMALL), on_epoch=lambda epoch, _: epochs.append(epoch), cancel=cancel
            )
        )
    assert epochs == [0]
    assert len(asked) == calls  # nothing more is asked once it said stop


def test_cancel_after_the_last_epoch_comes_too_late(corpus):
    epochs = []
    run = train_sgns(
        corpus,
        SGNSConfig(**SMALL),
        on_epoch=lambda epoch, _: epochs.append(epoch),
        cancel=lambda: epochs[-1:] == [3],
    )
    assert len(run.history) == 4


class MishapError(Exception):
    """Something that no trainer expects."""


class HardStop(BaseException):
    """What is no Exception, as KeyboardInterrupt and pytest's own failures are."""


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("mishap", [MishapError, HardStop])
@pytest.mark.parametrize("where", ["on_epoch", "on_progress", "cancel"])
@pytest.mark.parametrize("when", ["at once", "later"])
def test_an_error_in_a_callback_comes_out(corpus, where, when, mishap, workers):
    """An exception inside gensim's corpus iterator would hang train() for ever."""
    calls = []

    def fail(*_):
        calls.append(None)
        if when == "at once" or len(calls) > 2:
            raise mishap(where)

    with pytest.raises(mishap, match=where):
        in_time(lambda: train_sgns(corpus, SGNSConfig(**SMALL, workers=workers), **{where: fail}))


def test_training_still_works_after_a_mishap(corpus):
    def fail(*_):
        raise MishapError

    config = SGNSConfig(**SMALL)
    before = train_sgns(corpus, config).embedding.words
    with pytest.raises(MishapError):
        in_time(lambda: train_sgns(corpus, config, on_progress=fail))
    np.testing.assert_array_equal(train_sgns(corpus, config).embedding.words, before)


# --- the paper's noise -----------------------------------------------------------------------------------------------


def test_negatives_from_the_pairs_own_marginal(corpus):
    """gensim's table of cumulated noise, set from the expected pairs: each word's step is its share."""
    config = SGNSConfig.paper(dimension=2, epochs=1, window=3)
    model = _untrained(corpus, config)
    table = reference.expected_pair_counts(
        [[corpus.vocabulary.index(word) for word in sentence] for sentence in corpus.sentences()],
        [1.0] * len(corpus.vocabulary),
        3,
        dynamic=False,
    )
    share = np.sum(table, axis=0) / np.sum(table)
    steps = np.diff(model.cum_table, prepend=0) / model.cum_table[-1]
    for word, expected in zip(corpus.vocabulary, share, strict=True):
        assert steps[model.wv.key_to_index[word]] == pytest.approx(expected, abs=1e-9)
    assert model.cum_table[-1] == 2**31 - 1


def test_words2vecs_noise_is_what_gensim_tabulates(corpus):
    model = _untrained(corpus, SGNSConfig(dimension=2, noise_exponent=0.6))
    share = reference.unigram_noise(corpus.counts.tolist(), 0.6)
    steps = np.diff(model.cum_table, prepend=0) / model.cum_table[-1]
    for word, expected in zip(corpus.vocabulary, share, strict=True):
        assert steps[model.wv.key_to_index[word]] == pytest.approx(expected, abs=1e-9)


def test_settings_are_checked_before_gensim_sees_them():
    with pytest.raises(ParameterError):
        SGNSConfig(window=0)  # gensim would hang
    with pytest.raises(ParameterError):
        SGNSConfig(workers=0)  # gensim would return untrained vectors


def test_sentences_that_are_asked_for_no_more_are_no_trouble(corpus):
    """gensim may leave its iterator before the end: that is not an error of a callback."""
    config = SGNSConfig(**SMALL)
    watch = _Epochs(_untrained(corpus, config), corpus, config, None, None, None)
    watch.see(0)
    sentences = iter(watch)
    assert next(sentences) == next(corpus.sentences())
    sentences.close()
    assert watch.trouble is None
