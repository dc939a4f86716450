"""A user's own gensim training → its exact score, bound and gap after every epoch: a loss that means something.

gensim calls the monitor; nothing here imports gensim, draws a random number or changes the model it looks at.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from jsmi_core import checks
from jsmi_core.embeddings import Embedding
from jsmi_core.errors import CorpusError, ParameterError
from jsmi_core.information import unigram_noise
from jsmi_core.objective import SGNSObjective
from jsmi_core.pairs import PairSampling, expected_pairs
from jsmi_core.text import Corpus

Sentences = Iterable[Sequence[str]]


@dataclass(frozen=True)
class EpochGap:
    """What a model holds after so many epochs: exact S(m), the bound and the gap between them, in nats."""

    epoch: int
    score: float
    bound: float
    gap: float

    @property
    def share(self) -> float:
        """S(m) as a share of the bound: what the model holds of what there is to know."""
        return self.score / self.bound

    def __str__(self) -> str:
        return (
            f"epoch {self.epoch}: S = {self.score:.6f} of {self.bound:.6f} nats ({self.share:.1%}), gap {self.gap:.6f}"
        )


class GapMonitor:
    """A gensim callback that scores the model exactly after every n-th epoch, and can end the training early.

    For ``Word2Vec`` and ``FastText`` with sg=1, hs=0 and negative > 0, with any number of workers, trained on an
    iterable or a ``corpus_file``. The law that S is of (window, shrink_windows, sample, ns_exponent, negative and the
    counts of the vocabulary) is read from the model; its expected pairs are counted once. The training is not
    changed by a bit. Of FastText the word vectors are those that ``model.wv`` has once the training is over: each the
    mean of a word's own vector and its n-grams'.

    An ended training is a whole one for gensim: ``Word2Vec(…)`` returns, and the model holds the vectors of the epoch
    after which it was ended. Other callbacks are still called for the epochs that are passed over.

    Parameters
    ----------
    sentences : Corpus, iterable of lists of str, or path
        What the model is trained on, the same thing that gensim gets; a path is gensim's ``corpus_file``, one
        sentence on each line. Words that the model does not have are left out, as gensim does.
    every : int, 1 … 100,000
        Score after every so many epochs, and after the last.
    stop_below : float, 0 ≤ share < 1, optional
        End the training once an epoch gains less than this share of the bound.
    silent : bool
        Print nothing.

    Attributes
    ----------
    history : list of EpochGap
    stopped : bool
        Whether the training was ended early.
    objective : SGNSObjective
        What S is of, with rows and columns in the order of ``vocabulary``; there once a training has begun.

    Raises
    ------
    ParameterError
        If a parameter is out of range; when training begins, if the model does not maximise S (CBOW, hierarchical
        softmax), or was built from other sentences.
    CorpusError
        If the sentences are none.

    Examples
    --------
    >>> from gensim.models import Word2Vec
    >>> sentences = [["to", "be", "or", "not", "to", "be"]] * 20
    >>> monitor = GapMonitor(sentences, silent=True)
    >>> model = Word2Vec(sentences, sg=1, vector_size=2, min_count=1, epochs=3, callbacks=[monitor])
    >>> [record.epoch for record in monitor.history], monitor.history[0].gap > 0
    ([1, 2, 3], True)
    """

    def __init__(
        self,
        sentences: Corpus | Sentences | str | os.PathLike[str],
        every: int = 1,
        stop_below: float | None = None,
        *,
        silent: bool = False,
    ) -> None:
        if isinstance(sentences, Iterator):
            raise CorpusError("the sentences can be read only once: give a list, or an object that begins anew.")
        self.every = checks.integer("every", every, 1, 100_000)
        self.stop_below = None if stop_below is None else checks.real("stop_below", stop_below, 0, 1, open_high=True)
        self.silent = checks.flag("silent", silent)
        self.history: list[EpochGap] = []
        self.stopped = False
        self.vocabulary: tuple[str, ...] = ()
        self._sentences: Any = sentences
        self._vectors: _Vectors | None = None
        self._last: EpochGap | None = None
        self._epoch = 0

    def __getstate__(self) -> dict[str, Any]:
        """What a saved copy keeps: the settings and the history, not the text."""
        return {**vars(self), "_sentences": (), "_vectors": None, "objective": None}

    # -- gensim's protocol: it calls all four -------------------------------------------------------------------------

    def on_train_begin(self, model: Any) -> None:
        """Count the pairs of this model's law; raises, before anything is trained, if it has none."""
        _check(model)
        corpus = self._text(model)
        sampling = PairSampling(model.window, bool(model.shrink_windows), float(model.sample or 0))
        noise = unigram_noise(corpus.counts, float(model.ns_exponent))
        self.objective = SGNSObjective(expected_pairs(corpus, sampling), int(model.negative), noise)
        self.vocabulary = corpus.vocabulary
        self._vectors = _Vectors.of(model, corpus.vocabulary)
        self.history.clear()
        self.stopped, self._epoch = False, 0
        self._last = None if self.stop_below is None else self._scored(model)

    def on_epoch_begin(self, model: Any) -> None:
        """Nothing to do."""

    def on_epoch_end(self, model: Any) -> None:
        """Score the model, and end the training if it no longer gains enough."""
        self._epoch += 1
        if self.stopped or (self._epoch % self.every and self._epoch < model.epochs):
            return
        found = self._scored(model)
        self.history.append(found)
        if not self.silent:
            print(found, flush=True)
        if self.stop_below is not None and self._last is not None and self._epoch < model.epochs:
            gain = (found.score - self._last.score) / (found.epoch - self._last.epoch)
            if gain < self.stop_below * found.bound:
                self._stop(model)
        self._last = found

    def on_train_end(self, model: Any) -> None:
        """Give the model its training back."""
        for name in _EPOCHS:
            vars(model).pop(name, None)

    # -- what they do -------------------------------------------------------------------------------------------------

    def embedding(self, model: Any) -> Embedding:
        """The model's vectors as they are now, a copy, in the order of ``vocabulary``."""
        assert self._vectors is not None, "no training has begun"
        return self._vectors.embedding(model, self.vocabulary)

    def _scored(self, model: Any) -> EpochGap:
        found = self.objective.evaluate(self.embedding(model))
        return EpochGap(self._epoch, found.score, found.bound, found.gap.total)

    def _stop(self, model: Any) -> None:
        """Let gensim pass over the epochs that are left, in no time: it has no other way to end that leaves a model."""
        self.stopped = True
        for name in _EPOCHS:
            setattr(model, name, lambda *_, **__: (0, 0, 0))
        if not self.silent:
            print(f"stopped: an epoch gains less than {self.stop_below:.2%} of the bound", flush=True)

    def _text(self, model: Any) -> Corpus:
        """The sentences as the model takes them: its own words alone, and as often as it has counted them."""
        known = model.wv.key_to_index
        corpus = Corpus.from_sentences(_sentences(self._sentences, known))
        counted = {word: int(model.wv.get_vecattr(word, "count")) for word in known}
        for word, count in zip(corpus.vocabulary, corpus.counts.tolist(), strict=True):
            if counted.pop(word) != count:
                raise ParameterError(
                    f"the sentences hold {word[:80]!r} {count:,} times, the model has counted another number: give "
                    "GapMonitor the sentences that the model's vocabulary was built from."
                )
        if counted:
            raise ParameterError(
                f"the sentences do not hold {next(iter(counted))[:80]!r}, which the model has: give GapMonitor the "
                "sentences that the model's vocabulary was built from."
            )
        for notice in corpus.notices:
            warnings.warn(f"GapMonitor: {notice} (gensim leaves out what comes after)", UserWarning, stacklevel=2)
        return corpus


