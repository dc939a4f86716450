"""What goes into an experiment and what comes out, as plain records: specs, grids, scores, results.

All are frozen, and can be written as JSON text (:class:`CellResult` as one .npz file) and read back without pickle.
Nothing is computed here. All values are nats per draw of W.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from jsmi_core.embedding import Embedding
from jsmi_core.errors import ParameterError, StoreError
from jsmi_core.training import SGNSConfig

__all__ = ["LAWS", "LAW_VERSION", "Cell", "CellResult", "EpochScore", "Grid", "LawScores", "Manifest"]

LAWS = ("word2vec", "paper")
# Part of every cell's id, and of every stored row: raise it when the same spec would be scored to other numbers, or
# when SGNSConfig changes its fields. Rows of another version are left alone and not shown.
LAW_VERSION = 1
MOST_CELLS = 1_000


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
