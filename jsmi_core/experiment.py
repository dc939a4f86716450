"""Specs → results: one cell is one training, a grid is a set of them, and every result says how it was made.

A run is scored under two laws. They share p, the expected pairs of the run's own :class:`PairSampling`, and differ
in q: ``"word2vec"`` takes the noise that the run drew its negatives from (counts^γ), ``"paper"`` the context marginal.
A score stands only beside the bound of its own law. All values are nats per draw of W.

:func:`run_cell` is a top-level function of plain records, so that any ``concurrent.futures.Executor`` can map it.
"""

from __future__ import annotations

import hashlib
import io
import json
import platform
import time
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from importlib.metadata import PackageNotFoundError, version
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from jsmi_core.cooccurrence import PairSampling, expected_pairs
from jsmi_core.corpus import Corpus
from jsmi_core.cost import estimated_multiply_adds
from jsmi_core.distribution import JointDistribution, unigram_noise
from jsmi_core.embedding import Embedding
from jsmi_core.errors import ParameterError, StoreError
from jsmi_core.information import mutual_information
from jsmi_core.objective import Evaluation, SGNSObjective
from jsmi_core.training import SGNSConfig, train_sgns

__all__ = ["LAWS", "Cell", "CellResult", "EpochScore", "Grid", "LawScores", "Manifest", "run_cell"]

LAWS = ("word2vec", "paper")
LAW_VERSION = 1  # part of every cell's id: raise it when the same spec would be scored to other numbers
MOST_CELLS = 1_000
ROUNDING = 1e-9  # nats; what separates bound − score from the sum of the gap's cells in float64


