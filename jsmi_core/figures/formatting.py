"""How numbers and words are written in a figure or a table; words that came from a text are kept inert."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any, Literal, get_args

from jsmi_core import checks
from jsmi_core.information import share_of
from jsmi_core.runtime.wording import counted

Unit = Literal["nats", "bits"]
UNITS: tuple[Unit, ...] = get_args(Unit)

# --- text that came from a corpus ------------------------------------------------------------------------------


def inert(text: object) -> str:
    """The text as data: no Markdown, LaTeX, HTML, link, emoji code or plotly template in it stays alive.

    Every ASCII punctuation mark becomes a character reference, which both Markdown and plotly decode as plain text;
    a word joiner (U+2060) after ``:`` and ``@`` and in ``www.`` stops what is recognised only after decoding.

    Examples
    --------
    >>> inert("$x$")
    '&#36;x&#36;'
    """
    joined = re.sub(r"(?i)([:@]|www(?=\.))", "\\1\u2060", str(text).replace("\n", " "))
    return re.sub(r"[!-/:-@\[-`{-~]", lambda mark: f"&#{ord(mark[0])};", joined)


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """The table as CSV; text that a spreadsheet would run as a formula (= + - @ first) gets a leading apostrophe.

    So does text that begins with one: no two words become one.

    Examples
    --------
    >>> csv_text(["word"], [["=1+1"]]).splitlines()
    ['word', "'=1+1"]
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    for row in (columns, *rows):
        writer.writerow(["'" + cell if isinstance(cell, str) and cell[:1] in "=+-@\t\r'" else cell for cell in row])
    return file.getvalue()


def number(value: float) -> str:
    """Three significant digits with a true minus sign.

    Examples
    --------
    >>> number(-0.24256)
    '\u22120.243'
    """
    return f"{value:z.3g}".replace("-", "\u2212")


def percent(share: float) -> str:
    """A share as people say it: two digits below 10 %, whole percents above."""
    return (f"{100 * share:.0f} %" if abs(share) >= 0.1 else f"{100 * share:.2g} %").replace("-", "\u2212")


def of_bound(score: float, bound: float, digits: int = 0) -> str:
    """How much of what there is to know a score is, so that it holds whatever the two are.

    Parameters
    ----------
    score, bound : float, nats
    digits : int
        Decimals of the percentage; 0 writes it as :func:`percent` does.

    Examples
    --------
    >>> of_bound(0.1, 0.4), of_bound(-0.1, 0.4), of_bound(-0.1, 0.0)
    ('25 %', 'less than nothing', 'nothing to know')
    """
    share = share_of(score, bound)
    if share is None:
        return "nothing to know"
    if share < 0:
        return "less than nothing"  # a model that gives all pairs one score keeps more: 0
    share = min(share, 1.0)  # beyond it is rounding
    return f"{100 * share:.{digits}f} %" if digits else percent(share)


def lost_of_bound(gap: float, bound: float) -> str:
    """How much of what there is to know was lost, as :func:`of_bound` says how much was kept.

    Examples
    --------
    >>> lost_of_bound(0.3, 0.4), lost_of_bound(0.5, 0.4)
    ('75 %', 'more than all')
    """
    return "more than all" if gap > bound * (1 + 1e-9) > 0 else of_bound(gap, bound)


def top_share(shares: Sequence[float], middle: float) -> float:
    """Which share has the full colour, where ``middle`` has none: the largest, if it is far enough from there."""
    return min(1.0, max(2 * middle, *shares))


def scale_of(unit: Unit) -> float:
    """What nats are multiplied with for display. Raises ParameterError for another unit."""
    return {"nats": 1.0, "bits": 1 / math.log(2)}[checks.one_of("unit", unit, UNITS)]


def in_epochs(count: float) -> str:
    """How long a model was trained, in words."""
    return counted(count, "epoch")
