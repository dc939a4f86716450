"""Start: the paper's Figure 1 on real text, finished and at once; then do it live, or with your own text."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

import streamlit as st

from jsmi_app import cached, controls, frame, say, state
from jsmi_app.markdown import words
from jsmi_app.panels import ladder, training
from jsmi_app.setting import number
from jsmi_core.experiments import Cell, CellResult, Result
from jsmi_core.figures import ladder_data
from jsmi_core.information import share_of
from jsmi_core.training import SGNSConfig

LIVE_MODEL = SGNSConfig(dimension=20, epochs=20)
LIVE_TEXT = "lee"
SETTINGS = {"live": number(int, 0, 0, 2**32 - 1)}  # the seed of the model that is trained on the page; 0: none


def figure(results: Sequence[Result]) -> None:
    """The ladder from precomputed results, and under it what changes it."""
    picture = st.container()
    ks = sorted({result.cell.config.negatives for result in results})
    axes = ("dimension", "epochs", "alpha") if len(ks) > 1 else ("dimension", "epochs")
    with st.container(horizontal=True):
        axis = controls.choice("axis", axes)
        if axis != "alpha" and len(ks) > 1:
            k = controls.choice("k", ks)
            results = [result for result in results if result.cell.config.negatives == k]
        law = controls.law()
        unit = controls.unit()
    best = ladder.best_ranks(results, law)
    with picture:
        controls.figure(ladder_data(trainings(results), axis, law=law, unit=unit, best=best), "figure1")


def trainings(results: Sequence[Result]) -> list[CellResult]:
    """The results without the searches for the best rank."""
    return [result for result in results if isinstance(result, CellResult)]


def question(results: Sequence[CellResult]) -> None:
    """Predict, then see: does a model trained with more negatives come closer to its bound?"""
    few, many = _ends_over_negatives(results)
    config, more = few.cell.config, many.cell.config.negatives
    if more == config.negatives:
        return
    say.header("Guess first")
    answers = {"closer": "it comes closer", "same": "it stays the same", "farther": "it falls further behind"}
    guess = st.radio(
        words(
            f"Train with k = {more} negatives instead of {config.negatives} (d = {config.dimension}, {config.epochs} "
            "epochs). Measured by the share of its own bound that the model reaches:"
        ),
        [*answers],
        format_func=answers.__getitem__,
        index=None,
        horizontal=True,
        key="guess",
    )
    if guess is None:
        return
    before, after = (share_of(result.own.score, result.own.bound) or 0.0 for result in (few, many))
    truth = "same" if abs(after - before) < 0.01 else "closer" if after > before else "farther"
    say.success(
        f"{'Right' if guess == truth else 'Not so'}: {answers[truth]}. With k = {config.negatives} it reaches "
        f"{before:.1%} of its bound, with k = {more} {after:.1%}."
    )


def _ends_over_negatives(results: Sequence[CellResult]) -> tuple[CellResult, CellResult]:
    """The fewest and the most negatives among trainings that differ in nothing else: the longest, largest such."""
    families: dict[tuple[int, int], list[CellResult]] = {}
    for result in results:
        families.setdefault((result.cell.config.epochs, result.cell.config.dimension), []).append(result)
    place = max(families, key=lambda place: (len({r.cell.config.negatives for r in families[place]}), place))
    family = sorted(families[place], key=lambda result: result.cell.config.negatives)
    return family[0], family[-1]


def live() -> None:
    """A small model, trained while one watches; a new seed each time, so that there is something to watch."""
    say.header("Do it live")
    say.markdown("Train word2vec on 300 news stories and see its score climb towards the bound, epoch by epoch.")
    seed = state.get("live")
    if seed:
        text = cached.corpus(LIVE_TEXT, 5)
        training.panel(Cell(text.digest, replace(LIVE_MODEL, seed=seed)), text)
    if st.button("Train another one" if seed else "Train a small model now", type="primary", key="live-button"):
        text = cached.corpus(LIVE_TEXT, 5)
        cells = (Cell(text.digest, replace(LIVE_MODEL, seed=n)) for n in count(seed + 1))
        cell = next(cell for cell in cells if training.status(cell.id) is None)
        state.put("live", cell.config.seed)
        training.start([cell], text)
        state.put("job", cell.id)
        state.write_url()
        st.rerun()


with frame.page("start", ladder.SETTINGS, training.SETTINGS, SETTINGS):
    found = cached.figure1_results()
    if found:
        figure(found)
        question(trainings(found))
    else:
        say.info("The precomputed figure is not installed here; the other pages compute everything themselves.")
    live()
    with st.container(horizontal=True):
        st.page_link("pages/measure/corpus.py", label="Use your own text", icon=":material/upload_file:")
        st.page_link("pages/explore/gap.py", label="Run a grid of your own", icon=":material/grid_on:")
    sweep = cached.figure1()
    if sweep:
        manifest = sweep["manifest"]
        with st.expander("How these numbers were made"):
            st.code(manifest.get("command", ""), language="bash")
            st.json(manifest)
