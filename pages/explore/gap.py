"""Gap: how far trained models stay below the bound, against dimension, α and iterations."""

import streamlit as st

from jsmi_app import controls, frame, snippets, state
from jsmi_app.panels import sweep
from jsmi_core.experiments import CHECKPOINTS, EPOCHS_AS, RUNS, Grid

BEST_RANK = (
    "Whatever the training: splits the gap into the price of rank (at most) and the price of training (at least), "
    "against dimension."
)

EPOCHS_ARE = {RUNS: "independent runs", CHECKPOINTS: "points along one run"}
EPOCHS_HELP = (
    "Independent runs, as in the paper: each number is a training whose learning rate falls over just these epochs. "
    "Points along one run: one training of the most epochs, scored on its way; cheaper, and not the same."
)

with frame.page("gap"):
    widths = [3, 3, 2, 2, 2]
    text_at, dimensions_at, epochs_at, negatives_at, seeds_at = st.columns(widths, vertical_alignment="bottom")
    with text_at:
        text = controls.text_choice()
    with dimensions_at:
        dimensions = controls.numbers("dimensions", "Dimensions d", "Numbers of coordinates, with commas between them.")
    with epochs_at:
        epochs = controls.numbers("epochs_list", "Epochs", "Passes over the text.")
    with negatives_at:
        negatives = controls.numbers("negatives_list", "Negatives k", "α = 1/(k+1); try 1,2,5,10,20 to compare over α.")
    with seeds_at:
        seeds = controls.numbers(
            "seeds", "Seeds", "With several seeds a line is their mean, its band lowest to highest."
        )
    epochs_as = RUNS
    if len(epochs) > 1:
        epochs_as = controls.choice("epochs_as", "Epochs are", EPOCHS_AS, EPOCHS_HELP, EPOCHS_ARE.__getitem__)
    best_rank = controls.switch("best_rank", "Search the best embedding of each dimension too", BEST_RANK)
    with st.expander("More: pairs, noise, learning rate, unit"):
        controls.pair_settings()
        controls.training_settings(seed=False)
        controls.unit()
    grid = Grid(dimensions, epochs, negatives, seeds, state.config(), epochs_as=epochs_as)
    sweep.panel(grid, text, best_rank=best_rank)
    controls.reproduce(*snippets.sweep(text, grid, best_rank=best_rank))
