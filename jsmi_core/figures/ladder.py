"""The ladder: the bound on top, the best rank-d below it, below that the trained models, at the bottom the zero line.

Results → a :class:`Chart` against dimension, epochs or α. Computes nothing beyond arranging; the title states what the
numbers show. All values come in as nats; ``unit="bits"`` converts for display.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from jsmi_core import checks
from jsmi_core.errors import ParameterError
from jsmi_core.experiments import LawName
from jsmi_core.figures.charts import RATE_LINE, Chart, Line
from jsmi_core.figures.formatting import Unit, in_epochs, number, percent, scale_of
from jsmi_core.figures.prices import (
    AT_MOST,
    AXES,
    QUANTITIES,
    Axis,
    Best,
    Compared,
    Quantity,
    baseline_lines,
    rank_lines,
)
from jsmi_core.information import share_of

if TYPE_CHECKING:
    from jsmi_core.experiments import CellResult


BEST_KNOWN = f" · best rank-d as far as known: {AT_MOST}"


def ladder_data(
    results: Iterable[CellResult],
    x: Axis = "dimension",
    *,
    law: LawName = "word2vec",
    quantity: Quantity = "score",
    unit: Unit = "nats",
    curve: tuple[Sequence[float], Sequence[float]] | None = None,
    best: Best | None = None,
    compared: Compared | None = None,
) -> Chart:
    """Trained models below the bound, against dimension, epochs or α; seeds become bands from lowest to highest.

    Parameters
    ----------
    results : CellResult, one or more
        Of one corpus, one pair law and one noise; of one number of negatives too unless ``x`` is ``"alpha"``.
    x : "dimension", "epochs" or "alpha"
    law : "word2vec" or "paper"
        Which q the bound and the scores are of.
    quantity : "score" or "gap"
        S under the bound, or the gap itself.
    unit : "nats" or "bits"
    curve : (α, bound) sequences in nats, optional
        The bound over α under the same law, for ``x="alpha"``; without it the trained α are joined.
    best : (negatives, dimension) → score in nats, optional
        The best score known at each rank under the same law, as from :func:`jsmi_core.experiments.searched`: it splits
        the gap into the price of rank (at most) and the price of training (at least).
    compared : (negatives, dimension) → baselines, optional
        What other matrices score under the same law.

    Returns
    -------
    Chart

    Raises
    ------
    ParameterError
        If there is no result, they were not made under one law, or ``x``, ``quantity``, ``law`` or ``unit`` is none of
        those named.

    Examples
    --------
    >>> ladder_data([], "dimension")
    Traceback (most recent call last):
    jsmi_core.errors.ParameterError: there is no finished training to draw: run the grid first.
    """
    checks.one_of("x", x, AXES)
    checks.one_of("quantity", quantity, QUANTITIES)
    found = tuple(results)
    _one_law(found, x)
    if x == "alpha":
        found = _compared_over_negatives(found)
    scale = scale_of(unit)
    shown = "gap" if quantity == "gap" else "score"
    lines = _trained_lines(found, x, law, shown, scale)
    bound = _bound_line(found, x, law, scale, curve)
    zero = Line("", "", bound.x, tuple(0.0 for _ in bound.x), place="below")
    above = "above peak" if x == "alpha" else "above"
    if quantity == "gap":
        landmarks = (
            bound._replace(label=RATE_LINE, role="muted", dash="dot", place=above),
            zero._replace(label="0: nothing left to learn", role="bound"),
        )
    else:
        name = "the bound" if x == "alpha" else f"bound {number(bound.y[0])}: all there is to know"
        landmarks = (
            bound._replace(label=name, place=above),
            zero._replace(label=f"0: {RATE_LINE}", role="muted", dash="dot", place=_free_place(lines)),
        )
    ranks, bands = rank_lines(found, lines, best or {}, x=x, law=law, quantity=quantity, scale=scale)
    others = baseline_lines(found, lines, compared or {}, x=x, law=law, quantity=quantity, scale=scale)
    split = _split_finding(found, best or {}, law) if ranks and x == "dimension" else ""
    return Chart(
        title=split or _finding(found, x, law),
        subtitle=subtitle_of(found[0], law, with_negatives=x != "alpha") + (BEST_KNOWN if ranks else ""),
        x_name=AXES[x],
        y_name=f"{'gap' if quantity == 'gap' else 'score S'} ({unit} per draw of W)",
        lines=(*landmarks, *others, *ranks, *lines),
        bands=bands,
        ticks=ticks(found, x),
        log_x=True,
    )


def _compared_over_negatives(results: tuple[CellResult, ...]) -> tuple[CellResult, ...]:
    """The trainings whose dimension and epochs were run with several k; all of them if there are none."""
    several: dict[tuple[int, int], set[int]] = {}
    for result in results:
        config = result.cell.config
        several.setdefault((config.dimension, config.epochs), set()).add(config.negatives)
    compared = tuple(
        result for result in results if len(several[result.cell.config.dimension, result.cell.config.epochs]) > 1
    )
    return compared or results


def _free_place(lines: Sequence[Line]) -> str:
    """Where a label at the height 0 is farthest from the lines beside it."""

    def room(place: str) -> float:
        beside = [line.y[-1 if place.endswith("end") else 0] for line in lines]
        return min((abs(y) for y in beside if (y > 0) == place.startswith("above")), default=math.inf)

    return max(("below", "below end", "above end"), key=room)


def _split_finding(results: Sequence[CellResult], best: Best, law: LawName) -> str:
    """Which of the two prices is larger, from which dimension on; empty where they change places more than once."""
    k, bound = results[0].cell.config.negatives, results[0].law(law).bound
    reached: dict[int, float] = {}
    for result in results:
        d = result.cell.config.dimension
        reached[d] = max(result.law(law).score, reached.get(d, -math.inf))
    compared = sorted(d for d in reached if (k, d) in best)
    rank_costs_more = [bound - best[k, d] > best[k, d] - reached[d] for d in compared]
    if not compared:
        return ""
    if all(rank_costs_more):
        return f"The dimension costs more than the training, even at d = {compared[-1]}"
    if not any(rank_costs_more):
        return f"The training costs more than the dimension, even at d = {compared[0]}"
    if sorted(rank_costs_more, reverse=True) == rank_costs_more:
        last = compared[rank_costs_more.count(True) - 1]
        return f"Up to d = {last} the dimension costs most; beyond, the training does"
    return ""


def _one_law(results: Sequence[CellResult], x: Axis) -> None:
    if not results:
        raise ParameterError("there is no finished training to draw: run the grid first.")
    laws = {
        (run.cell.corpus, run.cell.config.law.pairs_and_noise if x == "alpha" else run.cell.config.law)
        for run in results
    }
    if len(laws) > 1:
        raise ParameterError(
            "these trainings have different bounds: choose one corpus, one pair setting, one noise and one k."
        )


def _position(result: CellResult, x: Axis) -> float:
    return float(getattr(result.cell.config, x))


def _trained_lines(results: Sequence[CellResult], x: Axis, law: LawName, shown: str, scale: float) -> tuple[Line, ...]:
    others = [name for name in ("epochs", "dimension") if name != x]
    groups: dict[tuple[int, ...], dict[float, list[CellResult]]] = {}
    for result in sorted(results, key=lambda r: r.cell.config.seed):
        key = tuple(getattr(result.cell.config, name) for name in others)
        groups.setdefault(key, {}).setdefault(_position(result, x), []).append(result)
    varying = [i for i in range(len(others)) if len({key[i] for key in groups}) > 1] or [0]
    lines = []
    for rank, key in enumerate(sorted(groups), start=1):
        points = sorted(groups[key].items())
        values = [[scale * getattr(result.law(law), shown) for result in seeds] for _, seeds in points]
        banded = any(len(seeds) > 1 for seeds in values)
        lines.append(
            Line(
                ", ".join(in_epochs(key[i]) if others[i] == "epochs" else f"d = {key[i]:,}" for i in varying),
                "trained",
                tuple(position for position, _ in points),
                tuple(math.fsum(seeds) / len(seeds) for seeds in values),
                tuple(map(min, values)) if banded else (),
                tuple(map(max, values)) if banded else (),
                tuple(seeds[0].id for _, seeds in points),
                shade=rank / len(groups),
            )
        )
    return tuple(lines)


def _bound_line(
    results: Sequence[CellResult],
    x: Axis,
    law: LawName,
    scale: float,
    curve: tuple[Sequence[float], Sequence[float]] | None,
) -> Line:
    if x == "alpha" and curve is not None:
        values: Mapping[float, float] = dict(zip(*curve, strict=True))
    else:
        values = {_position(result, x): result.law(law).bound for result in results}
    return Line("bound", "bound", tuple(sorted(values)), tuple(scale * values[p] for p in sorted(values)))


def ticks(results: Sequence[CellResult], x: Axis) -> tuple[tuple[float, str], ...]:
    """Where the trainings stand on an axis, and what is written there."""
    if x == "alpha":
        found = sorted({(r.cell.config.alpha, r.cell.config.negatives) for r in results})
        return tuple((alpha, f"{alpha:.2g}\nk = {k}") for alpha, k in found)
    return tuple((p, f"{p:,.0f}") for p in sorted({_position(result, x) for result in results}))


def _finding(results: Sequence[CellResult], x: Axis, law: LawName) -> str:
    """What the picture shows, in one sentence made from its numbers."""

    def share(result: CellResult) -> float:
        return share_of(result.law(law).score, result.law(law).bound) or 0.0

    if all(result.law(law).bound <= 0 for result in results):
        below = all(result.law(law).score < 0 for result in results)
        return "There is nothing to know here" + (", and every model knows less: its score is below 0" if below else "")
    best = max(results, key=share)
    at = best.cell.config
    if share(best) <= 0:
        return "No model here beats knowing the class ratio alone"
    if x == "dimension":
        lengths = [r.cell.config.epochs for r in results]
        short = max((r for r in results if r.cell.config.epochs == min(lengths)), key=share).cell.config
        long = max((r for r in results if r.cell.config.epochs == max(lengths)), key=share)
        if short.dimension < long.cell.config.dimension:
            return (
                f"More dimensions pay only with more training: best is d = {short.dimension} after "
                f"{in_epochs(short.epochs)}, d = {long.cell.config.dimension} after "
                f"{in_epochs(long.cell.config.epochs)} ({percent(share(long))} of the bound)"
            )
    else:
        other = "dimension" if x == "epochs" else "epochs"
        line = [r for r in results if r.cell.config.dimension == at.dimension]
        line = [r for r in line if x == "epochs" or getattr(r.cell.config, other) == getattr(at, other)]
        first, last = min(line, key=lambda r: _position(r, x)), max(line, key=lambda r: _position(r, x))
        if _position(first, x) < _position(last, x):
            first_at, last_at = (
                f"after {in_epochs(r.cell.config.epochs)}" if x == "epochs" else f"at k = {r.cell.config.negatives}"
                for r in (first, last)
            )
            return (
                f"With d = {at.dimension} a model reaches {percent(share(first))} of its bound {first_at} and "
                f"{percent(share(last))} {last_at}"
            )
    return f"The best model reaches {percent(share(best))} of the bound: d = {at.dimension}, {in_epochs(at.epochs)}"


def subtitle_of(result: CellResult, law: LawName, *, with_negatives: bool) -> str:
    """The corpus and the law that a picture's numbers belong to."""
    config, manifest = result.cell.config, result.manifest
    window = f"{'dynamic ' if config.dynamic else ''}window {config.window}"
    noise = f"q = {config.noise_name if law == 'word2vec' else 'context marginal'}"
    negatives = f"k = {config.negatives} · " if with_negatives else ""
    return (
        f"{manifest.corpus_name}: {manifest.tokens:,} tokens, V = {manifest.vocabulary_size:,} · {window}, "
        f"subsample {config.subsample:g} · {negatives}{noise}"
    )
