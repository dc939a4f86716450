"""`jsmi usefulness`: word similarity and analogies beside the stored results of a text."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from jsmi_core.cli.inputs import corpus_of, described
from jsmi_core.cli.printing import (
    print_json,
    print_usefulness,
    say_notices,
)
from jsmi_core.embeddings import TESTS, balanced, usefulness as evaluate_usefulness
from jsmi_core.experiments import (
    Result,
    distinct,
)
from jsmi_core.store import Store

# -- jsmi usefulness --------------------------------------------------------------------------------------------------


def usefulness(given: argparse.Namespace) -> int:
    """Word similarity and analogies of every stored result of a text."""
    tests = (given.test,) if given.test else tuple(TESTS)
    corpus = corpus_of(given)
    with Store(given.store, bundled=given.bundled) as store:
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
