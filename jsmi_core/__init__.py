"""How much of what words know about their contexts does a word2vec embedding keep?

The argument, in the order of the modules::

    corpus = read_corpus("text.txt")                      # text → numbered words in sentences
    joint = expected_pairs(corpus, PairSampling())        # → p(x, y), the pairs that word2vec draws
    noise = unigram_noise(corpus.counts)                  # → q(y), the negatives it draws
    objective = SGNSObjective(joint, negatives=5, noise=noise)
    objective.bound                                       # → the most that any embedding can score
    run = train_sgns(corpus, SGNSConfig(dimension=100))   # → an embedding, trained by gensim
    objective.score(run.embedding)                        # → its exact score S(m), over all pairs
    objective.gap(run.embedding).total                    # → bound − score: the information it lost

With ``noise=None``, q is the context marginal and the bound is the paper's JSMI. All values are in nats per
draw of a pair; ``to_bits`` is for display. Names are imported when they are first used, so that what needs
no training loads no trainer.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsmi_core.bundle import export_bundle, import_bundle
    from jsmi_core.checkpoints import points_of
    from jsmi_core.comparison import compare
    from jsmi_core.cooccurrence import PairSampling, expected_pairs
    from jsmi_core.corpus import Corpus, read_corpus
    from jsmi_core.distribution import JointDistribution, unigram_noise
    from jsmi_core.embedding import Embedding
    from jsmi_core.evaluation import Evaluation, Gap, difference
    from jsmi_core.experiment import run_cell
    from jsmi_core.information import (
        binary_entropy,
        capacity,
        entropy,
        js_divergence,
        jsmi,
        kl_divergence,
        levy_goldberg_deviation,
        mutual_information,
        to_bits,
    )
    from jsmi_core.jobs import JobQueue
    from jsmi_core.large_corpus import LargeCorpus, read_large_corpus
    from jsmi_core.large_pairs import LargePairs, count_large_corpus
    from jsmi_core.loss import Loss, loss_of
    from jsmi_core.lowrank import best_rank_embedding, sppmi_svd
    from jsmi_core.objective import SGNSObjective
    from jsmi_core.pool import Pool
    from jsmi_core.runner import run_cells
    from jsmi_core.samples import sample_corpus
    from jsmi_core.specs import Cell, Grid, RankCell, RankConfig
    from jsmi_core.split import Split, best_known
    from jsmi_core.store import Store
    from jsmi_core.training import SGNSConfig, SGNSRun, train_sgns, training_noise

_HOME = {
    "Corpus": "corpus",
    "read_corpus": "corpus",
    "sample_corpus": "samples",
    "LargeCorpus": "large_corpus",
    "read_large_corpus": "large_corpus",
    "LargePairs": "large_pairs",
    "count_large_corpus": "large_pairs",
    "PairSampling": "cooccurrence",
    "expected_pairs": "cooccurrence",
    "JointDistribution": "distribution",
    "unigram_noise": "distribution",
    "binary_entropy": "information",
    "levy_goldberg_deviation": "information",
    "capacity": "information",
    "entropy": "information",
    "js_divergence": "information",
    "jsmi": "information",
    "kl_divergence": "information",
    "mutual_information": "information",
    "to_bits": "information",
    "Loss": "loss",
    "loss_of": "loss",
    "best_rank_embedding": "lowrank",
    "sppmi_svd": "lowrank",
    "Evaluation": "evaluation",
    "Gap": "evaluation",
    "difference": "evaluation",
    "SGNSObjective": "objective",
    "Embedding": "embedding",
    "SGNSConfig": "training",
    "SGNSRun": "training",
    "Cell": "specs",
    "RankCell": "specs",
    "RankConfig": "specs",
    "Grid": "specs",
    "run_cell": "experiment",
    "Pool": "pool",
    "compare": "comparison",
    "export_bundle": "bundle",
    "import_bundle": "bundle",
    "points_of": "checkpoints",
    "run_cells": "runner",
    "Store": "store",
    "JobQueue": "jobs",
    "best_known": "split",
    "Split": "split",
    "train_sgns": "training",
    "training_noise": "training",
}

__all__ = [
    "Cell",
    "Corpus",
    "Embedding",
    "Evaluation",
    "Gap",
    "Grid",
    "JobQueue",
    "JointDistribution",
    "LargeCorpus",
    "LargePairs",
    "Loss",
    "PairSampling",
    "Pool",
    "RankCell",
    "RankConfig",
    "SGNSConfig",
    "SGNSObjective",
    "SGNSRun",
    "Split",
    "Store",
    "best_known",
    "best_rank_embedding",
    "binary_entropy",
    "capacity",
    "compare",
    "count_large_corpus",
    "difference",
    "entropy",
    "expected_pairs",
    "export_bundle",
    "import_bundle",
    "js_divergence",
    "jsmi",
    "kl_divergence",
    "levy_goldberg_deviation",
    "loss_of",
    "mutual_information",
    "points_of",
    "read_corpus",
    "read_large_corpus",
    "run_cell",
    "run_cells",
    "sample_corpus",
    "sppmi_svd",
    "to_bits",
    "train_sgns",
    "training_noise",
    "unigram_noise",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'jsmi_core' has no attribute {name!r}")
    value = getattr(import_module(f"jsmi_core.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
