"""Train: the exact score of word2vec after every epoch, climbing towards the bound while it runs."""

from jsmi_app import controls, frame, jobs, prices, state
from jsmi_app.prose import snippets
from jsmi_core.specs import Cell

with frame.page("train") as words:
    text = controls.training()
    cell = Cell(text.digest, state.config())
    searches = prices.searches(cell)
    done = jobs.panel(cell, text, prices.best_of(searches))
    if done:
        prices.panel(done, searches, text, words)
    controls.reproduce(*snippets.train(text, cell.config, best_rank=bool(done and searches)))
