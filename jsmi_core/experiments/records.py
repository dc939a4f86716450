"""What comes out of an experiment, as plain records: scores, certificates, results.

All are frozen, and can be written as JSON text (:class:`Result` as one .npz file) and read back without pickle. What
goes in stands in specs.py. Nothing is computed here. All values are nats per draw of W.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, Self, TypeVar, cast

import numpy as np
import numpy.typing as npt

from jsmi_core import checks
from jsmi_core.embeddings import Embedding
from jsmi_core.errors import StoreError
from jsmi_core.experiments.specs import Cell, RankCell, Spec
from jsmi_core.lowrank import Baseline, RankStep

LawName = Literal["word2vec", "paper", "drawn"]
LAWS: tuple[LawName, ...] = ("word2vec", "paper")
"""The laws that every result is scored under; ``"drawn"`` is of the trainings whose cell asks for it."""
_R = TypeVar("_R", bound="Result")


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
    ``bound − score``. ``reachable_bound`` is what gensim's updates, which stop at |m| = 6, aim at; None in results
    stored before it was computed. ``sampled`` is the score by (9) and ``sampled_error`` its standard error, nats,
    where p is what a training drew; else None.
    """

    law: LawName
    p: str
    q: str
    alpha: float
    mutual_information: float
    bound: float
    score: float
    gap: float
    reachable_bound: float | None = None
    sampled: float | None = None
    sampled_error: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-able values; of a sampled score only what there is, so that results from before it are as they were."""
        left_out = ("sampled", "sampled_error") if self.sampled is None else ()
        return {name: value for name, value in asdict(self).items() if name not in left_out}


@dataclass(frozen=True)
class Certificate:
    """How sure one may be of a best embedding of rank d: what is found is a lower bound on the best score S*_d.

    ``gradient_norm`` (√nats) is the gradient in the solver's metric: half its square is what a Newton step would
    expect to gain. ``spread`` (nats) is the difference between the best and the worst of its starts, 0 for a single
    one. ``converged`` says that the last 20 steps gained less than the tolerance. ``passes`` over all V² pairs.
    ``start`` names the start that won; empty in results stored before it was kept.
    """

    gradient_norm: float
    spread: float
    converged: bool
    passes: int
    start: str = ""

    def in_words(self, tolerance: float) -> tuple[str, ...]:
        """What may be said of a result that carries this certificate, one sentence each."""
        ended, gained = ("Converged", "less") if self.converged else ("Not converged", "more")
        starts = f"its starts ended within {self.spread:.1e} nats of each other" if self.spread else "it had one start"
        return (
            f"{ended} after {self.passes:,} passes over all pairs: the last 20 steps gained {gained} than"
            f" {tolerance:g} of the score.",
            f"A Newton step would gain about {self.gradient_norm**2 / 2:.1e} nats; {starts}.",
            "It is a local optimum, so a lower bound on the best score of its rank: the true price of rank is at most"
            " what is shown, the true price of training at least.",
        )


@dataclass(frozen=True)
class Manifest:
    """What it takes to make a result again, with the cell's spec and seed.

    The same numbers come out on a machine of the same kind, and on another one what docs/portability.md says.
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


class Result:
    """What a result of either kind can do; :meth:`from_dict` and :meth:`from_bytes` read both."""

    cell: Spec
    history: tuple[EpochScore, ...] | tuple[RankStep, ...]
    laws: tuple[LawScores, ...]
    manifest: Manifest
    embedding: Embedding | None
    gap_by_word: npt.NDArray[np.float64] | None

    @property
    def id(self) -> str:
        """The id of the cell."""
        return self.cell.id

    def law(self, name: LawName) -> LawScores:
        """The scores under the law of that name. Raises ParameterError if the result has none."""
        found = {scores.law: scores for scores in self.laws}
        return found[checks.one_of("law", name, found)]

    @property
    def own(self) -> LawScores:
        """The scores under the law that the result was trained or searched under."""
        return self.law("word2vec")

    @property
    def paper(self) -> LawScores:
        """The scores under the paper's law, whose q is the context marginal."""
        return self.law("paper")

    def to_dict(self) -> dict[str, Any]:
        """Everything but the arrays, as JSON-able values."""
        return {
            "cell": self.cell.to_dict(),
            "history": [asdict(moment) for moment in self.history],
            "laws": [scores.to_dict() for scores in self.laws],
            "manifest": asdict(self.manifest),
        }

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Self:
        """The result that :meth:`to_dict` wrote, without arrays."""
        return cast("Self", (RankResult if "certificate" in record else CellResult).from_dict(record))

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
    def from_bytes(cls, payload: bytes) -> Self:
        """The result that :meth:`to_bytes` wrote. Raises StoreError for anything else; never unpickles."""
        try:
            with np.load(io.BytesIO(payload), allow_pickle=False) as arrays:
                record = json.loads(arrays["record"].tobytes())
                vocabulary = record["vocabulary"]
                words = None if vocabulary is None else tuple(vocabulary)
                embedding = Embedding(arrays["words"], arrays["contexts"], words)
                result: Any = cls.from_dict(record["result"])
                return cast("Self", replace(result, embedding=embedding, gap_by_word=arrays["gap_by_word"]))
        except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise StoreError(f"this is not a stored result ({error}): train the cell again.") from error


