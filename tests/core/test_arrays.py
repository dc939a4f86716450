"""The kernels are handed what their annotations promise: dtype and number of axes of each array."""

import json
import os
import subprocess
import sys

import pytest

from tests.core.test_imports import MODULES, ROOT

KERNELS = [module for module in MODULES if module.endswith(".kernels")]

# A text counted, trained on, scored, searched and looked into, small and large, in both precisions.
USE = """
import importlib, inspect, json, sys, typing
import numpy as np
from jsmi_core import *
from jsmi_core.objective import Loss
from jsmi_core.pairs import count_large_corpus
from jsmi_core.text import read_large_corpus
from jsmi_core.tables import film
from jsmi_core.training import replay

replay.BATCH = 1  # pairs that are sorted together: so that there are runs to merge
text = "\\n".join(["to be or not to be", "that is the question"] * 20).encode()
corpus = read_corpus(text, min_count=1)
count_large_corpus(read_large_corpus(text, min_count=1)).ceilings(0.5, None)
objective = SGNSObjective(expected_pairs(corpus), negatives=5, noise=unigram_noise(corpus.counts))
vectors = train_sgns(corpus, SGNSConfig(dimension=3, epochs=2), record_pairs=True).embedding
for precision in ("single", "double"):
    objective.evaluate(vectors, precision=precision)
for dtype in (np.float32, np.float64):
    objective.value_and_gradient(vectors.words, vectors.contexts, dtype=dtype)
objective.bound_on_support
Loss.of(objective, vectors).density
film(objective, 2, 10)

def promised(alias):
    unions = [alias] if typing.get_origin(alias) is np.ndarray else typing.get_args(alias)
    arrays = [typing.get_args(array) for array in unions if typing.get_origin(array) is np.ndarray]
    return [[len(typing.get_args(shape)), np.dtype(typing.get_args(kind)[0]).name] for shape, kind in arrays]

def given(kind):
    return [kind.ndim, kind.dtype.name] if hasattr(kind, "ndim") else None

seen = {}
for module in sys.argv[1:]:
    for name, kernel in vars(importlib.import_module(module)).items():
        if hasattr(kernel, "py_func") and kernel.py_func.__module__ == module:
            # A kernel that another one calls is numba's own function already.
            compiled = kernel.compiled() if hasattr(kernel, "compiled") else kernel
            hints = typing.get_type_hints(kernel.py_func)
            said = [promised(hints[parameter]) for parameter in inspect.signature(kernel.py_func).parameters]
            seen[f"{module}.{name}"] = [said, [list(map(given, types)) for types in compiled.signatures]]
print(json.dumps(seen))
"""


@pytest.fixture(scope="module")
def seen():
    """Of each kernel: what it promises for each argument, and what it was compiled for in a process of its own."""
    run = subprocess.run(
        [sys.executable, "-c", USE, *KERNELS],
        **{"capture_output": True, "text": True, "cwd": ROOT, "check": False},
        env={**os.environ, "NUMBA_DISABLE_JIT": "0"},
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_every_array_is_what_its_kernel_says(seen):
    for kernel, (said, given) in seen.items():
        for types in given:
            for promised, actual in zip(said, types, strict=True):
                assert (actual in promised) if actual else not promised, f"{kernel} was given {types}"


def test_every_kernel_with_arrays_was_used(seen):
    of_arrays = {kernel for kernel, (said, given) in seen.items() if any(said)}
    assert len(of_arrays) >= 20
    assert {kernel for kernel in of_arrays if not seen[kernel][1]} <= {
        "jsmi_core.pairs.kernels.reach_from",  # compiled into those that call them
        "jsmi_core.pairs.kernels.drain",
    }
