"""Text → Corpus: where words and sentences begin and end, what is counted, and what is kept on disk."""

import gzip
import json
import subprocess
import sys
import tracemalloc
import zipfile
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, strategies as st

from jsmi_core.errors import CorpusError, ParameterError
from jsmi_core.text.corpus import Corpus, read_corpus
from jsmi_core.text.tokens import LINE_BREAKS, MAXIMUM_TOKEN

PTB = b""" pierre <unk> N years old will join the board as a nonexecutive director nov. N
 mr. <unk> is chairman of <unk> n.v. the dutch publishing group
"""


def sentences(source, **settings):
    if isinstance(source, str):
        source = source.encode()
    return list(read_corpus(source, **{"min_count": 1, **settings}).sentences())


def refusal(source, **settings):
    with pytest.raises(CorpusError) as caught:
        read_corpus(source, **settings)
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    return message


# -- tokens -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't stop, it’s 'quoted'.", ["don't", "stop", "it's", "quoted"]),
        ("well-made snake_case _emphasis_", ["well", "made", "snake", "case", "emphasis"]),
        ("3.14, 1,000.50. v2.0 end.Next U.S.", ["3.14", "1,000.50", "v2.0", "end", "next", "u", "s"]),
        ("Cafe\u0301 हिन्दी עִבְרִית", ["café", "हिन्दी", "עִבְרִית"]),
        ("👍🏽 yes 👨‍👩‍👧 no", ["yes", "no"]),
        ("می‌خواهم", ["می‌خواهم"]),  # a zero-width non-joiner belongs to the Persian word
    ],
)
def test_b07_unicode_words(text, expected):
    assert sentences(text) == [expected]


def test_whitespace_takes_the_penn_treebank_as_it_is():
    assert sentences(PTB, tokenizer="whitespace") == [line.split() for line in PTB.decode().splitlines()]
    assert sentences("A <unk> N", tokenizer="whitespace", lowercase=True) == [["a", "<unk>", "n"]]


def test_a_tokenised_text_gets_a_hint():
    assert any('tokenizer="whitespace"' in notice for notice in read_corpus(PTB, min_count=1).notices)
    assert read_corpus(PTB, min_count=1, tokenizer="whitespace").notices == ()


@pytest.mark.parametrize("tokenizer", ["unicode", "whitespace"])
def test_b05_what_parts_lines_and_words(tokenizer):
    for end in LINE_BREAKS:
        assert sentences(f"a b{end}c", tokenizer=tokenizer) == [["a", "b"], ["c"]]
    for gap in "\0 \t\u00a0\u2003\u3000\u200b\x1c\x1f\x7f":
        assert sentences(f"a b{gap}c", tokenizer=tokenizer) == [["a", "b", "c"]]
    for nothing in "\u200e\u200f\u202a\u202e\u2066\u2069\u00ad\u2060\ufeff\u061c":
        assert sentences(f"{nothing}a b{nothing}c", tokenizer=tokenizer) == [["a", "bc"]]


@pytest.mark.parametrize("tokenizer", ["unicode", "whitespace"])
def test_b07_normal_form_is_one_and_recorded(tokenizer):
    corpus = read_corpus("é e\u0301".encode(), min_count=1, tokenizer=tokenizer)
    assert corpus.vocabulary == ("é",)
    assert corpus.reading.normal_form == "NFC"


def test_b07_unsegmented_text_gets_a_hint():
    line = "我们在这里学习信息论和词向量的关系"
    assert "spaces between words" in read_corpus(f"{line}。{line}。".encode(), min_count=1).notices[0]
    assert "spaces between words" in refusal("今日は天気がいいから散歩しましょう。".encode())
    assert read_corpus("我们 在 这里 学习 信息论".encode(), min_count=1).notices == ()


def test_b08_line_ends_do_not_matter():
    texts = [
        "one two\nthree\n",
        "one two\r\nthree\r\n",
        "one two\rthree",
        "one two\n\r\n\rthree",
        "\none two\u2028three",
    ]
    corpora = [read_corpus(text.encode(), min_count=1) for text in texts]
    assert len({corpus.digest for corpus in corpora}) == 1


