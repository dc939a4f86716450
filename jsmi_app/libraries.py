"""The libraries that pages stand on, imported whole by one thread, in the order in which visitors need them.

While one thread imports a library, others can see the half that is there: plotly asks ``sys.modules`` for pandas and
takes what it finds, and two threads that enter a ring of imports from two sides get a module without its names. So
no page meets a library that is on its way: a thread of the server (serve.py) imports them as soon as it answers, while
the browser still loads its scripts, and each page waits for what it needs. What is met by few and has one entrance,
like gensim, stays with the page that needs it: there the import's own lock is enough.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib import import_module

__all__ = ["first", "rest"]

# pandas stands at the top, although Start shows no table: where it is on its way, no figure can be drawn.
_FIRST = ("pandas", "plotly.graph_objects", "jsmi_app.panels.ladder", "jsmi_app.panels.training")
_REST = (
    *("scipy.special", "scipy.linalg.blas", "scipy.sparse.linalg", "scipy.optimize", "scipy.io", "numba"),
    *("jsmi_app.panels.loss", "jsmi_app.panels.sweep", "jsmi_app.panels.text"),
)


def _whole(names: tuple[str, ...]) -> Callable[[], None]:
    """A function that imports these, or waits until the thread that does so is done."""
    turn = threading.Lock()

    def imported() -> None:
        with turn:
            for name in names:
                import_module(name)

    return imported


first = _whole(_FIRST)  # what Start needs for its picture
_others = _whole(_REST)


def rest() -> None:
    """Import, or wait for, all that pages need; a run that comes later passes at once."""
    first()
    _others()
