"""What the paper's figure says, counted over trainings at hand: in how many comparisons does each statement hold?

A comparison is fair if the two trainings differ in nothing but the one setting that the statement is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import NamedTuple

from jsmi_core.experiments.records import CellResult, LawName
from jsmi_core.information import share_of
from jsmi_core.runtime.wording import counted
from jsmi_core.training import SGNSConfig


class Claim(NamedTuple):
    """A statement, in how many of how many comparisons it holds, and the comparisons in which it does not."""

    name: str
    holds: int
    compared: int
    exceptions: tuple[str, ...]


def claims(results: Iterable[CellResult], law: LawName = "word2vec") -> tuple[Claim, ...]:
    """Count four statements over stored trainings of one text.

    "bound": no score is above the bound (Theorem 1). "dimension", "epochs": of two neighbours that differ in that
    alone, the one with more has the smaller gap. "negatives": … loses the larger share of its bound,
    where that is not 0.

    Parameters
    ----------
    results : iterable of CellResult
        Of one corpus.
    law : "word2vec", "paper" or "drawn"
        What scores and bounds are of.

    Returns
    -------
    tuple of Claim
        One for each statement, also where nothing can be compared.

    Examples
    --------
    >>> [claim.name for claim in claims([])]
    ['bound', 'dimension', 'epochs', 'negatives']
    """
    results = list(results)

    def lost(run: CellResult) -> float:
        return share_of(run.law(law).gap, run.law(law).bound) or 0.0

    knowable = [run for run in results if run.law(law).bound > 0]
    above = [run for run in results if run.law(law).gap < 0]
    bound = Claim("bound", len(results) - len(above), len(results), tuple(_described(run.cell.config) for run in above))
    return (
        bound,
        _neighbours("dimension", results, lambda few, many: many.law(law).gap < few.law(law).gap),
        _neighbours("epochs", results, lambda few, many: many.law(law).gap < few.law(law).gap),
        _neighbours("negatives", knowable, lambda few, many: lost(many) > lost(few)),
    )


def _neighbours(name: str, results: Sequence[CellResult], true: Callable[[CellResult, CellResult], bool]) -> Claim:
    families: dict[tuple[object, ...], list[CellResult]] = {}
    for run in results:
        rest = asdict(run.cell.config)
        del rest[name]
        families.setdefault(tuple(rest.values()), []).append(run)
    pairs = [
        pair
        for family in families.values()
        for pair in pairwise(sorted(family, key=lambda run: getattr(run.cell.config, name)))
    ]
    against = [
        f"{_described(few.cell.config)} → {getattr(many.cell.config, name)}"
        for few, many in pairs
        if not true(few, many)
    ]
    return Claim(name, len(pairs) - len(against), len(pairs), tuple(against))


def _described(config: SGNSConfig) -> str:
    return f"d = {config.dimension}, {counted(config.epochs, 'epoch')}, k = {config.negatives}, seed {config.seed}"
