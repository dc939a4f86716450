"""The small table that two pages share: which preset it starts from, and what was typed over it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from jsmi_app import cached, controls, state
from jsmi_app.setting import along, one_of, words
from jsmi_core.information import FloatArray
from jsmi_core.tables import PRESETS, SIZES, preset, read_table

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


class Table(NamedTuple):
    """The cells, not yet normalised, and the words of its rows and columns where they are words of a text."""

    cells: FloatArray
    words: tuple[str, ...] | None


def current() -> Table:
    """The table edited by hand or brought by a link, or else the preset."""
    name, size = state.get("preset"), state.get("size")
    labels: tuple[str, ...] | None = None
    if name == "words":
        found = cached.word_table(WORDS_FROM, size)
        made, labels = np.array(found.rows), found.words
    else:
        made = preset(name, size, state.get(parameter_of(name) or "table_noise"))
    cells = read_table(state.get("table")) if state.get("table") else made
    return Table(cells, labels if cells.shape == made.shape else None)


def parameter_of(name: str) -> str | None:
    """The setting that a preset depends on beside its size."""
    kinds = {"noise": "table_noise", "correlation": "correlation"}
    return kinds.get(str(PRESETS[name][0])) if name in PRESETS else None


def choose_parameter(name: str, changed: controls.Changed) -> None:
    """The slider of what a preset depends on."""
    parameter: Any = parameter_of(name)
    if parameter:
        controls.slider(parameter, changed)
