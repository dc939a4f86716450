"""Everything that is computed once for all sessions: the only place with ``st.cache_…``.

Keys are digests and frozen parameter objects, never arrays: Streamlit hashes only a sample of a large array. What is
cached as a resource is shared between sessions and must not be changed. Heavy modules are imported inside.
"""

from jsmi_app.cached.pairs import (
    SLIDER_ALPHAS,
    BoundCurve,
    PmiBins,
    aimed,
    bound,
    bound_curve,
    corpus,
    deviations,
    heaviest_pairs,
    joint,
    kept,
    pmi,
)
from jsmi_app.cached.runs import (
    SameScore,
    embedding,
    figure1,
    figure1_results,
    loss,
    same_scores,
    sampled_scores,
    score_under,
    usefulness,
    valid_bounds,
    walk,
    word_map,
)
from jsmi_app.cached.server import queue, store
from jsmi_app.cached.theory import (
    Proven,
    TableRank,
    WordTable,
    proved_on_model,
    proved_on_table,
    proved_on_text,
    table_ranks,
    word_table,
)

__all__ = [
    "SLIDER_ALPHAS",
    "BoundCurve",
    "PmiBins",
    "Proven",
    "SameScore",
    "TableRank",
    "WordTable",
    "aimed",
    "bound",
    "bound_curve",
    "corpus",
    "deviations",
    "embedding",
    "figure1",
    "figure1_results",
    "heaviest_pairs",
    "joint",
    "kept",
    "loss",
    "pmi",
    "proved_on_model",
    "proved_on_table",
    "proved_on_text",
    "queue",
    "same_scores",
    "sampled_scores",
    "score_under",
    "store",
    "table_ranks",
    "usefulness",
    "valid_bounds",
    "walk",
    "word_map",
    "word_table",
]
