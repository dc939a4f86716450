"""The numbers behind a lesson of 45 minutes: what each question's right answer is, and what to say about it.

Each function answers one predict-then-reveal question from its own computation: the place of the right answer among
those offered, and the values that the reveal quotes. The words are in prose/lesson.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from jsmi_core.embeddings import Usefulness
from jsmi_core.experiments import CellResult, Result, loss_of, splits
from jsmi_core.figures import number
from jsmi_core.information import Contrast, JointDistribution, binary_entropy, jsmi, to_bits
from jsmi_core.objective import SGNSObjective
from jsmi_core.tables import cells, matrix_cells, preset
from jsmi_core.text import Corpus
from jsmi_core.training import SGNSConfig

__all__ = ["MODEL", "TEXT", "Facts"]

TEXT = "lee"
MODEL = SGNSConfig(dimension=20, epochs=20)
FEW, MANY = 5, 20  # negatives
NOTHING = 1e-12  # nats: below it a number is 0 up to rounding


class Facts(NamedTuple):
    """The place of the right answer, from 0, and the values of the reveal as they are written."""

    right: int
    values: dict[str, str]


def switch() -> Facts:
    """How uncertain is the switch Z? A coin, two thirds of a bit, or 6 bits."""
    ceiling = binary_entropy(MODEL.alpha)
    bits = to_bits(ceiling)
    return Facts(0 if bits > 0.95 else 1 if bits < 1 else 2, {"bits": number(bits), "nats": number(ceiling)})


def independent() -> Facts:
    """What does a pair of independent variables tell? Nothing, a little, or everything."""
    value = jsmi(JointDistribution.from_counts(preset("independent")), MODEL.alpha)
    right = 0 if abs(value) < NOTHING else 1 if value < binary_entropy(MODEL.alpha) else 2
    return Facts(right, {"jsmi": number(value if right else 0.0)})


def text(corpus: Corpus, joint: JointDistribution) -> Facts:
    """How much of h(α) do the pairs of a real text tell? Under a tenth, up to 60 %, or more."""
    size, ceiling, value = len(corpus.vocabulary), binary_entropy(MODEL.alpha), jsmi(joint, MODEL.alpha)
    share = value / ceiling
    return Facts(
        0 if share < 0.1 else 1 if share <= 0.6 else 2,
        {
            "tokens": f"{len(corpus.ids):,}",
            "words": f"{size:,}",
            "cells": number(size * size / 1e6),
            "ceiling": number(ceiling),
            "jsmi": number(value),
            "share": f"{share:.0%}",
        },
    )


def negatives(joint: JointDistribution) -> Facts:
    """With more negatives, does the bound rise, stay or fall?"""
    contrast = Contrast.of(joint)
    few, many = (contrast.bound(1 / (k + 1)) for k in (FEW, MANY))
    return Facts(
        1 if abs(many - few) < 0.01 * few else 0 if many > few else 2,
        {
            "few": number(few),
            "many": number(many),
            "few_each": number(few * (FEW + 1)),
            "many_each": number(many * (MANY + 1)),
            "information": number(contrast.divergence),
        },
    )


def shifted() -> Facts:
    """Add 1 to every score of the best matrix: is the gap 0, above or below?"""
    objective = SGNSObjective(JointDistribution.from_counts(preset("copy")), negatives=FEW)
    _, gap, _ = matrix_cells(objective, cells(objective).best + 1)
    return Facts(0 if abs(gap) < NOTHING else 1 if gap > 0 else 2, {"gap": number(gap)})


def training(run: CellResult) -> Facts:
    """After one epoch, is the score above or below that of the class ratio?"""
    first, last = run.history[1].score, run.history[-1].score
    bound = run.own.bound
    return Facts(
        0 if first > 0 else 1,
        {
            "dimension": str(run.cell.config.dimension),
            "epochs": str(run.cell.config.epochs),
            "first": number(first),
            "last": number(last),
            "bound": number(bound),
            "share": f"{last / bound:.0%}",
        },
    )


def prices(results: Iterable[Result]) -> Facts | None:
    """Of the longest training of most dimensions, is the price of rank or of training larger? None if not searched."""
    results = [result for result in results if result.cell.config.negatives == FEW]
    split = splits(results)
    runs = [result for result in results if isinstance(result, CellResult) and result.id in split]
    if not runs:
        return None
    run = max(runs, key=lambda run: (run.cell.config.dimension, run.cell.config.epochs))
    rank, trained = split[run.id].price_of_rank, split[run.id].price_of_training
    return Facts(
        0 if rank > trained else 1,
        {
            "dimension": str(run.cell.config.dimension),
            "epochs": str(run.cell.config.epochs),
            "rank": number(rank),
            "training": number(trained),
        },
    )


def losses(run: CellResult, corpus: Corpus) -> Facts:
    """Which pairs hold most of the gap: seen and too low, seen and too high, or never seen?"""
    loss = loss_of(run, corpus)
    shares = [part / loss.total for part in loss.causes]
    named = dict(zip(("low", "high", "unseen"), (f"{share:.0%}" for share in shares), strict=True))
    return Facts(shares.index(max(shares)), {**named, "gap": number(loss.total)})


def similarity(found: Usefulness) -> Facts:
    """Can so small a text tell how well cosines rank pairs of words? Only where the error is small."""
    error = found.standard_error
    return Facts(
        0 if error is not None and error < 0.06 else 1,  # 353 pairs: 0.053
        {
            "found": str(found.found),
            "total": str(found.total),
            "value": "–" if found.value is None else f"{found.value:.2f}",
            "error": "–" if error is None else f"{error:.2f}",
        },
    )
