"""Train: the exact score of word2vec after every epoch, climbing towards the bound while it runs."""

from jsmi_app import controls, frame, shared, snippets
from jsmi_app.panels import prices, training
from jsmi_core.experiments import Cell

with frame.page("train", training.SETTINGS, prices.SETTINGS) as words:
    text = controls.training()
    cell = Cell(text.digest, shared.config())
    searches = prices.searches(cell)
    done = training.panel(cell, text, prices.best_of(searches))
    if done:
        prices.panel(done, searches, text, words)
    controls.reproduce(*snippets.train(text, cell.config, best_rank=bool(done and searches)))
