"""Expected pairs: what word2vec draws on average, by formula, by enumeration and by simulation."""

import math

import numpy as np
import pytest
from gensim.models import Word2Vec
from hypothesis import given, strategies as st

from jsmi_core import Corpus, PairSampling, expected_pairs, reference
from jsmi_core.errors import CorpusError, ParameterError
from jsmi_core.pairs.cooccurrence import keep_probabilities

samplings = st.builds(
    PairSampling,
    window=st.integers(1, 9),
    dynamic=st.booleans(),
    subsample=st.sampled_from([0, 0.5, 0.1, 0.02, 1e-3]),
)


@st.composite
def corpora(draw, max_length=7, max_sentences=4):
    """Texts in which some word has a neighbour."""
    sentence = st.lists(st.sampled_from("abcde"), min_size=1, max_size=max_length)
    sentences = draw(st.lists(sentence, min_size=1, max_size=max_sentences))
    sentences.append(draw(st.lists(st.sampled_from("abcde"), min_size=2, max_size=max_length)))
    return Corpus.from_sentences(sentences)


def numbered(corpus):
    return [part.tolist() for part in np.split(corpus.ids, corpus.offsets[1:-1])]


def plain_table(definition, corpus, sampling):
    keep = reference.keep_probabilities(corpus.counts.tolist(), sampling.subsample)
    return np.array(definition(numbered(corpus), keep, sampling.window, sampling.dynamic))


# --- the expectation -------------------------------------------------------------------------------------------------


@given(corpora(), samplings)
def test_every_draw_of_a_tiny_text_one_by_one(corpus, sampling):
    """All subsets of kept tokens times all windows, each with its probability."""
    truth = plain_table(reference.enumerated_pair_counts, corpus, sampling)
    np.testing.assert_allclose(expected_pairs(corpus, sampling).counts.toarray(), truth, rtol=1e-12, atol=1e-18)


@given(corpora(max_length=40), samplings)
def test_the_formula_on_longer_sentences(corpus, sampling):
    truth = plain_table(reference.expected_pair_counts, corpus, sampling)
    np.testing.assert_allclose(expected_pairs(corpus, sampling).counts.toarray(), truth, rtol=1e-12, atol=1e-18)


@pytest.mark.parametrize("dynamic", [True, False])
@pytest.mark.parametrize("subsample", [0, 1e-2, 1e-4])
def test_the_formula_on_a_zipfian_text(dynamic, subsample):
    """Many words, strong subsampling: the kept tokens between two may be few in a long stretch."""
    rng = np.random.default_rng(0)
    sentences = [[f"w{i}" for i in rng.zipf(1.2, rng.integers(1, 60)) % 200] for _ in range(60)]
    corpus, sampling = Corpus.from_sentences(sentences), PairSampling(5, dynamic, subsample)
    truth = plain_table(reference.expected_pair_counts, corpus, sampling)
    np.testing.assert_allclose(expected_pairs(corpus, sampling).counts.toarray(), truth, rtol=1e-12, atol=1e-18)


@pytest.mark.parametrize(
    "sampling", [PairSampling(3, True, 0.02), PairSampling(2, False, 0.02), PairSampling(4, True, 0)]
)
def test_the_mean_of_many_simulated_draws(sampling):
    """4,000 draws of the same text: every pair's mean within 4 standard errors, and the errors have no side."""
    rng = np.random.default_rng(1)
    corpus = Corpus.from_sentences([[f"w{i}" for i in rng.zipf(1.5, 12) % 6] for _ in range(4)])
    keep = reference.keep_probabilities(corpus.counts.tolist(), sampling.subsample)
    draws, size = 4_000, len(keep)
    total, squares = np.zeros((size, size)), np.zeros((size, size))
    for _ in range(draws):
        table = np.zeros((size, size))
        for sentence in numbered(corpus):
            for pair in reference.drawn_pairs(sentence, keep, sampling.window, sampling.dynamic, rng.random):
                table[pair] += 1
        total += table
        squares += table**2
    mean = total / draws
    error = np.sqrt(np.maximum(squares / draws - mean**2, 1e-12) / draws)
    z = (mean - expected_pairs(corpus, sampling).counts.toarray()) / error
    assert np.abs(z).max() < 4
    assert abs(z.mean()) < 1


@given(corpora(max_length=15), samplings)
def test_symmetric_to_the_bit(corpus, sampling):
    """Drawn pairs are not: their windows belong to the centre. Their expectation is."""
    joint = expected_pairs(corpus, sampling)
    assert (joint.counts != joint.counts.T).nnz == 0
    np.testing.assert_allclose(joint.word_marginal, joint.context_marginal, rtol=1e-14)
    assert joint.source == "expected"
    assert joint.counts.has_sorted_indices
    assert (joint.counts.data > 0).all()


# --- edges -----------------------------------------------------------------------------------------------------------