_EPOCHS = ("_train_epoch", "_train_epoch_corpusfile")  # what gensim's train() calls for each epoch


def _check(model: Any) -> None:
    """Refuse a model whose training does not maximise S."""
    if not getattr(model, "sg", 0):
        raise ParameterError(
            "sg = 0 is not usable: CBOW scores a mean of several words against one, so no word-context matrix m has "
            "its score; train with sg=1."
        )
    if getattr(model, "hs", 0):
        raise ParameterError(
            "hs = 1 is not usable: hierarchical softmax draws no negatives, so S and its bound are not of what it "
            "maximises; train with hs=0."
        )
    if not getattr(model, "negative", 0) > 0:
        raise ParameterError(
            "negative = 0 is not usable: S is of k ≥ 1 negatives for each pair; train with negative=5."
        )


def _sentences(given: Any, known: Container[str]) -> Iterator[list[str]]:
    """The sentences from their beginning, each without the words that the model does not have."""
    if isinstance(given, Corpus):
        given = given.sentences()
    elif isinstance(given, str | os.PathLike):
        given = _lines(os.fspath(given))
    for sentence in given:
        if isinstance(sentence, str):
            raise CorpusError("a sentence is one str: give a list of words for each sentence.")
        yield [word for word in sentence if word in known]


def _lines(path: str) -> Iterator[list[str]]:
    """A file as gensim's corpus_file has it: a sentence on each line, words between white space."""
    try:
        with open(path, encoding="utf-8") as file:
            for line in file:
                yield line.split()
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path!r} cannot be read as UTF-8 text ({error}): give gensim's corpus_file.") from error


@dataclass(frozen=True, eq=False)
class _Vectors:
    """Where a model keeps the vectors of each word."""

    rows: npt.NDArray[np.int64]
    grams: scipy.sparse.csr_array | None  # (V, buckets): the n-grams of each word, for FastText

    @classmethod
    def of(cls, model: Any, vocabulary: tuple[str, ...]) -> _Vectors:
        rows = np.array([model.wv.key_to_index[word] for word in vocabulary], np.int64)
        if not hasattr(model.wv, "vectors_vocab"):
            return cls(rows, None)
        own = [model.wv.buckets_word[row] for row in rows.tolist()] if model.wv.bucket else [[] for _ in rows]
        bounds = np.concatenate([[0], np.cumsum([len(part) for part in own])])
        places = np.fromiter(chain.from_iterable(own), np.int64, bounds[-1])
        shape = (len(rows), len(model.wv.vectors_ngrams))
        return cls(rows, scipy.sparse.csr_array((np.ones(len(places), np.float32), places, bounds), shape))

    def embedding(self, model: Any, vocabulary: tuple[str, ...]) -> Embedding:
        contexts = model.syn1neg[self.rows]
        if self.grams is None:
            return Embedding(model.wv.vectors[self.rows], contexts, vocabulary)
        parts = (np.diff(self.grams.indptr) + 1).astype(np.float32)[:, None]
        words = (model.wv.vectors_vocab[self.rows] + self.grams @ model.wv.vectors_ngrams) / parts
        return Embedding(words, contexts, vocabulary)
