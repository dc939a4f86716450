"""The small table that two pages share: which preset it starts from, and what was typed over it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from jsmi_app import cached, controls, grid, state
from jsmi_app.setting import along, one_of, words
from jsmi_core.errors import JSMIError
from jsmi_core.figures import Names
from jsmi_core.information import FloatArray
from jsmi_core.tables import PRESETS, SIZES, edited_block, preset, read_table, write_table

PRESET_NAMES = {
    "independent": "Independent",
    "diagonal": "Diagonal",
    "copy": "Noisy copy",
    "zipf": "Zipf",
    "blocks": "Two topics",
    "gaussian": "Gaussian",
    "words": "Words of Lee",
}
PRESET_HELP = "A table that shows one thing; Words of Lee are the most frequent words of 300 news stories."
NOISE_HELP = "The share of the pairs that are of independent words: 0 leaves the pattern pure, 1 wipes it out."
CORRELATION_HELP = "ρ of the two Gaussian variables: 0 independent, 0.99 nearly equal, negative: opposite."
SHARES = tuple(i / 20 for i in range(21))
CORRELATIONS = (-0.99, *(i / 20 for i in range(-19, 20)), 0.99)
WORDS_FROM = "lee"
SETTINGS = {
    "preset": one_of(PRESET_NAMES, "Start from", PRESET_HELP, default="copy"),
    "size": along(SIZES, 4, "Size", "How many words and how many contexts the table has.", lambda n: f"{n} × {n}"),
    "table_noise": along(SHARES, 0.3, "Noise", NOISE_HELP, "{:.0%}".format),
    "correlation": along(CORRELATIONS, 0.7, "Correlation ρ", CORRELATION_HELP),
    "table": words(check=read_table),
}


def current() -> tuple[FloatArray, Names]:
    """The table edited by hand or brought by a link, or else the preset, not yet normalised; and its names."""
    name, size = state.get("preset"), state.get("size")
    labels: tuple[str, ...] | None = None
    if name == "words":
        found = cached.word_table(WORDS_FROM, size)
        made, labels = np.array(found.rows), found.words
    else:
        made = preset(name, size, state.get(parameter_of(name) or "table_noise"))
    cells = read_table(state.get("table")) if state.get("table") else made
    if labels and cells.shape == made.shape:
        return cells, Names(labels, labels)
    return cells, Names(*(tuple(f"{v}{i + 1}" for i in range(n)) for v, n in zip("xy", cells.shape, strict=True)))


def take_cells(*, keep_margins: bool = False) -> tuple[FloatArray, Names]:
    """The table as it is once what was typed into its cells is taken up, or refused in one sentence."""
    table, names = current()
    for texts in grid.typed("cells", table.shape):
        with refusals():
            shares = {
                place: (grid.number(text, names.cell(*place), percent=True) or 0.0) / 100
                for place, text in texts.items()
            }
            table = edited_block(table, shares, keep_margins=keep_margins)
            state.put("table", write_table(table))
    return current()


def show_cells(table: FloatArray, names: Names) -> None:
    """The cells in percent, to type over, with their margins."""
    form = ".2f" if len(names.contexts) < 6 else ".1f"
    grid.show("cells", 100 * table, names.words, names.contexts, form, "The table p(x, y) in percent", ("p(x)", "p(y)"))


@contextmanager
def refusals() -> Iterator[None]:
    """An edit that is refused is told in its one sentence, and changes nothing more."""
    try:
        yield
    except JSMIError as error:
        state.notice(str(error))


def parameter_of(name: str) -> str | None:
    """The setting that a preset depends on beside its size."""
    kinds = {"noise": "table_noise", "correlation": "correlation"}
    return kinds.get(str(PRESETS[name][0])) if name in PRESETS else None


def choose_parameter(name: str, changed: controls.Changed) -> None:
    """The slider of what a preset depends on."""
    parameter: Any = parameter_of(name)
    if parameter:
        controls.slider(parameter, changed)
