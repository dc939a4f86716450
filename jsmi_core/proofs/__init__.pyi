from .beyond import ALPHAS as ALPHAS, SHRINKING as SHRINKING
from .case import (
    MOST_WORDS as MOST_WORDS,
    Case as Case,
    case_of_model as case_of_model,
    case_of_table as case_of_table,
    case_of_text as case_of_text,
)
from .check import (
    TOLERANCE as TOLERANCE,
    Proof as Proof,
    Relation as Relation,
    Values as Values,
    plain_source as plain_source,
)
from .proving import CARDS as CARDS, PATIENCE as PATIENCE, prove as prove, verdict as verdict
from .section3 import STEPS as STEPS
