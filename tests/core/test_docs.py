"""What the documents say is so: examples run, names exist, numbers come out."""

import importlib
import inspect
import operator
import re
from contextlib import suppress
from pathlib import Path

import pytest

import jsmi_core
from jsmi_core import errors

ROOT = Path(__file__).parents[2]
MATH = (ROOT / "docs" / "math.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def examples(path):
    """The Python blocks of a document."""
    return re.findall(r"```python\n(.*?)```", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_the_examples_of_the_readme_run_from_top_to_bottom(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names = {}
    blocks = examples(ROOT / "README.md")
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), names)
    assert names["evaluation"].score <= names["evaluation"].bound
    assert re.search(r"bound 0\.\d+, score .*gap 0\.\d+ nats", capsys.readouterr().out)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_examples_compile_and_relative_links_lead_somewhere(path):
    for block in examples(path):
        compile(block, str(path), "exec")
    for link in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / link).exists(), f"{path.name} links to {link}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_what_make_is_asked_for_and_the_files_that_are_named_are_there(path):
    text = path.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", text, flags=re.MULTILINE)) <= targets
    for named in re.findall(r"`((?:jsmi_core|jsmi_app|pages|tests|docs)/[\w./-]+)`", text):
        assert (ROOT / named).exists(), f"{path.name} names {named}"


# --- docs/math.md ----------------------------------------------------------------------------------------------------


def test_equations_are_numbered_from_1_without_holes():
    tags = [int(number) for number in re.findall(r"\\tag\{(\d+)\}", MATH)]
    assert sorted(set(tags) | {9, 10, 18}) == list(range(1, max(tags) + 1))  # (18) is a rule, not a formula
    assert tags == sorted(tags)


def resolve(name):
    """Walk a whole dotted path: packages and modules first, then what is in them; an error where it leads nowhere."""
    package, *parts = name.split(".")
    thing = importlib.import_module(package)
    for part in parts:
        with suppress(ImportError):
            importlib.import_module(f"{getattr(thing, '__name__', '')}.{part}")
        if inspect.isclass(thing) and part in getattr(thing, "__annotations__", {}):
            return
        if inspect.isclass(thing) and not hasattr(thing, part):
            assert f"self.{part} = " in inspect.getsource(thing), name
            return
        thing = getattr(thing, part)


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(jsmi_core\.[\w.]+)`", MATH))))
def test_what_computes_an_equation_exists(name):
    resolve(name)


@pytest.mark.parametrize("place", sorted(set(re.findall(r"`(tests/[\w/]+\.py::\w+)`", MATH))))
def test_what_checks_an_equation_exists(place):
    path, name = place.split("::")
    assert re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_every_equation_has_a_function_and_a_test():
    for part in re.split(r"\n\*\*\(\d+\)", MATH)[1:]:
        part = part.split("\n## ")[0]
        assert "`jsmi_core." in part, part[:80]
        assert "`tests/core/" in part, part[:80]


def test_what_is_beyond_the_paper_is_derived():
    for number, part in re.findall(r"\n\*\*\((\d+)\)(.*?)(?=\n\*\*\(|\n##|\Z)", MATH, flags=re.DOTALL):
        if int(number) > 10 and number != "18":  # (18) is a rule
            assert "*Derivation.* " in part, f"({number}) is not derived"


def test_every_way_of_gensims_names_the_test_that_shows_it():
    (table,) = re.findall(r"### Where gensim leaves the paper\n(.*?)\n### ", MATH, flags=re.DOTALL)
    rows = re.findall(r"^\| (.*?) \| (.*?) \| (.*?) \|$", table, flags=re.MULTILINE)[1:]
    assert len(rows) == 10
    for way, here, shown in rows:
        assert "`tests/core/" in shown, way
        assert re.search(r"\(\d+\)|`jsmi_core\.", here), way


@pytest.mark.slow
def test_the_table_of_laws_is_what_its_code_gives():
    """Two trainings of 20 epochs; another machine's rounding may move the trained vectors a little."""
    names = {}
    for block in examples(ROOT / "docs" / "math.md"):
        exec(compile(block, "math.md", "exec"), names)
    for law, values in names["table"].items():
        (row,) = re.findall(rf"^\| {re.escape(law)} \|[^|]*\|([^a-z]*)\|", MATH, flags=re.MULTILINE)
        for printed, value in zip(row.split("|"), values, strict=True):
            assert float(printed) == pytest.approx(value, abs=2e-3)
        assert float(row.split("|")[0]) == pytest.approx(values[0], abs=1e-6)


# --- docstrings ------------------------------------------------------------------------------------------------------

RESULTS = {"Evaluation", "Gap", "SGNSRun"}  # handed out, never made by the reader
CALLABLES = sorted(set(jsmi_core.__all__) - RESULTS)


@pytest.mark.parametrize("name", CALLABLES)
def test_every_public_name_has_an_example_that_is_run(name):
    assert ">>> " in inspect.getdoc(getattr(jsmi_core, name)), f"{name} shows no example"


