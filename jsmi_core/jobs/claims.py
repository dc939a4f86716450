"""The rules by which programs share one store: who is to run a cell takes it first, and keeps what comes out.

The queue, a sweep over an executor and the shell's own commands all go by them.
"""

from __future__ import annotations

from enum import Enum

from jsmi_core.errors import StoreError
from jsmi_core.experiments import Result, Spec
from jsmi_core.store import Lease, Store


class Unclaimed(Enum):
    """Why a cell need not be run here."""

    BUSY = "its training is under way already, perhaps in another program that uses this store."
    STORED = ""


def claim(store: Store, cell: Spec, *, again: bool = False) -> Lease | Unclaimed:
    """The lease on a cell that nobody runs and whose result is not stored yet; with it goes the duty to release it.

    ``again`` says that the stored result will not do: it was imported, and whoever asks has not imported it.
    """
    lease = store.lease(cell)
    if lease is None:
        return Unclaimed.BUSY
    try:
        # asked with the lease in hand: another program may just have finished it
        stored = not again and store.has(cell)
    except StoreError:  # it will be told when the result is to be stored
        stored = False
    if stored:
        lease.release()
        return Unclaimed.STORED
    return lease


def keep(store: Store, result: Result) -> str:
    """Store a result; return "" or, where it could not be written, a sentence that says why."""
    try:
        store.save(result)
    except StoreError as error:
        return f"finished but not stored: {error}"
    return ""
