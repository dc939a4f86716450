"""Remakes results.zip, the trained models and best embeddings that every page can show at once: `make samples`.

It is a bundle as `jsmi runs export` writes it, with the vectors. What is stored already is not computed again, so an
interrupted run goes on where it was.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from jsmi_core.experiments import DEPARTURES, SPARSE, Cell, Grid, RankCell, RankConfig, walk
from jsmi_core.jobs import run_cells
from jsmi_core.runtime.pool import Pool
from jsmi_core.store import Store, export_bundle
from jsmi_core.text import Corpus, sample_corpus
from jsmi_core.training import SGNSConfig

Cells = list[Cell | RankCell]
NEWS = SGNSConfig(dimension=10, epochs=20)
ENCYCLOPEDIA = SGNSConfig(dimension=50, epochs=20)


def of_the_news(text: Corpus) -> Cells:
    """A grid over dimension and epochs, one over k, and the walk from the paper's law to word2vec's."""
    grids = (Grid((2, 10, 50), (1, 5, 20, 50), (5,)), Grid((10,), (20,), (1, 2, 10, 20)))
    walked: Cells = []
    for step in walk(text, NEWS, DEPARTURES):
        config = replace(NEWS, **{name: getattr(step.config, name) for name in ("dynamic", "subsample", "noise")})
        walked += [Cell(text.digest, config, SPARSE), RankCell(text.digest, RankConfig.under(config))]
    return [cell for grid in grids for cell in (*grid.cells(text.digest), *grid.rank_cells(text.digest))] + walked


def of_the_encyclopedia(text: Corpus) -> Cells:
    """Models of three dimensions beside the best of their rank; the one that pages open on comes last."""
    grid = Grid((2, 10, ENCYCLOPEDIA.dimension), (ENCYCLOPEDIA.epochs,))
    *smaller, largest = grid.cells(text.digest)
    return [*grid.rank_cells(text.digest), *smaller, largest]


def remake(target: Path) -> None:
    """Compute what is not stored yet, and write all of it, in this order, into one file."""
    chosen: dict[str, None] = {}
    with Store() as store, ThreadPoolExecutor(1) as thread:
        for name, wanted in {"lee": of_the_news, "wikipedia": of_the_encyclopedia}.items():
            text = sample_corpus(name)
            cells = wanted(text)
            statuses = run_cells(
                cells, text, Pool(thread), store, on_end=lambda now: print(now.id, now.state, flush=True)
            )
            if failed := [now.message for now in statuses if now.state != "done"]:
                raise SystemExit(failed[0])
            chosen |= dict.fromkeys(cell.id for cell in cells)
        export_bundle(store, target, chosen)


if __name__ == "__main__":
    remake(Path(__file__).with_name("results.zip"))
