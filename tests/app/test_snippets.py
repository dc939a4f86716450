"""The code that a page offers gives the page's numbers."""

import io
import re
import shlex
from contextlib import redirect_stdout

import pytest

from jsmi_core import SGNSConfig, SGNSObjective, sample_corpus, train_sgns
from jsmi_core.cli.entry import main
from tests.app.conftest import Open, until

LINKS = {
    "corpus": {"corpus": "planted", "view": "pairs", "window": "3", "min_count": "100"},
    "bound": {"corpus": "planted", "alpha": "0.25", "noise_exponent": "0.5"},
    "train": {"corpus": "planted", "dimension": "3", "epochs": "1", "noise": "pairs", "dynamic": "false"},
    "gap": {"corpus": "planted", "dimensions": "2,3", "epochs_list": "1", "best_rank": "true"},
}
ALONG = {"corpus": "planted", "dimensions": "2", "epochs_list": "1,2", "epochs_as": "checkpoints"}


def printed(python: str) -> list[str]:
    """What a snippet prints, word by word."""
    return " ".join(printed_lines(python)).split()


def printed_lines(python: str) -> list[str]:
    """What a snippet prints, line by line."""
    out = io.StringIO()
    with redirect_stdout(out):
        exec(compile(python, "snippet", "exec"), {})
    return out.getvalue().splitlines()


@pytest.mark.parametrize("page", LINKS)
def test_the_shell_command_runs(open_page: Open, page: str) -> None:
    command = open_page(page, **LINKS[page]).code[-1].value
    assert command.startswith("jsmi ")
    assert main(shlex.split(command)[1:]) == 0


def test_the_corpus_in_python(open_page: Open) -> None:
    app = open_page("corpus", **LINKS["corpus"])
    shown = {metric.label: metric.value.replace(",", "") for metric in app.metric}
    words, tokens, pairs, total = printed(app.code[-2].value)
    assert (shown["Words (V)"], shown["Tokens"], shown["Different pairs"]) == (words, tokens, pairs)
    assert shown["Expected pairs per epoch"] == f"{float(total):.0f}"


def test_the_bound_in_python(open_page: Open) -> None:
    app = open_page("bound", **LINKS["bound"])
    shown = [metric.value for metric in app.metric]
    assert [shown[i] for i in (0, 1, 4)] == [f"{float(value):.3g} nats" for value in printed(app.code[-2].value)]


def test_a_training_in_python(open_page: Open) -> None:
    app = open_page("train", **LINKS["train"])
    app.button("train").click().run()
    until(app, lambda page: any(caption.value.startswith("Run ") for caption in page.caption))
    row = app.dataframe[-1].value.iloc[0]
    exact = [float(value) for value in printed(app.code[-2].value)]
    assert [row["bound (nats)"], row["score S (nats)"], row["gap (nats)"]] == pytest.approx(exact, rel=1e-6)


def test_the_prices_in_python(open_page: Open) -> None:
    app = open_page("train", corpus="planted", dimension="2", epochs="1", min_count="200")
    app.button("train").click().run()
    until(app, lambda page: any(caption.value.startswith("Run ") for caption in page.caption))
    app.button("search-button").click().run()
    until(app, lambda page: page.metric, seconds=120)
    rank, training = map(float, printed(app.code[-2].value)[-2:])
    assert [metric.value for metric in app.metric[:2]] == [f"{rank:.3g} nats", f"{training:.3g} nats"]


def test_a_sweep_in_python(open_page: Open) -> None:
    assert "RankConfig(dimension=3" in "".join(printed(open_page("gap", **LINKS["gap"]).code[-2].value))


def test_points_along_one_run_in_python_and_in_the_shell(open_page: Open) -> None:
    app = open_page("gap", **ALONG)
    assert " ".join(printed(app.code[-2].value)).count("SGNSConfig") == 2
    assert "--epochs-along-run" in app.code[-1].value
    assert main(shlex.split(app.code[-1].value)[1:]) == 0


def test_the_figure_from_drawn_pairs_in_python(open_page: Open) -> None:
    code, shell = (block.value for block in open_page("reproductions", corpus="planted", reading="drawn").code)
    assert shell == "jsmi sweep sample:planted --dimensions 2,10,50 --epochs 1,5,20 --drawn-pairs"
    small = re.sub(r"for dimension in .*:", "for dimension in (2, 3):", code)
    small = re.sub(r"for epochs in .*:", "for epochs in (1,):", small)
    assert len(small) < len(code)  # the whole grid takes minutes
    title, *rows = (line.split() for line in printed_lines(small))
    assert title == ["dimension", "epochs", "bound", "exact", "sampled", "error"]
    assert [row[:2] for row in rows] == [["2", "1"], ["3", "1"]]
    for dimension, row in zip((2, 3), rows, strict=True):
        bound, exact, sampled, error = map(float, row[2:])
        config = SGNSConfig(dimension=dimension, epochs=1)
        run = train_sgns(sample_corpus("planted"), config, record_pairs=True)
        found = SGNSObjective(run.drawn_pairs, 5).evaluate(run.embedding)
        assert (bound, exact) == (found.bound, found.score)
        assert exact < bound
        assert 0 < abs(sampled - exact) < 5 * error  # both are of one model and one p, and one of them is an estimate
