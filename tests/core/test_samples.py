"""Texts to start with: they are there, they are cached well, and the planted one has the law that it says it has."""

import itertools
import subprocess
import sys

import numpy as np
import pytest

from jsmi_core.errors import CorpusError, ParameterError
from jsmi_core.pairs.cooccurrence import PairSampling, expected_pairs
from jsmi_core.text import samples
from jsmi_core.text.planted import planted_law, planted_sentences, planted_text, planted_vectors, planted_words
from jsmi_core.text.samples import SAMPLES, sample_corpus, sample_data_directory

# -- gensim's texts ---------------------------------------------------------------------------------------------------


def test_lee_is_as_described():
    corpus = sample_corpus("lee")
    assert len(corpus.offsets) - 1 == 300
    assert 45_000 < len(corpus.ids) < 60_000
    assert 1_700 < len(corpus.vocabulary) < 1_900
    assert corpus.name == "sample:lee"


@pytest.fixture(scope="module")
def wiki_cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def wikipedia(wiki_cache, monkeypatch):
    monkeypatch.setenv("JSMI_CACHE", str(wiki_cache))
    return sample_corpus("wikipedia")


def test_wikipedia_is_as_described(wikipedia):
    assert 400_000 < len(wikipedia.ids) < 500_000
    assert 9_000 < len(wikipedia.vocabulary) < 10_000
    assert wikipedia.vocabulary[:3] == ("the", "of", "and")
    assert {"philosophy", "anarchism", "algebra"} <= set(wikipedia.vocabulary)
    assert not {"ref", "cite", "nbsp", "[["} & set(wikipedia.vocabulary[:500])  # no wiki markup is left


def test_the_second_reading_does_not_parse_again(wikipedia, monkeypatch):
    monkeypatch.setattr(samples, "_wiki_text", None)
    assert sample_corpus("wikipedia").digest == wikipedia.digest
    assert len(sample_corpus("wikipedia", min_count=100).vocabulary) < len(wikipedia.vocabulary)


def test_a_damaged_cache_is_not_believed(tmp_path, monkeypatch):
    monkeypatch.setenv("JSMI_CACHE", str(tmp_path))
    monkeypatch.setattr(samples, "_wiki_text", lambda _: "anarchism is a philosophy\n" * 10)
    good = sample_corpus("wikipedia")
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    for damage in (whole[:-3], whole[:100] + b"?" + whole[101:], b""):
        kept.write_bytes(damage)
        assert sample_corpus("wikipedia").digest == good.digest
        assert kept.read_bytes() == whole


def test_it_works_without_a_writable_cache(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("JSMI_CACHE", str(tmp_path / "file" / "cache"))
    monkeypatch.setattr(samples, "_wiki_text", lambda _: "anarchism is a philosophy\n" * 10)
    assert len(sample_corpus("wikipedia").vocabulary) == 4


def test_a_gensim_without_the_texts_is_told(tmp_path, monkeypatch):
    (tmp_path / "gensim").mkdir()
    (tmp_path / "gensim" / "__init__.py").touch()
    monkeypatch.setattr(
        samples.importlib.util, "find_spec", lambda _: type("Spec", (), {"origin": str(tmp_path / "x")})
    )
    for name in ("lee", "wikipedia"):
        with pytest.raises(CorpusError, match=r"install gensim 4\.4, or give a text of your own\.$"):
            sample_corpus(name)


def test_unknown_samples_are_named():
    with pytest.raises(ParameterError, match=r"^sample = 'ptb' is not usable: give one of wikipedia, lee, planted\.$"):
        sample_corpus("ptb")


def test_reading_a_sample_from_the_cache_does_not_import_gensim():
    script = (
        "import sys; from jsmi_core.text import sample_corpus\n"
        "sample_corpus('lee'); sample_corpus('planted'); assert 'gensim' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


# -- the planted text -------------------------------------------------------------------------------------------------


def test_the_planted_text_is_remade_identically():
    lines = (sample_data_directory() / "planted.txt").read_text(encoding="utf-8").splitlines(keepends=True)
    assert planted_text(2_000) == "".join(lines[:2_000])
    assert len(lines) == 24_000
    assert planted_text(50, seed=2) != planted_text(50)


def test_the_planted_law_is_a_symmetric_joint_distribution():
    law = planted_law()
    assert law.shape == (278, 278)
    assert law.min() > 0
    assert law.sum() == pytest.approx(1, abs=1e-12)
    np.testing.assert_array_equal(law, law.T)


def test_neighbours_in_the_chain_have_exactly_the_planted_law():
    # The chain starts from the marginal and moves by p(y | x): its marginal stays, so every pair has law p.
    law = planted_law()
    marginal = law.sum(axis=1)
    transition = law / marginal[:, None]
    np.testing.assert_allclose(marginal @ transition, marginal, rtol=1e-12)
    np.testing.assert_allclose(marginal[:, None] * transition, law, rtol=1e-12)


def test_planted_pmi_has_rank_five_at_most():
    law = planted_law()
    marginal = law.sum(axis=1)
    singular = np.linalg.svd(np.log(law / np.outer(marginal, marginal)), compute_uv=False)
    assert singular[4] > 1
    assert singular[5] < 1e-10 * singular[0]
    vectors, weights = planted_vectors()
    assert vectors.shape == (278, 3)
    assert weights.shape == (278,)


@pytest.mark.parametrize("place", [0, 2])
def test_the_planted_text_follows_its_law(place):
    # One pair of each sentence, so that the draws are independent: Pearson's statistic over the pairs expected 10
    # times or more has mean n and variance about 2n for n cells.
    lines = (sample_data_directory() / "planted.txt").read_text(encoding="utf-8").splitlines()
    numbers = {word: number for number, word in enumerate(planted_words())}
    drawn = np.zeros((len(numbers), len(numbers)))
    for line in lines:
        first, second = line.split()[place : place + 2]
        drawn[numbers[first], numbers[second]] += 1
    expected = len(lines) * planted_law()
    often = expected >= 10
    cells = int(often.sum())
    statistic = float(((drawn - expected)[often] ** 2 / expected[often]).sum())
    assert cells > 250
    assert abs(statistic - cells) < 4 * (2 * cells) ** 0.5


def test_counting_the_planted_text_brings_its_law_back():
    corpus = sample_corpus("planted", min_count=1)
    order = [planted_words().index(word) for word in corpus.vocabulary]
    law = planted_law()[np.ix_(order, order)]
    counted = expected_pairs(corpus, PairSampling(window=1, dynamic=False, subsample=0)).p.toarray()
    np.testing.assert_allclose(counted, counted.T, atol=1e-15)
    # Half the summed difference; for as many independent draws it is about 0.077.
    assert 0.5 * np.abs(counted - law).sum() < 0.09


def test_sentences_keep_to_their_topic_and_alternate():
    sign = dict(zip(planted_words(), np.sign(planted_vectors()[0][:, 2]), strict=True))
    drawn = list(itertools.islice(planted_sentences(), 500))
    steps = [sign[a] != sign[b] for sentence in drawn for a, b in itertools.pairwise(sentence)]
    assert np.mean(steps) > 0.95
    assert {len(sentence) for sentence in drawn} == set(range(4, 15))


def test_every_sample_is_described():
    for name, sample in SAMPLES.items():
        assert sample.name == name
        assert sample.title
        assert sample.description.endswith(".")
        assert sample.licence


def test_the_planted_text_is_printed_by_its_module():
    run = subprocess.run([sys.executable, "-m", "jsmi_core.text.planted"], capture_output=True, check=True)
    assert run.stdout == (sample_data_directory() / "planted.txt").read_bytes()
