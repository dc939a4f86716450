"""Your own vectors: the page shows the library's numbers, of the example and of a file that was brought."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jsmi_core import (
    SGNSConfig,
    Vectors,
    expected_pairs,
    sample_corpus,
    score_vectors,
    sppmi_svd,
    to_bits,
    train_sgns,
)
from jsmi_core.cli import main
from jsmi_core.figures import percent, vectors_data
from tests.app.conftest import Open, said


def test_the_example_is_the_library_s(open_page: Open) -> None:
    app = open_page("vectors", corpus="lee", measured="100")
    text = sample_corpus("lee")
    made = sppmi_svd(expected_pairs(text), 50, 5)
    part = Vectors(made.words, text.vocabulary)
    found = score_vectors(text, part, config=SGNSConfig(), most=100, decode=True)
    assert found.decoded is not None
    shown = " ".join(said(app))
    assert f"These word vectors hold {percent(found.decoded.score / found.objective.bound)}" in shown.replace(
        "\xa0", " "
    )
    assert "No file has been brought yet" in shown


def test_a_file_that_was_brought(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    app = open_page("vectors", corpus="lee", measured="100", window="3", negatives="4")
    words = sample_corpus("lee").vocabulary[:150]
    table = np.random.default_rng(1).normal(size=(150, 4))
    rows = "\n".join(f"{word} " + " ".join(map(str, row)) for word, row in zip(words, table, strict=True))
    uploaders = app.get("file_uploader")
    uploaders[0].upload("<b>mine</b>.txt", rows.encode(), "text/plain")
    next(button for button in app.button if button.label == "Measure them").click().run()
    assert not app.exception
    shown = " ".join(said(app))
    assert "150 words of 4 numbers, without contexts" in shown
    assert "These word vectors hold" in shown
    assert not any("<b>" in markdown.value for markdown in app.markdown)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "vectors.txt").write_text(rows, encoding="utf-8")
    python, shell = (code.value for code in app.code)
    names: dict[str, Any] = {}
    exec(python, names)  # what the page says it takes to see its numbers
    capsys.readouterr()
    found = names["found"]
    assert f"hold {percent(found.decoded.score / found.objective.bound)}" in shown.replace("\xa0", " ")
    assert main([*shlex.split(shell)[1:], "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["decodable"]["score"] == found.decoded.score
    uploaders = app.get("file_uploader")
    uploaders[0].upload("bad.txt", b"the 1 2\nof 1 nan\n", "text/plain")
    next(button for button in app.button if button.label == "Measure them").click().run()
    assert not app.exception
    assert any("row 2" in error.value and "of" in error.value for error in app.error)
    assert "150 words of 4 numbers" in " ".join(said(app))


def test_words_and_contexts_in_the_figure() -> None:
    """The stairs lead from 0 to the bound, and the title says what a negative score means."""
    text = sample_corpus("planted")
    run = train_sgns(text, SGNSConfig(dimension=5, epochs=2))
    own = Vectors.of(run.embedding)
    assert own.contexts is not None
    found = score_vectors(text, own, most=50, decode=True)
    worse = score_vectors(text, Vectors(own.words, own.vocabulary, 9 * own.contexts), most=50, decode=True)
    assert found.evaluation is not None
    assert found.decoded is not None
    figure = vectors_data(found, unit="bits")
    ends = [figure.stairs[0].before, *(stair.after for stair in figure.stairs)]
    expected = [0, found.evaluation.score, found.decoded.score, found.objective.bound]
    assert np.allclose(ends, [to_bits(value) for value in expected], rtol=1e-12)
    assert figure.title.startswith("These vectors hold")
    assert vectors_data(worse).title.startswith("With their own contexts these vectors do worse than knowing nothing")
