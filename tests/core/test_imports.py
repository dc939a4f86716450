"""Who may import whom: the argument runs one way, and what needs no trainer loads none."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import jsmi_core

ROOT = Path(jsmi_core.__file__).parents[1]
CORE = ROOT / "jsmi_core"
MODULES = sorted(path.stem for path in CORE.glob("*.py"))

# The picture of docs/architecture.md as storeys, lowest first: a module imports from its own storey and lower ones,
# and never in a ring.
STOREYS = [
    {"errors", "reference"},
    {"_checks", "_files", "_jit", "_threads", "_process", "_npz", "_leases", "pool", "_scratch"},
    {"charts", "fields", "field_drawing", "cell_drawing"},
    {"_kernels", "_drawn_kernels", "_large_kernels", "_loss_kernels", "text", "tokens", "embedding", "distribution"},
    {"corpus", "large_corpus", "contrast", "evaluation", "vectors", "wordmap"},
    {"cooccurrence", "large_pairs", "information", "tables", "samples", "planted", "drawn", "_blocks"},
    {"objective", "training", "usefulness"},
    {"lowrank", "_ascent", "_newton", "_slopes", "specs"},
    {"matrices"},
    {"proof_case", "proof_check", "proof_ways", "proofs_dependence", "proofs_score", "proofs_beyond", "proofs"},
    {"proof_figures"},
    {"records", "cost", "baselines", "_database", "comparison"},
    {"experiment", "split", "checkpoints", "claims", "store", "_job", "loss"},
    {"jobs", "_worker", "runner", "cluster", "bundle", "verification", "lesson", "prices", "departures"},
    {"figures", "ladder"},
    {"practice_figures", "comparison_figures", "usefulness_figures", "loss_figures", "table_figures"},
    {"drawing", "_printing"},
    {"_arguments", "_bound", "_table", "_commands", "_loss", "_prove", "_runs", "_sweep"},
    {"cli"},
]
PLACE = {module: storey for storey, modules in enumerate(STOREYS) for module in modules}

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


def core_imports(module):
    """The modules of jsmi_core that one of them imports."""
    return {name.split(".")[1] for name in imports(CORE / f"{module}.py") if name.startswith("jsmi_core.")} & set(
        MODULES
    )


ONLY = {
    "reference": set(),
    "embedding": {"errors"},  # knows no trainer and no objective
    "objective": {
        *("_blocks", "_checks", "_kernels", "contrast", "distribution", "embedding", "errors", "evaluation"),
        *("_threads", "information", "pool"),
    },
    "training": {"_checks", "cooccurrence", "corpus", "distribution", "drawn", "embedding", "errors"},  # no objective
    "ladder": {"charts", "errors", "experiment", "prices"},  # arranges results, computes nothing
    "prices": {"charts", "errors", "baselines", "records", "split"},
    "figures": {"charts", "experiment"},
    "drawing": {"charts", "field_drawing", "cell_drawing", "fields"},
}


@pytest.mark.parametrize("module", sorted(ONLY))
def test_what_some_modules_must_not_know(module):
    assert core_imports(module) <= ONLY[module]


def packages(path):
    return {name.split(".")[0] for name in imports(path)}


@pytest.mark.parametrize("module", sorted(PLACE))
def test_the_argument_runs_one_way(module):
    for imported in core_imports(module):
        assert PLACE.get(imported, len(STOREYS)) <= PLACE[module], f"{module} imports {imported}, which comes after it"


def test_no_rings():
    """Repeatedly take away what imports nothing that is left: nothing remains."""
    left = {module: core_imports(module) - {module, "__init__"} for module in MODULES if module != "__init__"}
    while left:
        free = {module for module, needs in left.items() if not needs & set(left)}
        assert free, f"these import each other in a ring: {sorted(left)}"
        left = {module: needs for module, needs in left.items() if module not in free}


@pytest.mark.parametrize("layer", sorted(LAYERS))
def test_pages_stand_on_the_app_and_the_app_on_the_core(layer):
    for path in sorted((ROOT / layer).rglob("*.py")):
        foreign = (packages(path) & OURS) - LAYERS[layer] - {layer}
        assert not foreign, f"{path.name} of {layer} imports {foreign}"


@pytest.mark.parametrize("module", MODULES)
def test_who_owns_which_library(module):
    """streamlit stays out of the core; plotly, gensim's trainer, sqlite and numba each have their few files."""
    used = packages(CORE / f"{module}.py")
    assert "streamlit" not in used
    assert "jsmi_app" not in used
    owners = {
        "plotly": {"drawing", "field_drawing", "cell_drawing"},
        "gensim": {"training", "samples", "usefulness"},
        "numba": {"_jit"},
        "sqlite3": {"_database", "store"},
    }
    for library, modules in owners.items():
        assert library not in used or module in modules
    models = {name for name in imports(CORE / f"{module}.py") if name.startswith("gensim.models")}
    trainer = {name for name in models if not name.startswith("gensim.models.keyedvectors")}  # it trains nothing
    assert not trainer or module == "training"


def test_what_computes_never_reads_the_reference():
    """It is the witness, which only the proofs call up; and nothing that computes leans on the proofs."""
    witnesses = {module for module in MODULES if module.startswith("proof")}
    assert {module for module in MODULES if "reference" in core_imports(module)} <= witnesses
    leaning = {module for module in MODULES if core_imports(module) & witnesses} - witnesses
    assert leaning <= {"cli", "_prove", "proof_figures"}, "the shell shows proofs; nobody else needs them"


def test_the_reference_needs_the_standard_library_only():
    assert packages(CORE / "reference.py") <= set(sys.stdlib_module_names)


def test_kernels_know_arrays_only():
    for module in (module for module in MODULES if module.endswith("kernels")):
        assert packages(CORE / f"{module}.py") <= {"__future__", "math", "typing", "numpy", "numba", "jsmi_core"}
        assert core_imports(module) <= {"_jit", "_kernels"}


@pytest.mark.parametrize("module", MODULES)
def test_nothing_unpickles_and_no_kernel_is_fast_and_loose(module):
    tree = ast.parse((CORE / f"{module}.py").read_text(encoding="utf-8"))
    assert not packages(CORE / f"{module}.py") & {
        "pickle",
        "cPickle",
        "dill",
        "cloudpickle",
        "joblib",
        "shelve",
        "marshal",
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword):
            assert node.arg != "fastmath"
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
        "import jsmi_core.experiment, jsmi_core.store, jsmi_core.jobs",
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
    with pytest.raises(AttributeError, match="module 'jsmi_core' has no attribute 'jsim'"):
        _ = jsmi_core.jsim
