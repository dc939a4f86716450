"""Texts that do not fit in memory: the same corpus, the same pairs to the last bit, within the memory allowed."""

import bz2
import errno
import gzip
import json
import os
import re
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given, strategies as st

from jsmi_core import (
    Corpus,
    PairSampling,
    SGNSConfig,
    expected_pairs,
    jsmi,
    mutual_information,
    read_corpus,
    sample_corpus,
    train_sgns,
    unigram_noise,
)
from jsmi_core.cli import entry as cli
from jsmi_core.errors import Cancelled, CorpusError, DistributionError, ParameterError, StoreError
from jsmi_core.pairs.large import LEAST_WORD, Limits, _counted, count_large_corpus
from jsmi_core.text.large import Report, read_large_corpus
from jsmi_core.text.scratch import ScratchArray

samplings = st.builds(
    PairSampling,
    window=st.integers(1, 6),
    dynamic=st.booleans(),
    subsample=st.sampled_from([0, 0.3, 0.02, 1e-3]),
)
lines = st.lists(st.sampled_from("aaaabbcdefgh"), max_size=12).map(" ".join)
texts = st.lists(lines, min_size=1, max_size=12).map("\n".join)


def has_pair(text):
    return any(len(line.split()) > 1 for line in text.splitlines())


def assert_same_corpus(large, corpus):
    assert large.digest == corpus.digest
    assert large.vocabulary == corpus.vocabulary
    assert large.tokens == len(corpus.ids)
    assert large.longest == np.diff(corpus.offsets).max()
    assert large.notices == corpus.notices
    np.testing.assert_array_equal(large.counts, corpus.counts)
    again = large.corpus()
    np.testing.assert_array_equal(again.ids, corpus.ids)
    np.testing.assert_array_equal(again.offsets, corpus.offsets)


def assert_same_pairs(pairs, joint):
    """Bit for bit."""
    whole = pairs.joint()
    assert whole.source == joint.source
    assert pairs.shape == joint.shape
    assert (pairs.pairs, pairs.total) == (joint.pairs, joint.total) == (whole.pairs, whole.total)
    for part in ("indptr", "indices", "data"):
        np.testing.assert_array_equal(getattr(whole.counts, part), getattr(joint.counts, part))
        assert getattr(whole.counts, part).dtype == getattr(joint.counts, part).dtype
    np.testing.assert_array_equal(pairs.word_counts, joint.word_counts)
    np.testing.assert_array_equal(pairs.word_counts, joint.context_counts)


# --- arrays on disk --------------------------------------------------------------------------------------------------


@given(st.lists(st.lists(st.integers(0, 99), max_size=5), max_size=5), st.integers(1, 7))
def test_an_array_on_disk_is_what_was_appended(pieces, length):
    array = ScratchArray(np.int32)
    for piece in pieces:
        array.append(np.array(piece, np.int32))
    truth = np.array([number for piece in pieces for number in piece], np.int32)
    assert (len(array), array.nbytes) == (len(truth), 4 * len(truth))
    np.testing.assert_array_equal(np.concatenate([np.empty(0, np.int32), *array.parts(length)]), truth)
    mapped = array.mapped()
    del array  # the file lives on while it is looked at
    np.testing.assert_array_equal(mapped, truth)
    assert mapped.dtype == np.int32


def test_files_on_disk_have_no_name(tmp_path):
    array = ScratchArray(np.float64, tmp_path)
    array.append(np.ones(1000))
    assert list(tmp_path.iterdir()) == []


class FullDisk:
    def __init__(self, code):
        self.code = code

    def close(self):
        pass

    def seek(self, place):
        return place

    def write(self, data):
        raise OSError(self.code, os.strerror(self.code))

    readinto = write


@pytest.mark.parametrize(("code", "said"), [(errno.ENOSPC, "is full"), (errno.EIO, r"\(Input/output error\)")])
def test_a_full_or_broken_disk_is_one_sentence(monkeypatch, tmp_path, code, said):
    array = ScratchArray(np.int32, tmp_path)
    monkeypatch.setattr(array, "_file", FullDisk(code))
    with pytest.raises(StoreError, match=said) as caught:
        array.append(np.arange(3, dtype=np.int32))
    assert "another folder" in str(caught.value)
    assert len(array) == 0
    with pytest.raises(StoreError, match=said):
        array.read(0, 3)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_really_full_disk(monkeypatch, tmp_path):
    array = ScratchArray(np.int32, tmp_path)
    with open("/dev/full", "wb") as full:
        monkeypatch.setattr(array, "_file", full)
        with pytest.raises(StoreError, match="is full after 0 bytes of numbers: make room, or give another folder"):
            array.append(np.arange(3, dtype=np.int32))
        monkeypatch.undo()
        full.close = lambda: None  # what is in its buffer never leaves it
        full.raw.close()


