"""Diagnostics: what runs here, for bug reports."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

from jsmi_app import cached, frame, owner, say
from jsmi_app.panels import teacher
from jsmi_core.runtime import memory

with frame.page("diagnostics"):
    import numba

    store, queue = cached.store(), cached.queue()
    packages = ("jsmi-explorer", "gensim", "numba", "numpy", "scipy", "streamlit", "plotly")
    size = sum(file.stat().st_size for file in store.path.rglob("*") if file.is_file())
    rows = {
        "Who may look": "shared: each has what is theirs" if owner.shared() else "one's own: all is open",
        "Python": platform.python_version(),
        "System": platform.platform(terse=True),
        **{name: version(name) for name in packages},
        "Processors": str(os.cpu_count()),
        "numba threads": str(numba.get_num_threads()),
        "Remembered": f"{memory.shared.held / memory.MEBIBYTE:,.0f} of {memory.budget() / memory.MEBIBYTE:,.0f} MiB",
        "Results": f"{len(store.results()):,}, {size / 1e6:,.1f} MB",
        "Store": f"{str(store.path).replace(str(Path.home()), '~')}{'' if store.writable else ' (read-only)'}",
        "Queue": f"{queue.waiting:,} waiting, {queue.workers} at a time",
    }
    say.table([{"what": name, "value": value} for name, value in rows.items()], hide_index=True, height="content")
    if not owner.shared() or owner.teaches():
        for notice in store.notices:
            say.warning(notice)
    if owner.shared():
        teacher.panel()
