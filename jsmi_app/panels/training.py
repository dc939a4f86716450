"""Trainings as a page sees them: start, watch, cancel. The work itself is jsmi_core.jobs.queue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

import streamlit as st

from jsmi_app import cached, controls, frame, owner, say, shared, state
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
JOB = like("[0-9a-f]{20}([.][0-9a-f]{16})?")
"""A job that was started here; links of before had a secret beside its id, and none has any power now."""
SETTINGS = {"job": JOB}


def status(job: str | Spec) -> JobStatus | None:
    """Where a training stands; None if it was never started here, or a restart interrupted it."""
    try:
        now = cached.queue().status(job)
    except JobError:
        return None
    return None if now.state == "done" and cached.shelf().withholds(job) else now


def start(cells: Sequence[Cell | RankCell], text: Corpus) -> None:
    """Queue the trainings that are not stored yet, as this browser's: it can cancel them, whatever tab it is.

    Raises JobError, ParameterError or StoreError.
    """
    queue, shelf, who = cached.queue(), cached.shelf(), owner.secret()
    queue.check_share(cells, text, who)
    shelf.ask(cells)
    for cell in cells:
        queue.submit(cell, text, who, again=shelf.withholds(cell))


def mine(cells: Iterable[Cell | RankCell]) -> bool:
    """Whether this browser started one of these trainings, and it is still under way."""
    return any(cached.queue().wants(cell, owner.secret()) for cell in cells)


def cancel(cells: Iterable[Cell | RankCell]) -> None:
    """Take back this browser's wish for these trainings; each stops unless somebody else wants it."""
    for cell in cells:
        cached.queue().cancel(cell, owner.secret())


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
    """The result of a training with all its scores, or else with those of a grid, or as far as the program tells it."""
    asked = cell, replace(cell, every=SPARSE)
    here = (None if cached.shelf().withholds(one) else cached.queue().result(one) for one in asked)
    told = (one.answer(cached.told(cell.corpus)) for one in asked)
    return next((found for found in chain(here, told) if isinstance(found, CellResult)), None)


def _live(cell: Cell, text: Corpus, best: float | None) -> None:
    """A training under way; once it has ended, the whole page is drawn again."""
    now = status(cell.id)
    if now is None or now.state not in LIVE:
        st.rerun()
    progress_bar(now)
    if not mine([cell]):
        say.caption("Somebody else started this training; it is shared.")
    elif st.button("Cancel", key="cancel"):
        cancel([cell])
    _picture(cell, text, best, now.history)


def _start_button(cell: Cell, text: Corpus, coarse: CellResult | None) -> None:
    takes = f"takes about {duration(cached.queue().estimated_seconds([cell], text))} on this machine."
    if coarse is None:
        pressed = st.button("Train", type="primary", key="train", help=words(f"This {takes}"))
    else:
        why = f"This one was scored after every {coarse.cell.every} epochs. To train it again {takes}"
        pressed = st.button("Score every epoch", key="train", help=words(why))
    if pressed:
        with controls.one_sentence():
            start([cell], text)
            state.put("job", cell.id)
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
    say.table(rows, hide_index=True)
    manifest, origin = result.manifest, cached.origin(result.id)
    said = f", {origin}" if origin else ""
    say.caption(f"Run {result.id}, {manifest.date}, {duration(manifest.seconds)}{said}")
