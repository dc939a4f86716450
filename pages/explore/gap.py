"""Gap: how far trained models stay below the bound, against dimension, α and iterations."""

import streamlit as st

from jsmi_app import controls, frame, shared, snippets
from jsmi_app.panels import ladder, sweep
from jsmi_app.setting import Setting, flag, one_of, whole_numbers, words
from jsmi_core.experiments import CHECKPOINTS, RUNS, Grid

BEST_RANK = (
    "Whatever the training: splits the gap into the price of rank (at most) and the price of training (at least), "
    "against dimension."
)

EPOCHS_ARE = {RUNS: "independent runs", CHECKPOINTS: "points along one run"}
EPOCHS_HELP = (
    "Independent runs: each number is a training whose learning rate falls over just these epochs. "
    "Points along one run: one training of the most epochs, scored on its way; cheaper, and not the same. "
    "The paper does not say which its figure has."
)


def axis(name: str, default: str, label: str, text: str) -> Setting:
    """Whole numbers with commas between them, each checked as the grid itself checks it."""
    return words(label, text, lambda typed: Grid(**{name: whole_numbers(typed)}), default)


SETTINGS = {
    "dimensions": axis(
        "dimensions", "2,5,10,20,50", "Dimensions d", "Numbers of coordinates, with commas or spaces between them."
    ),
    "epochs_list": axis("epochs", "1,5,20", "Epochs", "Passes over the text."),
    "negatives_list": axis("negatives", "5", "Negatives k", "α = 1/(k+1); try 1,2,5,10,20 to compare over α."),
    "seeds": axis("seeds", "1", "Seeds", "With several seeds a line is their mean, its band lowest to highest."),
    "epochs_as": one_of(EPOCHS_ARE, "Epochs are", EPOCHS_HELP),
    "best_rank": flag(False, "Search the best embedding of each dimension too", BEST_RANK),
}

with frame.page("gap", ladder.SETTINGS, sweep.SETTINGS, SETTINGS):
    widths = [3, 3, 2, 2, 2]
    text_at, dimensions_at, epochs_at, negatives_at, seeds_at = st.columns(widths, vertical_alignment="bottom")
    with text_at:
        text = controls.text_choice()
    with dimensions_at:
        dimensions = controls.numbers("dimensions")
    with epochs_at:
        epochs = controls.numbers("epochs_list")
    with negatives_at:
        negatives = controls.numbers("negatives_list")
    with seeds_at:
        seeds = controls.numbers("seeds")
    epochs_as = controls.choice("epochs_as") if len(epochs) > 1 else RUNS
    best_rank = controls.switch("best_rank")
    with st.expander("More: pairs, noise, learning rate, unit"):
        controls.pair_settings()
        controls.training_settings(seed=False)
        controls.unit()
    grid = Grid(dimensions, epochs, negatives, seeds, shared.config(), epochs_as=epochs_as)
    sweep.panel(grid, text, best_rank=best_rank)
    controls.reproduce(*snippets.sweep(text, grid, best_rank=best_rank))
