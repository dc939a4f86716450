"""Trainings and searches in the background: one bounded queue, a few low-priority processes, nothing left behind.

Each slot is a thread that owns one long-lived process (``process.py``, ``worker.py``) and is the only one to talk to
it. A job lives in the parent: the process can raise, exit, crash, hang or be killed, and the job still ends with a
reason. Only the parent writes results to the store. Several queues may share a store, each in a process of its own:
what one of them runs the others leave to it.
"""

from __future__ import annotations

import atexit
import math
import os
import threading
import time
import traceback
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Self, TypeVar, overload

from jsmi_core import checks
from jsmi_core.errors import JobError, ParameterError
from jsmi_core.experiments import (
    Cell,
    CellResult,
    RankCell,
    Result,
    Spec,
    check_size,
    estimated_multiply_adds,
    estimated_pace,
    ids_of,
)
from jsmi_core.jobs.claims import Unclaimed, claim, keep
from jsmi_core.jobs.job import Job, JobStatus
from jsmi_core.jobs.process import WorkerEnded, WorkerProcess
from jsmi_core.jobs.turns import Turns
from jsmi_core.store import Lease, Store
from jsmi_core.text import Corpus

ELSEWHERE_SECONDS = 0.5  # how often to look whether another process is done with a job
CANCEL_SECONDS = 1.5  # how long a cancelled cell may take to stop by itself
_MOST_ENDED = 2_000  # jobs remembered for status(); the results themselves are in the store
_MOST_UNSAVED = 50  # results held in memory while the store cannot be written
_BEST_FIRST = ("done", "running", "queued", "failed", "cancelled")
_STOPPED = "stopped on request: what was scored until then is kept."
_R = TypeVar("_R", bound=Result)


