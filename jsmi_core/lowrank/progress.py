"""What a search for the best rank reports on its way, and how it is stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jsmi_core.errors import Cancelled
from jsmi_core.information import FloatArray
from jsmi_core.objective import SGNSObjective, Vectors


@dataclass(frozen=True)
class RankStep:
    """One step of the solver: passes over all pairs so far, the best S so far in nats, seconds so far.

    ``share`` is an estimate of how much of the search is done: nobody knows how many steps there will be.
    """

    passes: int
    score: float
    seconds: float
    share: float = 1.0


class CountedObjective:
    """An objective as starts and solvers see it, with its passes over all pairs counted."""

    def __init__(self, objective: SGNSObjective) -> None:
        self.objective, self.alpha, self.passes = objective, objective.alpha, 0

    @property
    def mixture_marginals(self) -> tuple[FloatArray, FloatArray]:
        """The objective's."""
        return self.objective.mixture_marginals

    def value_and_gradient(
        self, words: Vectors, contexts: Vectors, *, dtype: npt.DTypeLike = np.float64
    ) -> tuple[float, Vectors, Vectors]:
        """The objective's, counted."""
        self.passes += 1
        return self.objective.value_and_gradient(words, contexts, dtype=dtype)

    def value_and_derivatives(self, scores: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        """The objective's, counted."""
        self.passes += 1
        return self.objective.value_and_derivatives(scores)


class SearchProgress:
    """The history of all ascents of a search together; asks after each step whether to go on."""

    def __init__(
        self,
        objective: CountedObjective,
        ascents: int,
        on_step: Callable[[RankStep], None] | None,
        cancel: Callable[[], bool] | None,
    ) -> None:
        self.objective, self.ascents, self.on_step, self.cancel = objective, ascents, on_step, cancel
        self.began = time.perf_counter()
        self.history: list[RankStep] = []
        self.ended = 0

    def step(self, score: float, share: float) -> None:
        """Take in a step of the ascent under way: its score, and how much of that ascent may be done."""
        best, done = score, (self.ended + share) / self.ascents
        if self.history:
            best, done = max(score, self.history[-1].score), max(done, self.history[-1].share)
        step = RankStep(self.objective.passes, best, time.perf_counter() - self.began, done)
        self.history.append(step)
        if self.on_step:
            self.on_step(step)
        if self.cancel and self.cancel():
            raise Cancelled(f"the search was stopped after {len(self.history)} steps, at S = {best:.6f} nats.")

    def end_of_ascent(self) -> None:
        """The next step is of another ascent."""
        self.ended += 1
