"""What `jsmi score` does: what vectors from elsewhere hold of a text, or of pairs."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

import numpy as np

from jsmi_core import checks
from jsmi_core.cli.inputs import config_of, corpus_of, described
from jsmi_core.cli.printing import UNIT, ProgressLine, note, print_json
from jsmi_core.embeddings import read_vectors
from jsmi_core.errors import ParameterError
from jsmi_core.experiments import OutsideScore, score_vectors
from jsmi_core.objective import KEPT
from jsmi_core.pairs import read_pairs


def score(given: argparse.Namespace) -> int:
    """Exact score and gap of word and context vectors; of word vectors alone the information decodable from them."""
    most = checks.integer("top", given.top, 1, KEPT)
    config = config_of(given)
    if (given.pairs is None) == (given.vectors is None):
        raise ParameterError("the arguments are not usable: give TEXT VECTORS, or VECTORS --pairs FILE.")
    law: Any = corpus_of(given) if given.pairs is None else read_pairs(given.pairs)
    vectors = read_vectors(given.vectors if given.pairs is None else given.corpus)
    contexts = None if given.contexts is None else read_vectors(given.contexts)
    note(f"{len(vectors):,} words of {vectors.dimension:,} numbers")
    progress = ProgressLine()
    decode = True if given.decode else None
    most_words = getattr(given, "words", None)
    found = score_vectors(law, vectors, contexts, config, most=most_words, decode=decode, on_progress=progress.share)
    progress.clear()
    record = _record(found, most)
    if given.json:
        head = described(law) if given.pairs is None else {"name": given.pairs}
        print_json({"law": head, "q": config.noise_name, "negatives": config.negatives, "unit": UNIT, **record})
    else:
        _print(record)
    return 0


def _record(found: OutsideScore, most: int) -> dict[str, Any]:
    """What was found, as JSON-able values."""
    record: dict[str, Any] = {"coverage": asdict(found.coverage), "bound": found.objective.bound}
    if found.evaluation is not None:
        gap = found.evaluation.gap
        worst = np.argsort(-gap.by_word, kind="stable")[:most]
        words = [{"word": found.vocabulary[i], "loss": float(gap.by_word[i])} for i in worst]
        record |= {"score": found.evaluation.score, "gap": gap.total, "words": words}
    if found.decoded is not None:
        best = found.decoded
        record["decodable"] = {
            "score": best.score, "shortfall": best.shortfall, "converged": best.converged, "ridge": best.ridge,
            "constant": best.constant,
        }  # fmt: skip
    return record


def _print(record: dict[str, Any]) -> None:
    part, bound = record["coverage"], record["bound"]
    print(
        f"in common: {part['words']:,} words, of {part['law_words']:,} here and {part['vector_words']:,} with a "
        f"vector; {part['tokens']:.1%} of the tokens, {part['pairs']:.1%} of the pairs"
    )
    lines = [("bound, of these words and contexts", bound)]
    if "score" in record:
        lines += [("S(m), exact score of words and contexts", record["score"]), ("gap", record["gap"])]
    if "decodable" in record:
        lines.append(("D(X), decodable from the word vectors", record["decodable"]["score"]))
    for name, value in lines:
        print(f"  {name:<40} {value:>z10.6f} nats {value / bound if bound > 0 else 0:>z8.1%}")
    if "decodable" in record:
        best = record["decodable"]
        sure = "" if best["converged"] else ", more than was asked for"
        print(f"  (no contexts of these vectors and a constant gain more than {best['shortfall']:.1e} nats{sure})")
    if "words" in record:
        print(f"\n{'word':<16} {'gap':>9} {'share':>7}")
        for word in record["words"]:
            share = word["loss"] / record["gap"] if record["gap"] > 0 else 0
            print(f"{word['word'][:16]:<16} {word['loss']:>z9.6f} {share:>7.2%}")
