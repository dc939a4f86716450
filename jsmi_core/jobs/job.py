"""One job of the queue: what was asked for, who wants it, how far it is, and what a user sees of that."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from jsmi_core.experiments import Cell, EpochScore, RankCell, Result
from jsmi_core.lowrank import RankStep
from jsmi_core.store import Lease


@dataclass(frozen=True)
class JobStatus:
    """Where a job stands.

    ``state`` is queued, running, done, failed or cancelled; ``place`` counts from 1 while queued, else it is 0;
    ``progress`` runs from 0 to 1; ``history`` holds every score of a training so far, ``steps`` every 20th or so of a
    search (both kept after a cancel or failure); ``seconds_left`` is an estimate while queued or running, else None;
    ``message`` is a sentence for the user, empty when there is nothing to say; ``saved`` is False when a finished
    result could not be written to the store (see :meth:`JobQueue.retry_save`).
    """

    id: str
    state: str
    place: int = 0
    progress: float = 0.0
    history: tuple[EpochScore, ...] = ()
    seconds_left: float | None = None
    message: str = ""
    saved: bool = True
    steps: tuple[RankStep, ...] = ()


@dataclass(eq=False)
class Job:
    """A job as the parent process sees it; the slot that runs it moves it on."""

    cell: Cell | RankCell
    cost: float  # estimated multiply-adds
    owners: set[str]
    corpus_name: str
    again: bool = False  # whether it is run although a result is stored
    state: str = "queued"
    message: str = ""
    orders: int = 0  # how many processes were told to run it
    begun: bool = False  # whether one of them has answered
    history: list[EpochScore] = field(default_factory=list)
    steps: list[RankStep] = field(default_factory=list)
    share: float = 0.0  # of the work done
    working_since: float = (
        0.0  # clock at its first score; what went before (imports, counting) tells nothing of its pace
    )
    moved: float = 0.0  # clock when it last made progress
    unsaved: Result | None = None
    lease: Lease | None = None  # while it runs here

    def release(self) -> None:
        """Let other processes run it."""
        if self.lease is not None:
            self.lease.release()
            self.lease = None

    @property
    def unwanted(self) -> bool:
        """Whether all who asked for it have left."""
        return not self.owners

    def hear(self, moment: dict[str, Any]) -> float:
        """Take in an epoch or a step that the worker tells of, and return the share of the work that it stands for."""
        self.moved = time.monotonic()
        self.working_since = self.working_since or self.moved
        if isinstance(self.cell, RankCell):
            self.steps.append(RankStep(**moment))
            return 0.0  # a search tells its share apart
        self.history.append(EpochScore(**moment))
        return self.history[-1].epoch / self.cell.config.epochs

    def seconds_left(self, expected: float) -> float:
        """Estimate, for a running job that was expected to take ``expected`` seconds."""
        if not self.working_since:
            return expected
        elapsed = time.monotonic() - self.working_since
        return elapsed / self.share - elapsed if self.share > 0.02 else max(expected - elapsed, 0.0)
