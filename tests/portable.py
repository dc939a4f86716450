"""Do the tests pass on other machines? Runs them as other processors, other BLAS libraries and other Pythons would.

`make portable` runs everything and takes half an hour or so on two cores; `make portable-fast` takes two minutes. Both
end with a table. What a kind of machine asks for is checked before its tests run, by a probe in a process of the same
environment: a setting that NumPy, SciPy or numba ignores proves nothing, and its row says so.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
ENVIRONMENTS = ROOT / ".portable"

KERNELS = ("Haswell", "Zen", "SkylakeX", "Sandybridge", "Prescott")
ALSO_CALLED = {"Zen": "Haswell", "Prescott": "Katmai"}  # NumPy's and SciPy's wheels have one set of kernels for both
PYTHONS = ("3.11", "3.12", "3.13")

FAST = ("newton", "drawn", "rank_starts", "threads")
NUMERIC = (
    *FAST, "checkpoints", "comparison", "cooccurrence", "distribution", "experiment", "figure1", "information",
    "kernels", "lesson", "loss", "lowrank", "matrices", "negatives", "objective", "pool", "precision", "prices",
    "proofs", "rank_cells", "training", "usefulness", "wordmap",
)  # fmt: skip
WHOLE = ("tests/core", "tests/app", "tests/faults", "jsmi_core")

Told = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """A kind of machine: what makes this one like it, and how the probe tells that it did."""

    name: str
    settings: dict[str, str] = field(default_factory=dict)
    obstacle: Callable[[Told], str] = lambda told: ""
    python: str = ""  # its version, where it is another one
    tests: tuple[str, ...] = ()
    missing: str = ""


@dataclass(frozen=True)
class Row:
    """What came out for a kind, or why it was not run."""

    kind: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    word: str = ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fast", action="store_true", help="the two kinds and the few tests that tell most")
    parser.add_argument("--only", default="", metavar="WORD", help="only kinds whose name has this word")
    parser.add_argument("--probe", action="store_true", help="print what this process computes with, as JSON")
    given = parser.parse_args()
    if given.probe:
        print(json.dumps(probe()))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        kinds = [kind for kind in kinds_of_machine(given.fast, Path(folder)) if given.only in kind.name]
        rows = []
        for kind in kinds:
            rows.append(run(kind, Path(folder)))
            print(f"\n{line(rows[-1])}\n", flush=True)
    print("\n".join(table(rows)))
    passed, failed = sum(row.passed for row in rows), sum(row.failed for row in rows)
    print(f"{passed} passed, {failed} failed")
    return int(failed > 0 or passed == 0)


def table(rows: list[Row]) -> list[str]:
    """The table, in Markdown."""
    return ["| kind | passed | failed | skipped | seconds |", "|---|---:|---:|---:|---:|", *map(line, rows)]


def line(row: Row) -> str:
    if row.word:
        return f"| {row.kind} | not run: {row.word} | | | |"
    return f"| {row.kind} | {row.passed:,} | {row.failed} | {row.skipped} | {row.seconds:.0f} |"


# --- kinds of machines ----------------------------------------------------------------------------------------------


def kinds_of_machine(fast: bool, folder: Path) -> Iterator[Kind]:
    """All kinds, or for ``fast`` the two that tell most."""
    tests = tuple(f"tests/core/test_{name}.py" for name in (FAST if fast else NUMERIC))
    order, plain = reordered(folder), plain_processor()
    everything = Kind(
        "sums in another order, no vector code, numba for any processor, 3 threads",
        {**order.settings, **plain.settings, **any_processor().settings, **threads(3).settings},
        lambda told: next(filter(None, (kind.obstacle(told) for kind in (order, plain, any_processor()))), ""),
        missing=order.missing,
    )
    kinds: list[Kind] = [everything, threads(1)]
    if not fast:
        kinds = [Kind("as it is"), order, plain, any_processor(), *map(threads, (1, 2, 3)), everything, *kernels()]
    yield from (Kind(k.name, k.settings, k.obstacle, k.python, k.tests or tests, k.missing) for k in kinds)
    if not fast:
        yield from map(python, PYTHONS)


def threads(count: int) -> Kind:
    names = ("JSMI_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS")
    return Kind(f"{count} thread{'s' * (count > 1)}", dict.fromkeys(names, str(count)))


def any_processor() -> Kind:
    """numba compiles for the least processor of this family: other vectorisation, no fused multiply-adds."""

    def obstacle(told: Told) -> str:
        return "" if told["numba"] == "generic" else f"numba compiles for {told['numba']}"

    return Kind("numba for any processor", {"NUMBA_CPU_NAME": "generic"}, obstacle)


def plain_processor() -> Kind:
    """NumPy's loops and the C library's functions as on a processor without AVX: exp and log have other last bits."""
    from numpy._core._multiarray_umath import __cpu_dispatch__

    def obstacle(told: Told) -> str:
        left = set(__cpu_dispatch__) & set(told["numpy"])
        return f"NumPy still uses {', '.join(sorted(left))}" if left else ""

    less = ",".join(f"-{name}" for name in ("AVX512F", "AVX2", "FMA", "FMA4", "AVX2_Usable", "FMA_Usable"))
    settings = {"NPY_DISABLE_CPU_FEATURES": " ".join(__cpu_dispatch__), "GLIBC_TUNABLES": f"glibc.cpu.hwcaps={less}"}
    return Kind("NumPy and the C library without vector code", settings, obstacle)


def reordered(folder: Path) -> Kind:
    """Another BLAS: its sums run forwards or backwards, as the sizes happen to be (reordered_blas.c)."""
    name = "BLAS with sums in another order"
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if compiler is None or sys.platform != "linux":
        return Kind(name, missing="it takes a C compiler, and Linux to load it ahead of OpenBLAS")
    library = folder / "reordered_blas.so"
    options = ["-O3", "-ffp-contract=off", "-shared", "-fPIC"]
    subprocess.run([compiler, *options, str(ROOT / "tests/reordered_blas.c"), "-o", str(library)], check=True)

    def obstacle(told: Told) -> str:
        return "" if min(told["reordered"]) > 0 else "NumPy's or SciPy's BLAS has other names here"

    return Kind(name, {"LD_PRELOAD": str(library)}, obstacle)


def kernels() -> Iterator[Kind]:
    """OpenBLAS's kernels for other processors. A choice that the environment has made is left as it is.

    Machines make it where a kernel computes wrong results on them.
    """
    fixed = os.environ.get("OPENBLAS_CORETYPE")
    for name in KERNELS:
        kind = f"OpenBLAS for {name}"
        if fixed and fixed.lower() != name.lower():
            yield Kind(kind, missing=f"this environment fixes OPENBLAS_CORETYPE={fixed}")
        elif platform.machine() not in ("x86_64", "AMD64"):
            yield Kind(kind, missing=f"this is {platform.machine()}")
        else:
            yield Kind(kind, {"OPENBLAS_CORETYPE": name}, lambda told, name=name: other_kernels(told, name))


def other_kernels(told: Told, wanted: str) -> str:
    used = told["blas"]
    meant = {wanted.lower(), ALSO_CALLED.get(wanted, wanted).lower()}
    if len(used) == 2 and {kernel.lower() for kernel in used} <= meant:
        return ""
    return f"NumPy and SciPy compute with {' and '.join(used) or 'no OpenBLAS'}"


def python(version: str) -> Kind:
    """The whole suite but the browser's, in an environment of its own."""
    own = version == f"{sys.version_info.major}.{sys.version_info.minor}"
    return Kind(f"Python {version}, all tests but the browser's", python="" if own else version, tests=WHOLE)


