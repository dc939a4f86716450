"""docs/walks.md: what is named there exists, and values do pass it in that order."""

import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType

import jsmi_core
from tests.app.conftest import ROOT, Open
from tests.core.test_docs import resolve

WALKS = (ROOT / "docs" / "walks.md").read_text(encoding="utf-8")


def steps(title: str) -> list[str]:
    """What a walk passes, in order; kernels run compiled, where nobody is told."""
    listed = WALKS.split(f"## {title}\n\n")[1].split("\n\n")[0]
    return [name for name in re.findall(r"`(jsmi_\w+\.[\w.]+)`", listed) if ".kernels." not in name]


@contextmanager
def footprints() -> Iterator[list[str]]:
    """Every function of ours that is called, in any thread, as a dotted path, in the order of the first calls."""
    met: dict[CodeType, None] = {}
    passed: list[str] = []

    def note(frame: FrameType, event: str, argument: object) -> None:
        if event == "call":
            met.setdefault(frame.f_code)

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield passed
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]
    for code in met:
        path = Path(code.co_filename)
        if path.is_relative_to(ROOT / "jsmi_core") or path.is_relative_to(ROOT / "jsmi_app"):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            passed.append(f"{module}.{code.co_qualname}")


def test_all_that_is_named_exists() -> None:
    names = set(re.findall(r"`(jsmi_\w+\.[\w.]+)`", WALKS))
    assert len(names) > 25
    for name in names:
        resolve(name)


def passes(passed: list[str], walk: list[str]) -> None:
    """Each step is met for the first time after the one before it."""
    met = [next((i for i, call in enumerate(passed) if f"{call}.".startswith(f"{step}.")), None) for step in walk]
    assert None not in met, f"{walk[met.index(None)]} was not passed"
    assert met == sorted(met), walk


def test_a_text_becomes_a_bound(tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text("to be or not to be\n" * 20, encoding="utf-8")
    with footprints() as passed:
        joint = jsmi_core.expected_pairs(jsmi_core.read_corpus(file, min_count=1))
        assert jsmi_core.jsmi(joint, 1 / 6) > 0
    passes(passed, steps("A text becomes a bound"))


def test_a_figure_gets_to_the_screen(open_page: Open) -> None:
    page = open_page("bound", corpus="planted")
    with footprints() as passed:
        assert page.run().get("plotly_chart")
    passes(passed, steps("A figure from a page to the screen"))
