"""Trainings in the background: one bounded queue, a few low-priority processes, nothing left behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jsmi_core.experiment import Cell, EpochScore
from jsmi_core.store import Store

if TYPE_CHECKING:
    from jsmi_core.corpus import Corpus

__all__ = ["JobQueue", "JobStatus"]


@dataclass(frozen=True)
class JobStatus:
    """Where a job stands.

    ``state`` is queued, running, done, failed or cancelled; ``place`` counts the jobs ahead + 1 while queued, else 0;
    ``progress`` runs from 0 to 1; ``history`` holds every epoch scored so far (kept after a cancel or failure);
    ``seconds_left`` is an estimate, None when there is nothing to go by; ``message`` is a sentence for the user,
    empty when there is nothing to say; ``saved`` is False when a finished result could not be written to the store
    (see :meth:`JobQueue.retry_save`).
    """

    id: str
    state: str
    place: int = 0
    progress: float = 0.0
    history: tuple[EpochScore, ...] = ()
    seconds_left: float | None = None
    message: str = ""
    saved: bool = True


class JobQueue:
    """Run cells in worker processes, first come first served, and store what they find.

    Parameters
    ----------
    store : Store
    workers : int, 1 … 64, optional
        Default: the environment's ``JSMI_WORKERS``, or one less than the processors (at least 1).
    limit : int
        Most jobs that may wait.
    task : str
        ``module:function`` with the signature of :func:`jsmi_core.experiment.run_cell`.
    stall_seconds : float
        A job that makes no progress for this long is stopped.
    """

    def __init__(
        self,
        store: Store,
        workers: int | None = None,
        limit: int = 1_000,
        *,
        task: str = "jsmi_core.experiment:run_cell",
        stall_seconds: float = 300.0,
    ) -> None:
        raise NotImplementedError

    def submit(self, cell: Cell, corpus: Corpus, owner: str = "") -> str:
        """Queue a cell and return its id; a cell already stored, queued or running is not run twice.

        ``owner`` (a session, say) matters for :meth:`cancel` only. Raises JobError if the queue is full, ParameterError
        if the job is too large, StoreError if the corpus cannot be kept for the workers.
        """
        raise NotImplementedError

    def status(self, job_id: str) -> JobStatus:
        """Where a job stands. Raises JobError for an id that is neither queued here nor stored."""
        raise NotImplementedError

    def cancel(self, job_id: str, owner: str = "") -> None:
        """Take back one owner's wish for a job; it stops (within 2 s) when nobody else wants it."""
        raise NotImplementedError

    def retry_save(self, job_id: str) -> None:
        """Try again to store a finished result that could not be written. Raises StoreError if it still fails."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop everything, within 5 s; also done when the program ends."""
        raise NotImplementedError
