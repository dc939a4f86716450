"""Does the suite notice when the maths is wrong? Run by `make mutants`.

Each mutant is one small mistake of the kind that people make: a sign, a swapped marginal, a float32 accumulator, a
window that is off by one. It is put into a copy of the library in a temporary folder, never into the library itself,
and the fast tests of the core run against the copy until the first of them fails. A mutant that no test notices is a
hole in the suite: it is printed, and the run fails. So does one whose place in the code is no longer found.
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
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]

# The run stops at the first failure: quick and telling ones first, and before them those of the module itself.
TESTS = [
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
]
OF_MODULE = {
    "_newton": "newton",
    "_slopes": "newton",
    "_kernels": "kernels",
    "_blocks": "objective",
    "contrast": "precision",
    "_large_kernels": "large",
}
WITHOUT_COMPILER = "tests/core/test_kernels.py::test_all_this_without_the_compiler"


@dataclass(frozen=True)
class Mutant:
    """One mistake: in this module, this text becomes that one."""

    breaks: str
    module: str
    old: str
    new: str


MUTANTS = [
    Mutant(
        "log σ(m) with the wrong sign of its tail",
        "_kernels",
        "return min(score, 0.0) - math.log1p(math.exp(-abs(score)))",
        "return min(score, 0.0) + math.log1p(math.exp(-abs(score)))",
    ),
    Mutant(
        "α and 1−α swapped in the score",
        "_kernels",
        "alpha * positive[i] * towards + (1.0 - alpha) * negative[i] * away",
        "(1.0 - alpha) * positive[i] * towards + alpha * negative[i] * away",
    ),
    Mutant(
        "p/r − 1 by plain subtraction",
        "_kernels",
        "((counts[i] - expected) - rest) / expected if",
        "counts[i] / expected - 1.0 if",
    ),
    Mutant(
        "the second float of q dropped",
        "_kernels",
        "rest += word_counts[i] * noise_rest[columns[i]]",
        "rest += 0.0",
    ),
    Mutant(
        "the smallest part of an exact product dropped",
        "_kernels",
        "+ a_low * b_high) + a_low * b_low",
        "+ a_low * b_high)",
    ),
    Mutant(
        "noise of the seen contexts in place of the unseen ones",
        "_kernels",
        "by_row[x] = max((whole - part) + (whole_rest - part_rest), 0.0)",
        "by_row[x] = part + part_rest",
    ),
    Mutant(
        "the first column of a tile overlooked",
        "_kernels",
        "first_column)\n        while i < stop and columns[i] < last_column:\n            scores[i] = ",
        "first_column + 1)\n        while i < stop and columns[i] < last_column:\n            scores[i] = ",
    ),
    Mutant(
        "pairs of the support scored as unseen ones too",
        "_kernels",
        "tile[row, columns[i] - first_column] = -np.inf",
        "tile[row, columns[i] - first_column] += 0.0",
    ),
    Mutant(
        "a pair that is nearly certain keeps the sign of its score",
        "_kernels",
        "t, rest, score, error = rest, t, -score, -error",
        "t, rest, score, error = rest, t, score, -error",
    ),
    Mutant(
        "the series of exp(x) − 1 − x cut short",
        "_kernels",
        "for n in range(3, 18):",
        "for n in range(3, 9):",
    ),
    Mutant(
        "the slope of S climbs away from positive pairs",
        "_kernels",
        "(r * towards - p * away)",
        "(r * towards + p * away)",
    ),
    Mutant(
        "a word is no neighbour of itself",
        "_kernels",
        "if y >= word:",
        "if y > word:",
    ),
    Mutant(
        "kept and removed tokens swapped between two positions",
        "_kernels",
        "chances[t] = chances[t] * (1.0 - kept) + chances[t - 1] * kept",
        "chances[t] = chances[t] * kept + chances[t - 1] * (1.0 - kept)",
    ),
    Mutant(
        "windows reach over the end of a sentence",
        "_kernels",
        "begin, end = offsets[sentence[position]], offsets[sentence[position] + 1]",
        "begin, end = offsets[sentence[position]], len(ids)",
    ),
    Mutant(
        "the noise is the marginal of the words",
        "contrast",
        "q = joint.context_marginal",
        "q = np.resize(joint.word_marginal, joint.shape[1])",
    ),
    Mutant(
        "the bound forgets the pairs that never occur",
        "contrast",
        "math.log1p(-alpha) * self.uncovered - alpha",
        "math.log1p(-alpha) * 0.0 - alpha",
    ),
    Mutant(
        "pairs that are never negatives enter with the wrong sign",
        "contrast",
        "self.uncovered - alpha * math.log(alpha) * certain",
        "self.uncovered + alpha * math.log(alpha) * certain",
    ),
    Mutant(
        "terms of the series near independence dropped",
        "contrast",
        "SERIES_TERMS = 16",
        "SERIES_TERMS = 8",
    ),
    Mutant(
        "what rounding 1 + αδ leaves over is thrown away",
        "contrast",
        "np.log1p(x, out=logs)",
        "np.log(1 + x, out=logs)",
    ),
    Mutant(
        "mutual information forgets the pairs that never occur",
        "contrast",
        "self._near_moments.sum(), self.uncovered])",
        "self._near_moments.sum()])",
    ),
    Mutant(
        "the skipped targets stay among the negatives",
        "contrast",
        "return counts - self.joint.counts.data if self.skip_target else counts",
        "return counts",
    ),
    Mutant(
        "log k for −log k",
        "objective",
        "self.log_odds = -math.log(self.negatives)",
        "self.log_odds = math.log(self.negatives)",
    ),
    Mutant(
        "the score looks at positive pairs only",
        "objective",
        "off = (1 - self.alpha) * self.joint.word_marginal * scores.row_softplus",
        "off = 0.0 * self.joint.word_marginal * scores.row_softplus",
    ),
    Mutant(
        "the gap as bound − score",
        "objective",
        "return Gap(math.fsum(by_word), ",
        "return Gap(self.bound - self._score(scores), ",
    ),
    Mutant(
        "losses of contexts weighted with the paper's q whatever q is",
        "objective",
        "by_context = columns + (1 - self.alpha) * contrast.noise * scores.column_softplus",
        "by_context = columns + (1 - self.alpha) * self.joint.context_marginal * scores.column_softplus",
    ),
    Mutant(
        "a float32 accumulator",
        "_blocks",
        "by_row, by_column = np.zeros(len(rows)), np.empty(len(noise))",
        "by_row, by_column = np.zeros(len(rows), np.float32), np.empty(len(noise))",
    ),
    Mutant(
        "float32 products for small tables too",
        "_blocks",
        '(precision == "auto" and narrow and large)',
        '(precision == "auto" and narrow)',
    ),
    Mutant(
        "p and q swapped in the sums over columns",
        "_blocks",
        "by_column[start : start + COLUMNS] = weights @ scores",
        "by_column[start : start + COLUMNS] = np.resize(noise, len(weights)) @ scores",
    ),
    Mutant(
        "window weights off by one",
        "cooccurrence",
        "(self.window - distance + 1) / self.window",
        "(self.window - distance + 1) / (self.window + 1)",
    ),
    Mutant(
        "subsampling off by one draw in 2³²",
        "cooccurrence",
        "return (np.floor(share * (2**32 - 1)) + 1) / 2**32",
        "return np.floor(share * (2**32 - 1)) / 2**32",
    ),
    Mutant(
        "the upper triangle of the pairs only",
        "cooccurrence",
        "full = sp.csr_array(upper + sp.triu(upper, 1).T)",
        "full = sp.csr_array(upper + sp.triu(upper).T)",
    ),
    Mutant(
        "the exponent of the noise ignored",
        "distribution",
        "np.power(array, exponent, out=powers",
        "np.power(array, 0.75, out=powers",
    ),
    Mutant(
        "input and output vectors swapped",
        "training",
        "Embedding(model.wv.vectors[rows], model.syn1neg[rows], corpus.vocabulary)",
        "Embedding(model.syn1neg[rows], model.wv.vectors[rows], corpus.vocabulary)",
    ),
    Mutant(
        "vectors of equally frequent words mixed up",
        "training",
        "    rows = _rows(model, corpus)\n    return Embedding",
        "    rows = np.arange(len(corpus.vocabulary))\n    return Embedding",
    ),
    Mutant(
        "sums that begin anew in each chunk of a large text",
        "_large_kernels",
        "row[columns[i]] = values[i]",
        "row[columns[i]] = 1e-300",
    ),
    Mutant(
        "row sums of a large table from its upper half alone",
        "_large_kernels",
        "sums[y] += values[i]",
        "sums[y] += 0.0",
    ),
    Mutant(
        "the slope of S in the contexts downhill",
        "_slopes",
        "np.concatenate(by_words) * scale, by_contexts * scale)",
        "np.concatenate(by_words) * scale, -by_contexts * scale)",
    ),
    Mutant(
        "second derivatives without the slope that both factors share",
        "_newton",
        """ - np.einsum("xy,ij->xiyj", slope, np.eye(d))""",
        "",
    ),
]


def run_tests(mutant: Mutant | None) -> tuple[str, float, str]:
    """Copy the library and its tests, make the mistake, and run: (killed, survived or broken, seconds, last line)."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("jsmi_core", "tests/core"):
            shutil.copytree(ROOT / name, copy / name)  # compiled kernels too: those that stay as they are stay valid
        for name in ("tests/__init__.py", "tests/conftest.py", "pyproject.toml"):
            shutil.copy2(ROOT / name, copy / name)
        if mutant is not None:
            path = copy / "jsmi_core" / f"{mutant.module}.py"
            text = path.read_text(encoding="utf-8")
            if text.count(mutant.old) != 1:
                return "broken", 0.0, f"its text occurs {text.count(mutant.old)} times in {mutant.module}.py, not once"
            path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
        own = OF_MODULE.get(mutant.module, mutant.module) if mutant else ""
        files = [f"tests/core/test_{name}.py" for name in sorted(TESTS, key=lambda name: name != own)]
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