def test_a_folder_that_is_none():
    with pytest.raises(StoreError, match="no numbers can be kept in '/no/such/folder'"):
        ScratchArray(np.int32, "/no/such/folder")


# --- the corpus ------------------------------------------------------------------------------------------------------


@given(texts, st.integers(1, 3), st.sampled_from(["unicode", "whitespace"]))
def test_the_same_corpus(text, min_count, tokenizer):
    settings = {"min_count": min_count, "tokenizer": tokenizer, "name": "text"}
    try:
        corpus = read_corpus(text.encode(), **settings)
    except CorpusError as error:
        with pytest.raises(CorpusError, match=re.escape(str(error))):
            read_large_corpus(text.encode(), **settings)
        return
    large = read_large_corpus(text.encode(), **settings)
    assert_same_corpus(large, corpus)
    assert large.reading == corpus.reading


@given(st.lists(texts, min_size=1, max_size=4))
def test_many_sources_are_one_text_with_a_line_break_between_them(parts):
    if not "".join(parts).split():
        return
    corpus = read_corpus("\n".join(parts).encode(), min_count=1)
    assert_same_corpus(read_large_corpus([part.encode() for part in parts], min_count=1), corpus)


def test_plain_and_packed_files(tmp_path):
    contents = {"a.txt": b"to be or\nnot", "b.gz": gzip.compress(b"to be"), "c.bz2": bz2.compress("né à".encode())}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    large = read_large_corpus([tmp_path / name for name in contents], min_count=1)
    assert_same_corpus(large, read_corpus("to be or\nnot\nto be\nné à".encode(), min_count=1))
    assert large.name == "a.txt and 2 more"
    assert large.reading.bytes_read == 23
    assert repr(large) == "<LargeCorpus 'a.txt and 2 more': 8 tokens, 6 words>"
    assert read_large_corpus(str(tmp_path / "b.gz"), min_count=1).name == "b.gz"


def test_long_sentences_and_parts_that_end_anywhere(monkeypatch):
    monkeypatch.setattr("jsmi_core.text.large.PART", 777)
    text = ("a b c " * 7_000 + "\n" + "d e " * 9 + "\n") * 2
    assert_same_corpus(read_large_corpus(text.encode()), read_corpus(text.encode()))


def test_more_words_than_were_expected():
    text = " ".join(f"w{number}" for number in range(70_000)).encode()
    assert_same_corpus(read_large_corpus(text, min_count=1), read_corpus(text, min_count=1))


def test_what_is_refused_is_refused_in_the_same_words(tmp_path):
    (tmp_path / "latin").write_bytes(b"caf\xe9 au lait\n" * 3)
    for source in (tmp_path / "latin", tmp_path / "missing", b"%PDF-1.4", 7):
        with pytest.raises(CorpusError) as small:
            read_corpus(source)
        with pytest.raises(CorpusError, match=re.escape(str(small.value))):
            read_large_corpus([source])
    with pytest.raises(CorpusError, match="no text was given"):
        read_large_corpus([])
    for settings in ({"min_count": 0}, {"tokenizer": "none"}, {"lowercase": 1}, {"encoding": "hex"}):
        with pytest.raises(ParameterError, match="is not usable"):
            read_large_corpus(b"a b", **settings)


def test_notices_of_all_files():
    large = read_large_corpus(["né né".encode("utf-16"), b"<unk> N"], min_count=1)
    assert large.notices[0] == "the text was decoded as utf-16"
    assert "<unk>" in large.notices[1]
    assert large.reading.encoding == "utf-16, utf-8"


@given(texts.filter(str.split), st.integers(0, 40))
def test_chunks_are_whole_sentences_in_order(text, extra):
    large = read_large_corpus(text.encode(), min_count=1)
    corpus = large.corpus()
    ids, sizes = [], []
    for part, bounds in large.chunks(large.longest + extra):
        assert (bounds[0], bounds[-1]) == (0, len(part))
        assert 0 < len(part) <= large.longest + extra
        ids.append(part)
        sizes.append(np.diff(bounds))
    np.testing.assert_array_equal(np.concatenate(ids), corpus.ids)
    np.testing.assert_array_equal(np.concatenate(sizes), np.diff(corpus.offsets))


