from .ascent import Ascent as Ascent
from .damped_newton import newton as newton
from .decoding import BestContexts as BestContexts, best_contexts as best_contexts
from .landmarks import (
    LEVY_GOLDBERG as LEVY_GOLDBERG,
    Baseline as Baseline,
    baselines as baselines,
    deviations as deviations,
    sppmi_svd as sppmi_svd,
)
from .progress import RankStep as RankStep
from .quasi_newton import lbfgs as lbfgs
from .search import GIVEN as GIVEN, BestRank as BestRank, best_rank_embedding as best_rank_embedding
