"""Trainings as a page sees them: start, watch, cancel. The work itself is jsmi_core.jobs.queue."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace

import streamlit as st

from jsmi_app import cached, controls, frame, say, shared, state
from jsmi_app.markdown import words
from jsmi_app.setting import like
from jsmi_core.errors import JobError
from jsmi_core.experiments import SPARSE, Cell, CellResult, EpochScore, RankCell, Spec
from jsmi_core.figures import climb_data, of_bound
from jsmi_core.information import binary_entropy, to_bits
from jsmi_core.jobs import JobStatus
from jsmi_core.text import Corpus

POLL_SECONDS = 1.0
LIVE = ("queued", "running")
TOKEN = "[0-9a-f]{16}"  # see start
SETTINGS = {"job": like(f"[0-9a-f]{{20}}[.]{TOKEN}")}


def status(job: str | Spec) -> JobStatus | None:
    """Where a training stands; None if it was never started here, or a restart interrupted it."""
    try:
        return cached.queue().status(job)
    except JobError:
        return None


def start(cells: Iterable[Cell | RankCell], text: Corpus) -> str:
    """Queue the trainings that are not stored yet, and return the token that can cancel them.

    It goes into the URL, so that a reload can still cancel; whoever merely watches an equal training has none.
    Raises JobError, ParameterError or StoreError.
    """
    token = secrets.token_hex(8)
    for cell in cells:
        cached.queue().submit(cell, text, token)
    return token


def cancel(cells: Iterable[Cell | RankCell], token: str) -> None:
    """Take back the wish for these trainings; each stops unless somebody else wants it."""
    for cell in cells:
        cached.queue().cancel(cell, token)


def duration(seconds: float) -> str:
    """A time to wait, rounded as people say it.

    Examples
    --------
    >>> duration(75), duration(7200)
    ('1 min 15 s', '2 h 0 min')
    """
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def progress_bar(now: JobStatus, what: str = "Training") -> None:
    """How far a live training or search is, and how long it will still take."""
    left = "" if now.seconds_left is None else f" · about {duration(now.seconds_left)} left"
    if now.state == "queued":
        st.progress(0.0, words(f"Waiting, place {now.place} in the queue{left}"))
    else:
        st.progress(now.progress, words(f"{what}, {now.progress:.0%}{left}"))


# --- one training, live ------------------------------------------------------------------------------------------


def panel(cell: Cell, text: Corpus, best: float | None = None) -> CellResult | None:
    """Start one training, see its exact score climb, cancel it; finished, see what it reached, and have it.

    What a grid has trained and scored less often is shown too, until it is trained again for all its scores. ``best``
    is the best score known at its dimension, under the law that it is trained for.
    """
    now = status(cell.id)
    live = now is not None and now.state in LIVE
    done = None if live else _finished(cell)
    started = state.get("job").partition(".")[0]
    if started and (started != cell.id or (now is not None and not live)):
        state.put("job", "")
    if not live and (done is None or done.id != cell.id):
        if now is not None:
            say.warning(f"This training was {now.state}: {now.message or 'start it again.'}")
        elif state.get("job"):
            say.warning("This training was interrupted, perhaps by a restart of the server: start it again.")
        _start_button(cell, text, done)  # not in the part below, which is drawn with the settings it was given before
    if live:
        frame.part(_live, cell, text, best, run_every=POLL_SECONDS)
    else:
        _picture(done.cell if done else cell, text, best, done.history if done else now.history if now else ())
    if now is not None and not now.saved:
        _save_button(cell, now)
    if done:
        outcome(done)
    return done


def _finished(cell: Cell) -> CellResult | None:
    """The result of a training with all its scores, or else with those of a grid."""
    return cached.queue().result(cell) or cached.queue().result(replace(cell, every=SPARSE))


def _live(cell: Cell, text: Corpus, best: float | None) -> None:
    """A training under way; once it has ended, the whole page is drawn again."""
    now = status(cell.id)
    if now is None or now.state not in LIVE:
        st.rerun()
    progress_bar(now)
    started, _, token = state.get("job").partition(".")
    if started != cell.id:
        say.caption("Somebody else started this training; it is shared.")
    elif st.button("Cancel", key="cancel"):
        cancel([cell], token)
    _picture(cell, text, best, now.history)


def _start_button(cell: Cell, text: Corpus, coarse: CellResult | None) -> None:
    takes = f"takes about {duration(cached.queue().estimated_seconds([cell], text))} on this machine."
    if coarse is None:
        pressed = st.button("Train", type="primary", key="train", help=words(f"This {takes}"))
    else:
        why = f"As part of a grid it was scored after every {coarse.cell.every} epochs. To train it again {takes}"
        pressed = st.button("Score every epoch", key="train", help=words(why))
    if pressed:
        with controls.one_sentence():
            token = start([cell], text)
            state.put("job", f"{cell.id}.{token}")
            st.rerun()


def _save_button(cell: Cell, now: JobStatus) -> None:
    say.warning(now.message)
    if st.button("Save again", key="retry"):
        cached.queue().retry_save(cell.id)
        st.rerun()


def _picture(cell: Cell, text: Corpus, best: float | None, history: Sequence[EpochScore]) -> None:
    """The climb so far, under the bound of the law that the run is trained for."""
    config, often = cell.config, "epoch" if cell.every == 1 else f"{cell.every} epochs"
    bound = cached.bound(text, config.sampling, shared.own_exponent(config), config.alpha)
    subtitle = (
        f"{controls.summary(text)} · d = {config.dimension}, k = {config.negatives}, q = {config.noise_name}, "
        f"exact S over all pairs after every {often}"
    )
    ceiling, unit = binary_entropy(config.alpha), state.get("unit")
    chart = climb_data(history, config.epochs, bound, ceiling, best=best, subtitle=subtitle, unit=unit)
    controls.figure(chart, "climb")


def outcome(result: CellResult) -> None:
    """What a finished training reached, under both laws."""
    unit = state.get("unit")
    scores = result.own
    if scores.score < 0:
        say.warning(
            "The score is below 0: a model that gives every pair the same score, and so knows the class ratio alone, "
            "does better. More epochs, fewer dimensions or more text help."
        )
    rows = []
    for scores in result.laws:
        values = {"bound": scores.bound, "score S": scores.score, "gap": scores.gap}
        shown = {f"{name} ({unit})": to_bits(v) if unit == "bits" else v for name, v in values.items()}
        rows.append({"noise q": scores.q, **shown, "share of the bound": of_bound(scores.score, scores.bound, 1)})
    st.dataframe(rows, hide_index=True)
    manifest = result.manifest
    say.caption(f"Run {result.id}, {manifest.date}, {duration(manifest.seconds)}")
