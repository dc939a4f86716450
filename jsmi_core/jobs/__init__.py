"""Cells → results, in processes that may be killed at any time.

``claims`` are the rules by which programs share a store. ``queue`` is bounded and shares equal jobs, each a ``job``;
``process`` and ``worker`` are the two ends of the ``link`` to a process of low priority; ``executor`` runs a grid over
any ``concurrent.futures.Executor``, ``cluster`` over dask's.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
