"""What `jsmi runs …` and `jsmi export` do: look at stored results, and carry them elsewhere."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from dataclasses import asdict

from jsmi_core.cli.inputs import find
from jsmi_core.cli.printing import (
    ProgressLine,
    note,
    print_comparison,
    print_json,
    print_run,
    print_searches,
    print_trainings,
    say_notices,
)
from jsmi_core.embeddings import check_vectors_path, write_vectors
from jsmi_core.errors import JobError, StoreError
from jsmi_core.experiments import CellResult, RankResult, Result, compare
from jsmi_core.store import Recomputed, Store, export_bundle, import_bundle, recompute, verify


def runs(given: argparse.Namespace) -> int:
    """Do one of the actions."""
    with Store(given.store, bundled=given.action in ("show", "compare")) as store:
        say_notices(store)
        _ACTIONS[given.action](given, store)
    return 0


def export(given: argparse.Namespace) -> int:
    """Write the vectors of a stored run to a file."""
    check_vectors_path(given.out)
    with Store(given.store, bundled=True) as store:
        say_notices(store)
        run = store.get(find(store.results(kind=Result), given.id).id, Result)
    if run is None or run.embedding is None:
        raise StoreError(f"the stored run {given.id} was damaged and is set aside: train it again.")
    write_vectors(given.out, run.embedding)
    note(f"{len(run.embedding.words):,} vectors of run {run.id} written to {given.out}")
    return 0


def _list(given: argparse.Namespace, store: Store) -> None:
    chosen = store.results(kind=Result)
    if given.json:
        _print_records(chosen)
        return
    print_trainings([run for run in chosen if isinstance(run, CellResult)], {})
    if searches := [run for run in chosen if isinstance(run, RankResult)]:
        print_searches(searches)


def _show(given: argparse.Namespace, store: Store) -> None:
    chosen = _chosen(given, store)
    if given.json:
        _print_records(chosen)
        return
    for run in chosen:
        print_run(run)


def _compare(given: argparse.Namespace, store: Store) -> None:
    found = compare(_chosen(given, store))
    if given.json:
        print_json(found.to_dict())
    else:
        print_comparison(found)


def _delete(given: argparse.Namespace, store: Store) -> None:
    for run in _chosen(given, store):
        store.delete(run.id)
        note(f"deleted {run.id}")


def _export(given: argparse.Namespace, store: Store) -> None:
    ids = [run.id for run in _chosen(given, store)] if given.ids else None
    done = export_bundle(store, given.out, ids, with_corpora=given.with_corpus)
    note(f"{len(done.results)} results and {len(done.corpora)} corpora written to {given.out}")


def _import(given: argparse.Namespace, store: Store) -> None:
    refused: list[str] = []
    for file in given.files:
        done = import_bundle(store, file)
        note(
            f"{file}: {len(done.added)} results added, {len(done.known)} known already, {len(done.corpora)} corpora"
            " added"
        )
        for sentence in done.refused:
            note(sentence)
        refused += done.refused
    if refused:
        raise StoreError(f"{len(refused)} entries were left out; the first: {refused[0]}")


def _verify(given: argparse.Namespace, store: Store) -> None:
    found = verify(store)
    again = None if given.recompute is None else _recomputed(given, store)
    if given.json:
        print_json(asdict(found) | ({"recomputed": again.to_dict()} if again else {}))
    else:
        print(f"{found.results} results and {found.corpora} corpora fit their checksums")
        if again:
            for law, difference in again.differences.items():
                print(f"{law}: S = {again.stored.law(law).score!r}, computed again {difference:+.1e} nats")
    for sentence in found.damaged:
        note(sentence)
    if found.damaged:
        raise StoreError(f"{len(found.damaged)} files were damaged; the first: {found.damaged[0]}")
    if again and not again.same:
        raise JobError(f"run {again.stored.id} came out with other numbers than the stored ones: {_why(again)}.")


def _recomputed(given: argparse.Namespace, store: Store) -> Recomputed:
    chosen = find(store.results(kind=Result), given.recompute)
    line = ProgressLine()
    found = recompute(store, chosen.id, line.share)
    line.clear()
    return found


def _why(again: Recomputed) -> str:
    workers = getattr(again.stored.cell.config, "workers", 1)
    if workers > 1:
        return f"with {workers} workers no two trainings are equal, so judge the differences by their size"
    versions = ", ".join(f"{name} {then} then and {now} now" for name, (then, now) in again.versions.items())
    return f"it was {versions}" if versions else "the machine is another one, or the stored numbers are wrong"


_ACTIONS: dict[str, Callable[[argparse.Namespace, Store], None]] = {
    "list": _list,
    "show": _show,
    "compare": _compare,
    "delete": _delete,
    "export": _export,
    "import": _import,
    "verify": _verify,
}


def _chosen(given: argparse.Namespace, store: Store) -> list[Result]:
    everything = store.results(kind=Result)
    return [find(everything, start) for start in given.ids]


def _print_records(chosen: Iterable[Result]) -> None:
    print_json({"results": [{"id": run.id, **run.to_dict()} for run in chosen]})
