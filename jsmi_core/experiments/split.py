"""What a gap is made of: the price of rank, and the price of training. (Beyond the paper.)

JSMI − S(m) = (JSMI − S*_d) + (S*_d − S(m)), where S*_d is the best score of any matrix of rank ≤ d. What is known of
S*_d is a lower bound: the best score that any search or training reached at d or less, since a matrix of rank d' ≤ d
is one of rank ≤ d. So the price of rank is *at most* what stands here, the price of training *at least*; neither is
ever negative, and the best known score never falls as d grows. All values are nats per draw of W.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from jsmi_core.errors import ParameterError
from jsmi_core.experiments.records import CellResult, LawName, LawScores, RankResult, Result
from jsmi_core.experiments.specs import Cell, Spec
from jsmi_core.objective import REACH, SGNSObjective


@dataclass(frozen=True)
class Split:
    """The gap of one score, split at the best score that is known at its rank.

    Parameters
    ----------
    bound, best_known, score : float, nats
        score ≤ best_known ≤ bound, up to rounding.
    reachable_bound : float, nats, optional
        The best score of any matrix whose scores stay within ±6, where gensim's updates stop.
    aimed_score : float, nats, optional
        What gensim's updates aim at: the same for the negatives that it really draws, see :func:`aimed_score`.

    Examples
    --------
    >>> split = Split(bound=0.5, best_known=0.375, score=0.25)
    >>> split.price_of_rank, split.price_of_training
    (0.125, 0.125)
    """

    bound: float
    best_known: float
    score: float
    reachable_bound: float | None = None
    aimed_score: float | None = None

    @classmethod
    def of(cls, scores: LawScores, best_known: float, aimed_score: float | None = None) -> Split:
        """The split of these scores; the score itself is one that is known."""
        return cls(scores.bound, max(best_known, scores.score), scores.score, scores.reachable_bound, aimed_score)

    def at(self, score: float) -> Split:
        """The split of another score of the same rank and law, an earlier epoch's, say."""
        return replace(self, best_known=max(self.best_known, score), score=score)

    @property
    def price_of_rank(self) -> float:
        """bound − best known: at most this much is lost to d dimensions whatever is done with them."""
        return max(self.bound - self.best_known, 0.0)

    @property
    def price_of_training(self) -> float:
        """best known − score: at least this much is lost by training as it was done."""
        return self.best_known - self.score

    @property
    def price_of_reach(self) -> float | None:
        """bound − reachable bound: what no dimension gains while scores stop at ±6; None where it is not known.

        It stands beside the two prices and is not a part of either: it is counted without any limit of rank.
        """
        return None if self.reachable_bound is None else max(self.bound - self.reachable_bound, 0.0)

    @property
    def price_of_noise(self) -> float | None:
        """reachable bound − aimed score: what is lost since training draws other negatives than the score is of.

        It stands beside the two prices as the price of reach does.
        """
        if self.reachable_bound is None or self.aimed_score is None:
            return None
        return max(self.reachable_bound - self.aimed_score, 0.0)

    def to_dict(self) -> dict[str, Any]:
        """The values and the prices, as JSON-able values."""
        prices = ("price_of_rank", "price_of_training", "price_of_reach", "price_of_noise")
        return {**asdict(self), **{price: getattr(self, price) for price in prices}}


def best_known(results: Iterable[Result], law: LawName = "word2vec") -> dict[tuple[int, int], float]:
    """The best score known at each number of negatives and each rank: a lower bound on S*_d.

    The running maximum over d' ≤ d of all searches and all trainings, and of the constant matrix −log k, whose rank
    is 1 and whose score is 0 under every law.

    Parameters
    ----------
    results : iterable of CellResult and RankResult
        Of one corpus, one pair sampling and one q.
    law : "word2vec" or "paper"

    Returns
    -------
    dict of (negatives, dimension) → float, nats
        For each pair that any of the results has.

    Raises
    ------
    ParameterError
        If the results have different p or q under that law.

    Examples
    --------
    >>> best_known([])
    {}
    """
    results = list(results)
    if len({_curve(result.cell, law) for result in results}) > 1:
        raise ParameterError(
            "these results have different bounds: choose one corpus, one pair setting and one noise for them."
        )
    best: dict[tuple[int, int], float] = {}
    for result in results:
        place, score = _place(result), result.law(law).score
        best[place] = max(score, best.get(place, score))
    known: dict[tuple[int, int], float] = {}
    for negatives, dimension in sorted(best):
        reached = [score for (k, d), score in best.items() if k == negatives and d <= dimension]
        known[negatives, dimension] = max(0.0, *reached)
    return known


def aimed_score(objective: SGNSObjective, drawn: SGNSObjective) -> float:
    """S(clip(m*, −6, 6)) in nats, m* being the best scores for the negatives that training draws.

    gensim skips negatives that equal the target, and draws counts^γ where the paper takes the context marginal: its
    updates aim at the optimum of that law, not of the one that S is of. No matrix within ±6 scores more under the
    objective than its ``reachable_bound``; what this one lacks of that is the price of the mismatched noise.

    Parameters
    ----------
    objective : SGNSObjective
        What S is of.
    drawn : SGNSObjective
        The same p and α with the q that training draws, and ``skip_target=True`` for gensim's.

    Raises
    ------
    ParameterError
        If p or α differ.

    Examples
    --------
    >>> from jsmi_core.information import JointDistribution
    >>> objective = SGNSObjective(JointDistribution.from_counts([[2, 1], [1, 4]]), negatives=5)
    >>> aimed_score(objective, objective) == objective.reachable_bound
    True
    """
    if objective.joint is not drawn.joint or objective.alpha != drawn.alpha:
        raise ParameterError("the two objectives are of different pairs or α: give one p and one k for both.")
    return objective.sparse_score(np.clip(drawn.best_scores, -REACH, REACH), elsewhere=-REACH)


def searched(results: Iterable[Result], law: LawName = "word2vec") -> dict[tuple[int, int], float]:
    """The best score known at each number of negatives and rank where a search was made.

    Parameters, returns and errors as in :func:`best_known`.
    """
    results = list(results)
    places = {_place(result) for result in results if isinstance(result, RankResult)}
    return {place: score for place, score in best_known(results, law).items() if place in places}


def comparable(results: Iterable[Result], to: Result | Cell, law: LawName = "word2vec") -> tuple[Result, ...]:
    """Those results whose p and q under a law are those of another one, or of a training's own law before it is run."""
    own = _curve(to if isinstance(to, Cell) else to.cell, law)
    return tuple(result for result in results if _curve(result.cell, law) == own)


def splits(results: Iterable[Result], law: LawName = "word2vec") -> dict[str, Split]:
    """The split of each training at whose negatives and dimension a search was made too, by the training's id.

    Parameters and errors as in :func:`best_known`.

    Returns
    -------
    dict of id → Split
    """
    results = list(results)
    known = searched(results, law)
    return {
        run.id: Split.of(run.law(law), known[_place(run)])
        for run in results
        if isinstance(run, CellResult) and _place(run) in known
    }


def _place(result: Result) -> tuple[int, int]:
    return result.cell.config.negatives, result.cell.config.dimension


def _curve(cell: Spec, law: LawName) -> tuple[object, ...]:
    """The text, the pairs and the q that a result's scores under a law are of: all that a bound over α depends on."""
    own = cell.config.law
    return cell.corpus, *(own if law == "word2vec" else own.as_in_paper()).pairs_and_noise
