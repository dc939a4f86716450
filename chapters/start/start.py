"""Start: the paper's Figure 1 on real text, finished and at once; then do it live, or with your own text."""

from collections.abc import Sequence

import streamlit as st

from jsmi_app import cached, controls, frame, jobs
from jsmi_core.experiment import Cell, CellResult
from jsmi_core.figures import ladder_data
from jsmi_core.training import SGNSConfig

LIVE_MODEL = SGNSConfig(dimension=20, epochs=20)
LIVE_TEXT = "lee"


def figure(results: Sequence[CellResult]) -> None:
    """The ladder from precomputed results."""
    ks = sorted({result.cell.config.negatives for result in results})
    axes = {"dimension": "dimension", "epochs": "iterations", **({"alpha": "α"} if len(ks) > 1 else {})}
    with st.container(horizontal=True):
        axis = controls.choice("axis", "Against", tuple(axes), "What the horizontal axis shows.", axes.__getitem__)
        if axis != "alpha" and len(ks) > 1:
            k = controls.choice("k", "Negatives k", ks, controls.HELP["negatives"])
            results = [result for result in results if result.cell.config.negatives == k]
        law = controls.law()
        unit = controls.unit()
    controls.figure(ladder_data(results, axis, law=law, unit=unit), "figure1")


def question(results: Sequence[CellResult]) -> None:
    """Predict, then see: does a model trained with more negatives come closer to its bound?"""
    families: dict[tuple[int, int], list[CellResult]] = {}
    for result in results:
        config = result.cell.config
        families.setdefault((len(results), config.dimension, config.epochs)[1:], []).append(result)
    family = max(
        families.values(), key=lambda same: (len({r.cell.config.negatives for r in same}), same[0].cell.config.epochs)
    )
    few, many = (pick(family, key=lambda r: r.cell.config.negatives) for pick in (min, max))
    if few.cell.config.negatives == many.cell.config.negatives:
        return
    config = few.cell.config
    st.subheader("Guess first", anchor=False)
    answers = {"closer": "it comes closer", "same": "it stays the same", "farther": "it falls further behind"}
    guess = st.radio(
        f"Train with k = {many.cell.config.negatives} negatives instead of {config.negatives} "
        f"(d = {config.dimension}, {config.epochs} epochs). Measured by the share of its bound that the model reaches:",
        [*answers],
        format_func=answers.__getitem__,
        index=None,
        horizontal=True,
        key="guess",
    )
    if guess is None:
        return
    before, after = (r.law("word2vec").score / r.law("word2vec").bound for r in (few, many))
    truth = "same" if abs(after - before) < 0.01 else "closer" if after > before else "farther"
    said = "Right" if guess == truth else "Not so"
    st.success(
        f"{said}: {answers[truth]}. With k = {config.negatives} it reaches {before:.1%} of its bound, "
        f"with k = {many.cell.config.negatives} {after:.1%}."
    )


def live() -> None:
    """A small model, trained now."""
    st.subheader("Do it live", anchor=False)
    st.markdown("Train word2vec on 300 news stories now, and see its score climb towards the bound after every epoch.")
    text = cached.corpus(LIVE_TEXT, 5)
    jobs.panel(Cell(text.digest, LIVE_MODEL), text, button="Train a small model now")


with frame.page(
    "start",
    "How much of what words know does word2vec keep?",
    "Words tell something about their neighbours. For each text there is a most that any embedding can keep of it: the "
    "Jensen-Shannon mutual information (JSMI). The picture shows how far word2vec stays below.",
):
    found = cached.figure1_results()
    if found:
        figure(found)
        question(found)
    else:
        st.info("The precomputed figure is not installed here; the other pages compute everything themselves.")
    if controls.switch("live", "Do it live", "Trains a small model on a bundled text while you watch."):
        live()
    with st.container(horizontal=True):
        st.page_link("chapters/measure/corpus.py", label="Use your own text", icon=":material/upload_file:")
        st.page_link("chapters/explore/gap.py", label="Run a grid of your own", icon=":material/grid_on:")
    sweep = cached.figure1()
    if sweep:
        manifest = sweep["manifest"]
        with st.expander("How these numbers were made"):
            st.code(manifest.get("command", ""), language="bash")
            st.dataframe([{"what": name, "value": str(value)} for name, value in manifest.items()], hide_index=True)
