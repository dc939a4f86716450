"""A pool whose workers are those of a dask.distributed scheduler, on this machine or many. (Extra: ``cluster``.)

Whoever can talk to a scheduler can run code on its workers: it belongs in a network of people who trust each other.
That is why only the shell and the library take an address of one, and never a page.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jsmi_core.errors import JobError, ParameterError
from jsmi_core.runtime.pool import Pool, Shared

CONNECT_SECONDS = 10


class ClusterPool(Pool):
    """A pool over a ``distributed.Client``: what tasks share is scattered to its workers once, under its digest.

    Parameters
    ----------
    client : distributed.Client
    """

    def __init__(self, client: Any) -> None:
        threads = sum(client.nthreads().values())
        super().__init__(client.get_executor(pure=False), slots=threads)
        self._client = client
        self._scattered: dict[str, Any] = {}

    def _hand(self, shared: Shared) -> Any:
        """The scheduler's name of the bytes: a worker that has lost them gets them from another."""
        key = f"jsmi-{shared.digest}"
        future = self._scattered.get(key)
        if future is None or future.status != "finished":  # new, or the last worker that had them is gone
            future = self._client.scatter({key: shared.to_bytes()}, broadcast=True)[key]
            self._scattered[key] = future
        return future


@contextmanager
def connected(address: str) -> Iterator[ClusterPool]:
    """A pool over the scheduler at an address such as ``tcp://10.0.0.5:8786``.

    Raises
    ------
    ParameterError
        If the extra is not installed, or the address is none.
    JobError
        If the scheduler does not answer, or has no worker.
    """
    try:
        from distributed import Client
    except ImportError:
        raise ParameterError(
            f"scheduler = {address!r} is not usable without dask.distributed: pip install 'jsmi-explorer[cluster]'."
        ) from None
    try:
        client: Any = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
    except ValueError as error:
        raise ParameterError(
            f"scheduler = {address!r} is not usable ({error}): give tcp://host:port, as dask scheduler prints it."
        ) from error
    except (OSError, TimeoutError) as error:
        raise JobError(
            f"no scheduler answers at {address} within {CONNECT_SECONDS} s: start dask scheduler, and dask worker "
            f"{address} on each machine."
        ) from error
    with client:
        if not client.nthreads():
            raise JobError(f"the scheduler at {address} has no workers: start dask worker {address} on some machine.")
        yield ClusterPool(client)
