"""Parts of one gap → small frozen tuples, ready to be drawn. Computes nothing beyond arranging; titles state findings.

Lengths and colours are shares of the gap, or of a word's part of it, and so have no unit; PMI and scores are nats.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from jsmi_core.embeddings import WordMap
from jsmi_core.figures.charts import Heat
from jsmi_core.figures.fields import Field, Part, Places, Rule, Stacks
from jsmi_core.figures.formatting import Unit, number, percent
from jsmi_core.information import FloatArray
from jsmi_core.objective import REACH, Causes, Density, FrequencyBand, Pairs

CAUSES = ("score too low", "score too high", "never seen together")
CAUSE_ROLES = ("data", "trained", "muted")
WEIGHTS = ("loss", "pairs")
MOST_WRITTEN = 50  # words on a map that have their names beside them
MOST_NUMBERS = 5  # words of a table whose cells have room for their numbers, three tables side by side
LETTER = (0.016, 0.035)  # width and height of a letter there, as shares of the map
FAINT = 2e-5  # of the whole: so little at either end of an axis goes to its outermost bins
LEAST_HEIGHT = 7.0  # the picture of the scores always reaches beyond ±6


def add_up(parts: Sequence[float], digits: int = 6) -> list[str]:
    """Numbers rounded so that what is printed adds up to their rounded sum: each is off by less than one last digit.

    Parameters
    ----------
    parts : floats of 0 or more
    digits : int
        Behind the point.

    Returns
    -------
    list of str
        The parts, and at the end their sum.

    Examples
    --------
    >>> add_up([0.14, 0.14, 0.14], digits=1)
    ['0.2', '0.1', '0.1', '0.4']
    """
    scaled = [part * 10**digits for part in parts]
    floors, total = [math.floor(value) for value in scaled], round(math.fsum(scaled))
    upwards = sorted(range(len(parts)), key=lambda i: floors[i] - scaled[i])[: total - sum(floors)]
    whole = [floor + (i in upwards) for i, floor in enumerate(floors)] + [total]
    return [f"{value / 10**digits:.{digits}f}" for value in whole]


# --- by frequency ------------------------------------------------------------------------------------------------


def bands_data(bands: Sequence[FrequencyBand], words: Sequence[str], *, side: str, subtitle: str = "") -> Stacks:
    """The gap by frequency of the word, and by pairs that occur and pairs that never do.

    Parameters
    ----------
    bands : FrequencyBand, from ``Loss.bands``
    words : V str
    side : "word" or "context"
    subtitle : str
        The subtitle.

    Returns
    -------
    Stacks
        A bar stands for the word of its band that lost most.

    Examples
    --------
    >>> bands_data([FrequencyBand(0, 2, 0.75, 0.25, 2.0, 1)], ["a", "b"], side="word").title
    '25 % of the gap is in pairs that never occur; words of ranks 1–2 have the largest part, 100 %'
    """
    total = math.fsum(band.loss for band in bands) or 1.0
    information = math.fsum(band.information for band in bands) or 1.0
    largest = max(bands, key=lambda band: band.loss)
    unseen = math.fsum(band.unseen for band in bands) / total
    notes = tuple(
        f"{percent(band.information / information)} of all there is to know; {_some(words, band)}" for band in bands
    )
    return Stacks(
        f"{percent(unseen)} of the gap is in pairs that never occur; "
        f"{side}s of ranks {_ranks(largest)} have the largest part, {percent(largest.loss / total)}",
        subtitle,
        "share of the gap",
        f"{side}s by rank of frequency",
        tuple(f"{_ranks(band)}" for band in bands),
        (
            Part("in pairs that occur", "data", tuple(band.seen / total for band in bands)),
            Part("in pairs that never do", "muted", tuple(band.unseen / total for band in bands)),
        ),
        tuple(words[band.worst] for band in bands),
        notes,
    )


def _ranks(band: FrequencyBand) -> str:
    return f"{band.first + 1:,}–{band.last:,}" if band.last > band.first + 1 else f"{band.last:,}"


def _some(words: Sequence[str], band: FrequencyBand) -> str:
    """The first words of a band."""
    return ", ".join(words[band.first : min(band.last, band.first + 4)]) + (", …" if band.last > band.first + 4 else "")


# --- by score ----------------------------------------------------------------------------------------------------


def scores_data(
    density: Density, causes: Causes, log_odds: float, *, weight: str = "loss", pmi: str = "PMI", subtitle: str = ""
) -> Field:
    """All pairs over PMI and m: where the scores lie, and where the loss does, beside the line m = PMI − log k.

    Parameters
    ----------
    density, causes
        From a Loss.
    log_odds : float, nats
        log α/(1−α) = −log k.
    weight : "loss" or "pairs"
        Colour by share of the gap, or by share p(x, y) of the pairs of the text. Pairs that never occur, PMI = −∞,
        have a column of their own on the left; it is empty for ``"pairs"``.
    pmi : str
        What the horizontal axis is called: it is log p/r, the PMI for the paper's q only.
    subtitle : str
        The subtitle.

    Returns
    -------
    Field
    """
    by_loss = weight == "loss"
    seen = (density.loss if by_loss else density.pairs).T  # one row for each step of m
    unseen = density.unseen if by_loss else np.zeros(len(density.unseen))
    whole = float(seen.sum() + unseen.sum()) or 1.0
    low, high = _window(seen.sum(axis=0), density.edges, (-1.0, 1.0 - log_odds))
    bottom, top = _window(seen.sum(axis=1) + unseen, density.edges, (-LEAST_HEIGHT, LEAST_HEIGHT))
    left, right, floor, ceiling = (float(density.edges[i]) for i in (low, high, bottom, top))
    shown = _folded(_folded(seen, low, high).T, bottom, top).T
    cells = np.column_stack([_folded(unseen, bottom, top), np.zeros(top - bottom), shown]) / whole
    step = 2 if right - left <= 16 else 5
    labels = range(step * math.ceil((left + 0.5) / step), math.floor(right) + 1, step)
    ticks = [(float(x), f"{x:g}".replace("-", "\u2212")) for x in labels]
    begin, end = max(left, floor - log_odds), min(right, ceiling - log_odds)
    rules = (
        Rule(f"m = {pmi} − log k, the best", "bound", (begin, begin + log_odds), (end, end + log_odds)),
        Rule("m = 6: word2vec stops here", "warning", (right, REACH), (left, REACH), ("left", "bottom")),
        Rule("m = −6: and here", "warning", (right, -REACH), (left, -REACH), ("left", "top")),
        Rule("log k", "muted", (-log_odds, ceiling), (-log_odds, floor), ("left", "bottom")),
    )
    return Field(
        _cause_title(causes),
        subtitle,
        f"{pmi}  (nats)",
        "score m of the model  (nats)",
        "of the gap" if by_loss else "of the pairs of the text",
        (left - 1.5, left - 0.5, *map(float, density.edges[low : high + 1])),
        tuple(map(float, density.edges[bottom : top + 1])),
        tuple(tuple(map(float, line)) for line in cells),
        "warning" if by_loss else "data",
        rules,
        ((left - 1.0, "never"), *ticks),
    )


def _window(masses: FloatArray, edges: FloatArray, least: tuple[float, float]) -> tuple[int, int]:
    """The first and last edge of what is drawn: all but ``FAINT`` of the mass at either end, and at least a range."""
    first, last = (int(np.searchsorted(edges, value)) for value in least)
    passed = np.cumsum(masses)
    begin, end = (int(np.searchsorted(passed, share * passed[-1])) for share in (FAINT, 1 - FAINT))
    return min(first, begin), max(last, end + 1)


def _folded(values: FloatArray, first: int, last: int) -> FloatArray:
    """The bins first … last of the last axis; the outermost take what lies beyond them."""
    inside = values[..., first:last].copy()
    inside[..., 0] += values[..., :first].sum(axis=-1)
    inside[..., -1] += values[..., last:].sum(axis=-1)
    return inside


def _cause_title(causes: Causes) -> str:
    total = math.fsum(causes) or 1.0
    low, high, unseen = (percent(part / total) for part in causes)
    return (
        f"{low} of the gap: scores too low for pairs that occur; {unseen}: pairs never seen together; {high}: too high"
    )


# --- one word ----------------------------------------------------------------------------------------------------


def causes_of(pairs: Pairs) -> list[str]:
    """In the words of ``CAUSES``, what is wrong with the score of each pair."""
    return [
        CAUSES[2] if count == 0 else CAUSES[0] if score < best else CAUSES[1]
        for count, score, best in zip(pairs.counts, pairs.score, pairs.best, strict=True)
    ]


def word_data(
    pairs: Pairs, loss: float, word: str, words: Sequence[str], *, side: str, most: int = 12, subtitle: str = ""
) -> Stacks:
    """The worst pairs of a word, each as a share of what the word lost.

    Parameters
    ----------
    pairs : Pairs, one or more
        From ``Loss.pairs_of``, the worst first.
    loss : float, nats
        The word's part of the gap.
    word : str
    words : the vocabulary of the other side
    side : "word" or "context"
    most : int
        Bars to draw.
    subtitle : str
        The subtitle.

    Returns
    -------
    Stacks
        A bar stands for the other word of its pair.
    """
    others = (pairs.columns if side == "word" else pairs.rows).tolist()[:most]
    causes = causes_of(pairs)[:most]
    shares = [float(cell) / loss if loss > 0 else 0.0 for cell in pairs.loss[:most]]
    names = tuple(words[i] for i in others)
    found = f"“{word}” loses most with “{names[0]}”: "
    if pairs.counts[0] == 0:
        found += f"never seen together, but the score is {number(pairs.score[0])}"
    else:
        found += f"the score is {number(pairs.score[0])}, {number(pairs.best[0])} would be best"
    return Stacks(
        found,
        subtitle,
        f"share of what the {side} loses",
        "context" if side == "word" else "word",
        names,
        tuple(
            Part(
                label,
                role,
                tuple(share if cause == label else 0.0 for share, cause in zip(shares, causes, strict=True)),
            )
            for label, role in zip(CAUSES, CAUSE_ROLES, strict=True)
            if label in causes
        ),
        names,
    )


# --- the map -----------------------------------------------------------------------------------------------------


def map_data(
    found: WordMap,
    words: Sequence[str],
    values: Sequence[float],
    *,
    method: str,
    unit: Unit = "nats",
    subtitle: str = "",
) -> Places:
    """Words on a plane, coloured by what a draw of each loses on average.

    Parameters
    ----------
    found : WordMap of n words
    words : n str
    values : n floats, in the unit
        Loss for each draw of the word.
    method : str
        How the map was made: its name goes to the axes.
    unit : "nats" or "bits"
    subtitle : str
        The subtitle.

    Returns
    -------
    Places
    """
    worst = sorted(range(len(words)), key=lambda i: -values[i])[:3]
    kept = "" if found.kept is None else f"; two coordinates hold {percent(found.kept)} of the vectors' spread"
    low, high = (float(value) for value in np.quantile(values, (0.05, 0.95)))
    return Places(
        f"A draw of {', '.join(f'“{words[i]}”' for i in worst)} loses most{kept}",
        subtitle,
        f"{method}, first coordinate",
        f"{method}, second coordinate",
        f"{unit} lost for each draw of the word",
        tuple(words),
        tuple(map(float, found.places[:, 0])),
        tuple(map(float, found.places[:, 1])),
        tuple(map(float, values)),
        (low, high if high > low else low + 1.0),
        _written(found.places, words),
    )


def _written(places: FloatArray, words: Sequence[str]) -> tuple[int, ...]:
    """Which points get their name: the first ones first, wherever it would cover none that stands already."""
    spread = np.ptp(places, axis=0)
    at = ((places - places.min(axis=0)) / np.where(spread > 0, spread, 1.0)).tolist()
    chosen: list[int] = []
    for i, (x, y) in enumerate(at):
        if len(chosen) < MOST_WRITTEN and all(
            abs(at[j][0] - x) > LETTER[0] * (len(words[i]) + len(words[j])) / 2 or abs(at[j][1] - y) > LETTER[1]
            for j in chosen
        ):
            chosen.append(i)
    return tuple(chosen)


# --- a table of chosen words -------------------------------------------------------------------------------------


def heat_data(pairs: Pairs, words: Sequence[str], total: float, *, pmi: str = "PMI") -> tuple[Heat, Heat, Heat]:
    """PMI − log k, m and loss of all pairs among some words; the first two in the same colours.

    Parameters
    ----------
    pairs : Pairs, n · n
        Row by row.
    words : n str
    total : float, nats
        The gap, of which the third table shows shares in percent.
    pmi : str
        What log p/r is called.

    Returns
    -------
    (best, model, loss) : Heat
        A pair that never occurs has the best score −∞, and the colour of the lower end.
    """
    finite = np.abs(np.concatenate([pairs.best[np.isfinite(pairs.best)], pairs.score]))
    limit = float(np.quantile(finite, 0.98)) or 1.0
    shares = 100 * pairs.loss / total if total > 0 else np.zeros(len(pairs.loss))
    worst = int(np.argmax(shares))
    pair = f"“{words[worst // len(words)]} {words[worst % len(words)]}”"
    findings = (
        (f"Best would be {pmi} − log k", "−∞: never seen together", "score (nats)", pairs.best),
        ("The model says m", "in the same colours", "score (nats)", pairs.score),
        (
            f"It loses most on {pair}",
            f"{percent(float(shares.sum()) / 100)} of the gap is here",
            "% of the gap",
            shares,
        ),
    )
    tables = []
    for title, subtitle, value_name, values in findings:
        score = value_name.startswith("score")
        tables.append(
            Heat(
                title,
                subtitle,
                "context",
                "word",
                value_name,
                tuple(words),
                tuple(words),
                tuple(tuple(map(float, row)) for row in values.reshape(len(words), len(words))),
                (-limit, limit) if score else (0.0, float(shares.max()) or 1.0),
                ("text", "trained") if score else ("ground", "warning"),
                0.0 if score else None,
                len(words) <= MOST_NUMBERS,
            )
        )
    return tables[0], tables[1], tables[2]
