"""From theory to practice: the walk of the library, its switches, the verdicts, and what appears once models exist."""

import json
import shlex

import pytest

from jsmi_core import SGNSConfig, SGNSObjective, expected_pairs, sample_corpus, unigram_noise
from jsmi_core.cli.entry import main
from jsmi_core.experiments.departures import walk
from jsmi_core.figures.practice import NAMES
from tests.app.conftest import Open, bring, plain, query, setting, texts, until

LINK = {"corpus": "planted", "dimension": "3", "epochs": "1"}


def drawn(app, place=0):
    """A figure's traces that have a name: the end of each step, and the models."""
    figure = json.loads(app.get("plotly_chart")[place].proto.spec)
    return {trace["name"]: trace["x"] for trace in figure["data"] if trace.get("name")}


def test_the_walk_is_the_library_s_and_a_switch_takes_its_step_away(open_page: Open) -> None:
    app = open_page("practice", **LINK)
    steps = walk(sample_corpus("planted"))
    ends = drawn(app)
    for step in steps:
        name = NAMES[step.name].replace("'", "&#39;").replace("^", "&#94;")
        assert ends[name][0] == pytest.approx(step.bound, rel=1e-12)
    app.toggle(setting("step_noise")).set_value(False).run()
    assert not app.exception
    assert len(drawn(app)) == len(steps) - 1
    assert query(app) == LINK | {"step_noise": "false"}
    for name in NAMES:
        if name != "paper":
            app.toggle(setting(f"step_{name}")).set_value(False).run()
    assert not app.exception
    assert any("paper's law" in plain(info.value) for info in app.info)


def test_looking_closer_shows_each_departure(open_page: Open) -> None:
    app = open_page("practice", **LINK)
    told = set()
    for name in ("window", "subsample", "noise", "skip", "reach"):
        app.segmented_control(setting("closer")).set_value(name).run()
        assert not app.exception
        told.add(app.header[2].value)
    assert len(told) == 5


def test_the_table_has_the_bounds_of_the_four_laws(open_page: Open) -> None:
    table = open_page("practice", **LINK).dataframe[-1].value
    corpus, config = sample_corpus("planted"), SGNSConfig()
    joint, noise = expected_pairs(corpus, config.sampling), unigram_noise(corpus.counts)
    own = SGNSObjective(joint, 5, noise, skip_target=True)
    assert list(table["valid?"]) == ["no", "no", "nearly", "yes"]
    bounds = [SGNSObjective(joint, 5).bound, SGNSObjective(joint, 5, noise).bound, own.bound]
    assert list(table["bound (nats)"])[1:] == pytest.approx(bounds, rel=1e-12)
    assert list(table["reach of ±6 (nats)"])[3] == pytest.approx(own.reachable_bound, rel=1e-12)
    paper = open_page("practice", **LINK, dynamic="false", subsample="0", noise="pairs").dataframe[-1].value
    assert list(paper["valid?"]) == ["nearly", "yes"]


SENTENCES = ("the cat sat on the mat", "the dog lay on the log", "a bird sang in the tree", "a cat saw the bird")


def test_trained_models_fill_the_page(open_page: Open) -> None:
    digest = query(bring(open_page("corpus"), "\n".join(SENTENCES * 20)))["corpus"]
    app = open_page("practice", **LINK | {"corpus": digest})
    assert any("needs trained models" in plain(info.value) for info in app.info)
    app.button("run").click().run()
    until(app, lambda page: any("are stored" in text and "All" in text for text in texts(page)), 120)
    table = app.dataframe[-1].value
    gaps = table["bound (nats)"] - table["score S (nats)"]
    assert gaps.to_numpy() == pytest.approx(table["gap (nats)"].to_numpy(), abs=1e-9)
    assert len(app.get("plotly_chart")) == 4
    stairs = drawn(app)
    assert stairs["1 epoch"][0] == pytest.approx(table["score S (nats)"].iloc[3])
    assert stairs["d &#61; 3"][0] >= stairs["1 epoch"][0]
    estimates = []
    for n in (1, 5, 50):
        app.segmented_control(setting("draws")).set_value(n).run()
        assert not app.exception
        estimates.append(app.header[-1].value)
    assert len(set(estimates)) == 3
    exact = [metric.value for metric in app.metric if metric.label == "Exact score"]
    assert float(exact[0].removesuffix(" nats").replace("\u2212", "-")) == pytest.approx(
        table["score S (nats)"].iloc[2], rel=5e-3
    )


def test_the_code_of_the_page_gives_its_bounds(open_page: Open, capsys: pytest.CaptureFixture[str]) -> None:
    app = open_page("practice", **LINK)
    table = app.dataframe[-1].value
    exec(compile(app.code[-2].value, "snippet", "exec"), {})
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [line[0] for line in lines] == [*(name for name in NAMES if name != "epochs"), "no", "no", "nearly", "yes"]
    assert [float(line[-3]) for line in lines[-4:]] == pytest.approx(table["bound (nats)"].tolist(), rel=1e-12)
    assert main(shlex.split(app.code[-1].value)[1:]) == 0
