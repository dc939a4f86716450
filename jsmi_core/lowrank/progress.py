"""What a search for the best rank reports on its way, and how it is stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from jsmi_core.errors import Cancelled
from jsmi_core.lowrank.gradient import SlopePass


@dataclass(frozen=True)
class RankStep:
    """One step of the solver: passes over all pairs so far, the best S so far in nats, seconds so far.

    ``share`` is an estimate of how much of the search is done: nobody knows how many steps there will be.
    """

    passes: int
    score: float
    seconds: float
    share: float = 1.0


class Watch:
    """The history of all climbs together; asks after each step whether to go on."""

    def __init__(
        self,
        slopes: SlopePass,
        climbs: int,
        on_step: Callable[[RankStep], None] | None,
        cancel: Callable[[], bool] | None,
    ) -> None:
        self.slopes, self.climbs, self.on_step, self.cancel = slopes, climbs, on_step, cancel
        self.begin = time.perf_counter()
        self.history: list[RankStep] = []
        self.ended = 0

    def step(self, score: float, share: float) -> None:
        """Take in a step of the climb under way: its score, and how much of that climb may be done."""
        best, done = score, (self.ended + share) / self.climbs
        if self.history:
            best, done = max(score, self.history[-1].score), max(done, self.history[-1].share)
        step = RankStep(self.slopes.passes, best, time.perf_counter() - self.begin, done)
        self.history.append(step)
        if self.on_step:
            self.on_step(step)
        if self.cancel and self.cancel():
            raise Cancelled(f"the search was stopped after {len(self.history)} steps, at S = {best:.6f} nats.")