def test_progress_and_cancel_while_reading(tmp_path):
    shares = []
    (tmp_path / "a").write_text("to be or not\n" * 200_000)
    read_large_corpus([tmp_path / "a", b"to be"], on_progress=shares.append)
    assert shares == sorted(shares)
    assert len(shares) >= 3
    assert shares[-1] == 1
    with pytest.raises(Cancelled, match="not counted to its end"):
        read_large_corpus(tmp_path / "a", cancel=lambda: True)


# --- the pairs -------------------------------------------------------------------------------------------------------


@given(texts.filter(has_pair), samplings, st.integers(0, 12), st.integers(0, 12), st.integers(0, 12))
def test_the_same_pairs_whatever_fits_in_memory(text, sampling, chunk, run, block):
    """Down to one sentence of text and one row of pairs at a time."""
    large = read_large_corpus(text.encode(), min_count=1)
    size = len(large.vocabulary)
    limits = Limits(large.longest + chunk, size + run, size + block, size)
    pairs = _counted(large, sampling, limits, Report(None, None))
    joint = expected_pairs(large.corpus(), sampling)
    assert_same_pairs(pairs, joint)
    noise = unigram_noise(large.counts)
    paper, word2vec = pairs.ceilings(0.3, None, noise)
    np.testing.assert_allclose(paper, [jsmi(joint, 0.3), mutual_information(joint)], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(
        word2vec, [jsmi(joint, 0.3, noise), mutual_information(joint, noise)], rtol=1e-12, atol=1e-15
    )


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT", "0") != "0", reason="takes minutes without the JIT")
@pytest.mark.parametrize("memory", ["2GB", "3MB", None])
def test_the_same_pairs_of_a_sample(memory):
    corpus = sample_corpus("lee")
    text = "\n".join(map(" ".join, corpus.sentences())).encode()
    large = read_large_corpus(text, tokenizer="whitespace", min_count=1)
    assert large.digest == corpus.digest
    memory = memory or Limits.least(len(large.vocabulary), large.longest)
    pairs = count_large_corpus(large, memory=memory)
    assert_same_pairs(pairs, expected_pairs(corpus))
    assert pairs.limits.run >= len(large.vocabulary)


def test_memory_too_small_for_the_words():
    large = read_large_corpus(b"a b c d " * 50, min_count=1)
    least = Limits.least(4, 200)
    assert least > 4 * LEAST_WORD
    assert count_large_corpus(large, memory=least).pairs == 16
    assert count_large_corpus(large, memory="500 TB").pairs == 16  # takes what it needs
    with pytest.raises(ParameterError, match=f"memory = {least - 1:,} bytes is not usable: this text of 4 different"):
        count_large_corpus(large, memory=least - 1)
    for nonsense in (0, -1, 2.5, "much", "2 XB", "-1GB", None, True):
        with pytest.raises(ParameterError, match=f"memory = {re.escape(repr(nonsense))} is not usable"):
            count_large_corpus(large, memory=nonsense)


@given(st.integers(1, 10**7), st.integers(1, 10_000), st.integers(0, 2**40))
def test_the_limits_hold_a_row_and_a_sentence_within_the_memory(words, longest, more):
    memory = Limits.least(words, longest) + more
    limits = Limits.within(memory, words, longest)
    assert limits.chunk >= longest
    assert min(limits.run, limits.block, limits.part) >= words
    assert 24 * limits.run + 36 * limits.chunk <= memory  # while counting
    assert 3 * 12 * limits.block <= memory  # while rows are put together from two pieces
    assert 12 * limits.block + 140 * limits.part <= memory  # while a bound is computed from them


def test_without_any_pair():
    with pytest.raises(CorpusError, match="holds no pair of words"):
        count_large_corpus(read_large_corpus(b"a\nb\na", min_count=1))


def test_rows_without_pairs_stay_empty():
    """Words that always stand alone, before and after the others."""
    large = read_large_corpus(b"x\nx\nx\nx\na b a\ny\nz", min_count=1)
    pairs = _counted(large, PairSampling(1, subsample=0), Limits(3, 5, 5, 5), Report(None, None))
    assert_same_pairs(pairs, expected_pairs(large.corpus(), PairSampling(1, subsample=0)))


def test_progress_and_cancel_while_counting():
    large = read_large_corpus(b"a b c d e f g\n" * 50, min_count=1)
    limits = Limits(70, 7, 7, 7)
    shares = []
    pairs = _counted(large, PairSampling(), limits, Report(shares.append, None))
    assert shares == sorted(shares)
    assert len(shares) > 5
    assert shares[-1] == 1
    shares.clear()
    pairs.ceilings(0.2, None, on_progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1
    answers = iter([False] * 3 + [True] * 100)
    with pytest.raises(Cancelled):
        _counted(large, PairSampling(), limits, Report(None, lambda: next(answers)))
    with pytest.raises(Cancelled):
        pairs.ceilings(0.2, None, cancel=lambda: True)
    with pytest.raises(Cancelled):
        count_large_corpus(large, cancel=lambda: True)


def test_bounds_are_checked():
    pairs = count_large_corpus(read_large_corpus(b"a b a", min_count=1))
    with pytest.raises(ParameterError, match="alpha"):
        pairs.ceilings(1.0, None)
    with pytest.raises(DistributionError, match="noise"):
        pairs.ceilings(0.5, np.array([0.5, 0.6]))


def test_training_on_tokens_that_are_on_disk():
    """Sentence by sentence, the same vectors."""
    text = (b"to be or not to be that is the question\n" * 30) + b"the question is to be\n" * 20
    config = SGNSConfig(dimension=4, epochs=2)
    mapped = read_large_corpus(text).corpus()
    assert isinstance(mapped, Corpus)
    ours, theirs = train_sgns(mapped, config), train_sgns(read_corpus(text), config)
    np.testing.assert_array_equal(ours.embedding.words, theirs.embedding.words)


# --- processes: memory, and being killed -----------------------------------------------------------------------------

PROBE = """
import gc, json, sys
from pathlib import Path
from jsmi_core import unigram_noise
from jsmi_core.text import read_large_corpus
from jsmi_core.pairs import count_large_corpus

def status(name):
    return int(Path("/proc/self/status").read_text().split(name + ":")[1].split()[0]) * 1024

def used(work):
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak
    before = status("VmRSS")
    value = work()
    return status("VmHWM") - before, value

path, folder, memory = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
warm = read_large_corpus(b"a b c d a b\\n" * 99)
count_large_corpus(warm).ceilings(0.2, None, unigram_noise(warm.counts))
read, corpus = used(lambda: read_large_corpus(path, tokenizer="whitespace", folder=folder))
count, pairs = used(lambda: count_large_corpus(corpus, memory=memory))
bound, _ = used(lambda: pairs.ceilings(1 / 6, None, unigram_noise(corpus.counts)))
sizes = {"tokens": corpus.tokens, "pairs": pairs.pairs, "total": pairs.total, "digest": corpus.digest}
print(json.dumps({"read": read, "count": count, "bound": bound, **sizes}))
"""


def zipfian_text(path, tokens, words):
    rng = np.random.default_rng(7)
    names = np.array([f"w{number}" for number in range(words)], dtype=object)
    chances = np.cumsum(1 / np.arange(1, words + 1))
    drawn = names[np.searchsorted(chances, rng.random(tokens) * chances[-1])]
    path.write_text("\n".join(" ".join(drawn[at : at + 25]) for at in range(0, tokens, 25)))


def probed(tmp_path, memory):
    command = [sys.executable, "-c", PROBE, str(tmp_path / "text"), str(tmp_path), str(memory)]
    environment = {**os.environ, "JSMI_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return json.loads(done.stdout)


linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


@linux
@pytest.mark.slow
def test_millions_of_tokens_within_the_memory(tmp_path):
    """3 M tokens whose table takes 150 MB in memory: counted and bounded within 60 MB, to the same bits."""
    zipfian_text(tmp_path / "text", 3_000_000, 20_000)
    memory = 60_000_000
    told = probed(tmp_path, memory)
    assert 12 * told["pairs"] > 2 * memory
    assert told["count"] < memory
    assert told["bound"] < memory
    corpus = read_corpus(tmp_path / "text", tokenizer="whitespace")
    joint = expected_pairs(corpus)
    assert (told["digest"], told["pairs"], told["total"]) == (corpus.digest, joint.pairs, joint.total)
    assert [path.name for path in tmp_path.iterdir()] == ["text"]


@linux
@pytest.mark.slow
def test_the_memory_while_reading_is_that_of_the_vocabulary(tmp_path):
    """Three times the text, the same memory."""
    zipfian_text(tmp_path / "text", 1_200_000, 500)
    short = probed(tmp_path, 10_000_000)
    (tmp_path / "text").write_text(((tmp_path / "text").read_text() + "\n") * 3)
    long = probed(tmp_path, 10_000_000)
    assert long["tokens"] == 3 * short["tokens"]
    assert long["read"] < short["read"] + 6_000_000  # its tokens alone are 10 MB more
    assert long["count"] < 10_000_000


def test_a_killed_run_leaves_nothing(tmp_path):
    script = (
        "import sys; from jsmi_core.text import read_large_corpus\n"
        "read_large_corpus([b'a b c d\\n' * 200_000] * 500, folder=sys.argv[1],"
        " on_progress=lambda share: print(share, flush=True))"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it is at work
        time.sleep(0.1)
        process.kill()
    assert process.returncode
    assert list(tmp_path.iterdir()) == []


# --- jsmi bound ------------------------------------------------------------------------------------------------------

TEXT = "the cat sat on the mat\nthe dog sat on the log\na cat and a dog\n" * 30


@pytest.fixture
def bound(capsys, tmp_path):
    """`jsmi bound` on these files, as (exit code, its JSON or None, standard error)."""
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(TEXT)

    def run(*arguments):
        code = cli.main(["bound", *(str(tmp_path / a) if a.endswith("txt") else a for a in arguments), "--json"])
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out else None, said.err

    return run


def assert_same_values(told, truth):
    for record in (told, truth):
        del record["seconds"]
        del record["corpus"]["name"]
        del record["corpus"]["reading"]["bytes_read"]
    for name in ("jsmi", "word2vec_bound", "mutual_information"):
        assert told.pop(name) == pytest.approx(truth.pop(name), rel=1e-12)
    assert told == truth


def test_bound_in_a_given_memory_is_the_bound(bound, tmp_path):
    code, told, said = bound("a.txt", "--memory", "1MB", "--window", "3")
    assert code == 0
    assert "reading" in said
    assert_same_values(told, bound("a.txt", "--window", "3")[1])


def test_bound_of_several_files_is_that_of_one(bound, tmp_path):
    (tmp_path / "both.txt").write_text(TEXT * 2)
    _, told, _ = bound("a.txt", "b.txt", "--alpha", "0.3", "--min-count", "2")
    assert_same_values(told, bound("both.txt", "--alpha", "0.3", "--min-count", "2")[1])


def test_bound_of_a_large_file_goes_to_disk_by_itself(bound, monkeypatch):
    _, truth, _ = bound("a.txt")
    monkeypatch.setattr("jsmi_core.cli.bound.LARGE", 100)
    monkeypatch.setattr("jsmi_core.cli.bound.corpus_of", None)
    _, told, _ = bound("a.txt")
    assert_same_values(told, truth)


def test_bound_repeats_the_notices_of_a_large_text(bound, tmp_path):
    (tmp_path / "latin.txt").write_bytes("né né\n".encode("latin-1") * 9)
    _, _, said = bound("latin.txt", "a.txt", "--encoding", "latin-1")
    assert "jsmi: the text was decoded as latin-1" in said


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["a.txt", "--memory", "1 KB"], 2, "memory = 1,000 bytes is not usable"),
        (["a.txt", "--memory", "lots"], 2, "memory = 'lots' is not usable: give bytes, or a size such as 500MB"),
        (["sample:lee", "--memory", "1GB"], 2, "corpus = 'sample:lee' is not usable beside other files or --memory"),
        (["a.txt", "sample:lee"], 2, "corpus = 'sample:lee' is not usable beside other files or --memory"),
        (["a.txt", "missing.txt"], 3, "'missing.txt' does not exist"),
        (["missing.txt"], 3, "'missing.txt' does not exist"),
    ],
)
def test_bound_says_what_is_wrong_in_one_sentence(bound, arguments, code, said):
    found, out, err = bound(*arguments)
    assert (found, out) == (code, None)
    assert said in err
    assert err.splitlines()[-1].startswith("jsmi: ")


def test_bound_says_that_the_disk_is_full(bound, monkeypatch):
    monkeypatch.setattr("tempfile.TemporaryFile", lambda dir: FullDisk(errno.ENOSPC))
    code, out, err = bound("a.txt", "--memory", "1GB")
    assert (code, out) == (4, None)
    assert re.search(r"jsmi: the disk of '.*' is full after 0 bytes of numbers: make room, or give another", err)
