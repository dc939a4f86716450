"""`jsmi train` and `jsmi rank`: one training, or one search for the best rank, here and now."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from jsmi_core.cli.finds import Finds, found_in
from jsmi_core.cli.inputs import config_of, corpus_of
from jsmi_core.cli.printing import (
    ProgressLine,
    note,
    print_baselines,
    print_epochs,
    print_json,
    print_laws,
    print_search,
    print_split,
    say_notices,
)
from jsmi_core.embeddings import check_vectors_path, write_vectors
from jsmi_core.experiments import (
    Cell,
    CellResult,
    EpochScore,
    RankCell,
    RankConfig,
    RankResult,
    Result,
    Split,
    best_known,
    comparable,
    objectives_of,
    run_cell,
)
from jsmi_core.lowrank import baselines
from jsmi_core.store import Store
from jsmi_core.text import Corpus

# -- jsmi train -------------------------------------------------------------------------------------------------------


def train(given: argparse.Namespace) -> int:
    """Train one cell here and now, score by score."""
    config = config_of(given)
    if given.out:
        check_vectors_path(given.out)
    corpus = corpus_of(given)
    with Store(given.store) as store, found_in(store) as finds:
        say_notices(store)
        cell = Cell(corpus.digest, config)
        progress = ProgressLine()

        def report(score: EpochScore) -> None:
            progress.clear()
            print_epochs([score], as_progress=given.json)

        def compute() -> CellResult:
            result = run_cell(cell, corpus, report=report, progress=progress.share)
            progress.clear()
            return result

        result, stored = finds.of(cell, corpus, CellResult, compute)
        if stored:
            note(f"trained before, on {result.manifest.date}: shown from the store")
            print_epochs(result.history, as_progress=given.json)
        if not given.json:
            print_laws(result)
        if given.out and result.embedding is not None:
            write_vectors(given.out, result.embedding)
            note(f"vectors written to {given.out}")
        best = _searched(RankCell.beyond(cell), corpus, finds, result) if given.best_rank else None
        record: dict[str, Any] = {"id": result.id, **result.to_dict()}
        if best is not None:
            split = Split.of(result.own, best.own.score)
            record |= {"split": split.to_dict(), "best_rank": {"id": best.id, **best.to_dict()}}
            if not given.json:
                print_search(best)
                print_split(split)
        if given.json:
            print_json(record)
    return 0


def _searched(cell: RankCell, corpus: Corpus, finds: Finds, training: CellResult | None = None) -> RankResult:
    """The result of a search: from the store, or made now."""

    def compute() -> RankResult:
        progress = ProgressLine()
        result = run_cell(cell, corpus, progress=progress.share, trained=lambda _: training)
        progress.clear()
        return result

    result, stored = finds.of(cell, corpus, RankResult, compute)
    if stored:
        note(f"searched before, on {result.manifest.date}: shown from the store")
    return result


# -- jsmi rank --------------------------------------------------------------------------------------------------------


def rank(given: argparse.Namespace) -> int:
    """Search for the best embedding of one rank, and say what d dimensions cost whatever is done with them."""
    tolerance = {"tolerance": given.tolerance} if hasattr(given, "tolerance") else {}
    config = RankConfig.under(config_of(given), **tolerance)
    corpus = corpus_of(given)
    with Store(given.store) as store, found_in(store) as finds:
        say_notices(store)
        result = _searched(RankCell(corpus.digest, config), corpus, finds)
        stored = comparable(store.results(corpus.digest, kind=Result), result)
        known = best_known([*stored, result])[config.negatives, config.dimension]
        found = result.baselines if given.baselines else ()
        if given.baselines and not found:  # a result that was stored before they were kept
            found = baselines(objectives_of(corpus, config)["word2vec"], config.dimension)
        if given.json:
            split = Split.of(result.own, known)
            record = {"id": result.id, **result.to_dict(), "split": split.to_dict()}
            print_json(record | ({"baselines": [asdict(baseline) for baseline in found]} if found else {}))
        else:
            print_search(result, known)
            if found:
                print_baselines(found, result)
    return 0