def test_b04_every_encoding_gives_the_same_corpus():
    text = "Naïve Ωmega 😀 words\nand more words"
    encoded = [text.encode(name) for name in ("utf-8", "utf-8-sig", "utf-16", "utf-32")]
    encoded.append(b"\xfe\xff" + text.encode("utf-16-be"))
    encoded.append(gzip.compress(text.encode()))
    assert len({read_corpus(content, min_count=1).digest for content in encoded}) == 1
    assert read_corpus(text.encode("utf-16"), min_count=1).notices == ("the text was decoded as utf-16",)


# -- from bytes, whatever the pieces ----------------------------------------------------------------------------------


@given(
    st.lists(
        st.sampled_from(["a", "bc", "'", ".", "1", ",", " ", "\n", "é", "e\u0301", "_", "\u200f", "字"]), max_size=60
    )
)
def test_pieces_do_not_change_the_tokens(letters):
    from jsmi_core.text.tokens import Tokenizer

    text = "".join(letters)
    for kind in ("unicode", "whitespace"):
        whole = [token for tokens in Tokenizer(kind, True).tokens([text]) for token in tokens]
        pieces = [token for tokens in Tokenizer(kind, True).tokens(list(text)) for token in tokens]
        assert pieces == whole


@pytest.mark.parametrize("tokenizer", ["unicode", "whitespace"])
def test_b06_monstrous_tokens_are_cut_and_counted(tokenizer):
    monsters = [b"x" * 1_000_000, b"y" * (MAXIMUM_TOKEN + 1), b"z" * 5_000_000]
    corpus = read_corpus(b" ".join([b"a", *monsters, b"y" * MAXIMUM_TOKEN]), min_count=1, tokenizer=tokenizer)
    assert sorted(corpus.vocabulary) == ["a", *(letter * MAXIMUM_TOKEN for letter in "xyz")]
    assert corpus.counts.tolist() == [2, 1, 1, 1]
    assert corpus.notices == ("tokens of more than 1,000 characters, cut there: 3",)


def test_b06_a_long_line_is_split_with_a_notice():
    corpus = read_corpus(b"word " * 25_000 + b"\nshort line\n", min_count=1)
    assert np.diff(corpus.offsets).tolist() == [10_000, 10_000, 5_000, 2]
    assert corpus.notices == ("sentences of more than 10,000 words, split there: 1",)


def test_b06_a_long_line_needs_little_memory(tmp_path):
    file = tmp_path / "line.txt"
    file.write_bytes(b" ".join(b"w%d" % (number % 5_003) for number in range(500_000)))
    tracemalloc.start()
    corpus = read_corpus(file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    pieces = 60 << 20  # what one piece of the stream and its tokens may take, whatever the file's size
    assert len(corpus.ids) == 500_000
    assert peak < 3 * file.stat().st_size + pieces


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="counts the memory as Linux does")
def test_b06_a_line_of_100_megabytes(tmp_path):
    file = tmp_path / "line.txt"
    file.write_bytes(b" ".join(b"word%d" % (number % 20_011) for number in range(10_000_000)))
    size = file.stat().st_size
    script = (
        "import resource, sys; from jsmi_core.text import read_corpus\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "corpus = read_corpus(sys.argv[1])\n"
        "print(len(corpus.ids), 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before))"
    )
    done = subprocess.run([sys.executable, "-c", script, str(file)], capture_output=True, text=True, check=True)
    tokens, memory = map(int, done.stdout.split())
    assert size > 90_000_000
    assert tokens == 10_000_000
    assert memory < 3 * size


# -- numbers ----------------------------------------------------------------------------------------------------------

LINES = st.lists(st.lists(st.sampled_from("abcdefg"), max_size=8), min_size=1, max_size=12)


