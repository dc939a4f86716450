"""What an objective says of an embedding: score and gap, and the law, p and q and α, that they are of.

A score stands only beside a bound, or another score, of its own law.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy.typing as npt

from jsmi_core.errors import ParameterError
from jsmi_core.information import FloatArray


@dataclass(frozen=True)
class Law:
    """The p, q and α that a bound and a score are of: in words, and as a digest of the very numbers."""

    p: str
    q: str
    skip_target: bool
    alpha: float
    digest: str

    def __str__(self) -> str:
        skipped = ", targets skipped" if self.skip_target else ""
        return f"p {self.p}, q {self.q}{skipped}, α = {self.alpha:.6g}, {self.digest[:8]}"


@dataclass(frozen=True, eq=False)
class Gap:
    """What an embedding lost: JSMI_α − S(m) in nats, as sums of cells ≥ 0. (10), Theorem 2

    ``total`` is the whole gap; ``by_word`` (V,) and ``by_context`` (W,) float64 each add up to it.
    ``on_support`` (nnz,) float64 are the cells of the pairs that occur, in CSR order of p.
    """

    total: float
    by_word: FloatArray
    by_context: FloatArray
    on_support: FloatArray
    cells_of: Callable[[npt.ArrayLike, npt.ArrayLike], FloatArray]

    def of_pairs(self, rows: npt.ArrayLike, columns: npt.ArrayLike) -> FloatArray:
        """The cells u · KL(Bern(t)‖Bern(σ(m))) of chosen pairs.

        Parameters
        ----------
        rows, columns : (n,) int
            Word and context of each pair.

        Returns
        -------
        (n,) float64, nats, each ≥ 0

        Raises
        ------
        ParameterError
            If a row or column is outside the table, or there are not as many of one as of the other.
        """
        return self.cells_of(rows, columns)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Bound, score and gap of one embedding under one law, in nats; ``gap.total`` is bound − score."""

    law: Law
    bound: float
    score: float
    gap: Gap


def difference(first: Evaluation, second: Evaluation) -> float:
    """S(first) − S(second) in nats, for two embeddings that were evaluated under one law.

    Raises
    ------
    ParameterError
        If their p, q or α differ: such scores have different bounds and cannot be compared.

    Examples
    --------
    >>> from jsmi_core import Embedding, JointDistribution, SGNSObjective
    >>> objective = SGNSObjective(JointDistribution.from_counts([[2, 1], [1, 4]]), negatives=1)
    >>> worse, better = (objective.evaluate(Embedding.constant(m, 2, 2)) for m in (1.0, 0.0))
    >>> round(difference(better, worse), 6)
    0.120115
    """
    if first.law.digest != second.law.digest:
        raise ParameterError(
            f"the scores are of different laws ({first.law} and {second.law}): "
            "evaluate both embeddings with one SGNSObjective."
        )
    return first.score - second.score
