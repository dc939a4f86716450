"""What `jsmi prove` does: every statement of the paper, by production and by plain loops, side by side."""

from __future__ import annotations

import argparse
import math
from typing import Any

from jsmi_core import proofs as checked
from jsmi_core.cli.inputs import config_of, corpus_of, find
from jsmi_core.cli.printing import note, print_json
from jsmi_core.errors import StoreError
from jsmi_core.experiments import Result
from jsmi_core.pairs import expected_pairs
from jsmi_core.proofs import PATIENCE, TOLERANCE, Case, Proof, case_of_model, case_of_table, case_of_text, verdict
from jsmi_core.store import Store
from jsmi_core.tables import read_table

WORDS = 40


def prove(given: argparse.Namespace) -> int:
    """Check every card; 1 if one of them fails."""
    case = _case(given)
    proofs = checked.prove(case, patience=math.inf if given.whole else PATIENCE)
    found = verdict(proofs)
    if given.json:
        record = {"on": case.told, "negatives": case.negatives, **found._asdict()}
        print_json({**record, "tolerance": TOLERANCE, "proofs": [_record(proof) for proof in proofs]})
    else:
        for proof in proofs:
            _print(proof)
        print(f"{found.holding} of {found.of} hold; the two ways differ by {found.worst:.1g}, {TOLERANCE:g} is allowed")
    return 0 if found.holding == found.of else 1


def _case(given: argparse.Namespace) -> Case:
    """What the shell names: table:CELLS, a text, or with --run a stored result of that text."""
    config, words = config_of(given), getattr(given, "words", WORDS)
    if given.corpus.startswith("table:"):
        return case_of_table(read_table(given.corpus.removeprefix("table:")), config.negatives)
    corpus = corpus_of(given)
    if given.run is None:
        case = case_of_text(expected_pairs(corpus, config.sampling), corpus.vocabulary, words, config.negatives)
    else:
        with Store(given.store, bundled=True) as store:
            run = store.get(find(store.results(corpus.digest, kind=Result), given.run).id, Result)
        if run is None or run.embedding is None:
            raise StoreError(f"the stored run {given.run} was damaged and is set aside: train it again.")
        settings = run.cell.config
        joint = expected_pairs(corpus, settings.sampling)
        case = case_of_model(joint, run.embedding, words, settings.negatives)
    note(f"{corpus.name}: {case.told}")
    return case


def _record(proof: Proof) -> dict[str, Any]:
    return {
        "key": proof.card.key,
        "place": proof.card.place,
        "name": proof.card.name,
        "holds": proof.holds,
        "numbers": [comparison._asdict() for comparison in proof.comparisons],
        "relations": [relation._asdict() for relation in proof.relations],
        "whole": proof.whole,
        "seconds": proof.seconds,
        "failure": proof.failure,
    }


def _print(proof: Proof) -> None:
    """One line for each card: verdict, place, name, and its first number both ways."""
    shown = proof.failure
    if not shown:
        first = proof.comparisons[0]
        which = f", of {first.cells:,} the one that differs most" if first.cells > 1 else ""
        shown = f"{first.name} = {first.ours:.12g} and {first.plain:.12g}{which}"
    print(f"{'ok  ' if proof.holds else 'FAIL'} {proof.card.place:<16} {proof.card.name:<44} {shown}")
