"""What the views of the page Loss share: which model, what a click leads to, loss in the unit on screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
import streamlit as st

from jsmi_app import cached, controls, say, shared, state
from jsmi_app.panels import training
from jsmi_app.setting import like, one_of
from jsmi_core.experiments import Cell, RankResult, Result, distinct
from jsmi_core.figures import causes_of, in_epochs, scale_of
from jsmi_core.objective import Pairs
from jsmi_core.text import Corpus

SMALL_MODEL = {"dimension": 20, "epochs": 20}
QUICK_TEXT = "lee"
SIDE_NAMES = {"word": "words (input vectors)", "context": "contexts (output vectors)"}
RUN_HELP = "The stored trainings of this text and the best embeddings that were searched, newest first."
SIDE_HELP = "A pair has a word, with an input vector, and a context, with an output vector; both lists hold all words."
SETTINGS = {
    **training.SETTINGS,
    "run": replace(like("[0-9a-f]{20}"), label="Model", help=RUN_HELP),
    "side": one_of(SIDE_NAMES, text=SIDE_HELP),
}
OWN_AXES = ("dimension", "epochs", "negatives", "seed", "tolerance")


def choose(text: Corpus) -> Result | None:
    """One of the stored models of a text, the newest unless the link names another; None if there is none."""
    everything = cached.shelf().results(text.digest, kind=Result)
    stored = {run.id: run for run in reversed(distinct(everything))}
    wanted = state.get("run")
    linked = next((run.cell.answer(stored) for run in everything if run.id == wanted), None)
    if wanted not in stored and linked:
        state.put("run", linked.id)
    elif wanted not in stored:
        state.fall_back("run", next(iter(stored), ""), "is not stored here for this text")
    return stored[controls.pick("run", tuple(stored), shown=lambda id: name_of(stored[id]))] if stored else None


def name_of(run: Result) -> str:
    """What tells a model from the others of its text."""
    config, plain = run.cell.config, type(run.cell.config)()
    others = [f.name for f in fields(config) if f.name not in OWN_AXES]
    changed = [f"{name} {getattr(config, name)}" for name in others if getattr(config, name) != getattr(plain, name)]
    if isinstance(run, RankResult):
        kind = [f"best of rank {config.dimension}", f"k = {config.negatives}"]
    else:
        training: Any = config
        kind = [f"d = {config.dimension}", in_epochs(training.epochs), f"k = {config.negatives}"]
        kind += [f"seed {training.seed}"]
    return ", ".join(kind + changed + [cached.origin(run.id)] * (run.id in cached.shelf().imported()))


def offer(text: Corpus) -> None:
    """Where nothing is stored: train a small model here, or take a text that is trained in seconds."""
    if state.get("corpus") != QUICK_TEXT and st.button(
        "Or take the 300 news stories, done in seconds", key="quick", type="tertiary"
    ):
        state.put_and_rerun(corpus=QUICK_TEXT, min_count=state.setting("min_count").default)
    training.panel(Cell(text.digest, shared.config(**SMALL_MODEL)), text)


def look_at(word: str) -> None:
    """Go to the view of one word."""
    state.put_and_rerun(view="word", word=word)


def side(label: str) -> str:
    """Words or contexts."""
    return str(controls.choice("side", label=label))


def scaled() -> float:
    """What nats are multiplied with on this page."""
    return scale_of(state.get("unit"))


def table(rows: dict[str, Any], clicked: Sequence[str], key: str, alt: str) -> None:
    """A table whose rows lead to the view of one word; columns that begin with "share" are percents."""
    formats = {"share": "percent", "loss": "%.7f"}
    named = {name: formats[name.split()[0]] for name in rows if name.split()[0] in formats}
    event: Any = say.table(
        rows,
        column_config={name: st.column_config.NumberColumn(format=form) for name, form in named.items()},
        hide_index=True,
        height=320,
        on_select="rerun",
        selection_mode="single-row",
        key=key,
        alt=alt,
    )
    chosen = event["selection"]["rows"]
    if chosen and chosen[0] < len(clicked):
        look_at(clicked[chosen[0]])


def pair_columns(pairs: Pairs, whole: float, of: str, pmi: str) -> dict[str, Any]:
    """The numbers of some pairs, as a table: ``whole``, in nats, is what ``of`` lost, ``pmi`` the name of log p/r."""
    seen = np.isfinite(pairs.best)
    return {
        "what is wrong": causes_of(pairs),
        "expected pairs": pairs.counts,
        pmi: np.where(seen, pairs.log_ratio, np.nan),
        "best score": np.where(seen, pairs.best, np.nan),
        "score m": pairs.score,
        "posterior": pairs.posterior,
        "σ(m)": pairs.model,
        f"loss ({state.get('unit')})": scaled() * pairs.loss,
        f"share of {of}": pairs.loss / whole if whole > 0 else np.zeros(len(pairs.loss)),
    }
