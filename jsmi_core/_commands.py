"""What the commands of the shell do; each takes the parsed arguments and returns an exit code.

A command reads a text, calls the library, and prints: results to standard output (a table, or one JSON object),
progress and notes to standard error.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from jsmi_core._printing import (
    Line,
    duration,
    note,
    print_baselines,
    print_epochs,
    print_json,
    print_laws,
    print_search,
    print_split,
    print_usefulness,
    say_notices,
)
from jsmi_core.baselines import baselines
from jsmi_core.corpus import Corpus, read_corpus
from jsmi_core.cost import check_size, estimated_multiply_adds, estimated_pace
from jsmi_core.errors import ParameterError
from jsmi_core.experiment import objectives_of, run_cell
from jsmi_core.large_corpus import LargeCorpus
from jsmi_core.records import CellResult, EpochScore, RankResult, Result, distinct
from jsmi_core.samples import sample_corpus
from jsmi_core.specs import Cell, RankCell, RankConfig
from jsmi_core.split import Split, best_known, comparable
from jsmi_core.store import Store
from jsmi_core.training import SGNSConfig
from jsmi_core.usefulness import TESTS, balanced
from jsmi_core.usefulness import usefulness as evaluate_usefulness
from jsmi_core.vectors import check_vectors_path, write_vectors

__all__ = ["rank", "train", "usefulness"]


# -- jsmi train -------------------------------------------------------------------------------------------------------


def train(given: argparse.Namespace) -> int:
    """Train one cell here and now, score by score."""
    config = config_of(given)
    if given.out:
        check_vectors_path(given.out)
    corpus = corpus_of(given)
    with Store(given.store) as store:
        say_notices(store)
        cell = Cell(corpus.digest, config)
        result = store.get(cell.id)
        if result is not None:
            note(f"trained before, on {result.manifest.date}: shown from the store")
            print_epochs(result.history, as_progress=given.json)
        else:
            _say_how_long(cell, corpus, store)
            progress = Line()

            def report(score: EpochScore) -> None:
                progress.clear()
                print_epochs([score], as_progress=given.json)

            result = run_cell(cell, corpus, report=report, progress=progress.share)
            progress.clear()
        if not given.json:
            print_laws(result)
        if given.out and result.embedding is not None:
            write_vectors(given.out, result.embedding)
            note(f"vectors written to {given.out}")
        best = _searched(RankCell.beyond(cell), corpus, store, result) if given.best_rank else None
        record: dict[str, Any] = {"id": result.id, **result.to_dict()}
        if best is not None:
            split = Split.of(result.law("word2vec"), best.law("word2vec").score)
            record |= {"split": split.to_dict(), "best_rank": {"id": best.id, **best.to_dict()}}
            if not given.json:
                print_search(best)
                print_split(split)
        if given.json:
            print_json(record)
        for found in (result, best):  # last: should the disk be full, all that was found has been shown
            if found is not None:
                store.save(found)
    return 0


def _searched(cell: RankCell, corpus: Corpus, store: Store, training: CellResult | None = None) -> RankResult:
    """The result of a search: from the store, or made now."""
    result = store.get(cell.id, RankResult)
    if result is not None:
        note(f"searched before, on {result.manifest.date}: shown from the store")
        return result
    _say_how_long(cell, corpus, store)
    progress = Line()
    result = run_cell(cell, corpus, progress=progress.share, trained=lambda _: training)
    progress.clear()
    return result


# -- jsmi rank --------------------------------------------------------------------------------------------------------


def rank(given: argparse.Namespace) -> int:
    """Search for the best embedding of one rank, and say what d dimensions cost whatever is done with them."""
    tolerance = {"tolerance": given.tolerance} if hasattr(given, "tolerance") else {}
    config = RankConfig.under(config_of(given), **tolerance)
    corpus = corpus_of(given)
    with Store(given.store) as store:
        say_notices(store)
        cell = RankCell(corpus.digest, config)
        result = _searched(cell, corpus, store)
        stored = comparable(store.results(corpus.digest, kind=Result), result)
        known = best_known([*stored, result])[config.negatives, config.dimension]
        found = result.baselines if given.baselines else ()
        if given.baselines and not found:  # a result that was stored before they were kept
            found = baselines(objectives_of(corpus, config)["word2vec"], config.dimension)
        if given.json:
            split = Split.of(result.law("word2vec"), known)
            record = {"id": result.id, **result.to_dict(), "split": split.to_dict()}
            print_json(record | ({"baselines": [asdict(baseline) for baseline in found]} if found else {}))
        else:
            print_search(result, known)
            if found:
                print_baselines(found, result)
        store.save(result)
    return 0


def _say_how_long(cell: Cell | RankCell, corpus: Corpus, store: Store) -> None:
    pace = estimated_pace((run.manifest.cost, run.manifest.seconds) for run in store.results(kind=Result))
    check_size(corpus, cell, pace, math.inf)
    note(f"this takes about {duration(pace * estimated_multiply_adds(corpus, cell))}")


# -- jsmi usefulness --------------------------------------------------------------------------------------------------


def usefulness(given: argparse.Namespace) -> int:
    """Word similarity and analogies of every stored result of a text."""
    tests = (given.test,) if given.test else tuple(TESTS)
    corpus = corpus_of(given)
    with Store(given.store) as store:
        say_notices(store)
        found = []
        for listed in distinct(store.results(corpus.digest, kind=Result)):
            run = store.get(listed.id, Result)
            if run is not None and run.embedding is not None:
                vectors = balanced(run.embedding) if given.balanced else run.embedding
                found.append((listed, evaluate_usefulness(vectors, tests)))
    if given.json:
        print_json(
            {
                "corpus": described(corpus),
                "vectors": "balanced" if given.balanced else "trained",
                "results": [
                    {
                        "id": run.id,
                        **run.to_dict(),
                        "usefulness": [{**asdict(score), "standard_error": score.standard_error} for score in scores],
                    }
                    for run, scores in found
                ],
            }
        )
    else:
        print_usefulness(found)
    return 0


# -- what the commands share ------------------------------------------------------------------------------------------


def config_of(given: argparse.Namespace, left_out: Sequence[str] = ()) -> SGNSConfig:
    """The settings that were given; the library's own defaults hold for the others."""
    names = {field.name for field in fields(SGNSConfig)}.difference(left_out)
    settings = {name: value for name, value in vars(given).items() if name in names}
    return SGNSConfig.paper(**settings) if given.paper else SGNSConfig(**settings)


def reading_settings(given: argparse.Namespace) -> dict[str, Any]:
    """How the text is to be read, as far as it was said."""
    asked = ("tokenizer", "lowercase", "min_count", "encoding")
    return {name: getattr(given, name) for name in asked if hasattr(given, name)}


def corpus_of(given: argparse.Namespace) -> Corpus:
    """Read the text that was named, and say what should be known about it."""
    settings = reading_settings(given)
    note(f"reading {given.corpus}")
    if given.corpus.startswith("sample:"):
        if "encoding" in settings:
            raise ParameterError(f"encoding = {settings['encoding']!r} is not usable with a sample: leave it out.")
        corpus = sample_corpus(given.corpus.removeprefix("sample:"), **settings)
    else:
        corpus = read_corpus(given.corpus, **settings)
    for notice in corpus.notices:
        note(notice)
    return corpus


def described(corpus: Corpus | LargeCorpus) -> dict[str, Any]:
    reading = asdict(corpus.reading) if corpus.reading else None
    return {"name": corpus.name, "digest": corpus.digest, "reading": reading, "notices": list(corpus.notices)}
