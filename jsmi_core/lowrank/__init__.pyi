from .landmarks import (
    LEVY_GOLDBERG as LEVY_GOLDBERG,
    Baseline as Baseline,
    baselines as baselines,
    deviations as deviations,
    sppmi_svd as sppmi_svd,
)
from .progress import RankStep as RankStep
from .search import GIVEN as GIVEN, BestRank as BestRank, best_rank_embedding as best_rank_embedding
