"""Does the suite notice when the maths is wrong? Run by `make mutants`.

Each mistake of tests/mistakes.py is put into a copy of the library in a temporary folder, never into the library
itself, and the fast tests of the core run against the copy until the first of them fails. A mutant that no test
notices is a hole in the suite: it is printed, and the run fails. So does one whose place is no longer found.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mistakes import MUTANTS, ROOT, Mutant

# The run stops at the first failure: the tests that a mutant names come first, then quick and telling ones.
TESTS = (
    "kernels",
    "objective",
    "distribution",
    "cooccurrence",
    "information",
    "precision",
    "theorems",
    "training",
    "large",
    "newton",
)
WITHOUT_COMPILER = "tests/core/test_kernels.py::test_all_this_without_the_compiler"


def run_tests(mutant: Mutant | None) -> tuple[str, float, str]:
    """Copy the library and its tests, make the mistake, and run: (killed, survived or broken, seconds, last line)."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("jsmi_core", "tests/core"):
            shutil.copytree(ROOT / name, copy / name)  # compiled kernels too: those that stay as they are stay valid
        for name in ("tests/__init__.py", "tests/conftest.py", "pyproject.toml"):
            shutil.copy2(ROOT / name, copy / name)
        if mutant is not None:
            path = copy / mutant.file
            source = path.read_text(encoding="utf-8")
            if len(mutant.sites(source)) != 1:
                return "broken", 0.0, f"its code stands {len(mutant.sites(source))} times in {mutant.place}, not once"
            path.write_text(mutant.applied(source), encoding="utf-8")
        first = mutant.tests if mutant else TESTS[0]
        files = [f"tests/core/test_{name}.py" for name in dict.fromkeys((first, *TESTS))]
        options = ["-x", "-q", "-m", "not slow", "-p", "no:cacheprovider", "--deselect", WITHOUT_COMPILER]
        options += ["--hypothesis-profile", "without shrinking"]
        began = time.perf_counter()
        try:
            run = subprocess.run(
                [sys.executable, "-m", "pytest", *options, *files],
                cwd=copy,
                env={**os.environ, "PYTHONPATH": str(copy)},
                capture_output=True,
                text=True,
                timeout=900,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "killed", time.perf_counter() - began, "no end after 900 s"
        failed = [line for line in run.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
        last = (failed or run.stdout.splitlines() or run.stderr.splitlines() or ["nothing printed"])[-1]
        verdict = {0: "survived", 1: "killed"}.get(run.returncode, "broken")
        return verdict, time.perf_counter() - began, last


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="mutants tried at the same time")
    parser.add_argument("--only", default="", help="only mutants whose name has this in it")
    chosen = parser.parse_args()
    mutants = [mutant for mutant in MUTANTS if chosen.only in mutant.breaks]
    verdict, seconds, last = run_tests(None)
    if verdict != "survived":
        print(f"the tests fail without any mutant, so that they prove nothing: {last}")
        return 1
    print(f"without a mutant: all tests pass ({seconds:.0f} s)", flush=True)
    bad = 0
    with ThreadPoolExecutor(chosen.jobs) as pool:
        for mutant, (verdict, seconds, last) in zip(mutants, pool.map(run_tests, mutants), strict=True):
            bad += verdict != "killed"
            print(f"{verdict:8}  {seconds:4.0f} s  {mutant.breaks}\n          {last[:150]}", flush=True)
    print(f"{len(mutants) - bad} of {len(mutants)} mutants killed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
