"""What the gap of one training is made of: the search for the best embedding of its dimension, and the split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from jsmi_app import cached, controls, frame, say, shared, state
from jsmi_app.markdown import joined, words as as_words
from jsmi_app.panels import training
from jsmi_app.prose import Prose
from jsmi_core.experiments import Cell, CellResult, RankCell, RankResult, Result, Split, comparable
from jsmi_core.figures import Unit, number, scale_of, split_data
from jsmi_core.text import Corpus

POLL_SECONDS = 2.0
SETTINGS = {"search": training.JOB}
LEAST = 0.0001  # nats or bits; anything less is said so


def searches(cell: Cell) -> tuple[RankResult, ...]:
    """The stored searches at a training's dimension and k under its law, the best one first."""
    found = comparable([run for run in cached.listed(cell.corpus) if isinstance(run, RankResult)], cell)
    place = cell.config.dimension, cell.config.negatives
    own = [search for search in found if (search.cell.config.dimension, search.cell.config.negatives) == place]
    ranked = sorted(own, key=lambda search: search.own.score, reverse=True)
    return tuple(search for search in ranked if isinstance(search, RankResult))


def best_of(found: Sequence[RankResult]) -> float | None:
    """S*_d as far as these searches know it, in nats."""
    return found[0].own.score if found else None


def panel(done: CellResult, found: Sequence[RankResult], text: Corpus, words: Prose) -> None:
    """Search the best embedding of a finished training's dimension, and split its gap at what is known."""
    say.header(words.part("split heading"))
    cell = RankCell.beyond(done.cell)
    now = training.status(cell.id)
    live = now is not None and now.state in training.LIVE
    asked = state.get("search").partition(".")[0]
    if asked and (asked != cell.id or (now is not None and not live)):
        state.put("search", "")
    if found:
        _split(done, found[0], text, words)
    elif not live:
        say.markdown(words.part("no search yet"))
    if live:
        frame.part(_live, cell, run_every=POLL_SECONDS)
    elif all(search.id != cell.id for search in found):
        if now is not None and now.message:
            say.warning(f"The search was {now.state}: {now.message}")
        _search_button(cell, text, again=bool(found))


def _search_button(cell: RankCell, text: Corpus, *, again: bool) -> None:
    label = f"Search the best embedding of {cell.config.dimension:,} dimensions"
    about = training.duration(cached.queue().estimated_seconds([cell], text))
    help_text = f"Starts from correspondence analysis and from this training; takes about {about} on this machine."
    if st.button(as_words(label + ", from this training too" * again), key="search-button", help=as_words(help_text)):
        with controls.one_sentence():
            training.start([cell], text)
            state.put("search", cell.id)
            st.rerun()


def _live(cell: RankCell) -> None:
    """A search under way; once it has ended, the whole page is drawn again."""
    now = training.status(cell.id)
    if now is None or now.state not in training.LIVE:
        st.rerun()
    training.progress_bar(now, "Searching")
    if now.steps:
        step, unit = now.steps[-1], state.get("unit")
        reached = number(scale_of(unit) * step.score)
        say.caption(f"After {step.passes:,} passes over all pairs the best score is {reached} {unit}.")
    if not training.mine([cell]):
        say.caption("Somebody else started this search; it is shared.")
    elif st.button("Cancel the search", key="cancel-search"):
        training.cancel([cell])


def _split(done: CellResult, search: RankResult, text: Corpus, words: Prose) -> None:
    """The two prices, how sure they are, and how they changed from epoch to epoch."""
    config, scores, unit = done.cell.config, done.own, state.get("unit")
    best = max(search.own.score, *(moment.score for moment in done.history))
    split = Split.of(scores, best, cached.aimed(text, config, shared.own_exponent(config)))
    with st.container(horizontal=True):
        for label, value in {
            "Price of rank, at most": split.price_of_rank,
            "Price of training, at least": split.price_of_training,
            "Gap": split.price_of_rank + split.price_of_training,
        }.items():
            st.metric(label, f"{number(scale_of(unit) * value)} {unit}", width="content")
    said = {"reach": split.price_of_reach, "skipped": split.price_of_noise}
    wasted = [words.part("whatever the dimension", q=scores.q, unit=unit, **_written(said, unit))]
    if config.noise == "counts":
        paper = Split.of(done.paper, 0.0, cached.aimed(text, config, None))
        wasted.append(words.part("another noise", unit=unit, **_written({"cost": paper.price_of_noise}, unit)))
    say.markdown(joined(*wasted))
    points = {float(moment.epoch): split.at(moment.score) for moment in done.history if moment.epoch}
    if len(points) > 1:
        subtitle = f"{controls.summary(text)} · d = {config.dimension}, k = {config.negatives}, q = {config.noise_name}"
        controls.figure(split_data(points, "epochs", subtitle=subtitle, unit=unit), "split")
    with st.expander(words.part("certificate heading")):
        for sentence in search.certificate.in_words(search.cell.config.tolerance):
            say.markdown(sentence)
        say.table(certificates([search], unit), hide_index=True)


def _written(values: Mapping[str, float | None], unit: Unit) -> dict[str, str]:
    """Prices as a sentence has them; no class needs the sixth digit of next to nothing."""
    shown = {name: scale_of(unit) * (value or 0.0) for name, value in values.items()}
    return {name: number(value) if value >= LEAST else f"less than {LEAST:g}" for name, value in shown.items()}


def certificates(found: Sequence[Result], unit: Unit) -> list[dict[str, object]]:
    """How sure each search is, one row each; nats become the unit, the gradient's norm stays in √nats."""
    rows = []
    for search in found:
        if isinstance(search, RankResult):
            config, certificate, own = search.cell.config, search.certificate, search.own
            rows.append(
                {
                    "k": config.negatives,
                    "d": config.dimension,
                    f"S*_d at least ({unit})": scale_of(unit) * own.score,
                    f"price of rank at most ({unit})": scale_of(unit) * own.gap,
                    "gradient norm (√nats)": certificate.gradient_norm,
                    f"spread over starts ({unit})": scale_of(unit) * certificate.spread,
                    "converged": certificate.converged,
                    "passes": certificate.passes,
                    "seconds": round(search.manifest.seconds, 1),
                    "start that won": certificate.start or "not kept",
                }
            )
    return rows
