"""What the contracts of pyproject.toml cannot say of imports, and that what needs no trainer loads none."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import jsmi_core

ROOT = Path(jsmi_core.__file__).parents[1]
CORE = ROOT / "jsmi_core"


def module_name(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_name(path): path for path in sorted(CORE.rglob("*.py"))}
LAYERS = {"pages": {"jsmi_app", "jsmi_core"}, "jsmi_app": {"jsmi_core"}, "jsmi_core": set()}
OURS = {"jsmi_core", "jsmi_app", "pages"}


def imports(path):
    """Every module that a file imports, at its top or inside a function, as dotted names."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            found.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
    return found


def packages(path):
    return {name.split(".")[0] for name in imports(path)}


@pytest.mark.parametrize("layer", sorted(LAYERS))
def test_pages_stand_on_the_app_and_the_app_on_the_core(layer):
    for path in sorted((ROOT / layer).rglob("*.py")):
        foreign = (packages(path) & OURS) - LAYERS[layer] - {layer}
        assert not foreign, f"{path.name} of {layer} imports {foreign}"


def test_another_room_is_entered_by_its_door():
    """What a room shows the others stands in its __init__.pyi; kernels and the ground are open to all."""
    for path in [*MODULES.values(), *(ROOT / "jsmi_app").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("jsmi_core."):
                room, *inside = node.module.split(".")[1:]
                behind = inside and inside != ["kernels"] and room != "runtime" and path.parent != CORE / room
                assert not behind, f"{path.relative_to(ROOT)} imports {node.module}: take it from jsmi_core.{room}"


@pytest.mark.parametrize("module", sorted(MODULES))
def test_only_the_trainer_trains(module):
    models = {name for name in imports(MODULES[module]) if name.startswith("gensim.models")}
    trainer = {name for name in models if not name.startswith("gensim.models.keyedvectors")}  # it trains nothing
    assert not trainer or module == "jsmi_core.training.trainer"


def test_kernels_know_arrays_only():
    kernels = [module for module in MODULES if module.endswith("kernels")]
    assert len(kernels) == 4
    for module in kernels:
        assert packages(MODULES[module]) <= {"__future__", "math", "numpy", "jsmi_core"}
        ours = {name for name in imports(MODULES[module]) if name.startswith("jsmi_core.") and name.count(".") == 2}
        ground = {"jsmi_core.runtime.jit", "jsmi_core.runtime.arrays"}
        assert all(name in ground or name.endswith("kernels") for name in ours)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_nothing_unpickles_and_no_kernel_is_fast_and_loose(module):
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword):
            assert node.arg != "fastmath" or module == "jsmi_core.runtime.jit"
            assert not (node.arg == "allow_pickle" and getattr(node.value, "value", True))
        if isinstance(node, ast.ExceptHandler):
            bare = node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception")
            assert not (bare and all(isinstance(step, ast.Pass) for step in node.body)), f"{module} swallows errors"


def loaded_after(code):
    """The packages in sys.modules of a fresh process after this code."""
    script = f"{code}\nimport sys; print(' '.join({{name.split('.')[0] for name in sys.modules}}))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(run.stdout.split())


HEAVY = {"gensim", "plotly", "streamlit", "pandas", "matplotlib"}


def test_importing_the_library_loads_next_to_nothing():
    assert not loaded_after("import jsmi_core") & (HEAVY | {"numba", "scipy", "numpy"})


@pytest.mark.parametrize(
    "use",
    [
        "from jsmi_core import JointDistribution as P, SGNSObjective; SGNSObjective(P.from_counts([[1]])).bound",
        "from jsmi_core import Corpus, expected_pairs; expected_pairs(Corpus.from_sentences([['a', 'b']]))",
        "from jsmi_core import SGNSConfig; SGNSConfig()",
        "from jsmi_core import run_cell, Store, JobQueue",
    ],
)
def test_what_needs_no_training_loads_no_trainer(use):
    assert not loaded_after(use) & HEAVY


# --- the front door --------------------------------------------------------------------------------------------------

DESIGNED = {
    *("Corpus", "read_corpus", "sample_corpus", "PairSampling", "expected_pairs", "JointDistribution", "unigram_noise"),
    *("jsmi", "SGNSObjective", "Gap", "Evaluation", "Embedding", "train_sgns", "SGNSConfig", "SGNSRun"),
    *("binary_entropy", "entropy", "kl_divergence", "js_divergence", "mutual_information", "to_bits"),
    *("best_rank_embedding", "sppmi_svd"),
}


def test_the_nouns_of_the_design_are_there():
    assert set(jsmi_core.__all__) >= DESIGNED
    assert jsmi_core.__all__ == sorted(jsmi_core.__all__, key=lambda name: (name[0].islower(), name))
    assert set(jsmi_core.__all__) <= set(dir(jsmi_core))


@pytest.mark.parametrize("name", sorted(jsmi_core.__all__))
def test_every_public_name_is_there_and_says_what_it_is(name):
    thing = getattr(jsmi_core, name)
    assert thing.__doc__
    assert thing.__module__.startswith("jsmi_core.")
    summary = thing.__doc__.split("\n\n")[0]
    assert len(summary) < 300, "the first line says what it is"


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="No jsmi_core attribute jsim"):
        _ = jsmi_core.jsim
