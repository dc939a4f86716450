"""What the commands of the shell do; each takes the parsed arguments and returns an exit code.

A command reads a text, calls the library, and prints: results to standard output (a table, or one JSON object),
progress and notes to standard error.
"""

from __future__ import annotations

import argparse
import json
import math
import shlex
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any

from jsmi_core.cooccurrence import expected_pairs
from jsmi_core.corpus import Corpus, read_corpus
from jsmi_core.cost import check_size, estimated_multiply_adds, estimated_pace
from jsmi_core.distribution import unigram_noise
from jsmi_core.errors import JobError, ParameterError, StoreError
from jsmi_core.experiment import Cell, CellResult, EpochScore, Grid, run_cell
from jsmi_core.information import check_alpha, mutual_information, to_bits
from jsmi_core.jobs import JobQueue, JobStatus
from jsmi_core.objective import SGNSObjective
from jsmi_core.samples import sample_corpus
from jsmi_core.store import Store
from jsmi_core.training import SGNSConfig
from jsmi_core.vectors import check_vectors_path, write_vectors

__all__ = ["bound", "export", "runs", "sweep", "train"]

_POLL_SECONDS = 0.2
_UNIT = "nats per draw of W"


# -- jsmi bound -------------------------------------------------------------------------------------------------------


def bound(given: argparse.Namespace) -> int:
    """The bound under both laws, and what stands beside it."""
    config = _config(given)
    sampling, exponent = config.sampling, config.noise_exponent
    ratio = {"negatives": config.negatives} if given.alpha is None else {"alpha": check_alpha(given.alpha)}
    seconds: dict[str, float] = {}
    with _timed(seconds, "read"):
        corpus = _corpus(given)
    with _timed(seconds, "count"):
        joint = expected_pairs(corpus, sampling)
    with _timed(seconds, "bound"):
        paper = SGNSObjective(joint, **ratio)
        word2vec = SGNSObjective(joint, **ratio, noise=unigram_noise(corpus.counts, exponent))
        information = mutual_information(joint)
        bounds = paper.bound, word2vec.bound
    if given.json:
        record = {
            "corpus": _about(corpus),
            "sampling": asdict(sampling),
            "negatives": paper.negatives,
            "alpha": paper.alpha,
            "tokens": len(corpus.ids),
            "vocabulary_size": len(corpus.vocabulary),
            "pairs": joint.pairs,
            "expected_pairs_per_epoch": joint.total,
            "unit": _UNIT,
            "class_entropy": paper.class_entropy,
            "mutual_information": information,
            "jsmi": bounds[0],
            "word2vec_bound": bounds[1],
            "noise_exponent": exponent,
            "seconds": seconds,
        }
        _print_json(record)
        return 0
    print(f"{corpus.name}: {len(corpus.ids):,} tokens, {len(corpus.vocabulary):,} words, {joint.pairs:,} pairs")
    for name, value in (
        ("I(X;Y), mutual information of the pairs", information),
        (f"h(α), ceiling of every bound at α = {paper.alpha:.4g}", paper.class_entropy),
        ("JSMI, the bound for the paper's q(y) = p(y)", bounds[0]),
        (f"bound for word2vec's q(y), counts to the power {exponent:g}", bounds[1]),
    ):
        print(f"  {name:<55} {value:.6f} nats  {to_bits(value):.6f} bits")
    _note(f"read in {seconds['read']:.2f} s, counted in {seconds['count']:.2f} s, bounds in {seconds['bound']:.2f} s")
    return 0


# -- jsmi train -------------------------------------------------------------------------------------------------------


def train(given: argparse.Namespace) -> int:
    """Train one cell here and now, score by score."""
    config = _config(given)
    if given.out:
        check_vectors_path(given.out)
    corpus = _corpus(given)
    with Store(given.store) as store:
        _say_notices(store)
        cell = Cell(corpus.digest, config)
        result = store.get(cell.id)
        if result is not None:
            _note(f"trained before, on {result.manifest.date}: shown from the store")
            _print_epochs(given, result.history)
        else:
            timed = [(run.manifest.cost, run.manifest.seconds) for run in store.results()]
            pace = estimated_pace(timed)
            check_size(corpus, config, pace, math.inf)
            _note(f"training takes about {_duration(pace * estimated_multiply_adds(corpus, config))}")
            progress = _Line()

            def report(score: EpochScore) -> None:
                progress.clear()
                _print_epochs(given, [score])

            result = run_cell(cell, corpus, report=report, progress=lambda share: progress.show(f"{share:.0%}"))
            progress.clear()
        if given.json:
            _print_json({"id": result.id, **result.to_dict()})
        else:
            _print_laws(result)
        if given.out and result.embedding is not None:
            write_vectors(given.out, result.embedding)
            _note(f"vectors written to {given.out}")
        store.save(result)  # last: should the disk be full, all that was found has been shown
    return 0


