"""Files of vectors as people have them: each is read whole, or refused in a sentence with row and word."""

from __future__ import annotations

import gzip
import io
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gensim.models import FastText, KeyedVectors, Word2Vec

from jsmi_core import Embedding, Vectors, read_vectors, sample_corpus
from jsmi_core.embeddings import write_vectors
from jsmi_core.errors import EmbeddingError

NAMES = ("the", "Straße", "of", "3", "end")
TABLE = np.random.default_rng(5).normal(size=(5, 7)).astype(np.float32)
ROWS = [" ".join([name, *(f"{value:.9g}" for value in row)]) for name, row in zip(NAMES, TABLE, strict=True)]


def keyed() -> KeyedVectors:
    made = KeyedVectors(7)
    made.add_vectors(list(NAMES), TABLE)
    return made


def original_binary(breaks: bool) -> bytes:
    """As the C program writes it: a line break after each row, which gensim leaves out."""
    rows = (name.encode() + b" " + row.tobytes() + b"\n" * breaks for name, row in zip(NAMES, TABLE, strict=True))
    return b"5 7\n" + b"".join(rows)


FILES: dict[str, bytes] = {
    "word2vec text": "\n".join(["5 7", *ROWS, ""]).encode(),
    "no line break at the end": "\n".join(["5 7", *ROWS]).encode(),
    "GloVe": "\n".join([*ROWS, ""]).encode(),
    "fastText's blank at the end of a row": "\n".join(["5 7", *(row + " " for row in ROWS), ""]).encode(),
    "Windows": "\r\n".join(["5 7", *ROWS, ""]).encode(),
    "tabs": "\n".join([*(row.replace(" ", "\t") for row in ROWS), ""]).encode(),
    "binary": original_binary(breaks=False),
    "binary with line breaks": original_binary(breaks=True),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("packed", [False, True])
def test_each_format(name: str, packed: bool, tmp_path: Path) -> None:
    path = tmp_path / "vectors"
    path.write_bytes(gzip.compress(FILES[name]) if packed else FILES[name])
    found = read_vectors(path)
    assert found.vocabulary == NAMES
    assert found.words.dtype == np.float32
    assert np.array_equal(found.words, TABLE)
    assert found.contexts is None


def test_what_gensim_writes(tmp_path: Path) -> None:
    for binary in (True, False):
        keyed().save_word2vec_format(str(tmp_path / "file"), binary=binary)
        found = read_vectors(tmp_path / "file")
        assert (found.vocabulary, found.dimension, len(found)) == (NAMES, 7, 5)
        assert np.allclose(found.words, TABLE, rtol=1e-6)


def test_what_this_program_writes(tmp_path: Path) -> None:
    given = Embedding(TABLE.astype(np.float64), TABLE[::-1].astype(np.float64), NAMES)
    write_vectors(tmp_path / "all.npz", given)
    found = read_vectors(tmp_path / "all.npz")
    assert found.contexts is not None
    assert np.array_equal(found.words, given.words)
    assert np.array_equal(found.contexts, given.contexts)
    assert found.vocabulary == NAMES


def test_more_rows_than_are_parsed_at_once(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    table = rng.normal(size=(20_000, 3)).astype(np.float32)
    rows = [f"w{i} " + " ".join(f"{value:.9g}" for value in row) for i, row in enumerate(table)]
    (tmp_path / "text").write_text("\n".join(rows), encoding="utf-8")
    assert np.array_equal(read_vectors(tmp_path / "text").words, table)
    rows[19_000] = "w19000 1 x 3"
    (tmp_path / "text").write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(EmbeddingError, match=r"row 19,001 \('w19000'\) has 'x' where a number"):
        read_vectors(tmp_path / "text")


def test_a_word_of_digits_and_one_number(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("3 2\nbe 4\n", encoding="utf-8")
    assert read_vectors(tmp_path / "text").vocabulary == ("3", "be")


def changed(row: int, text: str, header: str = "") -> bytes:
    rows = list(ROWS)
    rows[row] = text
    return "\n".join([*([header] if header else []), *rows, ""]).encode()


def npz(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("words.npy", bytes(10**6))
    return file.getvalue()


class Evil:
    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return print, ("opened",)


REFUSED: dict[str, tuple[bytes, str]] = {
    "NaN": (changed(2, "of 1 2 3 nan 5 6 7"), r"row 3 \('of'\) holds NaN"),
    "infinity under a header": (changed(2, "of 1 2 3 inf 5 6 7", "5 7"), r"row 3 \('of'\) holds NaN or infinity"),
    "too large": (changed(2, "of 1 2 3 1e60 5 6 7"), r"row 3 \('of'\) holds NaN or infinity"),
    "ragged": (changed(3, "3 1 2 3"), r"row 4 \('3'\) has 3 numbers but the first row has 7: numbers are missing"),
    "a word with a blank": (changed(1, "New York 1 2 3 4 5 6 7"), r"row 2 \('New'\) has 8 numbers .* blank"),
    "a word with a tab": (changed(1, "New\tYork 1 2 3 4 5 6 7"), r"row 2 \('New'\) has 8 numbers"),
    "a blank word": (changed(1, "New 1 York 3 4 5 6 7"), r"row 2 \('New'\) has 'York' where a number"),
    "twice": (changed(4, "the 1 2 3 4 5 6 7"), r"row 5 has the word 'the' again"),
    "a header of more": ("\n".join(["6 7", *ROWS]).encode(), "promises 6 words, but there are 5"),
    "a header of fewer": ("\n".join(["4 7", *ROWS]).encode(), "promises 4 words, but there are 5"),
    "a header of longer rows": ("\n".join(["5 8", *ROWS]).encode(), r"row 1 \('the'\) has 7 numbers but the header"),
    "a header of nothing": (b"0 7\n", "promises 0 words"),
    "a huge binary header": (b"9000000000 300\nthe " + TABLE.tobytes(), "promises 9,000,000,000 words"),
    "a binary that is cut": (original_binary(False)[:-9], "the header lies, or the file is cut"),
    "a binary with more": (original_binary(False) + original_binary(False)[4:], "more follows"),
    "a binary with NaN": (original_binary(False)[:-4] + np.float32("nan").tobytes(), r"row 5 \('end'\) holds NaN"),
    "not UTF-8": (changed(0, "x 1 2 3 4 5 6 7").replace(b"x ", b"\xff\xfe "), "row 1 .* not UTF-8"),
    "nothing": (b"", "empty"),
    "white space": (b" \n\n", "empty"),
    "prose": (b"Once upon a time\nthere was", r"row (1|2) \('(Once|there)'\)"),
    "one word on each line": (b"once\nupon\n", "row 1 has no numbers"),
    "a pickle": (pickle.dumps(Evil()), "pickle.*save_word2vec_format"),
    "an old pickle": (pickle.dumps({"a": 1}, protocol=0), "pickle"),
    "a pickle in gzip": (gzip.compress(pickle.dumps(Evil())), "pickle"),
    "a pickle in an npz": (npz(words=np.array([Evil()], object), vocabulary=np.array(["a"])), "pickle"),
    "a pickle as words": (npz(words=np.ones((1, 2)), vocabulary=np.array(["a"], object)), "pickle"),
    "an npz without words": (npz(vectors=np.ones((1, 2))), "no array 'vocabulary'"),
    "an npz of numbers as words": (npz(words=np.ones((1, 2)), vocabulary=np.ones(1)), "no list of words"),
    "an npz of too few words": (npz(words=np.ones((3, 2)), vocabulary=np.array(["a"])), "names 1 words"),
    "an npz of too few contexts": (
        npz(words=np.ones((2, 2)), vocabulary=np.array(["a", "b"]), contexts=np.ones((3, 2))), "3 context vectors",
    ),
    "an npz that is cut": (npz(words=np.ones((9, 9)), vocabulary=np.array(["a"]))[:-30], "zip file"),
    "a bomb": (bomb(), "compressed"),
    "a row without end": (gzip.compress(b"the " + b"1" * (1 << 24)), "longer than 16 MiB"),
    "a binary word without end": (gzip.compress(b"5 7\n" + bytes(1 << 26)), "the file ends in row 1"),
    "an npy": (b"\x93NUMPY" + bytes(100), "without words"),
    "fastText's binary": (b"\xba\x16\x4f\x2f" + bytes(100), r"\.vec"),
    "a web page": (b"<html><body>", "web page"),
    "gzip that is cut": (gzip.compress(FILES["GloVe"])[:-20], "damaged or cut"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_gets_its_sentence(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content, sentence = REFUSED[name]
    (tmp_path / "mine.bin").write_bytes(content)
    with pytest.raises(EmbeddingError, match=sentence) as refused:
        read_vectors(tmp_path / "mine.bin")
    assert "\n" not in str(refused.value)
    assert "mine.bin" in str(refused.value)
    assert str(tmp_path) not in str(refused.value)
    assert "opened" not in capsys.readouterr().out


def test_no_such_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(EmbeddingError, match="cannot be read"):
            read_vectors(path)


@pytest.mark.parametrize("seed", range(200))
def test_noise_never_breaks_it(seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    content = bytearray(list(FILES.values())[seed % len(FILES)])
    for place in rng.integers(0, len(content), rng.integers(1, 6)):
        content[place] = rng.integers(0, 256)
    (tmp_path / "file").write_bytes(bytes(content[: rng.integers(1, len(content) + 1)]))
    try:
        found = read_vectors(tmp_path / "file")
    except EmbeddingError:
        return
    assert np.isfinite(found.words).all()


def test_what_is_in_memory() -> None:
    text = list(sample_corpus("lee").sentences())[:60]
    for kind in (Word2Vec, FastText):
        model = kind(text, sg=1, vector_size=4, min_count=3, epochs=1, **({"bucket": 50} if kind is FastText else {}))
        found = Vectors.of(model)
        assert np.array_equal(found.words, model.wv.vectors)
        assert found.contexts is not None
        assert np.array_equal(found.contexts, model.syn1neg)
        assert Vectors.of(model.wv).contexts is None
    assert Vectors.of(keyed()).vocabulary == NAMES
    assert Vectors.of(TABLE, NAMES).dimension == 7
    assert Vectors.of(Embedding(TABLE, TABLE, NAMES)).contexts is not None
    assert Vectors.of(found) is found
    with pytest.raises(EmbeddingError, match="no words"):
        Vectors.of(TABLE)
    with pytest.raises(EmbeddingError, match="no words"):
        Vectors.of(Embedding(TABLE, TABLE))
    with pytest.raises(EmbeddingError, match="names 4"):
        Vectors.of(TABLE, NAMES[:4])
    with pytest.raises(EmbeddingError, match="half a character"):
        Vectors.of(TABLE, (*NAMES[:4], "\ud800"))
