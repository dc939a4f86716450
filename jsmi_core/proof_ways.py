"""What both ways of a card start from: p, r and m*, by production and by the plain definitions.

The noise is the paper's, q(y) = p(y). A best score of −∞, where p = 0, is written as −40 in a matrix: its sigmoid is
0 to all digits of a sum.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jsmi_core import reference
from jsmi_core.distribution import FloatArray
from jsmi_core.objective import SGNSObjective
from jsmi_core.proof_case import Case

NEVER = -40.0


def dense(case: Case) -> tuple[FloatArray, FloatArray]:
    """Production's p and r, (V, W) each."""
    joint = case.joint
    return joint.p.toarray(), np.outer(joint.word_marginal, joint.context_marginal)


def plain(case: Case) -> tuple[list[list[float]], list[float]]:
    """The definitions' p(x, y) and q(y) = p(y)."""
    p = reference.joint_distribution(case.table)
    return p, reference.context_marginal(p)


def best_scores(objective: SGNSObjective) -> FloatArray:
    """Production's m* as a whole table."""
    best = np.full(objective.joint.shape, NEVER)
    best[objective.contrast.rows, objective.contrast.columns] = objective.best_scores
    return best


def plain_best_scores(case: Case) -> list[list[float]]:
    """The definitions' m* as a whole table."""
    p, q = plain(case)
    return [[max(m, NEVER) for m in row] for row in reference.best_scores(p, q, case.alpha)]


def all_pairs(case: Case) -> npt.NDArray[np.int64]:
    """(2, V·W): the rows and the columns of all cells of the table."""
    return np.indices(case.counts.shape).reshape(2, -1)
