"""Cells → results over any executor: threads, processes, or a cluster.

The workers compute, and only this process writes the store. A cell is computed once: not if it is stored, not while
another program on this store is at it. When a worker is lost in the middle of a cell, the cell is given to another.
"""

from __future__ import annotations

import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass
from typing import Any

from jsmi_core.errors import JSMIError, ParameterError, told
from jsmi_core.experiments import Cell, RankCell, Result, Spec, run_cell
from jsmi_core.jobs.claims import Unclaimed, claim, keep
from jsmi_core.jobs.job import JobStatus
from jsmi_core.runtime.pool import Pool
from jsmi_core.store import Lease, Store
from jsmi_core.text import Corpus

ATTEMPTS = 3  # workers that may be lost over one cell
_WAIT_SECONDS = 0.5  # how often to look for what other programs have stored
_Outcome = tuple[bytes, str]  # a result, or why there is none


def run_cells(
    cells: Iterable[Cell | RankCell],
    corpus: Corpus,
    pool: Pool,
    store: Store,
    *,
    on_end: Callable[[JobStatus], object] | None = None,
    on_unsaved: Callable[[Result], object] | None = None,
) -> tuple[JobStatus, ...]:
    """Run those cells that are not stored yet, and store what they find.

    Parameters
    ----------
    cells : iterable of Cell and RankCell
        Of that corpus; equal ones are run once.
    corpus : Corpus
    pool : Pool
        Its workers are sent the corpus once, under its digest.
    store : Store
        Written by this process only.
    on_end : callable, optional
        Called with the status of each cell when it has ended.
    on_unsaved : callable, optional
        Called with each result that could not be stored.

    Returns
    -------
    tuple of JobStatus
        One for each cell, done or failed, in the order of the cells.

    Raises
    ------
    ParameterError
        If a cell names another corpus.

    Examples
    --------
    >>> import tempfile
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> from jsmi_core import Grid, SGNSConfig
    >>> corpus = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]] * 5)
    >>> grid = Grid((2, 3), (1,), base=SGNSConfig(subsample=0))
    >>> with tempfile.TemporaryDirectory() as folder, Store(folder) as store, ThreadPoolExecutor(2) as threads:
    ...     [status.state for status in run_cells(grid.cells(corpus.digest), corpus, Pool(threads), store)]
    ['done', 'done']
    """
    wanted = {cell.id: cell for cell in cells}
    if any(cell.corpus != corpus.digest for cell in wanted.values()):
        raise ParameterError(f"a cell names another corpus than {corpus.digest[:12]}: give the one that it names.")
    sweep = _Sweep(corpus, pool, store, on_end or (lambda status: None), on_unsaved or (lambda result: None))
    try:
        return sweep.run(wanted)
    finally:
        sweep.stop()


@dataclass
class _Task:
    """One cell that a worker was given."""

    cell: Cell | RankCell
    lease: Lease
    attempts: int = 1


class _Sweep:
    """One call of :func:`run_cells` under way."""

    def __init__(
        self,
        corpus: Corpus,
        pool: Pool,
        store: Store,
        on_end: Callable[[JobStatus], object],
        on_unsaved: Callable[[Result], object],
    ) -> None:
        self._corpus, self._pool, self._store = corpus, pool, store
        self._on_end, self._on_unsaved = on_end, on_unsaved
        self._running: dict[Future[_Outcome], _Task] = {}
        self._ended: dict[str, JobStatus] = {}

    def run(self, wanted: dict[str, Cell | RankCell]) -> tuple[JobStatus, ...]:
        waiting = deque(wanted.values())
        while waiting or self._running:
            self._hand_out(waiting)
            if not self._running:  # other programs have the rest
                time.sleep(_WAIT_SECONDS)
                continue
            finished, _ = wait(self._running, _WAIT_SECONDS, FIRST_COMPLETED)
            for future in finished:
                self._take_in(future)
        return tuple(self._ended[cell_id] for cell_id in wanted)

    def stop(self) -> None:
        """Take back what has not begun, and leave the rest to other programs."""
        for future, task in self._running.items():
            future.cancel()
            task.lease.release()

    def _hand_out(self, waiting: deque[Cell | RankCell]) -> None:
        """Give the workers cells until each has one more to go on with."""
        for _ in range(len(waiting)):
            if len(self._running) >= 2 * self._pool.slots:
                return
            cell = waiting.popleft()
            claimed = claim(self._store, cell)
            if isinstance(claimed, Lease):
                self._give(_Task(cell, claimed))
            elif claimed is Unclaimed.STORED:
                self._end(JobStatus(cell.id, "done", progress=1.0))
            else:
                waiting.append(cell)

    def _give(self, task: _Task) -> None:
        try:
            future = self._pool.submit(_compute, self._corpus, task.cell.to_dict())
        except (BrokenExecutor, OSError, RuntimeError) as error:
            task.lease.release()
            self._end(JobStatus(task.cell.id, "failed", message=f"no worker could be given the cell ({error})."))
        else:
            self._running[future] = task

    def _take_in(self, future: Future[_Outcome]) -> None:
        """Store what a worker found; give the cell to another if the worker was lost."""
        task = self._running.pop(future)
        try:
            payload, problem = future.result()
        except Exception as error:  # of the executor: what a cell raises comes as a sentence
            if task.attempts < ATTEMPTS:
                task.attempts += 1
                self._give(task)
                return
            payload, problem = b"", f"no worker could finish it in {task.attempts} attempts ({error}): try again."
        if problem:
            status = JobStatus(task.cell.id, "failed", message=problem)
        else:
            status = self._keep(Result.from_bytes(payload))
        task.lease.release()
        self._end(status)

    def _keep(self, result: Result) -> JobStatus:
        trouble = keep(self._store, result)
        if trouble:
            self._on_unsaved(result)
        return JobStatus(result.id, "done", progress=1.0, message=trouble, saved=not trouble)

    def _end(self, status: JobStatus) -> None:
        self._ended[status.id] = status
        self._on_end(status)


def _compute(corpus: Corpus, cell: dict[str, Any]) -> _Outcome:
    """One cell, in a worker: nothing but bytes and words comes back."""
    try:
        spec: Any = Spec.from_dict(cell)
        return run_cell(spec, corpus).to_bytes(), ""
    except Exception as error:
        if not isinstance(error, (JSMIError, MemoryError)):
            traceback.print_exc()  # to the worker's log
        return b"", told(error)
