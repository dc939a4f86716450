"""Everything that is computed once for all sessions: the only place with ``st.cache_…``.

What is remembered under what stands in keys.py. Heavy modules are imported inside the functions.
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
