"""A table of numbers to edit: what is typed comes as a numbered list of edits, none is lost and none counts twice.

The browser's side, ``grid.js``, keeps every edit until the page says that it was taken; so two edits made while the
page computes both count. Names are shown as text and never as markup.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from jsmi_core import checks
from jsmi_core.errors import ParameterError
from jsmi_core.information import FloatArray

Typed = dict[tuple[int, int], str]
_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "jsmi_grid",
    html='<div class="grid"></div>',
    css=(_HERE / "grid.css").read_text(encoding="utf-8"),
    js=(_HERE / "grid.js").read_text(encoding="utf-8"),
)


def show(
    kind: str,
    values: FloatArray,
    rows: Sequence[str],
    columns: Sequence[str],
    form: str,
    label: str,
    sums: tuple[str, str] | None = None,
) -> None:
    """Draw the grid; what is typed is for :func:`typed` to take up in the next run.

    Parameters
    ----------
    kind : str
        Which grid of the session.
    values : (V, W) float64
        −∞ is shown as such.
    rows, columns : names of the V rows and the W columns
    form : str
        How a number is written, as in ``".2f"``.
    label : str
        What a screen reader calls the table.
    sums : (str, str), optional
        The names of the column and of the row of sums, which cannot be edited.
    """
    margins = (values.sum(axis=1), [*values.sum(axis=0), values.sum()]) if sums else ((), ())
    _component(
        key=key(kind),
        data={
            "taken": st.session_state.get(_taken(kind), 0),
            "label": label,
            "rows": list(rows),
            "columns": list(columns),
            "cells": [[written(value, form) for value in row] for row in values.tolist()],
            "right": sums[0] if sums else None,
            "below": sums[1] if sums else None,
            "sums": [written(value, form) for value in margins[0]],
            "totals": [written(value, form) for value in margins[1]],
        },
    )


def key(kind: str) -> str:
    """Where the session keeps what the browser sent."""
    return f"grid-{kind}"


def typed(kind: str, shape: tuple[int, ...]) -> Iterator[Typed]:
    """The edits not yet taken up, in the order in which they were made: one cell each, or a pasted block.

    Each counts as taken once the next one is asked for: a run that ends before leaves it to the next run.
    """
    sent = (st.session_state.get(key(kind)) or {}).get("edits", [])
    if _taken(kind) not in st.session_state:  # what outlived its server stands in the link
        st.session_state[_taken(kind)] = max((edit["number"] for edit in sent), default=0)
    for number, cells in edits_after(st.session_state[_taken(kind)], sent, shape):
        if cells:
            yield cells
        st.session_state[_taken(kind)] = number


def edits_after(taken: int, sent: Sequence[Mapping[str, Any]], shape: tuple[int, ...]) -> list[tuple[int, Typed]]:
    """What was sent with a number above the last one taken, by number; cells that the table does not have are left out.

    Examples
    --------
    >>> sent = [{"number": 2, "cells": [[0, 1, "5"], [0, 9, "5"]]}, {"number": 1, "cells": [[0, 0, "3"]]}]
    >>> edits_after(1, sent, (2, 2))
    [(2, {(0, 1): '5'})]
    """
    return [
        (edit["number"], {(x, y): text for x, y, text in edit["cells"] if 0 <= x < shape[0] and 0 <= y < shape[1]})
        for edit in sorted(sent, key=lambda edit: int(edit["number"]))
        if edit["number"] > taken
    ]


def number(text: str, name: str, *, percent: bool = False) -> float | None:
    """The number typed into a cell, with a decimal point or comma; None where the cell was emptied.

    Raises
    ------
    ParameterError
        If it is no number; names the cell.

    Examples
    --------
    >>> number(",25", "x1 × y1"), number(" .5 % ", "x1 × y1", percent=True), number("", "x1 × y1")
    (0.25, 0.5, None)
    """
    plain = text.strip().replace("−", "-")
    if percent:
        plain = plain.removesuffix("%").rstrip()
    if not plain:
        return None
    found = checks.number(plain.replace(",", "."))
    if isinstance(found, str) or not math.isfinite(found):
        unit = "a percentage" if percent else "a number"
        raise ParameterError(f"{text.strip()[:40]!r} in {name} is not usable: give {unit} such as 2.5 or 2,5.")
    return float(found)


def written(value: float, form: str) -> str:
    """A number as a cell shows it; zero has no sign.

    Examples
    --------
    >>> written(-1.25, ".2f"), written(-0.001, ".2f"), written(-math.inf, ".2f")
    ('−1.25', '0.00', '−∞')
    """
    return format(value, f"z{form}").replace("-", "−").replace("inf", "∞")


def _taken(kind: str) -> str:
    """Where the session keeps the number of the last edit taken up."""
    return f"_{kind}_taken"
