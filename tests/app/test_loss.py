"""Loss: which models, what adds up to the gap, one word, the map, the tables; nothing stored yet."""

import re
import shlex
from dataclasses import replace

import pytest

from jsmi_app import cached
from jsmi_core.cli.entry import main
from jsmi_core.embeddings import wordmap
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.scoring import loss_of
from jsmi_core.experiments.specs import Cell, RankCell, RankConfig
from jsmi_core.text.samples import sample_corpus
from jsmi_core.training.config import SGNSConfig
from tests.app.conftest import Open, query, setting, texts, until
from tests.app.test_snippets import printed

TEXT = {"corpus": "planted", "min_count": "100"}
CORPUS = sample_corpus("planted", min_count=100)
CONFIG = SGNSConfig(dimension=3, epochs=1)
TRAINED = run_cell(Cell(CORPUS.digest, CONFIG), CORPUS)
SEARCHED = run_cell(RankCell(CORPUS.digest, RankConfig.under(CONFIG, tolerance=0.01)), CORPUS)


@pytest.fixture
def loss_page(open_page: Open) -> Open:
    """The page over a store with a training and, newer, a search for the best rank."""
    for run in (TRAINED, SEARCHED):
        cached.store().save(run)
    return lambda **link: open_page("loss", **TEXT | link)


def said(app, pattern: str) -> list[str]:
    """The first text of the page that fits a pattern: its groups. Words are inert on the page."""
    plain = [re.sub(r"&#(\d+);", lambda mark: chr(int(mark[1])), " ".join(text.split())) for text in texts(app)]
    found = [match for text in plain if (match := re.search(pattern, text))]
    assert found, plain
    return list(found[0].groups())


def test_the_newest_model_is_shown_and_any_other_may_be_chosen(loss_page: Open) -> None:
    app = loss_page()
    assert app.selectbox(setting("run")).value == SEARCHED.id
    assert query(app) == TEXT | {"run": SEARCHED.id}
    app.selectbox(setting("run")).set_value(TRAINED.id).run()
    assert not app.exception
    assert query(app) == TEXT | {"run": TRAINED.id}
    assert {metric.label: metric.value for metric in app.metric}["Gap"] == f"{TRAINED.own.gap:.3g} nats"


@pytest.mark.parametrize("law", ["word2vec", "paper"])
@pytest.mark.parametrize("side", ["word", "context"])
def test_what_is_shown_adds_up_to_the_gap_on_screen(loss_page: Open, side: str, law: str) -> None:
    app = loss_page(run=TRAINED.id, side=side, law=law)
    seen, unseen, total, again = map(
        float, said(app, r"(\S+) nats in pairs that occur \+ (\S+) nats .*? = (\S+) nats, the gap.*: (\S+) nats")
    )
    assert round(seen * 1e6) + round(unseen * 1e6) == round(total * 1e6)
    assert total == again == round(TRAINED.law(law).gap, 6)
    worst = app.dataframe[0].value
    assert worst["loss (nats)"].is_monotonic_decreasing
    found = loss_of(TRAINED, CORPUS, law).side(side)
    assert worst["loss (nats)"].to_list() == sorted(found.loss, reverse=True)[: len(worst)]


def test_the_scores_by_cause_add_up_too(loss_page: Open) -> None:
    app = loss_page(run=TRAINED.id, view="scores", unit="bits")
    parts = said(app, r"(\S+) bits: score too low \+ (\S+) bits: too high \+ (\S+) bits: pairs never .* = (\S+) bits")
    low, high, unseen, total = (round(float(part) * 1e6) for part in parts)
    assert low + high + unseen == total
    app.segmented_control(setting("weight")).set_value("pairs").run()
    assert not app.exception
    assert query(app)["weight"] == "pairs"
    assert "of the pairs of the text" in app.get("plotly_chart")[0].proto.spec