@given(LINES, st.integers(1, 4))
def test_corpus_equals_its_plain_definition(lines, min_count):
    counts = Counter(word for line in lines for word in line)
    kept = [[word for word in line if counts[word] >= min_count] for line in lines]
    text = "\n".join(" ".join(line) for line in lines).encode()
    if not any(kept):
        with pytest.raises(CorpusError):
            Corpus.from_sentences(lines, min_count)
        return
    corpus = Corpus.from_sentences(lines, min_count)
    first = {word: place for place, word in reversed(list(enumerate(word for line in lines for word in line)))}
    order = sorted((word for word in counts if counts[word] >= min_count), key=lambda w: (-counts[w], first[w]))
    assert corpus.vocabulary == tuple(order)
    assert corpus.counts.tolist() == [counts[word] for word in order]
    assert list(corpus.sentences()) == [line for line in kept if line]
    assert (corpus.ids.dtype, corpus.counts.dtype, corpus.offsets.dtype) == (np.int32, np.int64, np.int64)
    assert read_corpus(text, min_count=min_count).digest == corpus.digest


def test_a_removed_word_leaves_no_hole():
    corpus = Corpus.from_sentences([["a", "rare", "b", "a", "b"]], min_count=2)
    assert list(corpus.sentences()) == [["a", "b", "a", "b"]]


def test_the_digest_sees_every_part():
    base = [["a", "b"], ["a", "c"]]
    others = [
        [["a", "b", "a", "c"]],
        [["a", "b"], ["a", "d"]],
        [["a", "c"], ["a", "b"], ["a"]],
        [["b", "a"], ["a", "c"]],
    ]
    digests = {Corpus.from_sentences(lines).digest for lines in [base, *others]}
    assert len(digests) == 5
    assert Corpus.from_sentences(base, name="another").digest == Corpus.from_sentences(base).digest
    assert Corpus.from_sentences([["ab", "c"]]).digest != Corpus.from_sentences([["a", "bc"]]).digest


def test_the_arrays_are_read_only():
    corpus = Corpus.from_sentences([["a"]])
    with pytest.raises(ValueError, match="read-only"):
        corpus.ids[0] = 1


def test_the_reading_is_recorded(tmp_path):
    file = tmp_path / "my.txt"
    file.write_bytes(b"a a b")
    corpus = read_corpus(file, min_count=2)
    assert corpus.name == "my.txt"
    reading = corpus.reading
    assert (reading.tokens_read, reading.words_read, reading.bytes_read, reading.min_count) == (3, 2, 5, 2)
    assert read_corpus(b"a", name="given", min_count=1).name == "given"


# -- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b" \n\t\r\n", "… — !?\n«»".encode(), "\ufeff".encode(), b"\x1f\x8b"[:0]])
def test_b01_no_words(content):
    assert refusal(content, min_count=1) == "no words found in 'text': give a text with at least one word in it."


def test_b11_all_words_rare():
    message = refusal(b"a a a b b c", min_count=5)
    assert "the most frequent of its 3 different words occurs 3 times" in message
    assert "min_count = 3 or less" in message
    assert len(read_corpus(b"a a a b b c", min_count=3).vocabulary) == 1


def test_b11_one_word_is_a_corpus():
    corpus = read_corpus(b"word word\nword", min_count=1)
    assert (corpus.vocabulary, corpus.ids.tolist(), corpus.offsets.tolist()) == (("word",), [0, 0, 0], [0, 2, 3])


def test_too_many_different_words_are_refused(monkeypatch):
    monkeypatch.setattr("jsmi_core.text.tokens.MAXIMUM_WORDS", 50)
    assert "different words" in refusal(b" ".join(b"w%d" % number for number in range(60)))


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("min_count", 0),
        ("min_count", -1),
        ("min_count", 2.5),
        ("min_count", float("nan")),
        ("min_count", "5"),
        ("min_count", True),
        ("tokenizer", "words"),
        ("tokenizer", None),
        ("lowercase", 1),
        ("encoding", "klingon"),
    ],
)
def test_b16_parameters_are_named(setting, value):
    with pytest.raises(ParameterError, match=f"^{setting} = {value!r} is not usable: give "):
        read_corpus(b"a b", **{setting: value})


@pytest.mark.parametrize("wrong", [["a sentence"], [["a", 1]], [None], [[["a"]]], [5]])
def test_sentences_are_lists_of_words(wrong):
    with pytest.raises(CorpusError, match="sentence 0 is not a list of words"):
        Corpus.from_sentences(wrong)
    with pytest.raises(CorpusError, match="no words found"):
        Corpus.from_sentences([])