def _print_epochs(given: argparse.Namespace, history: Sequence[EpochScore]) -> None:
    """One line for each epoch; for JSON it is progress, not the result."""
    to = sys.stderr if given.json else sys.stdout
    for score in history:
        if score.epoch == 0:
            print(f"{'epoch':>6} {'S(m)':>10} {'bound':>10} {'gap':>10} {'seconds':>8}", file=to)
        ceiling = score.score + score.gap
        print(
            f"{score.epoch:>6} {score.score:>10.6f} {ceiling:>10.6f} {score.gap:>10.6f} {score.seconds:>8.1f}", file=to
        )
        to.flush()


def _print_laws(result: CellResult) -> None:
    """The final score under each law; a law is its p and its q, and a bound stands only beside its own score."""
    print(f"p = {result.laws[0].p}; {_UNIT}")
    for law in result.laws:
        below = "; below 0: worse than knowing only the class ratio" if law.score < 0 else ""
        whose = "the paper's" if law.law == "paper" else "its training's"
        print(f"q = {law.q} ({whose}): S = {law.score:.6f} of {law.bound:.6f}, gap {law.gap:.6f}{below}")
    print(f"run {result.id}")


# -- jsmi sweep -------------------------------------------------------------------------------------------------------


def sweep(given: argparse.Namespace) -> int:
    """Train a grid in the background processes of a queue; what is stored is not trained again."""
    axes = {name: getattr(given, name) for name in _AXES if hasattr(given, name)}
    grid = Grid(**axes, base=_config(given, left_out=(*axes, "workers")))
    began = time.perf_counter()
    corpus = _corpus(given)
    cells = grid.cells(corpus.digest)
    with Store(given.store) as store:
        _say_notices(store)
        with JobQueue(store, workers=given.workers) as jobs:
            stored = sum(store.has(cell.id) for cell in cells)
            about = _duration(jobs.estimated_seconds(cells, corpus))
            rest = f"the rest takes about {about}" if stored < len(cells) else "nothing is left to train"
            _note(f"{len(cells)} trainings, {stored} of them stored already; {rest}")
            ended = _run_all(jobs, cells, corpus)
            kept = {run.id: run for run in store.results(corpus.digest)}
            found = [kept.get(cell.id) or jobs.result(cell.id) for cell in cells]
    results = [run for run in found if run is not None]
    if given.json:
        manifest = {
            "command": _command_line(given),
            "corpus": _about(corpus),
            "grid": {name: list(getattr(grid, name)) for name in _AXES},
            "base": asdict(grid.base),
            "versions": dict(results[0].manifest.versions) if results else {},
            "seconds": time.perf_counter() - began,
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        _print_json({"manifest": manifest, "results": [{"id": run.id, **run.to_dict()} for run in results]})
    else:
        _print_table(results)
    problems = [status.message for status in ended if status.state != "done" or not status.saved]
    if problems:
        raise JobError(f"{len(problems)} of {len(cells)} trainings are not in the store; the first: {problems[0]}")
    return 0


_AXES = ("dimensions", "epochs", "negatives", "seeds")


def _run_all(jobs: JobQueue, cells: Sequence[Cell], corpus: Corpus) -> list[JobStatus]:
    """Submit all cells and say what happens until all have ended."""
    waiting = {jobs.submit(cell, corpus): cell.config for cell in cells}
    ended: list[JobStatus] = []
    progress = _Line()
    try:
        while waiting:
            live = [jobs.status(job) for job in waiting]
            for status in live:
                if status.state in ("queued", "running"):
                    continue
                config = waiting.pop(status.id)
                ended.append(status)
                progress.clear()
                _note(
                    f"{len(ended)}/{len(cells)} {status.state}: d = {config.dimension}, {config.epochs} epochs, "
                    f"k = {config.negatives}, seed {config.seed}" + (f" ({status.message})" if status.message else "")
                )
            running = [f"{status.progress:.0%}" for status in live if status.state == "running"]
            left = max((status.seconds_left or 0 for status in live if status.id in waiting), default=0)
            progress.show(f"running: {', '.join(running) or 'starting'}; about {_duration(left)} left")
            if waiting:
                time.sleep(_POLL_SECONDS)
    except KeyboardInterrupt:
        progress.clear()
        _note(f"{len(ended)} of {len(cells)} trainings are stored: the same command goes on from there")
        raise
    progress.clear()
    return ended


# -- jsmi runs, jsmi export -------------------------------------------------------------------------------------------


def runs(given: argparse.Namespace) -> int:
    """List, show or delete what is stored."""
    if (given.action == "list") == bool(given.ids):
        raise ParameterError(f"jsmi runs {given.action} {'takes no' if given.ids else 'needs the'} ID of a run.")
    with Store(given.store) as store:
        _say_notices(store)
        everything = store.results()
        chosen = [_find(everything, start) for start in given.ids] if given.ids else list(everything)
        if given.action == "delete":
            for run in chosen:
                store.delete(run.id)
                _note(f"deleted {run.id}")
        elif given.json:
            _print_json({"results": [{"id": run.id, **run.to_dict()} for run in chosen]})
        elif given.action == "list":
            _print_table(chosen)
        else:
            for run in chosen:
                _print_run(given, run)
    return 0


def export(given: argparse.Namespace) -> int:
    """Write the vectors of a stored run to a file."""
    check_vectors_path(given.out)
    with Store(given.store) as store:
        _say_notices(store)
        run = store.get(_find(store.results(), given.id).id)
    if run is None or run.embedding is None:
        raise StoreError(f"the stored run {given.id} was damaged and is set aside: train it again.")
    write_vectors(given.out, run.embedding)
    _note(f"{len(run.embedding.words):,} vectors of run {run.id} written to {given.out}")
    return 0


def _find(everything: Iterable[CellResult], start: str) -> CellResult:
    found = [run for run in everything if run.id.startswith(start)]
    if len(found) != 1:
        what = "no stored run begins" if not found else f"{len(found)} stored runs begin"
        raise ParameterError(f"ID = {start!r} is not usable: {what} so, see jsmi runs list.")
    return found[0]


def _print_run(given: argparse.Namespace, run: CellResult) -> None:
    manifest = run.manifest
    print(f"{manifest.corpus_name}: {manifest.tokens:,} tokens, {manifest.vocabulary_size:,} words")
    print(", ".join(f"{name} {value}" for name, value in asdict(run.cell.config).items()))
    _print_epochs(given, run.history)
    _print_laws(run)
    versions = ", ".join(f"{package} {number}" for package, number in manifest.versions.items())
    print(f"{manifest.date}, {manifest.seconds:.1f} s, {versions}")


def _print_table(results: Sequence[CellResult]) -> None:
    """One line for each run: scored under the q that its negatives came from, and under the paper's."""
    print(f"{'':>41} {'q of its training':^26} the paper's q")
    print(
        f"{'run':<8} {'corpus':<16} {'d':>4} {'ep':>3} {'k':>3} {'seed':>4}"
        f" {'S(m)':>8} {'bound':>8} {'gap':>8} {'S(m)':>8} {'JSMI':>8} {'gap':>8}"
    )
    for run in results:
        config = run.cell.config
        values = [value for law in run.laws for value in (law.score, law.bound, law.gap)]
        print(
            f"{run.id[:8]} {run.manifest.corpus_name[:16]:<16} {config.dimension:>4} {config.epochs:>3} "
            f"{config.negatives:>3} {config.seed:>4} " + " ".join(f"{value:>8.5f}" for value in values)
        )


# -- what the commands share ------------------------------------------------------------------------------------------


def _config(given: argparse.Namespace, left_out: Sequence[str] = ()) -> SGNSConfig:
    """The settings that were given; the library's own defaults hold for the others."""
    names = {field.name for field in fields(SGNSConfig)}.difference(left_out)
    settings = {name: value for name, value in vars(given).items() if name in names}
    return SGNSConfig.paper(**settings) if given.paper else SGNSConfig(**settings)


def _corpus(given: argparse.Namespace) -> Corpus:
    """Read the text that was named, and say what should be known about it."""
    asked = ("tokenizer", "lowercase", "min_count", "encoding")
    settings = {name: getattr(given, name) for name in asked if hasattr(given, name)}
    _note(f"reading {given.corpus}")
    if given.corpus.startswith("sample:"):
        if "encoding" in settings:
            raise ParameterError(f"encoding = {settings['encoding']!r} is not usable with a sample: leave it out.")
        corpus = sample_corpus(given.corpus.removeprefix("sample:"), **settings)
    else:
        corpus = read_corpus(given.corpus, **settings)
    for notice in corpus.notices:
        _note(notice)
    return corpus


def _about(corpus: Corpus) -> dict[str, Any]:
    reading = asdict(corpus.reading) if corpus.reading else None
    return {"name": corpus.name, "digest": corpus.digest, "reading": reading, "notices": list(corpus.notices)}


def _command_line(given: argparse.Namespace) -> str:
    """The command that gives the same numbers again, wherever its results are kept."""
    left_out = ("command", "corpus", "store", "json", "workers")
    options = []
    for name, value in vars(given).items():
        option = name.replace("_", "-")
        if name in left_out or value is None or (name, value) == ("paper", False):
            continue
        if isinstance(value, bool):
            options.append(f"--{option}" if value else f"--no-{option}")
        else:
            options.append(f"--{option}={','.join(map(str, value)) if isinstance(value, tuple) else value}")
    return shlex.join(["jsmi", given.command, given.corpus, *options, "--json"])


def _print_json(record: object) -> None:
    print(json.dumps(record, indent=1, ensure_ascii=False))


def _note(text: str) -> None:
    print(f"jsmi: {text}", file=sys.stderr, flush=True)


def _say_notices(store: Store) -> None:
    for notice in store.notices:
        _note(notice)


class _Line:
    """One line of progress that rewrites itself, where standard error is a terminal; elsewhere nothing."""

    def __init__(self) -> None:
        self._alive = sys.stderr.isatty()

    def show(self, text: str) -> None:
        if self._alive:
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        self.show("")


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - began


def _duration(seconds: float) -> str:
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60} min"
