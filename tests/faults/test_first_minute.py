"""A whole class opens a server that has just been started: everybody gets a page."""

import ast
import subprocess
import sys
from pathlib import Path

from jsmi_app import prose
from tests.served import running_app
from tests.wire import crowd, played

ROOT = Path(__file__).resolve().parents[2]
# Together they meet pandas, plotly, scipy and numba for the first time, for tables to edit, figures and computations.
PAGES = {"": "start", **{name: name for name in ("lesson", "variables", "proofs", "diagnostics")}}
EACH = 8


def test_forty_visitors_of_a_fresh_server_all_get_their_page(tmp_path: Path) -> None:
    with running_app(tmp_path) as address:
        visits = played(crowd(address, dict.fromkeys(PAGES, EACH)))
    log = (tmp_path / "server.log").read_text("utf-8")
    assert len(visits) == EACH * len(PAGES)
    for page, title, run in visits:
        assert not run.exceptions, f"{PAGES[page]}: {run.exceptions}\n{log[-3000:]}"
        assert run.found
        assert title == prose.page(PAGES[page]).question
    assert "Traceback" not in log, log


def loaded_by(code: str) -> set[str]:
    """All modules of a fresh process after this code."""
    script = f"{code}\nimport sys; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(run.stdout.split())


def test_start_waits_for_nothing_that_its_picture_does_not_need(tmp_path: Path) -> None:
    start = loaded_by(
        f"import os; os.environ['JSMI_STORE'] = {str(tmp_path)!r}\n"
        "from streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file('app.py', default_timeout=60).run()\n"
        "assert not app.exception and len(app.get('plotly_chart')) == 1"
    )
    assert not start & {"numba", "gensim", "scipy.sparse", "scipy.special", "scipy.linalg", "scipy.optimize"}
    assert {"pandas", "plotly.graph_objs"} <= start


def test_the_server_brings_all_that_pages_and_core_take_from_the_great_libraries() -> None:
    loaded = loaded_by("from jsmi_app import libraries; libraries.rest()")
    taken = {"pandas", "plotly.graph_objs", "numba"}
    for path in (path for folder in ("jsmi_core", "jsmi_app", "pages") for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "scipy":
                taken.add(f"scipy.{node.attr}")
    assert {"scipy.sparse", "scipy.special"} <= taken <= loaded