# -- on disk ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def saved(tmp_path):
    corpus = read_corpus("the cat’s naïve\nthe dog 😀 the end".encode("utf-16"), min_count=1, name="Ωname")
    file = tmp_path / "corpus.npz"
    corpus.save(file)
    return corpus, file


def test_saved_and_loaded_are_equal(saved):
    corpus, file = saved
    loaded = Corpus.load(file)
    assert (loaded.vocabulary, loaded.name, loaded.notices, loaded.reading, loaded.digest) == (
        corpus.vocabulary,
        corpus.name,
        corpus.notices,
        corpus.reading,
        corpus.digest,
    )
    for name in ("ids", "counts", "offsets"):
        np.testing.assert_array_equal(getattr(loaded, name), getattr(corpus, name), strict=True)
    assert [path.name for path in file.parent.iterdir()] == ["corpus.npz"]


def test_from_sentences_survives_too(tmp_path):
    corpus = Corpus.from_sentences([["a", "b c", "\n", ""], ["a"]])
    corpus.save(tmp_path / "c.npz")
    assert list(Corpus.load(tmp_path / "c.npz").sentences()) == [["a", "b c", "\n", ""], ["a"]]


def test_no_damage_goes_unseen(saved):
    corpus, file = saved
    whole = file.read_bytes()
    for place in range(0, len(whole), 7):
        damaged = bytearray(whole)
        damaged[place] ^= 0x10
        file.write_bytes(damaged)
        try:
            loaded = Corpus.load(file)
        except CorpusError:
            continue
        # Zip has fields that nobody reads (dates, versions): a flip there changes nothing.
        assert loaded.digest == corpus.digest
        assert list(loaded.sentences()) == list(corpus.sentences())
    for length in range(0, len(whole), 101):
        file.write_bytes(whole[:length])
        with pytest.raises(CorpusError, match="not a whole saved corpus"):
            Corpus.load(file)


def test_a_changed_number_is_seen_though_the_file_is_sound(saved):
    _, file = saved
    with np.load(file) as arrays:
        parts = dict(arrays)
    for name in ("letters", "lengths", "ids", "offsets"):
        changed = parts[name].copy()
        changed[0] += 1
        np.savez(file, **{**parts, name: changed})
        with pytest.raises(CorpusError, match="not a whole saved corpus"):
            Corpus.load(file)


def test_another_version_is_named(saved):
    _, file = saved
    with np.load(file) as arrays:
        parts = dict(arrays)
    record = {**json.loads(parts["record"].tobytes()), "format": 99}
    parts["record"] = np.frombuffer(json.dumps(record).encode(), np.uint8)
    np.savez(file, **parts)
    with pytest.raises(CorpusError, match="of this version"):
        Corpus.load(file)


class Bomb:
    def __reduce__(self):
        return (exec, ("raise SystemExit('a pickle ran')",))


def test_b13_nothing_is_unpickled(tmp_path):
    import pickle

    file = tmp_path / "corpus.npz"
    file.write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(CorpusError):
        Corpus.load(file)
    np.savez(file, record=np.array([Bomb()], dtype=object), allow_pickle=True)
    with pytest.raises(CorpusError):
        Corpus.load(file)


def test_a_header_that_promises_too_much_is_refused(saved):
    _, file = saved
    with zipfile.ZipFile(file) as archive:
        members = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    members["ids.npy"] = members["ids.npy"].replace(b"'shape': (7,)", b"'shape': (7000000000000,)".ljust(13))
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(CorpusError):
        Corpus.load(file)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CorpusError, match=r"'gone.npz' does not exist"):
        Corpus.load(tmp_path / "gone.npz")


def test_a_failed_write_leaves_the_old_file(saved, monkeypatch):
    corpus, file = saved
    whole = file.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        corpus.save(file)
    assert file.read_bytes() == whole
    assert [path.name for path in file.parent.iterdir()] == ["corpus.npz"]


def test_a_corpus_says_in_short_what_it_is():
    corpus = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]], name="Hamlet")
    assert repr(corpus) == "<Corpus 'Hamlet': 6 tokens, 4 words>"
