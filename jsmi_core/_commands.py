"""What the commands of the shell do; each takes the parsed arguments and returns an exit code.

A command reads a text, calls the library, and prints: results to standard output (a table, or one JSON object),
progress and notes to standard error.
"""

from __future__ import annotations

import argparse
import math
import shlex
import time
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime
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
    print_searches,
    print_split,
    print_trainings,
    print_usefulness,
    say_notices,
    settings_in_words,
)
from jsmi_core.baselines import baselines
from jsmi_core.checkpoints import Checkpoint, points_of
from jsmi_core.corpus import Corpus, read_corpus
from jsmi_core.cost import check_size, estimated_multiply_adds, estimated_pace
from jsmi_core.errors import JobError, ParameterError
from jsmi_core.experiment import objectives_of, run_cell
from jsmi_core.jobs import JobQueue, JobStatus
from jsmi_core.large_corpus import LargeCorpus
from jsmi_core.records import CellResult, EpochScore, RankResult, Result
from jsmi_core.samples import sample_corpus
from jsmi_core.specs import CHECKPOINTS, RUNS, Cell, Grid, RankCell, RankConfig
from jsmi_core.split import Split, best_known, comparable, splits
from jsmi_core.store import Store
from jsmi_core.training import SGNSConfig
from jsmi_core.usefulness import TESTS, balanced
from jsmi_core.usefulness import usefulness as evaluate_usefulness
from jsmi_core.vectors import check_vectors_path, write_vectors

__all__ = ["rank", "sweep", "train", "usefulness"]

_POLL_SECONDS = 0.2


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
    check_size(corpus, cell.config, pace, math.inf)
    note(f"this takes about {duration(pace * estimated_multiply_adds(corpus, cell.config))}")


# -- jsmi sweep -------------------------------------------------------------------------------------------------------


def sweep(given: argparse.Namespace) -> int:
    """Run a grid in the background processes of a queue; what is stored is not run again."""
    axes = {name: getattr(given, name) for name in _AXES if hasattr(given, name)}
    epochs_as = CHECKPOINTS if given.epochs_along_run else RUNS
    grid = Grid(**axes, base=config_of(given, left_out=(*axes, "workers")), epochs_as=epochs_as)
    began = time.perf_counter()
    corpus = corpus_of(given)
    cells, searches = grid.cells(corpus.digest), grid.rank_cells(corpus.digest)
    wanted: list[Cell | RankCell] = [*cells, *(searches if given.best_rank else ())]
    with Store(given.store) as store:
        say_notices(store)
        with JobQueue(store, workers=given.workers) as jobs:
            stored = sum(store.has(cell.id) for cell in wanted)
            about = duration(jobs.estimated_seconds(wanted, corpus))
            rest = f"the rest takes about {about}" if stored < len(wanted) else "nothing is left to run"
            kinds = f"{len(cells)} trainings" + (f" and {len(searches)} searches" if given.best_rank else "")
            note(f"{kinds}, {stored} of them stored already; {rest}")
            ended = _run_all(jobs, wanted, corpus)
            kept = {run.id: run for run in store.results(corpus.digest, kind=Result)}
            found = [kept.get(cell.id) or jobs.result(cell.id, Result) for cell in (*cells, *searches)]
    trained = [run for run in found if isinstance(run, CellResult)]
    results = points_of(trained, grid)
    best = [run for run in found if isinstance(run, RankResult)]  # also of earlier sweeps: they cost nothing to show
    prices = _splits([*results, *best])
    if given.json:
        manifest = {
            "command": _command_line(given),
            "corpus": described(corpus),
            "grid": {name: list(getattr(grid, name)) for name in _AXES} | {"epochs_as": grid.epochs_as},
            "base": asdict(grid.base),
            "versions": dict(trained[0].manifest.versions) if trained else {},
            "seconds": time.perf_counter() - began,
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        split = {run: {"split": price.to_dict()} for run, price in prices.items()}
        records = [{"id": run.id, **run.to_dict(), **split.get(run.id, {})} for run in trained]
        points = [_point_record(point) | split.get(point.id, {}) for point in results if isinstance(point, Checkpoint)]
        searched = [{"id": run.id, **run.to_dict()} for run in best]
        extra = {name: found for name, found in (("points", points), ("best_rank", searched)) if found}
        print_json({"manifest": manifest, "results": records, **extra})
    else:
        print_trainings(results, prices)
        if best:
            print_searches(best)
    problems = [status.message for status in ended if status.state != "done" or not status.saved]
    if problems:
        raise JobError(f"{len(problems)} of {len(wanted)} cells are not in the store; the first: {problems[0]}")
    return 0


def _point_record(point: Checkpoint) -> dict[str, Any]:
    """A point along a run as JSON-able values; the rest stands in its run's record."""
    return {
        "id": point.id,
        "run": point.run.id,
        "epochs": point.cell.config.epochs,
        "laws": [asdict(law) for law in point.laws],
    }


_AXES = ("dimensions", "epochs", "negatives", "noises", "windows", "seeds")


def _splits(results: Sequence[Result]) -> dict[str, Split]:
    """The splits of results of several laws, each within its own."""
    found: dict[str, Split] = {}
    rest = list(results)
    while rest:
        group = comparable(rest, rest[0])
        found |= splits(group)
        rest = [result for result in rest if result not in group]
    return found


def _run_all(jobs: JobQueue, cells: Sequence[Cell | RankCell], corpus: Corpus) -> list[JobStatus]:
    """Submit all cells and say what happens until all have ended."""
    waiting = {jobs.submit(cell, corpus): cell.config for cell in cells}
    ended: list[JobStatus] = []
    progress = Line()
    try:
        while waiting:
            live = [jobs.status(job) for job in waiting]
            for status in live:
                if status.state in ("queued", "running"):
                    continue
                config = waiting.pop(status.id)
                ended.append(status)
                progress.clear()
                why = f" ({status.message})" if status.message else ""
                note(f"{len(ended)}/{len(cells)} {status.state}: {settings_in_words(config)}{why}")
            running = [f"{status.progress:.0%}" for status in live if status.state == "running"]
            left = max((status.seconds_left or 0 for status in live if status.id in waiting), default=0)
            progress.show(f"running: {', '.join(running) or 'starting'}; about {duration(left)} left")
            if waiting:
                time.sleep(_POLL_SECONDS)
    except KeyboardInterrupt:
        progress.clear()
        note(f"{len(ended)} of {len(cells)} are stored: the same command goes on from there")
        raise
    progress.clear()
    return ended


# -- jsmi usefulness --------------------------------------------------------------------------------------------------


def usefulness(given: argparse.Namespace) -> int:
    """Word similarity and analogies of every stored result of a text."""
    tests = (given.test,) if given.test else tuple(TESTS)
    corpus = corpus_of(given)
    with Store(given.store) as store:
        say_notices(store)
        found = []
        for listed in store.results(corpus.digest, kind=Result):
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


_OFF = {("paper", False), ("best_rank", False), ("epochs_along_run", False)}


def _command_line(given: argparse.Namespace) -> str:
    """The command that gives the same numbers again, wherever its results are kept."""
    left_out = ("command", "corpus", "store", "json", "workers")
    options = []
    for name, value in vars(given).items():
        option = name.replace("_", "-")
        if name in left_out or value is None or (name, value) in _OFF:
            continue
        if isinstance(value, bool):
            options.append(f"--{option}" if value else f"--no-{option}")
        else:
            options.append(f"--{option}={','.join(map(str, value)) if isinstance(value, tuple) else value}")
    return shlex.join(["jsmi", given.command, given.corpus, *options, "--json"])
