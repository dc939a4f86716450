"""What `jsmi loss` does: print where a stored model lost its information, every sum beside its gap."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from jsmi_core import checks
from jsmi_core.cli.inputs import corpus_of, described, find
from jsmi_core.cli.printing import UNIT, print_json, say_notices, settings_in_words
from jsmi_core.embeddings import neighbours
from jsmi_core.errors import StoreError
from jsmi_core.experiments import Result, loss_of
from jsmi_core.figures import causes_of
from jsmi_core.objective import KEPT, Loss, Pairs, SideName
from jsmi_core.store import Store
from jsmi_core.text import Corpus, typed_word


def loss(given: argparse.Namespace) -> int:
    """The gap of a stored model by pairs seen and never seen, by band of frequency, by word or by the pairs of one."""
    most = checks.integer("top", given.top, 1, KEPT)
    corpus = corpus_of(given)
    with Store(given.store, bundled=True) as store:
        say_notices(store)
        run = store.get(find(store.results(kind=Result), given.id).id, Result)
    if run is None:
        raise StoreError(f"the stored run {given.id} was damaged and is set aside: train it again.")
    found = loss_of(run, corpus, given.law)
    record = _whole(found, corpus, given.side, most) if given.word is None else _word(found, corpus, given, most)
    if given.json:
        head = {"id": run.id, "corpus": described(corpus), "law": given.law, "q": run.law(given.law).q, "unit": UNIT}
        print_json(head | {"gap": found.total, "side": given.side} | record)
        return 0
    print(f"{corpus.name}: {settings_in_words(run.cell.config)}; q = {run.law(given.law).q}; {UNIT}")
    (_print_whole if given.word is None else _print_word)(record, found.total, given.side)
    return 0


def _whole(found: Loss, corpus: Corpus, side: SideName, most: int) -> dict[str, Any]:
    """The whole gap, as JSON-able values."""
    sums = found.side(side)
    worst = np.argsort(-sums.loss, kind="stable")[:most]
    bands = [{"first_rank": band.first + 1, "last_rank": band.last, "loss": band.loss, "seen": band.seen,
              "unseen": band.unseen, "information": band.information} for band in found.bands(side)]  # fmt: skip
    return {
        "seen": float(sums.seen.sum()),
        "unseen": float(sums.unseen.sum()),
        "causes": found.causes._asdict(),
        "bands": bands,
        "words": [
            {"word": corpus.vocabulary[i], "tokens": int(corpus.counts[i]), "loss": float(sums.loss[i]),
             "information": float(sums.information[i]), "weight": float(sums.weight[i])}
            for i in worst
        ],
        "pairs": _pairs(found.worst_pairs(most), corpus),
    }  # fmt: skip


def _word(found: Loss, corpus: Corpus, given: argparse.Namespace, most: int) -> dict[str, Any]:
    """The part of one word, as JSON-able values."""
    index = typed_word(corpus, given.word)
    near = {
        name: [{"word": corpus.vocabulary[other.place], "cosine": other.cosine} for other in neighbours(table, index)]
        for name, table in (("input", found.embedding.words), ("output", found.embedding.contexts))
    }
    own = float(found.side(given.side).loss[index])
    pairs = _pairs(found.pairs_of(given.side, index, most), corpus)
    return {"word": corpus.vocabulary[index], "loss": own, "pairs": pairs, "neighbours": near}


def _pairs(pairs: Pairs, corpus: Corpus) -> list[dict[str, Any]]:
    """Pairs, one record each; log p/r and the best score of a pair that never occurs, −∞, are null."""
    seen = np.isfinite(pairs.best)
    return [
        {
            "word": corpus.vocabulary[x],
            "context": corpus.vocabulary[y],
            "expected_pairs": float(pairs.counts[i]),
            "log_ratio": float(pairs.log_ratio[i]) if seen[i] else None,
            "best_score": float(pairs.best[i]) if seen[i] else None,
            "score": float(pairs.score[i]),
            "posterior": float(pairs.posterior[i]),
            "loss": float(pairs.loss[i]),
            "cause": cause,
        }
        for i, (x, y, cause) in enumerate(zip(pairs.rows, pairs.columns, causes_of(pairs), strict=True))
    ]


def _print_whole(record: dict[str, Any], total: float, side: str) -> None:
    causes = record["causes"]
    print(
        f"gap {total:z.6f} = {record['seen']:z.6f} in pairs that occur + {record['unseen']:z.6f} in pairs that never do"
    )
    print(f"pairs that occur: {causes['too_low']:z.6f} score too low, {causes['too_high']:z.6f} too high")
    print(f"\n{f'{side}s of ranks':<16} {'gap':>9} {'share':>7} {'seen':>9} {'unseen':>9} {'to know':>9}")
    for band in record["bands"]:
        ranks = f"{band['first_rank']:,}–{band['last_rank']:,}"
        values = " ".join(f"{band[name]:>z9.6f}" for name in ("seen", "unseen", "information"))
        print(f"{ranks:<16} {band['loss']:>z9.6f} {_share(band['loss'], total)} {values}")
    print(f"\n{side:<16} {'gap':>9} {'share':>7} {'tokens':>7}")
    for word in record["words"]:
        print(f"{word['word'][:16]:<16} {word['loss']:>z9.6f} {_share(word['loss'], total)} {word['tokens']:>7,}")
    print()
    _print_pairs(record["pairs"], total)


def _print_word(record: dict[str, Any], total: float, side: str) -> None:
    print(f"{record['word']}, as a {side}: {record['loss']:z.6f} of the gap, {total:z.6f}")
    for name, near in record["neighbours"].items():
        print(f"near by {name} vectors: {', '.join(other['word'] for other in near)}")
    print()
    _print_pairs(record["pairs"], record["loss"])


def _print_pairs(pairs: list[dict[str, Any]], whole: float) -> None:
    print(f"{'word':<16} {'context':<16} {'loss':>9} {'share':>7} {'expected':>9} {'best':>7} {'score':>7}")
    for pair in pairs:
        best = "−∞" if pair["best_score"] is None else f"{pair['best_score']:.3f}"
        print(
            f"{pair['word'][:16]:<16} {pair['context'][:16]:<16} {pair['loss']:>9.2e} {_share(pair['loss'], whole)} "
            f"{pair['expected_pairs']:>9.2f} {best:>7} {pair['score']:>7.3f}"
        )


def _share(part: float, whole: float) -> str:
    return f"{part / whole if whole > 0 else 0.0:>7.2%}"
