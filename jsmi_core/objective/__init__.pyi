from .blocks import COLUMNS as COLUMNS, ROWS as ROWS, SMALL as SMALL, decay as decay
from .evaluation import Evaluation as Evaluation, Gap as Gap, difference as difference
from .loss import (
    KEPT as KEPT,
    Causes as Causes,
    Density as Density,
    FrequencyBand as FrequencyBand,
    Loss as Loss,
    Pairs as Pairs,
    SideName as SideName,
)
from .sgns import REACH as REACH, SGNSObjective as SGNSObjective
