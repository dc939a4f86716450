"""Vectors as files: every digit comes back, and what cannot be written is told in a sentence."""

from pathlib import Path

import numpy as np
import pytest
from gensim.models import KeyedVectors

from jsmi_core import Embedding
from jsmi_core.embeddings.export import write_vectors
from jsmi_core.errors import ParameterError, StoreError


def embedding(dtype: type, vocabulary: tuple[str, ...] | None = ("to", "be", "or")) -> Embedding:
    rng = np.random.default_rng(0)
    return Embedding(rng.normal(size=(3, 4)).astype(dtype), rng.normal(size=(3, 4)).astype(dtype), vocabulary)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("suffix", [".txt", ".vec"])
def test_every_digit_of_the_text_format_comes_back(tmp_path: Path, suffix: str, dtype: type) -> None:
    write_vectors(tmp_path / f"v{suffix}", embedding(dtype))
    read = KeyedVectors.load_word2vec_format(str(tmp_path / f"v{suffix}"), datatype=dtype)
    assert read.index_to_key == ["to", "be", "or"]
    np.testing.assert_array_equal(read.vectors, embedding(dtype).words)


def test_words_without_names_are_numbered(tmp_path: Path) -> None:
    write_vectors(tmp_path / "v.npz", embedding(np.float64, None))
    with np.load(tmp_path / "v.npz", allow_pickle=False) as arrays:
        assert arrays["vocabulary"].tolist() == ["0", "1", "2"]
        np.testing.assert_array_equal(arrays["contexts"], embedding(np.float64).contexts)


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "v.txt").mkdir()
    with pytest.raises(StoreError, match=r"v.txt' cannot be written: name a file"):
        write_vectors(tmp_path / "v.txt", embedding(np.float32))
    assert [entry.name for entry in tmp_path.iterdir()] == ["v.txt"]
    with pytest.raises(ParameterError):
        write_vectors(tmp_path / "v.doc", embedding(np.float32))


def named(*vocabulary: str) -> Embedding:
    return Embedding(np.eye(len(vocabulary)), np.eye(len(vocabulary)), vocabulary)


@pytest.mark.parametrize("word", ["to be", "to\nbe", "to\u00a0be", "\u2028", "", " to"])
@pytest.mark.parametrize("suffix", [".txt", ".vec"])
def test_a_word_that_could_not_be_read_back_is_refused(tmp_path: Path, word: str, suffix: str) -> None:
    with pytest.raises(ParameterError, match=r"cannot be read back from a text .* give a name that ends in \.npz"):
        write_vectors(tmp_path / f"v{suffix}", named("to", word))
    assert not list(tmp_path.iterdir())
    write_vectors(tmp_path / "v.npz", named("to", word))
    with np.load(tmp_path / "v.npz", allow_pickle=False) as arrays:
        assert arrays["vocabulary"].tolist() == ["to", word]


def test_a_word_that_numpy_would_shorten_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"the word 'a\\x00' ends with NUL"):
        write_vectors(tmp_path / "v.npz", named("a\0", "a"))
    write_vectors(tmp_path / "v.txt", named("a\0", "a"))


def test_one_long_word_makes_no_large_file(tmp_path: Path) -> None:
    words = (*map(str, range(9_999)), "x" * 1_000)
    rng = np.random.default_rng(0)
    write_vectors(tmp_path / "v.npz", Embedding(*rng.normal(size=(2, 10_000, 3)).astype(np.float32), words))
    assert (tmp_path / "v.npz").stat().st_size < 500_000
    with np.load(tmp_path / "v.npz", allow_pickle=False) as arrays:
        assert tuple(arrays["vocabulary"].tolist()) == words
