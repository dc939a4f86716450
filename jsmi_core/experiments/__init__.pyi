from .checkpoints import Checkpoint as Checkpoint, points_of as points_of
from .comparison import Comparison as Comparison, compare as compare, same_numbers as same_numbers
from .cost import (
    check_size as check_size,
    estimated_multiply_adds as estimated_multiply_adds,
    estimated_pace as estimated_pace,
)
from .departures import (
    DEPARTURES as DEPARTURES,
    LawStep as LawStep,
    SampledScore as SampledScore,
    ValidBound as ValidBound,
    mass_shift as mass_shift,
    own_objective as own_objective,
    sampled_scores as sampled_scores,
    valid_bounds as valid_bounds,
    walk as walk,
)
from .monitor import EpochGap as EpochGap, GapMonitor as GapMonitor
from .outside import Coverage as Coverage, OutsideScore as OutsideScore, score_vectors as score_vectors
from .records import (
    LAWS as LAWS,
    CellResult as CellResult,
    EpochScore as EpochScore,
    LawName as LawName,
    LawScores as LawScores,
    RankResult as RankResult,
    Result as Result,
    distinct as distinct,
)
from .run import run_cell as run_cell
from .scoring import (
    contrast_of as contrast_of,
    loss_of as loss_of,
    objectives_of as objectives_of,
    pairs_are_known as pairs_are_known,
    pairs_of as pairs_of,
)
from .specs import (
    AXES as AXES,
    CHECKPOINTS as CHECKPOINTS,
    EPOCHS_AS as EPOCHS_AS,
    LAW_VERSION as LAW_VERSION,
    RUNS as RUNS,
    SPARSE as SPARSE,
    Cell as Cell,
    Grid as Grid,
    RankCell as RankCell,
    RankConfig as RankConfig,
    Spec as Spec,
    ids_of as ids_of,
)
from .split import (
    Split as Split,
    aimed_score as aimed_score,
    best_known as best_known,
    comparable as comparable,
    searched as searched,
    splits as splits,
)
from .statements import claims as claims
