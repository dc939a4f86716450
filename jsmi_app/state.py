"""What the user has chosen: in the URL, in the widgets, and remembered from page to page.

Streamlit's ``bind="query-params"`` does this for one page, but drops a parameter that a widget of another page is bound
to, so that links from page to page lose it. Here every setting has one name, which is its widget's key and its URL
parameter; defaults stay out of the URL. A value in a link that is not usable gives the default and a notice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import streamlit as st

from jsmi_core.embeddings import TESTS
from jsmi_core.errors import JSMIError, ParameterError
from jsmi_core.experiments import EPOCHS_AS, LAWS, Grid
from jsmi_core.figures import NAMES as DEPARTURES
from jsmi_core.proofs import CARDS, MOST_WORDS
from jsmi_core.tables import DIRECTIONS, PRESETS, SIZES, read_scores, read_table
from jsmi_core.training import SGNSConfig


@dataclass(frozen=True)
class Setting:
    """One value of a page: its default, and how it is read from a link (raises ValueError or JSMIError)."""

    default: Any
    read: Callable[[str], Any]

    def write(self, value: Any) -> str:
        """The value as it stands in a URL."""
        if isinstance(value, float):
            return f"{value:.12g}"
        return str(value).lower() if isinstance(value, bool) else str(value)


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in choices:
            raise ParameterError(f"{text!r} is not usable: give one of {', '.join(choices)}.")
        return text

    return read


def _like(pattern: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ParameterError(f"{text!r} is not usable: take the link from the page.")
        return text

    return read


def _flag(text: str) -> bool:
    return _one_of("true", "false")(text.lower()) == "true"


def _config_field(name: str, kind: Callable[[str], Any]) -> Setting:
    """A setting of the training, checked where the training itself is checked."""

    def read(text: str) -> Any:
        value = kind(text)
        SGNSConfig(**{name: value})
        return value

    return Setting(getattr(SGNSConfig(), name), read)


def whole_numbers(text: str) -> tuple[int, ...]:
    """``"10, 50,100"`` as (10, 50, 100). Raises ParameterError."""
    try:
        return tuple(int(part) for part in text.replace(" ", "").strip(",").split(","))
    except ValueError:
        raise ParameterError(f"{text!r} is not a list of whole numbers: write for example 10,50,100.") from None


def _axis(grid: Callable[[tuple[int, ...]], Grid], default: str) -> Setting:
    def read(text: str) -> str:
        grid(whole_numbers(text))
        return text

    return Setting(default, read)


def _checked(check: Callable[[str], Any]) -> Callable[[str], str]:
    """Text that a check of the library takes, or none."""

    def read(text: str) -> str:
        if text:
            check(text)
        return text

    return read


def _number_of(kind: type, low: float, high: float) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        value = kind(text)
        if not low <= value <= high:
            raise ParameterError(f"{text} is not usable: give a number from {low:g} to {high:g}.")
        return value

    return read


def _alpha(text: str) -> float:
    value = float(text)
    if not ALPHA_RANGE[0] <= value <= ALPHA_RANGE[1]:
        raise ParameterError(f"alpha = {text} is not usable: give a number from {ALPHA_RANGE[0]} to {ALPHA_RANGE[1]}.")
    return value


def _seed(text: str) -> int:
    return SGNSConfig(seed=int(text)).seed


def _min_count(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 1000:
        raise ParameterError(f"min_count = {value} is not usable: give a whole number from 1 to 1,000.")
    return value


ALPHA_RANGE = (0.005, 0.995)  # of the slider
KINDS: Mapping[type, Callable[[str], Any]] = {int: int, float: float, bool: _flag, str: str}

SETTINGS: dict[str, Setting] = {
    "corpus": Setting("wikipedia", str),
    "min_count": Setting(5, _min_count),
    **{f.name: _config_field(f.name, KINDS[type(f.default)]) for f in fields(SGNSConfig)},
    "alpha": Setting(SGNSConfig().alpha, _alpha),
    "present": Setting(False, _flag),
    "unit": Setting("nats", _one_of("nats", "bits")),
    "law": Setting("word2vec", _one_of(*LAWS)),
    "axis": Setting("dimension", _one_of("dimension", "alpha", "epochs")),
    "best_rank": Setting(False, _flag),
    "show": Setting("score", _one_of("score", "gap", "split", "gain")),
    "of": Setting(0, int),
    "baselines": Setting(False, _flag),
    "per_positive": Setting(False, _flag),
    "card": Setting("figure1", _one_of("figure1", "levy-goldberg")),
    "view": Setting("words", _one_of("words", "pairs", "context", "scores", "word", "map", "heat")),
    "k": Setting(SGNSConfig().negatives, int),
    "dimensions": _axis(lambda values: Grid(dimensions=values), "2,5,10,20,50"),
    "epochs_list": _axis(lambda values: Grid(epochs=values), "1,5,20"),
    "epochs_as": Setting(EPOCHS_AS[0], _one_of(*EPOCHS_AS)),
    "negatives_list": _axis(lambda values: Grid(negatives=values), "5"),
    "seeds": _axis(lambda values: Grid(seeds=values), "1"),
    "word": Setting("", str),
    "job": Setting("", _like("[0-9a-f]{20}[.][0-9a-f]{16}")),
    "search": Setting("", _like("[0-9a-f]{20}[.][0-9a-f]{16}")),
    "sweep": Setting("", _like("[0-9a-f]{16}")),
    "live": Setting(0, _seed),
    # The page Loss: which model, sorted by what, which colours, which map, which words.
    "runs": Setting("", _like("([0-9a-f]{8}(,[0-9a-f]{8})*)?")),
    "curves": Setting("score", _one_of("score", "difference")),
    "run": Setting("", _like("[0-9a-f]{20}")),
    "side": Setting("word", _one_of("word", "context")),
    "weight": Setting("loss", _one_of("loss", "pairs")),
    "mapping": Setting("pca", _one_of("pca", "umap")),
    "words": Setting("", str),
    "top": Setting(16, _number_of(int, 2, 25)),
    # The page From theory to practice: which departures are made, which one is looked at, how many negatives are drawn.
    **{f"step_{name}": Setting(True, _flag) for name in DEPARTURES},
    "closer": Setting("subsample", _one_of(*DEPARTURES)),
    "draws": Setting(SGNSConfig().negatives, int),
    # The page Does the gap matter: which test, against what, which vectors.
    "test": Setting("wordsim353", _one_of(*TESTS)),
    "against": Setting("gap", _one_of("gap", "dimension")),
    "factors": Setting("trained", _one_of("trained", "balanced")),
    # The page Lesson: where one is, and what was guessed at each step.
    "step": Setting(1, _number_of(int, 1, 9)),
    "guesses": Setting("." * 9, _like("[.012]{9}")),
    # The page Two variables: which table, what is shown of it, which score matrix.
    "preset": Setting("copy", _one_of(*PRESETS, "words")),
    "size": Setting(4, _number_of(int, SIZES[0], SIZES[-1])),
    "table_noise": Setting(0.3, _number_of(float, 0, 1)),
    "correlation": Setting(0.7, _number_of(float, -0.99, 0.99)),
    "table": Setting("", _checked(read_table)),
    "margins": Setting("free", _one_of("free", "fixed")),
    "picture": Setting("table", _one_of("table", "channel", "alpha", "away", "rank")),
    "cells": Setting("posterior", _one_of("posterior", "pmi", "part")),
    "direction": Setting("zero", _one_of(*DIRECTIONS)),
    "distance": Setting(0.5, _number_of(float, -1, 1)),
    "cell": Setting("0.0", _like("[0-7][.][0-7]")),
    "scores": Setting("", _checked(read_scores)),
    # The page Proofs: what every statement is computed on, and which one is open.
    "proved_on": Setting("table", _one_of("table", "text", "model")),
    "most_words": Setting(40, _number_of(int, 2, MOST_WORDS - 1)),
    "patient": Setting(False, _flag),
    "proof": Setting("", _one_of("", *(card.key for card in CARDS))),
}


def _remembered() -> dict[str, Any]:
    remembered: dict[str, Any] = st.session_state.setdefault("_settings", {})
    return remembered


def begin(page: str) -> None:
    """At the top of a page's run: take over what a link, or the browser's Back, asks for."""
    own = st.session_state
    asked = st.query_params.to_dict()
    arrived = own.get("_page") != page
    if arrived:
        own.update(_page=page, _seeded=set(), _entry=None)
    elif own["_entry"] and asked == own["_entry"][0]:
        asked = own["_entry"][1]
    touched = any(name in own and own[name] != value for name, value in _remembered().items())
    if arrived or (asked != own.get("_url", {}) and not touched):
        for name in asked if arrived else {*asked, *own.get("_url", {})}:
            if name in SETTINGS:
                _adopt(name, asked.get(name))
    own.update(_arrived=arrived, _used=[])


def _adopt(name: str, text: str | None) -> None:
    setting = SETTINGS[name]
    value = setting.default
    if text is not None:
        try:
            value = setting.read(text)
        except (ValueError, JSMIError) as error:
            reason = str(error) if isinstance(error, JSMIError) else f"{text!r} is not a number."
            notice(f"The link's {name}: {reason} The default, {setting.write(value)}, is used instead.")
    put(name, value)


def notice(text: str) -> None:
    """Say something once, at the top of the page."""
    st.session_state.setdefault("_notices", []).append(text)


def notices() -> list[str]:
    """What is to be said, once."""
    said: list[str] = st.session_state.pop("_notices", [])
    return said


def put(name: str, value: Any) -> None:
    """Set a setting from code; before its widget is drawn in this run."""
    _remembered()[name] = value
    st.session_state[name] = value


def get(name: str) -> Any:
    """The value of a setting that this page uses, with or without a widget of its own."""
    _use(name)
    return _remembered().get(name, SETTINGS[name].default)


def seed(name: str) -> None:
    """Just before a widget with this key is drawn: give it the remembered value.

    On arrival from another page its key still holds the value of that page's widget, which the new one ignores.
    """
    value = get(name)
    seeded = st.session_state["_seeded"]
    if name not in seeded or name not in st.session_state:
        seeded.add(name)
        st.session_state[name] = value


def keep(name: str, value: Any) -> None:
    """Just after a widget was drawn: remember its value."""
    _remembered()[name] = value


def _use(name: str) -> None:
    used = st.session_state.setdefault("_used", [])
    if name not in used:
        used.append(name)


def write_url() -> None:
    """At the end of a page's run: the URL says what is shown. Parameters that are not ours stay."""
    values = {name: get(name) for name in tuple(st.session_state["_used"])}
    ours = {n: SETTINGS[n].write(v) for n, v in values.items() if v != SETTINGS[n].default}
    asked = st.query_params.to_dict()
    wanted = {n: text for n, text in asked.items() if n not in SETTINGS} | ours
    own = st.session_state
    if own["_arrived"] and wanted != asked:
        own["_entry"] = (
            asked,
            wanted,
        )  # a menu link has no settings in it: this address stands for the remembered ones
        st.query_params.from_dict(wanted)
    elif wanted != asked and own["_entry"] != (asked, wanted):
        st.query_params.from_dict(wanted)
    own.update(_url=wanted, _arrived=False)


def link_to(config: SGNSConfig) -> dict[str, str]:
    """Query parameters that open a training of the current text; defaults too, since they replace what is set."""
    values = {f.name: getattr(config, f.name) for f in fields(config)}
    values |= {name: get(name) for name in ("corpus", "min_count")}
    return {name: SETTINGS[name].write(value) for name, value in values.items()}


def config(**changes: Any) -> SGNSConfig:
    """The training that the current settings describe. Raises ParameterError."""
    return SGNSConfig(**{f.name: get(f.name) for f in fields(SGNSConfig)} | changes)


def own_exponent(config: SGNSConfig) -> float | None:
    """γ of the noise that a training draws from; None where that is the context marginal."""
    return config.noise_exponent if config.noise == "counts" else None