@dataclass(frozen=True, eq=False)
class CellResult(Result):
    """One finished training.

    Parameters
    ----------
    cell : Cell
    history : tuple of EpochScore
        At the cell's ``scored_epochs``: from 0 (before training) to the last.
    laws : tuple of LawScores
        The final embedding under each law of ``LAWS``, and by the pairs that were drawn if the cell asks for it.
    manifest : Manifest
    embedding : Embedding, optional
    gap_by_word : (V,) float64, optional
        Each word's part of the gap under the run's own law; adds up to ``own.gap``.
        Both arrays are None in the listings of a store; ``Store.get`` brings them.
    """

    cell: Cell
    history: tuple[EpochScore, ...]
    laws: tuple[LawScores, ...]
    manifest: Manifest
    embedding: Embedding | None = None
    gap_by_word: npt.NDArray[np.float64] | None = None

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Self:
        """The result that :meth:`to_dict` wrote, without arrays."""
        history = tuple(EpochScore(**score) for score in record["history"])
        return cls(Cell.from_dict(record["cell"]), history, *_scores_and_manifest(record))


@dataclass(frozen=True, eq=False)
class RankResult(Result):
    """The best embedding of rank d that one search found under its own law, ``"word2vec"``.

    Parameters
    ----------
    cell : RankCell
    history : tuple of RankStep
        At most 200 of the solver's steps, the first and the last among them.
    laws : tuple of LawScores
        The embedding under each law of ``LAWS``; it is the best one known to the search for its own law only.
    manifest : Manifest
    certificate : Certificate
    embedding : Embedding, optional
    gap_by_word : (V,) float64, optional
        As in :class:`CellResult`.
    baselines : tuple of Baseline
        What other matrices score under its own law; empty in results stored before they were kept.
    """

    cell: RankCell
    history: tuple[RankStep, ...]
    laws: tuple[LawScores, ...]
    manifest: Manifest
    certificate: Certificate
    embedding: Embedding | None = None
    gap_by_word: npt.NDArray[np.float64] | None = None
    baselines: tuple[Baseline, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Everything but the arrays, as JSON-able values."""
        found = [asdict(baseline) for baseline in self.baselines]
        return {**super().to_dict(), "certificate": asdict(self.certificate), "baselines": found}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Self:
        """The result that :meth:`to_dict` wrote, without arrays."""
        history = tuple(RankStep(**step) for step in record["history"])
        certificate = Certificate(**record["certificate"])
        found = tuple(Baseline(**baseline) for baseline in record.get("baselines", ()))
        cell = RankCell.from_dict(record["cell"])
        return cls(cell, history, *_scores_and_manifest(record), certificate, baselines=found)


def distinct(results: Iterable[_R]) -> tuple[_R, ...]:
    """Each training once: of those that differ in what is noted of it, the one with the most scores on its way."""
    found: dict[str, _R] = {}
    for result in results:
        known = found.setdefault(result.cell.work_id, result)
        if (len(result.history), len(result.laws)) > (len(known.history), len(known.laws)):
            found[result.cell.work_id] = result
    return tuple(found.values())


def _scores_and_manifest(record: Mapping[str, Any]) -> tuple[tuple[LawScores, ...], Manifest]:
    return tuple(LawScores(**scores) for scores in record["laws"]), Manifest(**record["manifest"])
