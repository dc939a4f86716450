"""Text → embedding: SGNS as gensim trains it. The only file that imports gensim's trainer.

What gensim does with a text, and the p and q that follow from it, stands in docs/math.md. Two facts shape this
file: an exception inside gensim's corpus iterator hangs ``train()`` for ever, so nothing raises there; and its
learning rate steps once per job of up to 10,000 tokens, so one call of ``train()`` covers all epochs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from jsmi_core.embeddings import Embedding
from jsmi_core.errors import Cancelled, DistributionError
from jsmi_core.information import FloatArray, JointDistribution, unigram_noise
from jsmi_core.pairs import expected_pairs
from jsmi_core.text import Corpus
from jsmi_core.training.config import Law, OfOneLaw, SGNSConfig
from jsmi_core.training.replay import PairRecorder

OnEpoch = Callable[[int, Embedding], Any]


@dataclass(frozen=True)
class EpochRecord:
    """One finished epoch: its number (0 is the start), the training seconds so far, what ``on_epoch`` returned."""

    epoch: int
    seconds: float
    value: Any = None


@dataclass(frozen=True, eq=False)
class SGNSRun:
    """A finished training: the embedding, one record for each epoch, and the settings that made it.

    Where pairs were recorded, ``drawn_pairs`` counts the positive pairs that all epochs drew, (V, V), neighbours as
    rows and centres as columns, and ``skipped_negatives`` those of the k · ``drawn_pairs.total`` negatives that
    gensim drew in vain because they hit the centre itself.
    """

    embedding: Embedding
    history: tuple[EpochRecord, ...]
    config: SGNSConfig
    drawn_pairs: JointDistribution | None = None
    skipped_negatives: int | None = None


def training_noise(corpus: Corpus, config: OfOneLaw | Law, joint: JointDistribution | None = None) -> FloatArray:
    """q(y), what a training with these settings, or under this law, draws its negatives from.

    gensim rounds its cumulative sums to multiples of 1/(2³¹ − 1), and skips a negative that hits its own positive
    pair; neither is in q. (The paper for noise="pairs"; beyond the paper for "counts".)

    Parameters
    ----------
    corpus : Corpus of V words
    config : SGNSConfig, RankConfig or Law
    joint : JointDistribution, optional
        ``expected_pairs(corpus, config.sampling)``, if it is at hand; counted otherwise, where it is needed.

    Returns
    -------
    (V,) float64, sums to 1, in the order of ``corpus.vocabulary``

    Raises
    ------
    DistributionError
        If ``joint`` cannot be the expected pairs of this corpus.
    CorpusError
        If noise="pairs" and no sentence has two tokens.

    Examples
    --------
    >>> corpus = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]])
    >>> training_noise(corpus, SGNSConfig.paper(window=1))
    array([0.3, 0.3, 0.2, 0.2])
    """
    law = config.law if isinstance(config, OfOneLaw) else config
    if law.noise != "pairs":
        return unigram_noise(corpus.counts, law.noise)
    if joint is None:
        joint = expected_pairs(corpus, law.sampling)
    size = len(corpus.vocabulary)
    if joint.shape != (size, size) or joint.source != "expected":
        raise DistributionError(
            f"negatives are drawn from the expected pairs of {size:,} words, not from {joint.source} pairs of "
            f"{joint.shape[0]:,} × {joint.shape[1]:,}: give expected_pairs(corpus, config.sampling)."
        )
    return joint.context_marginal


def train_sgns(
    corpus: Corpus,
    config: SGNSConfig | None = None,
    *,
    on_epoch: OnEpoch | None = None,
    on_progress: Callable[[float], None] | None = None,
    cancel: Callable[[], bool] | None = None,
    record_pairs: bool = False,
) -> SGNSRun:
    """Train skip-gram with negative sampling by gensim on the sentences of a corpus.

    The vectors are bit for bit those of one call of ``gensim.models.Word2Vec(sg=1, hs=0)`` with the same
    settings (and, for noise="pairs", another ``cum_table``); looking at them between epochs and recording the pairs
    change nothing. With one worker they are the same every time.

    Parameters
    ----------
    corpus : Corpus of V words
    config : SGNSConfig, optional
        word2vec's defaults if left out.
    on_epoch : callable (epoch, Embedding) → value, optional
        Called before the first epoch (with 0) and after each one; the value is kept in the history.
    on_progress : callable (share of the whole training, 0 … 1), optional
        Called from another thread, about a hundred times in each epoch.
    cancel : callable () → bool, optional
        Asked before each sentence and after each epoch; True stops the training.
    record_pairs : bool
        Count the positive pairs that the training draws; about a tenth slower.

    Returns
    -------
    SGNSRun
        Word vectors are gensim's input vectors, context vectors its output vectors, both (V, d) float32 in
        the order of ``corpus.vocabulary``.

    Raises
    ------
    Cancelled
        If ``cancel`` said so; what ``on_epoch`` saw until then is the partial result.
    CorpusError
        If noise="pairs" and no sentence has two tokens.
    DistributionError
        If pairs are to be recorded and none was drawn.

    Examples
    --------
    >>> corpus = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]] * 20)
    >>> train_sgns(corpus, SGNSConfig(dimension=2, epochs=1)).embedding.words.shape
    (4, 2)
    """
    config = config or SGNSConfig()
    model = _untrained(corpus, config)
    recorder = PairRecorder(model, corpus) if record_pairs else None
    epochs = _Epochs(model, corpus, config, on_epoch, on_progress, cancel)
    epochs.see(0)
    model.train(epochs, total_examples=model.corpus_count, epochs=config.epochs, callbacks=[epochs])
    embedding, history = _embedding(model, corpus), tuple(epochs.history)
    if recorder is None:
        return SGNSRun(embedding, history, config)
    return SGNSRun(embedding, history, config, recorder.drawn_pairs(), recorder.skipped_negatives)


def _untrained(corpus: Corpus, config: SGNSConfig) -> Any:
    """A gensim model with this corpus's vocabulary and freshly drawn vectors."""
    from gensim.models import Word2Vec

    model = Word2Vec(
        sg=1,
        hs=0,
        min_count=1,
        vector_size=config.dimension,
        negative=config.negatives,
        ns_exponent=config.noise_exponent,
        window=config.window,
        shrink_windows=config.dynamic,
        sample=config.subsample,
        alpha=config.learning_rate,
        min_alpha=config.minimum_learning_rate,
        seed=config.seed,
        workers=config.workers,
    )
    counts = dict(zip(corpus.vocabulary, corpus.counts.tolist(), strict=True))
    model.build_vocab_from_freq(counts, corpus_count=len(corpus.offsets) - 1)
    if config.noise == "pairs":
        noise = np.empty(len(corpus.vocabulary))
        noise[_rows(model, corpus)] = training_noise(corpus, config)
        cumulative = np.cumsum(noise)
        model.cum_table[:] = np.rint(cumulative / cumulative[-1] * model.cum_table[-1])
    return model