def test_one_word_has_its_pairs_its_neighbours_and_its_sentences(loss_page: Open) -> None:
    word = CORPUS.vocabulary[3]
    app = loss_page(run=TRAINED.id, view="word", word=word)
    (total,) = said(app, r"add up to (\S+) nats")
    own = loss_of(TRAINED, CORPUS).by_word.loss[3]
    assert total == f"{own:.6f}"
    pairs, by_input, by_output, places = (frame.value for frame in app.dataframe)
    assert {"context", "log p/r", "score m", "posterior", "share of the word's loss"} <= set(pairs.columns)
    assert len(by_input) == len(by_output) == 10
    assert set(places["word"]) == {word}
    app.text_input(setting("word")).set_value("wrzl").run()
    assert not app.exception
    assert "not in the vocabulary" in app.info[0].value


def test_a_click_leads_to_the_word(loss_page: Open) -> None:
    app = loss_page(run=TRAINED.id)
    app.session_state["_next"] = {"view": "word", "word": CORPUS.vocabulary[5]}  # as a click leaves it
    app.run()
    assert query(app) == TEXT | {"run": TRAINED.id, "view": "word", "word": CORPUS.vocabulary[5]}
    assert app.text_input(setting("word")).value == CORPUS.vocabulary[5]


def test_the_map_is_there_at_once_and_says_how_to_get_another(loss_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wordmap, "has_umap", lambda: False)
    app = loss_page(run=TRAINED.id, view="map", mapping="umap")
    assert app.segmented_control(setting("mapping")).value == "pca"
    assert "lose" in app.header[0].value
    assert any("jsmi-explorer[umap]" in text for text in texts(app))


def test_tables_of_chosen_words(loss_page: Open) -> None:
    words = f"{CORPUS.vocabulary[1]}, {CORPUS.vocabulary[8]},wrzl"
    app = loss_page(run=TRAINED.id, view="heat", words=words)
    assert "wrzl" in app.info[0].value
    assert len(app.get("plotly_chart")) == 3
    app.text_input(setting("words")).set_value("").run()
    app.number_input(setting("top")).set_value(5).run()
    assert not app.exception
    assert query(app)["top"] == "5"


def test_the_code_offered_gives_the_numbers_shown(loss_page: Open, capsys: pytest.CaptureFixture[str]) -> None:
    app = loss_page(run=TRAINED.id, law="paper")
    python, shell = (block.value for block in app.code[-2:])
    total, seen, unseen, *causes = map(float, printed(python)[:6])
    assert total == TRAINED.paper.gap
    assert seen + unseen == pytest.approx(total, rel=1e-12)
    assert sum(causes) == pytest.approx(total, rel=1e-12)
    assert main(shlex.split(shell)[1:]) == 0
    assert f"gap {total:.6f} = " in capsys.readouterr().out


def test_the_link_of_a_model_that_is_not_there_says_so(loss_page: Open) -> None:
    app = loss_page(run="0" * 20)
    assert "not stored here" in app.warning[0].value
    assert query(app) == TEXT | {"run": SEARCHED.id}


def test_a_training_scored_twice_is_one_model(loss_page: Open) -> None:
    coarse, dense = (run_cell(Cell(CORPUS.digest, replace(CONFIG, epochs=2), every), CORPUS) for every in (2, 1))
    cached.store().save(coarse)
    assert loss_page(run=coarse.id).selectbox(setting("run")).value == coarse.id
    cached.store().save(dense)
    app = loss_page(run=coarse.id)
    assert not app.warning
    assert app.selectbox(setting("run")).value == dense.id
    assert len(app.selectbox(setting("run")).options) == 3


def test_without_a_model_one_is_trained_here(open_page: Open) -> None:
    app = open_page("loss", **TEXT)
    assert any("No model of this text is stored yet" in text for text in texts(app))
    app.button("train").click().run()
    until(app, lambda page: page.selectbox and any(box.key == setting("run") for box in page.selectbox))
    assert "d = 20, 20 epochs" in str(app.selectbox(setting("run")).options)
    assert len(app.get("plotly_chart")) == 1


def test_the_quick_text_is_offered(open_page: Open) -> None:
    app = open_page("loss", **TEXT)
    app.button("quick").click().run()
    assert not app.exception
    assert app.selectbox(setting("corpus")).value == "lee"
    assert not [button for button in app.button if button.key == "quick"]
