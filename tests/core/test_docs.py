"""What the documents say is so: examples run, names exist, numbers come out."""

import importlib
import inspect
import re
from pathlib import Path

import pytest

import jsmi_core

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


# --- docs/math.md ----------------------------------------------------------------------------------------------------


def test_equations_are_numbered_from_1_without_holes():
    tags = [int(number) for number in re.findall(r"\\tag\{(\d+)\}", MATH)]
    assert sorted(set(tags) | {9, 10, 18}) == list(range(1, max(tags) + 1))  # (18) is a rule, not a formula
    assert tags == sorted(tags)


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(jsmi_core\.[\w.]+)`", MATH))))
def test_what_computes_an_equation_exists(name):
    module, rest = name.split(".")[1], name.split(".")[2:]
    thing = importlib.import_module(f"jsmi_core.{module}")
    for part in rest:
        if inspect.isclass(thing) and part in getattr(thing, "__annotations__", {}):
            return
        if inspect.isclass(thing) and not hasattr(thing, part):
            assert f"self.{part} = " in inspect.getsource(thing), name
            return
        thing = getattr(thing, part)


@pytest.mark.parametrize("place", sorted(set(re.findall(r"`(tests/[\w/]+\.py::\w+)`", MATH))))
def test_what_checks_an_equation_exists(place):
    path, name = place.split("::")
    assert re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_every_equation_has_a_function_and_a_test():
    for part in re.split(r"\n\*\*\(\d+\)", MATH)[1:]:
        part = part.split("\n## ")[0]
        assert "`jsmi_core." in part, part[:80]
        assert "`tests/core/" in part, part[:80]


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