def _rows(model: Any, corpus: Corpus) -> npt.NDArray[np.int64]:
    """Where the model keeps each word of the corpus: it orders equally frequent words in its own way."""
    return np.array([model.wv.key_to_index[word] for word in corpus.vocabulary])


def _embedding(model: Any, corpus: Corpus) -> Embedding:
    """A copy of the model's vectors, in the order of the corpus's vocabulary."""
    rows = _rows(model, corpus)
    return Embedding(model.wv.vectors[rows], model.syn1neg[rows], corpus.vocabulary)


class _Epochs:
    """Feeds gensim the sentences and is called back after each epoch (gensim's callback protocol).

    ``__iter__`` runs in gensim's producer thread and must never raise there: what goes wrong is kept, the
    sentences end early, and the error is raised again after the epoch, in the caller's thread.
    """

    def __init__(
        self,
        model: Any,
        corpus: Corpus,
        config: SGNSConfig,
        on_epoch: OnEpoch | None,
        on_progress: Callable[[float], None] | None,
        cancel: Callable[[], bool] | None,
    ) -> None:
        self.model = model
        self.corpus = corpus
        self.epochs = config.epochs
        self.on_epoch = on_epoch
        self.on_progress = on_progress or (lambda share: None)
        self.cancel = cancel or (lambda: False)
        self.history: list[EpochRecord] = []
        self.trouble: BaseException | None = None
        self.trained_seconds = 0.0
        self.resumed = time.perf_counter()

    def __iter__(self) -> Iterator[list[str]]:
        try:
            yield from self._sentences()
        except GeneratorExit:
            raise
        except BaseException as error:  # whatever a callback raises, a KeyboardInterrupt too
            self.trouble = error

    def _sentences(self) -> Iterator[list[str]]:
        done, words, ids = self.history[-1].epoch, self.corpus.vocabulary, self.corpus.ids
        bounds = self.corpus.offsets.tolist()
        step = max(1, len(ids) // 100)
        next_report = step
        for start, stop in pairwise(bounds):
            if self.cancel():
                raise Cancelled(_CANCELLED.format(done))
            yield [words[i] for i in ids[start:stop].tolist()]
            if stop >= next_report:
                self.on_progress((done + stop / len(ids)) / self.epochs)
                next_report += step

    def on_train_begin(self, model: Any) -> None:
        """Nothing to do: gensim calls all four."""

    def on_train_end(self, model: Any) -> None:
        """Nothing to do: gensim calls all four."""

    def on_epoch_begin(self, model: Any) -> None:
        self.resumed = time.perf_counter()

    def on_epoch_end(self, model: Any) -> None:
        self.trained_seconds += time.perf_counter() - self.resumed
        if self.trouble:
            raise self.trouble
        self.see(self.history[-1].epoch + 1)
        if self.cancel() and self.history[-1].epoch < self.epochs:
            raise Cancelled(_CANCELLED.format(self.history[-1].epoch))

    def see(self, epoch: int) -> None:
        """Show the embedding of this epoch to whoever asked, and keep the record."""
        value = self.on_epoch(epoch, _embedding(self.model, self.corpus)) if self.on_epoch else None
        self.history.append(EpochRecord(epoch, self.trained_seconds, value))


_CANCELLED = "the training was stopped after {} whole epochs: what was scored until then is kept."