def test_by_hand():
    """to be or not to be, window 1: ten ordered neighbours."""
    corpus = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]])
    table = expected_pairs(corpus, PairSampling(window=1, subsample=0)).counts.toarray()
    words = {word: i for i, word in enumerate(corpus.vocabulary)}
    assert table[words["to"], words["be"]] == table[words["be"], words["to"]] == 2
    assert table[words["be"], words["or"]] == table[words["or"], words["not"]] == table[words["not"], words["to"]] == 1
    assert table.sum() == 10


def test_sentences_end_where_they_end():
    """No pair across a boundary, whatever the window."""
    apart = Corpus.from_sentences([["a", "b"], ["c", "d"]])
    table = expected_pairs(apart, PairSampling(window=10, dynamic=False, subsample=0)).counts.toarray()
    words = {word: i for i, word in enumerate(apart.vocabulary)}
    assert table[words["a"], words["b"]] == table[words["c"], words["d"]] == 1
    assert table.sum() == 4


@given(corpora(), st.integers(7, 1_000))
def test_a_window_larger_than_the_sentences(corpus, window):
    """With a fixed window everything in a sentence pairs with everything else."""
    table = expected_pairs(corpus, PairSampling(window, dynamic=False, subsample=0)).counts.toarray()
    assert table.sum() == sum(len(sentence) * (len(sentence) - 1) for sentence in numbered(corpus))


def test_a_word_with_itself():
    corpus = Corpus.from_sentences([["a"] * 4])
    assert expected_pairs(corpus, PairSampling(window=1, subsample=0)).counts.toarray().tolist() == [[6.0]]
    assert expected_pairs(corpus, PairSampling(window=2, subsample=0)).counts.toarray().tolist() == [[6.0 + 4 / 2]]


def test_far_pairs_in_a_thinned_text():
    """b is kept about once in 3,000 times: a and a stand 60 apart, yet pair in a window of 2."""
    text = [["a", *["b"] * 60, "a"]] * 4
    corpus, sampling = Corpus.from_sentences(text), PairSampling(2, dynamic=False, subsample=1e-7)
    truth = plain_table(reference.expected_pair_counts, corpus, sampling)
    joint = expected_pairs(corpus, sampling)
    np.testing.assert_allclose(joint.counts.toarray(), truth, rtol=1e-12)
    a = corpus.vocabulary.index("a")
    assert joint.counts.toarray()[a, a] > 0


def test_without_any_pair():
    with pytest.raises(CorpusError, match="holds no pair of words"):
        expected_pairs(Corpus.from_sentences([["a"], ["b"], ["a"]]))


def test_word2vecs_settings_are_the_default():
    corpus = Corpus.from_sentences([list("abcab"), list("bca")] * 9)
    default, spelled_out = expected_pairs(corpus), expected_pairs(corpus, PairSampling(5, True, 1e-3))
    np.testing.assert_array_equal(default.counts.toarray(), spelled_out.counts.toarray())


@pytest.mark.parametrize("words", [1, 2, 63, 64, 65, 129])
def test_any_number_of_words_is_cut_into_pieces(words):
    corpus = Corpus.from_sentences([[f"w{i}" for i in range(words)] * 2])
    table = expected_pairs(corpus, PairSampling(1, subsample=0)).counts
    assert table.shape == (words, words)
    assert table.sum() == 2 * (2 * words - 1)


# --- subsampling as gensim does it -----------------------------------------------------------------------------------


@pytest.mark.parametrize("subsample", [0, 1e-5, 1e-3, 0.02, 0.3, 0.999])
def test_keep_probabilities_are_gensims_own_integers(subsample):
    rng = np.random.default_rng(3)
    counts = np.unique(rng.zipf(1.3, 300))[::-1]
    counts = counts[counts < 10**9]
    model = Word2Vec(min_count=1, sample=subsample)
    model.build_vocab_from_freq({f"w{i}": int(n) for i, n in enumerate(counts)})
    gensims = [int(model.wv.get_vecattr(f"w{i}", "sample_int")) for i in range(len(counts))]
    ours = keep_probabilities(counts, subsample)
    if subsample == 0:  # gensim does not look at the integers then
        assert (ours == 1).all()
    else:
        assert [int(probability * 2**32) - 1 for probability in ours] == gensims
    assert ((ours > 0) & (ours <= 1)).all()


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=8), st.sampled_from([0, 1e-6, 1e-3, 0.1, 0.9]))
def test_keep_probabilities_are_the_definition(counts, subsample):
    plain = reference.keep_probabilities(counts, subsample)
    np.testing.assert_allclose(keep_probabilities(counts, subsample), plain, atol=1.5 / 2**32)


@pytest.mark.parametrize("window", [1, 2, 5, 40])
@pytest.mark.parametrize("dynamic", [True, False])
def test_weights_are_the_definition(window, dynamic):
    assert list(PairSampling(window, dynamic).weights) == reference.window_weights(window, dynamic)


@pytest.mark.parametrize("field", ["window", "dynamic", "subsample"])
def test_settings_are_checked(field):
    with pytest.raises(ParameterError, match=f"{field} = nan is not usable"):
        PairSampling(**{field: math.nan})
