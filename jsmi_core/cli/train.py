"""`jsmi train` and `jsmi rank`: one training, or one search for the best rank, here and now."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from jsmi_core.cli.finds import Finds, found_in
from jsmi_core.cli.inputs import config_of, corpus_of, one_of_corpus_and_pairs
from jsmi_core.cli.printing import (
    UNIT,
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
from jsmi_core.errors import ParameterError
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
from jsmi_core.lowrank import baselines, best_rank_embedding
from jsmi_core.objective import SGNSObjective
from jsmi_core.pairs import read_pairs
from jsmi_core.store import Store
from jsmi_core.text import Corpus
from jsmi_core.training import SGNSConfig, pair_noise

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
    settings = config_of(given)
    config = RankConfig.under(settings, **tolerance)
    if one_of_corpus_and_pairs(given):
        return _rank_of_pairs(given, settings, config)
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


def _rank_of_pairs(given: argparse.Namespace, settings: SGNSConfig, config: RankConfig) -> int:
    """The same search for a law without a text; what it finds is shown, not kept."""
    if given.baselines:
        raise ParameterError("baselines are not usable with --pairs: leave one of them out.")
    joint = read_pairs(given.pairs)
    objective = SGNSObjective(joint, settings.negatives, pair_noise(joint, settings))
    best = best_rank_embedding(objective, settings.dimension, tolerance=config.tolerance)
    price = objective.bound - best.score
    if given.json:
        record = {
            "pairs_file": given.pairs, "dimension": settings.dimension, "negatives": settings.negatives,
            "q": settings.noise_name, "unit": UNIT, "bound": objective.bound, "score": best.score,
            "price_of_rank": price, "gradient_norm": best.gradient_norm, "converged": best.converged,
        }  # fmt: skip
        print_json(record)
        return 0
    share = best.score / objective.bound if objective.bound > 0 else 0.0
    print(f"{joint.shape[0]:,} × {joint.shape[1]:,} pairs, k = {settings.negatives}, q = {settings.noise_name}; {UNIT}")
    print(f"  bound                               {objective.bound:>z10.6f}")
    print(f"  best score of rank {settings.dimension:<6,} (at least) {best.score:>z10.6f} {share:>8.2%}")
    print(f"  price of rank (at most)             {price:>z10.6f}")
    print(f"  {'the search converged' if best.converged else 'the search was ended before it converged'}")
    return 0