def executable_of(version: str) -> tuple[str, str]:
    """The interpreter of an environment like this one with another Python; or why there is none."""
    place, interpreter = ENVIRONMENTS / version, interpreter_of(version)
    if interpreter is None:
        return "", "no interpreter is installed, and uv cannot fetch one here"
    environment = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(place)}
    command = [uv(), "sync", "--frozen", "--quiet", "--python", interpreter]
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
        return "", "uv cannot make its environment here"
    return str(place / "bin" / "python"), ""


def uv() -> str:
    return shutil.which("uv") or str(ROOT / ".tools/bin/uv")


def interpreter_of(version: str) -> str | None:
    """A path: one of pyenv's (whose shims uv cannot read), or what uv finds or fetches."""
    home = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    pyenvs = sorted(home.glob(f"versions/{version}.*/bin/python"))
    if pyenvs:
        return str(pyenvs[-1])
    for command in (["find", "--no-python-downloads"], ["install", "--quiet"], ["find", "--no-python-downloads"]):
        found = subprocess.run([uv(), "python", *command, version], capture_output=True, text=True, check=False)
        if found.returncode == 0 and found.stdout.strip():
            return found.stdout.strip()
    return None


# --- one kind -------------------------------------------------------------------------------------------------------


def run(kind: Kind, folder: Path) -> Row:
    """Probe the kind, and run its tests."""
    if kind.missing:
        return Row(kind.name, word=kind.missing)
    print(f"=== {kind.name}", flush=True)
    interpreter, missing = executable_of(kind.python) if kind.python else (sys.executable, "")
    if missing:
        return Row(kind.name, word=missing)
    environment = {**os.environ, **kind.settings}
    asked = [interpreter, str(Path(__file__)), "--probe"]
    told = subprocess.run(asked, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if told.returncode:
        return Row(kind.name, word=f"the probe ended with {told.returncode}: this machine cannot run it")
    if obstacle := kind.obstacle(json.loads(told.stdout)):
        return Row(kind.name, word=obstacle)
    report, begin = folder / "report.xml", time.monotonic()
    command = [interpreter, "-m", "pytest", "-q", "-n", "logical", "--dist", "worksteal", "-m", "not slow"]
    command += ["-p", "no:cacheprovider", f"--junit-xml={report}", *kind.tests]
    subprocess.run(command, cwd=ROOT, env=environment, check=False)
    if not report.exists():
        return Row(kind.name, failed=1, seconds=time.monotonic() - begin)
    counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        counts = {name: count + int(suite.get(name, 0)) for name, count in counts.items()}
    report.unlink()
    failed = counts["failures"] + counts["errors"]
    passed = counts["tests"] - failed - counts["skipped"]
    return Row(kind.name, passed, failed, counts["skipped"], time.monotonic() - begin)


def probe() -> Told:
    """What this process multiplies with, after every part of it has been used once."""
    import numba
    import numpy as np
    from numpy._core._multiarray_umath import __cpu_features__
    from scipy.linalg import blas
    from threadpoolctl import threadpool_info

    counter = getattr(ctypes.CDLL(None), "reordered_blas_calls", lambda: 0)
    calls = [counter()]
    for dtype in (np.float32, np.float64):
        matrix = np.ones((300, 300), dtype)
        assert (matrix @ matrix == 300).all()
    calls.append(counter())
    assert blas.ddot(np.ones(9), np.ones(9)) == 9
    calls.append(counter())
    return {
        "blas": [library["architecture"] for library in threadpool_info() if library["internal_api"] == "openblas"],
        "numba": numba.config.CPU_NAME,
        "numpy": [name for name, used in __cpu_features__.items() if used],
        "reordered": [calls[1] - calls[0], calls[2] - calls[1]],
    }


if __name__ == "__main__":
    sys.exit(main())
