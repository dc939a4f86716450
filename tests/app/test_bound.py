"""Bound: the numbers of the library, under a slider."""

import math

import pytest

from jsmi_core import PairSampling, expected_pairs, jsmi, mutual_information, sample_corpus, unigram_noise
from tests.app.conftest import Open, bring, query, setting


def test_the_numbers_are_the_library_s(open_page: Open) -> None:
    app = open_page("bound", corpus="planted")
    text = sample_corpus("planted")
    joint = expected_pairs(text, PairSampling())
    values = [metric.value for metric in app.metric]
    wanted = [jsmi(joint, 1 / 6), jsmi(joint, 1 / 6, unigram_noise(text.counts)), None, None, mutual_information(joint)]
    for shown, exact in zip(values, wanted, strict=True):
        if exact is not None:
            assert float(shown.removesuffix(" nats")) == pytest.approx(exact, rel=5e-3)


def test_the_slider_moves_the_bound_and_stands_in_the_url(open_page: Open) -> None:
    app = open_page("bound", corpus="planted")
    before = app.metric[0].value
    app.select_slider(setting("alpha")).set_value(0.5).run()
    assert app.metric[0].value != before
    assert query(app) == {"corpus": "planted", "alpha": "0.5"}


def test_bits_are_a_matter_of_display(open_page: Open) -> None:
    nats = open_page("bound", corpus="planted").metric[-1].value
    bits = open_page("bound", corpus="planted", unit="bits").metric[-1].value
    assert float(bits.removesuffix(" bits")) == pytest.approx(float(nats.removesuffix(" nats")) / math.log(2), rel=1e-2)


def test_the_pairs_that_carry_the_dependence_are_listed_heaviest_first(open_page: Open) -> None:
    app = open_page("bound", corpus="planted")
    shares = app.dataframe[-1].value["share of JSMI"]
    assert (shares.diff().dropna() <= 0).all()
    assert 0 < shares.sum() <= 1


def test_an_alpha_out_of_range_gives_the_default_and_a_notice(open_page: Open) -> None:
    app = open_page("bound", corpus="planted", alpha="7")
    assert app.select_slider(setting("alpha")).value == pytest.approx(1 / 6)
    assert "alpha" in app.warning[0].value


def test_one_word_alone_carries_nothing(open_page: Open) -> None:
    app = bring(open_page("corpus"), "a a a a a a\n" * 5)
    digest = query(app)["corpus"]
    page = open_page("bound", corpus=digest)
    assert page.metric[0].value == "0 nats"
    assert any("independent" in info.value for info in page.info)
    assert open_page("corpus", corpus=digest, view="pairs").get("plotly_chart")


@pytest.mark.parametrize("page", ["bound", "train", "corpus"])
def test_a_text_without_pairs_gets_one_sentence(open_page: Open, page: str) -> None:
    app = bring(open_page("corpus"), "a\nb\n" * 5)
    told = open_page(page, corpus=query(app)["corpus"], view="pairs")
    assert "no pair of words" in told.error[0].value
