"""What a person types is read as the text was read; half characters and texts without an order are refused."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from jsmi_core import Embedding
from jsmi_core.errors import CorpusError, EmbeddingError, ParameterError
from jsmi_core.text.corpus import Corpus, read_corpus
from jsmi_core.text.large import read_large_corpus
from jsmi_core.text.reading import Reading
from jsmi_core.text.typed import typed_word, typed_words

RUNNING = read_corpus("Don’t pay 1,000 for war and peace in the café, ΤΙΤΛΟΣ 1 2".encode(), min_count=1)
PENN = read_corpus(b"Mr. <unk> pays N , not U.S. for War", min_count=1, tokenizer="whitespace")
NAMES = Corpus.from_sentences([["New York", "Paris", "a,b"]])


def found(corpus, typed):
    places, missing = typed_words(corpus, typed)
    return [corpus.vocabulary[place] for place in places], list(missing)


@pytest.mark.parametrize(
    ("corpus", "typed", "expected", "missing"),
    [
        (RUNNING, "DON'T don’t donʼt", ["don't"], []),
        (RUNNING, "War, Peace", ["war", "peace"], []),
        (RUNNING, "cafe\u0301 ca\u00adfé CAFÉ", ["café"], []),
        (RUNNING, "1,000, pay", ["1,000", "pay"], []),
        (RUNNING, "1,2", ["1", "2"], []),  # a list, since the text has no such number
        (RUNNING, "ΤΙΤΛΟΣ:war", ["τιτλος", "war"], []),
        (RUNNING, "  war \n tea;time", ["war"], ["tea", "time"]),
        (RUNNING, " … !", [], []),
        (PENN, "Mr., N <unk> U.S.", ["Mr.", "N", "<unk>", "U.S."], []),
        (PENN, "N,War", ["N", "War"], []),
        (PENN, ",", [","], []),
        (PENN, "war", [], ["war"]),
        (NAMES, "New York, Paris", ["New York", "Paris"], []),
        (NAMES, "a,b", ["a,b"], []),
        (NAMES, "paris", [], ["paris"]),
    ],
)
def test_a_list_of_words_is_read_as_the_text_was(corpus, typed, expected, missing):
    assert found(corpus, typed) == (expected, missing)


@given(st.lists(st.text("aÉ’'ʼ\u0301 -,1Σ", max_size=6), min_size=1, max_size=5))
def test_every_word_of_a_text_finds_itself(pieces):
    text = " ".join(["word", *pieces])
    for tokenizer in ("unicode", "whitespace"):
        corpus = read_corpus(text.encode(), min_count=1, tokenizer=tokenizer)
        for place, word in enumerate(corpus.vocabulary):
            assert typed_word(corpus, word) == place
        found_of_all = typed_words(corpus, text)
        assert set(found_of_all.places) == set(range(len(corpus.vocabulary)))
        assert found_of_all.missing == ()


def test_a_large_corpus_is_asked_in_the_same_way():
    large = read_large_corpus([b"Don't pay", "für Elise".encode("utf-16")], min_count=1)
    assert found(large, "DON’T FÜR") == (["don't", "für"], [])


@pytest.mark.parametrize(
    ("corpus", "typed", "said"),
    [
        (RUNNING, "well-made", "read as the text was, it is 'well', 'made'; give one of them"),
        (RUNNING, "…", "it holds no word; give a word of the text"),
        (RUNNING, "tea", "it is not in the vocabulary: not in the text, or rarer than min_count; try another"),
        (PENN, "war", "it is not in the vocabulary: not in the text, or rarer than min_count; it has 'War'"),
    ],
)
def test_one_word_that_cannot_be_found(corpus, typed, said):
    with pytest.raises(ParameterError) as caught:
        typed_word(corpus, typed)
    assert str(caught.value) == f"word = {typed!r} is not usable: {said}."


# -- half characters --------------------------------------------------------------------------------------------------

HALF = "half\ud83d"


@pytest.mark.parametrize(
    "enter",
    [
        lambda: Corpus.from_sentences([["whole", HALF]]),
        lambda: Corpus.from_sentences([["whole"] * 3, [HALF] * 3], min_count=3),
        lambda: Corpus((HALF,), np.array([1]), np.array([0], np.int32), np.array([0, 1])),
        lambda: Corpus(("a",), np.array([1]), np.array([0], np.int32), np.array([0, 1]), notices=(HALF,)),
    ],
)
def test_half_a_character_is_refused_at_every_entrance(enter):
    with pytest.raises(CorpusError, match=r"holds half a character, U\+D83D") as caught:
        enter()
    str(caught.value).encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-32-le"])
def test_half_a_character_in_a_file_does_not_decode(encoding):
    content = "a word of some length and half\ud83d".encode(encoding, "surrogatepass")
    with pytest.raises(CorpusError, match=f"does not decode as {encoding}"):
        read_corpus(content, min_count=1, encoding=encoding)


def test_half_a_character_in_a_vocabulary_is_refused():
    with pytest.raises(EmbeddingError, match="holds half a character"):
        Embedding(np.ones((2, 1)), np.ones((2, 1)), ("whole", HALF))


def test_a_name_with_half_a_character_is_shown_escaped(tmp_path):
    corpus = Corpus.from_sentences([["a"]], name=f"{HALF}\n")
    assert corpus.name == "half\\ud83d\\n"
    corpus.save(tmp_path / "c.npz")
    assert Corpus.load(tmp_path / "c.npz").name == corpus.name


@pytest.mark.parametrize(
    "wrong",
    [
        {"tokenizer": "words"},
        {"lowercase": 1},
        {"min_count": -1},
        {"bytes_read": 1.5},
        {"encoding": HALF},
        {"encoding": 8},
    ],
)
def test_a_reading_that_no_reader_tells_is_refused(wrong):
    sound = {"tokenizer": "unicode", "lowercase": True, "min_count": 1, "encoding": "utf-8", "normal_form": "NFC"}
    sizes = {"bytes_read": 1, "tokens_read": 1, "words_read": 1}
    assert Reading(**sound, **sizes)
    with pytest.raises(CorpusError, match="how a text was read is told wrongly"):
        Reading(**{**sound, **sizes, **wrong})


# -- sentences have an order ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentences", "kind"),
    [
        ("to be or not", "str"),
        (b"to be", "bytes"),
        (bytearray(b"to be"), "bytearray"),
        ({"to": 1, "be": 2}, "dict"),
        ({("to", "be")}, "set"),
        (frozenset([("to", "be")]), "frozenset"),
        ({"to": 1}.keys(), "dict_keys"),
        (5, "int"),
        (None, "NoneType"),
    ],
)
def test_what_is_no_list_of_sentences_is_refused(sentences, kind):
    with pytest.raises(CorpusError, match=f"a {kind} is no list of sentences: give lists of words"):
        Corpus.from_sentences(sentences)


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("to be", "a str"),
        (b"to be", "a bytes"),
        ({"to", "be"}, "a set"),
        ({"to": 1}, "a dict"),
        (["to", 1], "some words are no str"),
        (7, "a int"),
    ],
)
@pytest.mark.parametrize("make", [list, iter, lambda sentences: (sentence for sentence in sentences)])
def test_a_sentence_that_is_no_list_of_words_is_refused(sentence, kind, make):
    with pytest.raises(CorpusError, match=rf"sentence 1 is not a list of words \({kind}\)"):
        Corpus.from_sentences(make([["fine"], sentence]))


def test_anything_in_order_is_taken():
    plain = Corpus.from_sentences([["to", "be"], ["or"]])
    for same in (
        (("to", "be"), ("or",)),
        iter([["to", "be"], ["or"]]),
        (iter(words) for words in (["to", "be"], ["or"])),
        [np.array(["to", "be"]), np.array(["or"])],
        [dict.fromkeys(["to", "be"]).keys().__iter__(), ["or"]],
    ):
        assert Corpus.from_sentences(same).digest == plain.digest
