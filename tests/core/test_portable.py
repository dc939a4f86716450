"""The library on a system without what only POSIX has, in this process and in its workers."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = ("fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog", "readline", "nis", "spwd")
CALLS = (
    *("nice", "sysconf", "fork", "forkpty", "register_at_fork", "getuid", "geteuid", "getgid", "setsid", "killpg"),
    *("mkfifo", "sched_getaffinity", "pread", "pwrite", "fchmod", "chown", "getpgid", "O_DIRECTORY", "statvfs"),
)

# Every Python of this environment runs it first, workers too. What asks for the system itself and then takes what is
# there, as three libraries and the standard library do, has it already.
BARREN = f"""
import asyncio, os, subprocess, sys
import filelock, platformdirs, psutil
for module in {MODULES}:
    sys.modules[module] = None
for call in {CALLS}:
    if hasattr(os, call):
        delattr(os, call)
"""

STORE_AND_QUEUE = """
import time
from jsmi_core import Cell, Corpus, JobQueue, SGNSConfig, Store
corpus = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]] * 20)
cell = Cell(corpus.digest, SGNSConfig(dimension=2, epochs=2, subsample=0))
with Store("store") as store, JobQueue(store, workers=1) as jobs:
    lease = store.lease("a cell")
    assert store.lease("a cell") is None
    lease.release()
    job = jobs.submit(cell, corpus)
    while jobs.status(job).state in ("queued", "running"):
        time.sleep(0.05)
    assert jobs.status(job).state == "done", jobs.status(job)
    print(store.get(cell).embedding.dimension, store.writable, store.notices)
"""

LARGE_TEXT = """
from jsmi_core import PairSampling, count_large_corpus, expected_pairs, read_large_corpus
text = read_large_corpus([b"to be or not to be", b"that is the question"], min_count=1)
joint = count_large_corpus(text, PairSampling(), memory="100MB").joint()
print(text.tokens, (joint.counts != expected_pairs(text.corpus(), PairSampling()).counts).nnz)
"""

BOUND = """
from jsmi_core.cli import main
print(main(["bound", "sample:planted", "--negatives", "5"]))
"""


@pytest.fixture
def barren(tmp_path: Path) -> dict[str, str]:
    """The environment of such a system."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(BARREN, encoding="utf-8")
    path = os.pathsep.join([str(tmp_path / "site"), str(ROOT)])
    return {**os.environ, "PYTHONPATH": path, "JSMI_STORE": str(tmp_path / "default store")}


def run(script: str, environment: dict[str, str], folder: Path) -> str:
    """What it prints last."""
    command = [sys.executable, "-W", "error", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize("module", ["fcntl", "resource", "pwd", "grp", "termios"])
def test_it_is_barren(barren: dict[str, str], tmp_path: Path, module: str) -> None:
    script = f"import os\ntry:\n    import {module}\nexcept ImportError:\n    print(hasattr(os, 'nice'))"
    assert run(script, barren, tmp_path) == "False"


def test_a_store_and_a_queue_with_its_worker(barren: dict[str, str], tmp_path: Path) -> None:
    assert run(STORE_AND_QUEUE, barren, tmp_path) == "2 True ()"


def test_a_large_text(barren: dict[str, str], tmp_path: Path) -> None:
    assert run(LARGE_TEXT, barren, tmp_path) == "10 0"


def test_the_shell(barren: dict[str, str], tmp_path: Path) -> None:
    assert run(BOUND, barren, tmp_path) == "0"


# --- what would only show elsewhere -----------------------------------------------------------------------------------

OURS = [path for folder in ("jsmi_core", "jsmi_app", "pages", "sample_data") for path in (ROOT / folder).rglob("*.py")]


def test_text_files_are_read_and_written_in_utf_8() -> None:
    """Elsewhere the system's own encoding is another one, and the prose is full of Greek letters."""
    for path in OURS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
                if name in ("read_text", "write_text"):
                    said = [word.value for word in (*node.args, *(k.value for k in node.keywords)) if _is_text(word)]
                    assert {"utf-8", "ascii"} & set(said), f"{path.relative_to(ROOT)}, line {node.lineno}"


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_the_doors_are_ascii() -> None:
    """lazy-loader reads them in the system's own encoding."""
    doors = list(ROOT.glob("jsmi_*/**/*.pyi"))
    assert doors
    assert all(door.read_bytes().isascii() for door in doors)
