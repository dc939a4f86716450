"""Proofs: what is shown is what both ways computed; a broken program turns the page red; links open a card."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from jsmi_app import cached
from jsmi_core import PairSampling, SGNSConfig, SGNSObjective, expected_pairs, jsmi, reference, sample_corpus
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import Cell
from jsmi_core.information.distribution import JointDistribution
from jsmi_core.proofs.case import case_of_model, case_of_table, case_of_text
from jsmi_core.proofs.proving import CARDS, prove
from jsmi_core.tables.joint import preset, read_table
from tests.app.conftest import Open, query, setting, texts

ALL = f"{len(CARDS)} of {len(CARDS)} hold"


def verdict(app: AppTest) -> str:
    return str(app.header[0].value)


def shown(app: AppTest) -> dict[str, tuple[str, str]]:
    """The numbers of the open card, both ways, as they stand on the page."""
    table = app.dataframe[-1].value
    return dict(zip(table["number"], zip(table["this program"], table["plain loops"], strict=True), strict=True))


def written(value: float) -> str:
    return f"{value:.15g}".replace("-", "−")


def test_all_hold_on_the_table_that_the_page_starts_with(open_page: Open) -> None:
    app = open_page("proofs")
    assert ALL in verdict(app)
    assert "green" in verdict(app)
    assert len(app.expander) == len(CARDS) + 1  # and the code that reproduces it
    assert "4 × 4 table" in " ".join(texts(app))


@pytest.mark.parametrize("card", [card.key for card in CARDS])
def test_every_number_is_what_the_library_and_the_reference_say(open_page: Open, card: str) -> None:
    app = open_page("proofs", proof=card, table="30-2_5-63")
    proof = next(p for p in prove(case_of_table(read_table("30-2_5-63"))) if p.card.key == card)
    wanted = {c.name: (written(c.ours), written(c.plain)) for c in proof.comparisons}
    assert shown(app) == wanted
    assert any(proof.card.statement.split(r"\qquad")[0].strip() in markdown.value for markdown in app.markdown)
    assert "def plain(" in app.code[0].value
    assert query(app) == {"proof": card, "table": "30-2_5-63"}


def test_a_card_s_numbers_are_what_one_gets_by_hand(open_page: Open) -> None:
    app = open_page("proofs", proof="theorem-2", preset="blocks", size="3", negatives="2")
    table = preset("blocks", 3, 0.3)
    objective = SGNSObjective(JointDistribution.from_counts(table), 2)
    p = reference.joint_distribution(table.tolist())
    bound = reference.jsmi(p, reference.context_marginal(p), 1 / 3)
    ours, plain = shown(app)["JSMI"]
    assert float(ours) == pytest.approx(objective.bound, rel=1e-12)
    assert float(plain) == pytest.approx(bound, rel=1e-12)


def test_a_broken_program_turns_its_card_red(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    true: Callable[..., Any] = SGNSObjective._score
    monkeypatch.setattr(SGNSObjective, "_score", lambda self, scores: -true(self, scores))
    app = open_page("proofs", proof="score")
    assert "fail" in verdict(app)
    assert "red" in verdict(app)
    labels = {card.key: expander.label for card, expander in zip(CARDS, app.expander, strict=False)}
    assert ":red[" in labels["score"]
    assert ":red[" in labels["theorem-2"]
    assert ":green[" in labels["jsmi"]
    assert list(app.dataframe[-1].value[""]) == ["✗"]
    assert any("do not trust" in text and "The score of any matrix" in text for text in texts(app))


def test_a_text_and_how_many_of_its_words(open_page: Open) -> None:
    app = open_page("proofs", proved_on="text", corpus="planted", most_words="20", proof="jsmi")
    assert ALL in verdict(app)
    corpus = sample_corpus("planted")
    joint = expected_pairs(corpus, PairSampling())
    numbers = shown(app)
    case = case_of_text(joint, corpus.vocabulary, 20)
    assert numbers["JSMI"][0] == written(jsmi(case.joint, case.alpha))
    assert numbers["JSMI of the whole text"][0] == written(jsmi(joint, 1 / 6))
    assert any("plain loop over all of it" in text for text in texts(app))
    app.select_slider(setting("most_words")).set_value(60).run()
    assert "60 most frequent words" in " ".join(texts(app))
    assert query(app)["most_words"] == "60"


def test_what_takes_plain_loops_too_long_is_said_and_left_out(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jsmi_core.proofs.PATIENCE", 0.0)
    link = {"proved_on": "text", "corpus": "planted", "proof": "jsmi"}
    app = open_page("proofs", **link)
    assert list(shown(app)) == ["JSMI"]
    assert any("a plain loop would take about" in text for text in texts(app))
    app.toggle(setting("patient")).set_value(True).run()
    assert list(shown(app)) == ["JSMI", "JSMI of the whole text"]


def test_a_trained_model(open_page: Open) -> None:
    open_page("proofs")  # the store of this test
    corpus = sample_corpus("planted")
    run = run_cell(Cell(corpus.digest, SGNSConfig(dimension=4, epochs=2, negatives=3)), corpus)
    cached.store().save(run)
    app = open_page("proofs", proved_on="model", corpus="planted", proof="score")
    assert ALL in verdict(app)
    assert app.selectbox(setting("run")).value == run.id
    joint = expected_pairs(corpus, run.cell.config.sampling)
    proof = next(p for p in prove(case_of_model(joint, run.embedding, 40, 3)) if p.card.key == "score")
    assert shown(app) == {c.name: (written(c.ours), written(c.plain)) for c in proof.comparisons}
    assert len(proof.comparisons) == 2


def test_no_model_yet_is_told_with_a_way_on(open_page: Open) -> None:
    app = open_page("proofs", proved_on="model", corpus="planted")
    assert any("No model" in info.value for info in app.info)
    assert not any(ALL in heading.value for heading in app.header)
    assert app.button


def test_another_preset_forgets_what_was_typed(open_page: Open) -> None:
    app = open_page("proofs", table="1-2_3-4")
    assert "2 × 2 table" in " ".join(texts(app))
    app.segmented_control(setting("preset")).set_value("independent").run()
    assert "4 × 4 table" in " ".join(texts(app))
    assert query(app) == {"preset": "independent"}
    assert ALL in verdict(app)


@pytest.mark.parametrize(("preset_name", "on"), [("words", "4 × 4"), ("gaussian", "4 × 4")])
def test_presets_of_the_page_two_variables(open_page: Open, preset_name: str, on: str) -> None:
    app = open_page("proofs", preset=preset_name)
    assert f"{on} table" in " ".join(texts(app))
    assert ALL in verdict(app)


def test_the_presenter_sees_one_card_or_the_list(open_page: Open) -> None:
    app = open_page("proofs", present="true")
    assert sum(":green[:material/check_circle:]" in markdown.value for markdown in app.markdown) == len(CARDS)
    alone = open_page("proofs", present="true", proof="theorem-1")
    assert any("Theorem 1" in heading.value for heading in alone.subheader)
    assert alone.get("plotly_chart")


def test_a_link_to_no_card_gives_a_notice(open_page: Open) -> None:
    app = open_page("proofs", proof="riemann")
    assert "proof" in app.warning[0].value
    assert ALL in verdict(app)


@pytest.mark.parametrize("subject", ["table", "text"])
def test_the_code_that_reproduces_the_page_runs(open_page: Open, subject: str) -> None:
    app = open_page("proofs", proved_on=subject, corpus="planted", most_words="20")
    python, shell = (code.value for code in app.code[-2:])
    names: dict[str, Any] = {}
    exec(compile(python, "page", "exec"), names)
    assert names["verdict"](names["proofs"])[:2] == (len(CARDS), len(CARDS))
    assert shell.startswith("jsmi prove ")