@dataclass(frozen=True)
class Cell:
    """One training to run: a corpus, named by its digest, and every setting.

    Parameters
    ----------
    corpus : str
        ``Corpus.digest``.
    config : SGNSConfig

    Examples
    --------
    >>> Cell("c0ffee", SGNSConfig(dimension=10)).id == Cell("c0ffee", SGNSConfig(dimension=10)).id
    True
    """

    corpus: str
    config: SGNSConfig

    @cached_property
    def id(self) -> str:
        """20 hex digits that depend on the content only: equal specs have equal ids in every process."""
        spec = json.dumps({**self.to_dict(), "law": LAW_VERSION}, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(spec.encode()).hexdigest()[:20]

    def to_dict(self) -> dict[str, Any]:
        """The cell as JSON-able values; each field in the type of its default, so that 1 and 1.0 are one spec."""
        defaults = asdict(SGNSConfig())
        plain = {name: type(defaults[name])(value) for name, value in asdict(self.config).items()}
        return {"corpus": self.corpus, "config": plain}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Cell:
        """The cell that :meth:`to_dict` wrote."""
        return cls(str(record["corpus"]), SGNSConfig(**record["config"]))


@dataclass(frozen=True)
class Grid:
    """All combinations of dimensions, epochs, negatives and seeds, over one base setting.

    Parameters
    ----------
    dimensions, epochs, negatives, seeds : iterables of int
        Repeated values count once. Left out: the value of ``base``.
    base : SGNSConfig
        Every other setting.

    Raises
    ------
    ParameterError
        If a value is out of range, or there are more than 1,000 cells.

    Examples
    --------
    >>> [cell.config.dimension for cell in Grid(dimensions=(50, 10)).cells("c0ffee")]
    [10, 50]
    """

    dimensions: tuple[int, ...] = ()
    epochs: tuple[int, ...] = ()
    negatives: tuple[int, ...] = ()
    seeds: tuple[int, ...] = ()
    base: SGNSConfig = field(default_factory=SGNSConfig)

    def __post_init__(self) -> None:
        for axis, setting in _AXES.items():
            values = _axis(axis, getattr(self, axis)) or (getattr(self.base, setting),)
            for value in values:
                _changed(self.base, {setting: value})  # checks the value as the training itself would
            object.__setattr__(self, axis, values)
        if len(self) > MOST_CELLS:
            raise ParameterError(
                f"the grid has {len(self):,} trainings: give at most {MOST_CELLS:,}, "
                "with fewer dimensions, epochs, negatives or seeds."
            )

    def __len__(self) -> int:
        return len(self.dimensions) * len(self.epochs) * len(self.negatives) * len(self.seeds)

    def cells(self, corpus_digest: str) -> tuple[Cell, ...]:
        """The trainings, cheapest first, so that a sweep shows its first points soon."""
        combinations = product(self.dimensions, self.epochs, self.negatives, self.seeds)
        configs = [_changed(self.base, dict(zip(_AXES.values(), values, strict=True))) for values in combinations]
        return tuple(Cell(corpus_digest, config) for config in sorted(configs, key=_relative_cost))


_AXES = {"dimensions": "dimension", "epochs": "epochs", "negatives": "negatives", "seeds": "seed"}


def _changed(base: SGNSConfig, settings: Mapping[str, Any]) -> SGNSConfig:
    return replace(base, **settings)


def _axis(name: str, values: Iterable[int]) -> tuple[int, ...]:
    try:
        return tuple(dict.fromkeys(values))
    except TypeError:
        raise ParameterError(f"{name} = {values!r} is not usable: give a list of whole numbers.") from None


def _relative_cost(config: SGNSConfig) -> tuple[int, ...]:
    work = config.dimension * (config.negatives + 1) * config.epochs
    return (work, config.dimension, config.epochs, config.negatives, config.seed)


@dataclass(frozen=True)
class EpochScore:
    """Where a training stood after an epoch, exactly, under the run's own law (``"word2vec"``).

    ``epoch`` 0 is the untouched start; ``score`` and ``gap`` are nats per draw of W; ``seconds`` is the training
    time so far, without counting and scoring.
    """

    epoch: int
    score: float
    gap: float
    seconds: float


@dataclass(frozen=True)
class LawScores:
    """The final embedding under one law: ``p`` and ``q`` say in words what the bound and the score are of.

    ``bound``, ``score``, ``gap`` and ``mutual_information`` (of p) are nats; gap is the sum over cells, not
    ``bound − score``.
    """

    law: str
    p: str
    q: str
    alpha: float
    mutual_information: float
    bound: float
    score: float
    gap: float


@dataclass(frozen=True)
class Manifest:
    """What it takes to make a result again: with the cell's spec and seed, the same numbers come out.

    ``seconds`` went into training and scoring (counting is done once for many cells), ``cost`` is the work in
    multiply-adds (see ``cost.py``), ``date`` is UTC in ISO 8601, ``versions`` are the packages that computed it.
    """

    corpus_name: str
    tokens: int
    vocabulary_size: int
    versions: Mapping[str, str]
    cost: float
    seconds: float
    date: str


@dataclass(frozen=True, eq=False)
class CellResult:
    """One finished training.

    Parameters
    ----------
    cell : Cell
    history : tuple of EpochScore
        From epoch 0 (before training) to the last.
    laws : tuple of LawScores
        The final embedding under each law of ``LAWS``.
    manifest : Manifest
    embedding : Embedding, optional
    gap_by_word : (V,) float64, optional
        Each word's part of the gap under the run's own law; adds up to ``law("word2vec").gap``.
        Both arrays are None in the listings of a store; ``Store.get`` brings them.
    """

    cell: Cell
    history: tuple[EpochScore, ...]
    laws: tuple[LawScores, ...]
    manifest: Manifest
    embedding: Embedding | None = None
    gap_by_word: npt.NDArray[np.float64] | None = None

    @property
    def id(self) -> str:
        """The id of the cell."""
        return self.cell.id

    def law(self, name: str) -> LawScores:
        """The scores under the law of that name."""
        return next(scores for scores in self.laws if scores.law == name)

    def to_dict(self) -> dict[str, Any]:
        """Everything but the arrays, as JSON-able values."""
        return {
            "cell": self.cell.to_dict(),
            "history": [asdict(score) for score in self.history],
            "laws": [asdict(scores) for scores in self.laws],
            "manifest": asdict(self.manifest),
        }

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> CellResult:
        """The result that :meth:`to_dict` wrote, without arrays."""
        return cls(
            Cell.from_dict(record["cell"]),
            tuple(EpochScore(**score) for score in record["history"]),
            tuple(LawScores(**scores) for scores in record["laws"]),
            Manifest(**record["manifest"]),
        )

    def to_bytes(self) -> bytes:
        """The whole result as an uncompressed .npz: its arrays, and its record as JSON text."""
        if self.embedding is None or self.gap_by_word is None:
            raise ValueError("a result without its arrays cannot be written: take it from Store.get.")
        text = json.dumps({"result": self.to_dict(), "vocabulary": self.embedding.vocabulary})
        file = io.BytesIO()
        np.savez(
            file,
            record=np.frombuffer(text.encode(), np.uint8),
            words=self.embedding.words,
            contexts=self.embedding.contexts,
            gap_by_word=self.gap_by_word,
        )
        return file.getvalue()

    @classmethod
    def from_bytes(cls, payload: bytes) -> CellResult:
        """The result that :meth:`to_bytes` wrote. Raises StoreError for anything else; never unpickles."""
        try:
            with np.load(io.BytesIO(payload), allow_pickle=False) as arrays:
                record = json.loads(arrays["record"].tobytes())
                vocabulary = record["vocabulary"]
                words = None if vocabulary is None else tuple(vocabulary)
                embedding = Embedding(arrays["words"], arrays["contexts"], words)
                return replace(cls.from_dict(record["result"]), embedding=embedding, gap_by_word=arrays["gap_by_word"])
        except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise StoreError(f"this is not a stored result ({error}): train the cell again.") from error


def run_cell(
    cell: Cell,
    corpus: Corpus,
    report: Callable[[EpochScore], object] | None = None,
    progress: Callable[[float], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> CellResult:
    """Train one cell and score it exactly after every epoch.

    Parameters
    ----------
    cell : Cell
    corpus : Corpus
        The corpus whose digest the cell names.
    report : callable, optional
        Called with an :class:`EpochScore` after every epoch, and once before the first.
    progress : callable, optional
        Called with the share of the training done so far, about a hundred times in each epoch, from another thread.
    cancel : callable, optional
        Returns True when the work should stop; asked often.

    Returns
    -------
    CellResult
        With its arrays.

    Raises
    ------
    ParameterError
        If the corpus is not the one that the cell names.
    Cancelled
        If ``cancel`` said so.

    Examples
    --------
    >>> corpus = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]] * 5)
    >>> result = run_cell(Cell(corpus.digest, SGNSConfig(dimension=2, epochs=1, subsample=0)), corpus)
    >>> all(scores.score <= scores.bound for scores in result.laws)
    True
    """
    if cell.corpus != corpus.digest:
        raise ParameterError(
            f"the cell is for corpus {cell.corpus[:12]} but got {corpus.digest[:12]}: give it the corpus it names."
        )
    config = cell.config
    objectives = _objectives(corpus, config.sampling, config.negatives, config.noise_exponent)
    began = time.perf_counter()
    scorer = _Scorer(objectives["word2vec"], report)
    embedding = train_sgns(corpus, config, on_epoch=scorer, on_progress=progress, cancel=cancel).embedding
    finals = {law: _checked(objectives[law].evaluate(embedding)) for law in LAWS}
    manifest = Manifest(
        corpus_name=corpus.name,
        tokens=len(corpus.ids),
        vocabulary_size=len(corpus.vocabulary),
        versions=_versions(),
        cost=estimated_multiply_adds(corpus, config),
        seconds=time.perf_counter() - began,
        date=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    information = mutual_information(objectives["paper"].joint)
    laws = tuple(_law_scores(law, config, information, finals[law]) for law in LAWS)
    return CellResult(cell, tuple(scorer.history), laws, manifest, embedding, finals["word2vec"].gap.by_word)


# A sweep comes back to the same corpus: the caches are per corpus object, and as small as a sweep needs.
@lru_cache(maxsize=2)
def _joint(corpus: Corpus, sampling: PairSampling) -> JointDistribution:
    return expected_pairs(corpus, sampling)


@lru_cache(maxsize=2)
def _objectives(
    corpus: Corpus, sampling: PairSampling, negatives: int, noise_exponent: float
) -> dict[str, SGNSObjective]:
    """The objective under each law."""
    joint = _joint(corpus, sampling)
    noises = {"word2vec": unigram_noise(corpus.counts, noise_exponent), "paper": None}
    return {law: SGNSObjective(joint, negatives, noises[law]) for law in LAWS}


class _Scorer:
    """Scores the embedding after every epoch, and stops the clock of training meanwhile."""

    def __init__(self, objective: SGNSObjective, report: Callable[[EpochScore], object] | None) -> None:
        self.history: list[EpochScore] = []
        self._objective = objective
        self._report = report
        self._seconds = 0.0
        self._resumed = 0.0

    def __call__(self, epoch: int, embedding: Embedding) -> None:
        if epoch > 0:
            self._seconds += time.perf_counter() - self._resumed
        found = _checked(self._objective.evaluate(embedding))
        self.history.append(EpochScore(epoch, found.score, found.gap.total, self._seconds))
        if self._report is not None:
            self._report(self.history[-1])
        self._resumed = time.perf_counter()


def _checked(found: Evaluation) -> Evaluation:
    """Theorem 1 and Theorem 2 as a guard: a number that breaks them is a fault of the program and is never stored."""
    if found.score > found.bound + ROUNDING or abs(found.bound - found.score - found.gap.total) > ROUNDING:
        raise ArithmeticError(
            f"score {found.score!r} and gap {found.gap.total!r} do not fit the bound {found.bound!r}: please report it."
        )
    return found


def _law_scores(law: str, config: SGNSConfig, information: float, found: Evaluation) -> LawScores:
    sampling = config.sampling
    window = f"window 1…{sampling.window}" if sampling.dynamic else f"window {sampling.window}"
    return LawScores(
        law=law,
        p=f"expected pairs, {window}, subsampling {sampling.subsample:g}",
        q=f"word counts to the power {config.noise_exponent:g}" if law == "word2vec" else "context marginal of p",
        alpha=config.alpha,
        mutual_information=information,
        bound=found.bound,
        score=found.score,
        gap=found.gap.total,
    )


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for package in ("jsmi-explorer", "gensim", "numba", "numpy", "scipy"):
        try:
            versions[package] = version(package)
        except PackageNotFoundError:  # run from a checkout that is not installed
            versions[package] = "not installed"
    return versions
