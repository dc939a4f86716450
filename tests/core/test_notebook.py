"""The notebook of the lesson runs from top to bottom, on jsmi_core alone, and says what the lesson in the app says."""

import ast
import json
import re
import sys

import pytest

from jsmi_app import lesson
from tests.core.test_imports import ROOT

NOTEBOOK = json.loads((ROOT / "docs/lesson.ipynb").read_text("utf-8"))
CODE = ["".join(cell["source"]) for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]


@pytest.fixture(scope="module")
def printed() -> list[str]:
    """What each code cell prints, in order."""
    import io
    from contextlib import redirect_stdout

    names: dict[str, object] = {}
    outputs = []
    for cell in CODE:
        with redirect_stdout(io.StringIO()) as output:
            exec(compile(cell, "lesson.ipynb", "exec"), names)
        outputs.append(output.getvalue())
    return outputs


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+\.\d+", text)]


def test_it_imports_the_library_and_numpy_only():
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]
        for cell in CODE
        for node in ast.walk(ast.parse(cell))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert imported - {"numpy"} == {"jsmi_core"}
    assert imported - {"jsmi_core"} <= set(sys.stdlib_module_names) | {"numpy"}


def test_it_carries_no_results_of_another_day():
    assert all(not cell["outputs"] for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code")


def test_it_says_what_the_lesson_says(printed):
    _, values = lesson.switch()
    assert numbers(printed[0]) == pytest.approx([float(values["nats"]), float(values["bits"])], rel=5e-3)
    assert abs(float(printed[1])) < 1e-12
    assert "gap = 0.00000" in printed[4]


def test_the_prices_add_up_to_the_gap(printed):
    bound, best, score, rank, training = numbers(printed[6])
    assert bound >= best >= score
    assert rank + training == pytest.approx(bound - score, abs=2e-4)


def test_the_climb_starts_below_zero_and_ends_above(printed):
    climb = numbers(printed[5])[1:]
    assert len(climb) == 21
    assert climb[0] < climb[1] < 0 < climb[-1]
