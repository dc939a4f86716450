"""Whose turn it is: jobs go round their owners, and those of owners who are gone come last."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from jsmi_core.jobs.job import Job

AWAY_SECONDS = 120.0  # a page that is open says so every few seconds while its jobs run
GONE_SECONDS = 3600.0


class Turns:
    """Who was served when, and who was last seen; an owner who never said so is taken to be there."""

    def __init__(self) -> None:
        self._served: dict[str, int] = {}
        self._turn = 0
        self._seen: dict[str, float] = {}

    def serve(self, job: Job) -> None:
        """It is this job's turn."""
        self._turn += 1
        self._served.update(dict.fromkeys(job.owners, self._turn))

    def see(self, owner: str) -> None:
        """The owner is there now."""
        self._seen[owner] = time.monotonic()

    def gone(self, job: Job, seconds: float = GONE_SECONDS) -> bool:
        """Whether none of those who want a job was there for so long."""
        longest_ago = time.monotonic() - seconds
        return bool(job.owners) and all(self._seen.get(owner, longest_ago) < longest_ago for owner in job.owners)

    def order(self, waiting: Iterable[Job], running: Collection[Job]) -> list[Job]:
        """The jobs that wait, as they will be taken: each owner's next after everybody's next before it.

        A job that several want comes when the first of them has a turn. Of equal claims, who was served longest ago,
        and then who asked first.
        """
        taken = Counter(owner for job in running for owner in job.owners)
        claims: list[tuple[tuple[bool, int, int, int], Job]] = []
        for arrival, job in enumerate(waiting):
            owners: Sequence[str] = tuple(job.owners) or ("",)
            turn, last = min((taken[owner], self._served.get(owner, 0)) for owner in owners)
            claims.append(((self.gone(job, AWAY_SECONDS), turn, last, arrival), job))
            taken.update(owners)
        return [job for _, job in sorted(claims, key=lambda claim: claim[0])]
