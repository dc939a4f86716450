from .blocks import SMALL as SMALL
from .evaluation import Evaluation as Evaluation, Gap as Gap, difference as difference
from .gradient import Vectors as Vectors
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