class JobQueue:
    """Run cells in worker processes, in turns for those who asked for them, and store what they find.

    Parameters
    ----------
    store : Store
    workers : int, 1 … 64, optional
        Default: the environment's ``JSMI_WORKERS``, or one less than the processors (at least 1).
    limit : int, 1 … 100,000
        Most jobs that may wait.
    task : str
        ``module:function`` with the signature of :func:`jsmi_core.experiments.run.run_cell`.
    longest_seconds : float
        A job estimated to take longer is refused.
    stall_seconds : float
        A job that makes no progress for this long is stopped.
    most_each, longest_each_seconds : int and float, optional
        How many jobs one owner may have in the queue, and of how many seconds' work; see :meth:`check_share`.

    Raises
    ------
    ParameterError
        If a number is out of range.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Store(folder) as store, JobQueue(store, workers=1) as jobs:
    ...     jobs.waiting
    0
    """

    def __init__(
        self,
        store: Store,
        workers: int | None = None,
        limit: int = 1_000,
        *,
        task: str = "jsmi_core.experiments.run:run_cell",
        longest_seconds: float = 24 * 3600.0,
        stall_seconds: float = 300.0,
        most_each: int | None = None,
        longest_each_seconds: float = math.inf,
    ) -> None:
        self.store = store
        self.workers = checks.integer("workers", _default_workers() if workers is None else workers, 1, 64)
        self.limit = checks.integer("limit", limit, 1, 100_000)
        self._task = task
        self._longest_seconds = longest_seconds
        self._stall_seconds = stall_seconds
        self._most_each = most_each
        self._longest_each_seconds = longest_each_seconds
        self._turns = Turns()
        self._order: list[Job] | None = None  # of those that wait; None once something has changed
        self._ordered = 0.0  # clock when it was made
        self._jobs: dict[str, Job] = {}
        self._queue: deque[Job] = deque()
        self._running: set[Job] = set()
        self._changed = threading.Condition()  # guards everything mutable here
        self._closed = False
        self._timed = [(run.manifest.cost, run.manifest.seconds) for run in store.results(kind=Result)]
        self._slots = [
            threading.Thread(target=self._serve, name=f"jsmi-slot-{number}", daemon=True)
            for number in range(self.workers)
        ]
        for slot in self._slots:
            slot.start()
        atexit.register(self.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- for the user ----------------------------------------------------------------------------------------------

    @property
    def waiting(self) -> int:
        """How many jobs are queued."""
        return len(self._queue)

    def submit(self, cell: Cell | RankCell, corpus: Corpus, owner: str = "", *, again: bool = False) -> str:
        """Queue a cell and return the id of its job; a cell already stored, queued or running is not run twice.

        That id is another one where the job of a cell that answers this one is under way, or stored: see
        ``Cell.answered_by``.

        Parameters
        ----------
        cell : Cell or RankCell
        corpus : Corpus
            The corpus that the cell names; it is kept in the store for the workers.
        owner : str
            Who wants it (a session, say): see :meth:`cancel`.
        again : bool
            Run it although a result is stored, which was imported and is not this owner's.

        Raises
        ------
        JobError
            If the queue is full or closed.
        ParameterError
            If the corpus is another one, or the job is too large; the message names a size that fits.
        StoreError
            If the corpus cannot be kept.
        """
        if cell.corpus != corpus.digest:
            raise ParameterError(f"the cell names corpus {cell.corpus[:12]}, not {corpus.digest[:12]}: give that one.")
        with self._changed:
            for job_id in cell.answered_by:
                if self._joined(job_id, owner) or (not again and self.store.has(job_id)):
                    return job_id
            check_size(corpus, cell, estimated_pace(self._timed), self._longest_seconds)
        self.store.save_corpus(corpus)
        job = Job(cell, estimated_multiply_adds(corpus, cell), {owner}, corpus.name, again)
        with self._changed:
            if self._joined(cell.id, owner):  # while the corpus was being saved
                return cell.id
            if self._closed:
                raise JobError("the queue is closed: start the program again.")
            if len(self._queue) >= self.limit:
                raise JobError(f"{len(self._queue):,} jobs are waiting already: try again when some are done.")
            self._jobs[cell.id] = job
            self._queue.append(job)
            self._forget_oldest()
            self._stir()
        return cell.id

    def check_share(self, cells: Sequence[Cell | RankCell], corpus: Corpus, owner: str) -> None:
        """Raise JobError, before anything is queued, where these cells would be more than one owner may have."""
        wanted = [cell for cell in cells if not self.store.has(cell)]
        with self._changed:
            pace = estimated_pace(self._timed)
            mine = [job for job in (*self._queue, *self._running) if owner in job.owners]
        count, most = len(mine) + len(wanted), self._most_each
        if most is not None and count > most:
            have = f" beside {len(mine):,} of yours that are under way" if mine else ""
            wait = ", or wait for those" if mine else ""
            raise JobError(
                f"that makes {len(wanted):,} trainings or searches{have}, where each person may have {most:,} at a"
                f" time: choose fewer numbers{wait}."
            )
        seconds = pace * (sum(job.cost for job in mine) + sum(estimated_multiply_adds(corpus, cell) for cell in wanted))
        if wanted and seconds > self._longest_each_seconds:
            raise JobError(
                f"with what you have under way this would take about {seconds / 3600:,.1f} hours, where each person may"
                f" have {self._longest_each_seconds / 3600:g} at a time: choose fewer numbers, or smaller ones."
            )

    def see(self, owner: str) -> None:
        """An owner is there: jobs of those who are gone come last, and end after an hour. Who never said so stays."""
        with self._changed:
            self._turns.see(owner)

    def wants(self, job: str | Spec, owner: str) -> bool:
        """Whether this owner asked for a live job, or for one that answers a cell."""
        with self._changed:
            jobs = [self._jobs[job_id] for job_id in ids_of(job) if job_id in self._jobs]
            return any(owner in job.owners and job.state in ("queued", "running") for job in jobs)

    def live(self) -> list[tuple[JobStatus, frozenset[str]]]:
        """All jobs that run or wait, in the order of their turns, each with its owners: for who looks after it."""
        with self._changed:
            return [(self._status(job), frozenset(job.owners)) for job in (*self._running, *self._in_order())]

    def status(self, job: str | Spec) -> JobStatus:
        """Where a job stands, by its id or its cell: of several that answer the cell, the one that is furthest.

        Raises JobError for what is neither known to this queue nor stored.
        """
        ids = ids_of(job)
        known = [status for job_id in ids if (status := self._known(job_id)) is not None]
        if not known:
            raise JobError(f"no job {ids[0][:20]} is known here, perhaps a restart interrupted it: start it again.")
        return min(known, key=lambda status: _BEST_FIRST.index(status.state))

    @overload
    def result(self, job: str | Spec) -> CellResult | None: ...
    @overload
    def result(self, job: str | Spec, kind: type[_R]) -> _R | None: ...
    def result(self, job: str | Spec, kind: type[Result] = CellResult) -> Result | None:
        """The result of a finished job, by its id or its cell, stored or not; None if there is none of that kind."""
        with self._changed:
            if isinstance(job, str) and job in self._jobs:
                job = self._jobs[job].cell  # it may have ended because another result that answers it was stored
            known = [self._jobs[job_id].unsaved for job_id in ids_of(job) if job_id in self._jobs]
        unsaved = next((result for result in known if isinstance(result, kind)), None)
        return self.store.get(job, kind) if unsaved is None else unsaved

    def cancel(self, job: str | Spec, owner: str | None = "") -> None:
        """Take back one owner's wish for a job, or for all that answer a cell; what nobody else wants stops within 2 s.

        What was scored so far stays in its status. With None as owner the wish of all is taken back.
        """
        with self._changed:
            for wanted in [self._jobs[job_id] for job_id in ids_of(job) if job_id in self._jobs]:
                wanted.owners.difference_update(set(wanted.owners) if owner is None else {owner})
                if wanted.unwanted and wanted.state == "queued":
                    self._queue.remove(wanted)
                    self._end(wanted, "cancelled", "stopped before it began.")
            self._stir()

    def retry_save(self, job_id: str) -> None:
        """Try again to store a finished result that could not be written. Raises StoreError if it still fails."""
        with self._changed:
            job = self._jobs.get(job_id)
            result = None if job is None else job.unsaved
        if job is not None and result is not None:
            self.store.save(result)
            with self._changed:
                job.unsaved, job.message = None, ""

    def estimated_seconds(self, cells: Iterable[Cell | RankCell], corpus: Corpus) -> float:
        """How long these cells would take from now, without those already stored, on free workers."""
        missing = [cell for cell in cells if not self.store.has(cell)]
        with self._changed:
            pace = estimated_pace(self._timed)
        seconds = [pace * estimated_multiply_adds(corpus, cell) for cell in missing]
        return max(sum(seconds) / self.workers, max(seconds, default=0.0))

    def close(self) -> None:
        """Stop everything, within 5 s; also done when the program ends."""
        atexit.unregister(self.close)
        with self._changed:
            self._closed = True
            while self._queue:
                self._end(self._queue.popleft(), "cancelled", "stopped because the program ended.")
            self._changed.notify_all()
        for slot in self._slots:
            slot.join(5)

    def _known(self, job_id: str) -> JobStatus | None:
        with self._changed:
            job = self._jobs.get(job_id)
            if job is not None:
                return self._status(job)
        return JobStatus(job_id, "done", progress=1.0) if self.store.has(job_id) else None

    # -- jobs, with the lock held ----------------------------------------------------------------------------------

    def _joined(self, job_id: str, owner: str) -> bool:
        """Whether a live job of that id exists, wanted by this owner now too."""
        job = self._jobs.get(job_id)
        live = job is not None and not job.unwanted and (job.state in ("queued", "running") or job.unsaved is not None)
        if job is not None and live:
            job.owners.add(owner)
        return live

    def _status(self, job: Job) -> JobStatus:
        pace = estimated_pace(self._timed)
        place, seconds_left = 0, None
        if job.state == "queued":
            order = self._in_order()
            place = order.index(job) + 1
            running = sum(other.seconds_left(pace * other.cost) for other in self._running)
            seconds_left = (running + pace * sum(other.cost for other in islice(order, place))) / self.workers
        elif job.state == "running":
            seconds_left = job.seconds_left(pace * job.cost)
        return JobStatus(
            job.cell.id,
            job.state,
            place,
            job.share,
            tuple(job.history),
            seconds_left,
            job.message,
            job.unsaved is None,
            tuple(job.steps),
        )

    def _in_order(self) -> list[Job]:
        """Those that wait, as they will be taken."""
        if self._order is None or time.monotonic() - self._ordered > ELSEWHERE_SECONDS:
            self._order = self._turns.order(self._queue, self._running)
            self._ordered = time.monotonic()
        return self._order

    def _stir(self) -> None:
        """Something has changed for those that wait."""
        self._order = None
        self._changed.notify_all()

    def _end(self, job: Job, state: str, message: str = "") -> None:
        self._running.discard(job)
        job.release()
        job.state, job.message = state, message
        job.share = 1.0 if state == "done" else job.share
        self._stir()

    def _forget_oldest(self) -> None:
        ended = [key for key, job in self._jobs.items() if job.state not in ("queued", "running") and not job.unsaved]
        for key in ended[: max(len(ended) - _MOST_ENDED, 0)]:
            del self._jobs[key]

    # -- slots, each in its own thread -----------------------------------------------------------------------------

    def _serve(self) -> None:
        process: WorkerProcess | None = None
        while (job := self._next()) is not None:
            try:
                if process is not None and not process.alive():
                    process.kill()  # what is left of it
                    process = None
                process = process or WorkerProcess(self._task)
                self._run(job, process)
            except Exception as error:  # whatever it is, it ends this job only: the slot goes on
                traceback.print_exc()
                self._finish(job, "failed", f"the job could not be run ({error}): try again.")
                if process is not None:
                    process.kill()
        if process is not None:
            process.kill()

    def _next(self) -> Job | None:
        with self._changed:
            while not self._closed:
                job = self._first_free()
                if job is not None:
                    self._queue.remove(job)
                    job.state, job.message, job.moved = "running", "", time.monotonic()
                    self._running.add(job)
                    self._turns.serve(job)
                    self._order = None
                    return job
                self._changed.wait(ELSEWHERE_SECONDS if self._queue else None)
            return None

    def _first_free(self) -> Job | None:
        """Whose turn it is and no other process on this store runs; what they have stored is done."""
        for job in tuple(self._in_order()):
            if self._turns.gone(job):
                self._queue.remove(job)
                self._end(job, "cancelled", "stopped because nobody has looked for it for an hour: start it again.")
                continue
            claimed = claim(self.store, job.cell, again=job.again)
            if isinstance(claimed, Lease):
                job.lease = claimed
                return job
            if claimed is Unclaimed.STORED:
                self._queue.remove(job)
                self._end(job, "done")
            else:
                job.message = claimed.value
        return None

    def _run(self, job: Job, process: WorkerProcess) -> None:
        """See one job through, whatever its process does."""
        asked_to_stop: float | None = None
        try:
            job.orders += 1
            store = str(self.store.path.absolute())
            process.send({"cell": job.cell.to_dict(), "store": store, "name": job.corpus_name})
            while job.state == "running":
                self._hear(job, process)
                now = time.monotonic()
                if job.unwanted and asked_to_stop is None:
                    process.send({"cancel": True})
                    asked_to_stop = now
                if self._closed or (asked_to_stop is not None and now - asked_to_stop > CANCEL_SECONDS):
                    process.kill()
                    self._finish(job, "cancelled", _STOPPED)
                elif now - job.moved > self._stall_seconds:
                    process.kill()
                    self._finish(job, "failed", f"stopped after {self._stall_seconds:g} s without progress: try again.")
        except WorkerEnded as end:
            if job.unwanted:
                self._finish(job, "cancelled", _STOPPED)
            elif job.begun or job.orders > 1:
                self._finish(job, "failed", f"{end}: try again.")
            else:  # the process had died before, in its idle time: the job is not to blame
                self._put_back(job)

    def _put_back(self, job: Job) -> None:
        with self._changed:
            self._running.discard(job)
            job.release()
            job.state = "queued"
            self._queue.appendleft(job)
            self._stir()

    def _hear(self, job: Job, process: WorkerProcess) -> None:
        message = process.receive()
        if message is None:
            return
        job.begun = True
        if message["kind"] == "begun":
            job.moved = time.monotonic()
        elif message["kind"] == "share":
            self._move(job, message["share"])
        elif message["kind"] == "moment":
            self._move(job, job.hear(message["moment"]))
        elif message["kind"] == "done":
            self._keep(job, Result.from_bytes(process.receive_bytes()))
        else:
            self._finish(job, message["kind"], message.get("message", _STOPPED))

    def _move(self, job: Job, share: float) -> None:
        if share > job.share:
            job.share, job.moved = share, time.monotonic()

    def _keep(self, job: Job, result: Result) -> None:
        """Store a result; where that fails, hold it for another try."""
        with self._changed:
            self._timed.append((result.manifest.cost, result.manifest.seconds))
            held = sum(other.unsaved is not None for other in self._jobs.values())
        trouble = keep(self.store, result)
        if trouble and held >= _MOST_UNSAVED:
            self._finish(job, "failed", f"too many results wait to be stored, and this one is lost: {trouble}")
            return
        job.unsaved = result if trouble else None
        self._finish(job, "done", trouble)

    def _finish(self, job: Job, state: str, message: str = "") -> None:
        with self._changed:
            self._end(job, state, message)


def _default_workers() -> float | str:
    """One processor stays free for whoever is looking."""
    asked = os.environ.get("JSMI_WORKERS")
    return checks.number(asked) if asked else max(1, (os.cpu_count() or 1) - 1)
