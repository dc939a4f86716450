"""Train: the exact score of word2vec after every epoch, climbing towards the bound while it runs."""

import streamlit as st

from jsmi_app import controls, frame, jobs, prices, state
from jsmi_app.prose import snippets
from jsmi_core.specs import Cell

with frame.page("train") as words:
    text_at, dimension_at, negatives_at, epochs_at = st.columns([2, 1, 1, 1], vertical_alignment="bottom")
    with text_at:
        text = controls.text_choice()
    with dimension_at:
        controls.whole("dimension", 1, 10_000)
    with negatives_at:
        controls.whole("negatives", 1, 1_000)
    with epochs_at:
        controls.whole("epochs", 1, 100_000)
    with st.expander("More: pairs, noise, learning rate, seed, unit"):
        controls.pair_settings()
        controls.training_settings()
        controls.unit()
    cell = Cell(text.digest, state.config())
    searches = prices.searches(cell)
    done = jobs.panel(cell, text, prices.best_of(searches))
    if done:
        prices.panel(done, searches, text, words)
    controls.reproduce(*snippets.train(text, cell.config, best_rank=bool(done and searches)))