@pytest.mark.parametrize("name", CALLABLES)
def test_every_parameter_is_explained(name):
    thing = getattr(jsmi_core, name)
    text = inspect.getdoc(thing)
    for parameter in inspect.signature(thing).parameters:
        assert re.search(rf"\b{parameter}\b", text), f"{name} does not say what {parameter} is"


EQUATIONS = {
    "js_divergence": "(1)",
    "jsmi": "(2)–(4), (7)",
    "SGNSObjective": "(8)",
    "SGNSObjective.bound": "(2), (7)",
    "SGNSObjective.best_scores": "(6)",
    "SGNSObjective.score": "(8)",
    "SGNSObjective.sampled_score": "(9)",
    "SGNSObjective.gap": "(10)",
    "SGNSObjective.value_and_gradient": "(29), beyond the paper",
    "SGNSObjective.value_and_derivatives": "(29), beyond the paper",
    "Gap": "(10)",
    "mutual_information": "(17), beyond the paper",
    "capacity": "(20), beyond the paper",
    "levy_goldberg_deviation": "(21), beyond the paper",
    "best_rank_embedding": "(22), beyond the paper",
    "PairSampling.weights": "(24), beyond the paper",
    "expected_pairs": "(25), beyond the paper",
    "unigram_noise": "(26), beyond the paper",
    "SGNSObjective.reachable_bound": "(28), beyond the paper",
}


@pytest.mark.parametrize("name", EQUATIONS)
def test_every_formula_has_its_number(name):
    thing = operator.attrgetter(name)(jsmi_core)
    assert EQUATIONS[name] in " ".join(inspect.getdoc(thing).split())


@pytest.mark.parametrize("name", sorted(name for name in CALLABLES if inspect.isfunction(getattr(jsmi_core, name))))
def test_every_function_says_what_it_gives_and_what_it_refuses(name):
    """The unit or the kind of what comes out; the errors, where anything is checked, from the one family."""
    text = inspect.getdoc(getattr(jsmi_core, name))
    assert re.search(r"\bnats\b|\bReturns\n-+\n", text), f"{name} does not say what it gives"
    for error in re.findall(r"^(\w+Error|Cancelled)$", text, flags=re.MULTILINE):
        assert hasattr(errors, error), f"{name} names {error}, which is none of ours"
    raises = re.search(r"raise |_checks\.|_distribution\(", inspect.getsource(getattr(jsmi_core, name)))
    assert not raises or "Raises\n------\n" in text, f"{name} does not say what it refuses"


SHAPES = {
    "Corpus": ("counts : (V,) int64", "ids : (N,) int32", "offsets : (S + 1,) int64"),
    "Embedding": ("words : (V, d) float32 or float64", "contexts : (W, d) float32 or float64"),
    "JointDistribution": ("counts : (V, W) scipy.sparse CSR array, float64",),
    "JointDistribution.p": ("(V, W) CSR float64, sums to 1",),
    "JointDistribution.word_marginal": ("(V,) float64",),
    "JointDistribution.context_marginal": ("(W,) float64",),
    "Gap": ("in nats", "`by_word`` (V,)", "``by_context`` (W,) float64", "``on_support`` (nnz,) float64"),
    "Gap.of_pairs": ("rows, columns : (n,) int", "(n,) float64, nats, each ≥ 0"),
    "SGNSObjective": ("noise : (W,) float64 that sums to 1",),
    "SGNSObjective.best_scores": ("(nnz,) float64",),
    "SGNSObjective.bound_by_word": ("(V,) float64, nats",),
    "SGNSObjective.value_and_gradient": (
        "words : (V, d) float32 or float64",
        "contexts : (W, d) float32 or float64",
        "Float in nats; (V, d) of that dtype and (W, d) float64",
    ),
    "SGNSObjective.value_and_derivatives": ("scores : (V, W) float64", "Float in nats; (V, W) float64"),
    "SGNSRun": ("``drawn_pairs`` counts the positive pairs that all epochs drew, (V, V)",),
    "jsmi": ("alpha : float or (n,) float64", "float, or (n,) float64 for an array of α", "nats"),
    "sppmi_svd": ("(V, d) and (W, d) float64",),
    "train_sgns": ("both (V, d) float32",),
    "training_noise": ("(V,) float64, sums to 1",),
    "unigram_noise": ("counts : (V,) non-negative", "(V,) float64, sums to 1"),
}


@pytest.mark.parametrize("name", SHAPES)
def test_arrays_have_their_shape_and_kind(name):
    text = " ".join(inspect.getdoc(operator.attrgetter(name)(jsmi_core)).split())
    for said in SHAPES[name]:
        assert said in text, f"{name} does not say {said}"


def test_the_map_of_the_code_names_every_module():
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    rooms = dict(re.findall(r"^\|[^|]*\| `(\w+)/`[^|]*\|[^|]*\| (.*) \|$", text, flags=re.MULTILINE))
    for path in [*(ROOT / "jsmi_core").glob("*/*.py"), *(ROOT / "jsmi_app").glob("*.py")]:
        assert path.stem in ("__init__", "__main__") or f"`{path.stem}`" in rooms[path.parent.name], path
