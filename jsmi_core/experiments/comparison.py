"""Stored results side by side: which settings differ, what each law says of each, and what may be subtracted.

Two scores are compared only under one law, that is one text, one p, one q and one α: scores of different laws have
different bounds, and their difference says nothing. All values are nats per draw of W.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from jsmi_core.errors import ParameterError
from jsmi_core.experiments.records import LAWS, EpochScore, LawName, RankResult, Result


@dataclass(frozen=True)
class Comparison:
    """Two or more results side by side, in the order given.

    ``settings``: each setting that differs, with one value for each result (None where a kind does not have it);
    ``differences``: for each law, S(m) of each result − S(m) of the first in nats, None where their laws differ;
    ``notes``: what could not be compared and how to come by results that can, one sentence each.
    """

    results: tuple[Result, ...]
    settings: dict[str, tuple[Any, ...]]
    differences: dict[LawName, tuple[float | None, ...]]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The comparison as JSON-able values."""
        return {
            "runs": [
                {"id": run.id, "corpus_name": run.manifest.corpus_name, "laws": [law.to_dict() for law in run.laws]}
                for run in self.results
            ],
            "settings": {name: list(values) for name, values in self.settings.items()},
            "differences": {law: list(values) for law, values in self.differences.items()},
            "notes": list(self.notes),
        }


def compare(results: Iterable[Result]) -> Comparison:
    """Lay results side by side.

    Parameters
    ----------
    results : iterable of CellResult and RankResult
        Two or more, with or without arrays; the first is the one that the others are compared with.

    Returns
    -------
    Comparison

    Raises
    ------
    ParameterError
        If there are fewer than two.

    Examples
    --------
    >>> compare([])
    Traceback (most recent call last):
    jsmi_core.errors.ParameterError: there are 0 results to compare: give at least two.
    """
    found = tuple(results)
    if len(found) < 2:
        raise ParameterError(f"there are {len(found)} results to compare: give at least two.")
    described = [_settings(result) for result in found]
    names = dict.fromkeys(name for settings in described for name in settings)
    values = {name: tuple(settings.get(name) for settings in described) for name in names}
    differences: dict[LawName, tuple[float | None, ...]] = {}
    notes = []
    for law in LAWS:
        row: list[float | None] = []
        for result in found:
            try:
                row.append(score_difference(result, found[0], law))
            except ParameterError as error:
                row.append(None)
                notes.append(f"Under the {law} law, {error}")
        differences[law] = tuple(row)
    differing = {name: row for name, row in values.items() if len(set(row)) > 1}
    return Comparison(found, differing, differences, tuple(notes))


def score_difference(first: Result, second: Result, law: LawName = "word2vec") -> float:
    """S(first) − S(second) in nats, under the law of that name.

    Raises
    ------
    ParameterError
        If their text, p, q or α differ.
    """
    what = [name for name, (mine, others) in _law_parts(first, second, law).items() if mine != others]
    if what:
        raise ParameterError(
            f"the scores of {first.id[:8]} and {second.id[:8]} have different bounds, since their {' and '.join(what)}"
            f" {'differ' if len(what) > 1 else 'differs'}: run both with one text, pair setting, noise and number of"
            " negatives to subtract them."
        )
    return first.law(law).score - second.law(law).score


def same_numbers(first: Result, second: Result) -> bool:
    """Whether two results with arrays are the same to the last bit, whenever and however fast they were computed."""

    def scores(result: Result) -> list[Any]:
        return [
            result.cell,
            result.laws,
            [(moment.epoch, moment.score, moment.gap) for moment in result.history if isinstance(moment, EpochScore)],
        ]

    def arrays(result: Result) -> list[Any]:
        vectors = result.embedding
        return [] if vectors is None else [vectors.words, vectors.contexts, result.gap_by_word]

    same_arrays = map(np.array_equal, arrays(first), arrays(second))
    return scores(first) == scores(second) and len(arrays(first)) == len(arrays(second)) and all(same_arrays)


def _settings(result: Result) -> dict[str, Any]:
    kind = "best rank" if isinstance(result, RankResult) else "training"
    text = f"{result.manifest.corpus_name} ({result.cell.corpus[:8]})"
    return {"kind": kind, "corpus": text, **asdict(result.cell.config)}


def _law_parts(first: Result, second: Result, law: LawName) -> dict[str, tuple[Any, Any]]:
    mine, others = first.law(law), second.law(law)
    return {
        "text": (first.cell.corpus, second.cell.corpus),
        "p(x, y)": (mine.p, others.p),
        "q(y)": (mine.q, others.q),
        "α": (mine.alpha, others.alpha),
    }
