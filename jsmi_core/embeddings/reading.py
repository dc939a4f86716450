"""A file of word vectors, whoever made it → Vectors. Looked at before memory is taken for it; never unpickled."""

from __future__ import annotations

import gzip
import io
import os
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, BinaryIO, NoReturn

import numpy as np
import numpy.typing as npt

from jsmi_core import checks
from jsmi_core.embeddings.embedding import Embedding
from jsmi_core.errors import EmbeddingError
from jsmi_core.runtime.npz import UNREADABLE, check_npz

_HEAD = 1 << 16
_BLOCK = 1 << 13  # rows that are parsed at once
_LONGEST = 1 << 24  # bytes of a row: more are not taken into memory to look for its end
_CONVERT = (
    "a pickle can run programs, so none is opened here: where you trust it, convert it with "
    'gensim.models.Word2Vec.load("old").wv.save_word2vec_format("vectors.txt")'
)
_HEADER = re.compile(rb"[ \t]*([0-9]+)[ \t]+([0-9]+)[ \t]*\r?\n")
_NUMERIC = re.compile(rb"[0-9eE+\-. \t\rnaifNAIFty]*")
_OLD_PICKLES = (b"ccopy_reg", b"cgensim", b"cnumpy", b"c__builtin__", b"(dp", b"(lp", b"(i", b"]q", b"}q")


@dataclass(frozen=True, eq=False)
class Vectors:
    """Word vectors from anywhere, with their words; the contexts too, where there are any.

    Parameters
    ----------
    words : (V, d) float32 or float64
    vocabulary : tuple of V different str
        The words, in the order of the rows.
    contexts : (V, d) float32 or float64, optional
        Context vectors of the same words.

    Raises
    ------
    EmbeddingError
        If the shapes do not fit, a number is NaN or infinite, or a word stands twice.

    Examples
    --------
    >>> Vectors([[1.0, 0.0], [0.0, 1.0]], ("to", "be")).dimension
    2
    """

    words: npt.NDArray[np.floating]
    vocabulary: tuple[str, ...]
    contexts: npt.NDArray[np.floating] | None = None

    def __post_init__(self) -> None:
        names = tuple(self.vocabulary)
        checked = Embedding(self.words, self.words if self.contexts is None else self.contexts, names)
        if len(checked.contexts) != len(names):
            raise EmbeddingError(
                f"there are {len(names):,} words but {len(checked.contexts):,} context vectors: give one for each word."
            )
        if len(set(names)) < len(names):
            seen: set[str] = set()
            row, word = next((i, w) for i, w in enumerate(names, 1) if w in seen or seen.add(w))  # type: ignore[func-returns-value]
            raise EmbeddingError(f"row {row:,} has the word {word[:80]!r} again: keep one row for each word.")
        object.__setattr__(self, "vocabulary", names)
        object.__setattr__(self, "words", checked.words)
        object.__setattr__(self, "contexts", None if self.contexts is None else checked.contexts)

    def __len__(self) -> int:
        return len(self.vocabulary)

    @property
    def dimension(self) -> int:
        """d, the number of coordinates of each vector."""
        return int(self.words.shape[1])

    @classmethod
    def of(cls, source: Any, vocabulary: Sequence[str] | None = None) -> Vectors:
        """The vectors of what is in memory already: gensim's KeyedVectors, Word2Vec or FastText, or an array.

        A model trained with negative sampling brings its output vectors as contexts.

        Parameters
        ----------
        source : gensim model or KeyedVectors, Embedding, or (V, d) array
        vocabulary : V words
            Of an array; a model has its own.

        Raises
        ------
        EmbeddingError
            As the class, or if an array comes without words.

        Examples
        --------
        >>> Vectors.of([[1.0], [2.0]], ["to", "be"]).vocabulary
        ('to', 'be')
        """
        if isinstance(source, Vectors):
            return source
        if isinstance(source, Embedding):
            names = vocabulary or source.vocabulary
            if names is not None:
                return cls(source.words, tuple(names), source.contexts)
        keyed = getattr(source, "wv", source)
        if hasattr(keyed, "index_to_key"):
            contexts = getattr(source, "syn1neg", None) if getattr(source, "negative", 0) else None
            words = keyed.vectors.copy()
            return cls(words, tuple(map(str, keyed.index_to_key)), None if contexts is None else contexts.copy())
        if vocabulary is None:
            raise EmbeddingError("the vectors have no words: give the vocabulary, one word for each row.")
        return cls(np.array(source), tuple(vocabulary))


def read_vectors(path: str | os.PathLike[str] | bytes, name: str = "vectors") -> Vectors:
    r"""Read word vectors from a file, of whichever program it is.

    word2vec's text and binary formats, GloVe's text (no header), fastText's .vec, and the .npz of
    :func:`write_vectors`; the texts and the binary also packed with gzip. What it is, is told from its bytes, not from
    its name. Fields of a text stand between blanks or tabs.

    Parameters
    ----------
    path : path, or the bytes of the file
    name : str
        What bytes are called in errors.

    Returns
    -------
    Vectors
        float32, but for an .npz, which keeps its own. Context vectors come from an .npz alone.

    Raises
    ------
    EmbeddingError
        Names the first row that is wrong, counted from 1 without a header, and its word: not as many numbers as the
        others, no number, NaN or infinity, a word that stands twice; or says that the header lies, the file is cut,
        is a pickle (never opened) or something else.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "vectors.txt"
    >>> _ = path.write_text("2 3\nto 0.5 1 -2\nbe 0 1 4\n")
    >>> vectors = read_vectors(path)
    >>> vectors.vocabulary, vectors.words.tolist()
    (('to', 'be'), [[0.5, 1.0, -2.0], [0.0, 1.0, 4.0]])
    """
    if not isinstance(path, bytes):
        name = os.fspath(path)
    try:
        with io.BytesIO(path) if isinstance(path, bytes) else open(name, "rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            size = raw.seek(0, os.SEEK_END)
            raw.seek(0)
            if not packed:
                return _read(raw, size)
            with gzip.open(raw) as unpacked:
                return _read(io.BufferedReader(unpacked, 1 << 20), None)  # type: ignore[type-var]
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise EmbeddingError(f"{_short(name)} is packed, and damaged or cut: fetch it again.") from None
    except OSError as error:
        raise EmbeddingError(f"{_short(name)} cannot be read ({error.strerror}): name a file of vectors.") from None
    except EmbeddingError as error:
        raise EmbeddingError(f"{_short(name)}: {error}") from None


def _short(name: str) -> str:
    return repr(os.path.basename(name)[-80:])


def _read(file: Any, size: int | None) -> Vectors:
    """The vectors of a file that can be looked into; ``size`` where it is known."""
    head = file.peek(_HEAD)[:_HEAD] if size is None else file.read(_HEAD)
    if size is not None:
        file.seek(0)
    _refuse_others(head)
    if head.startswith(b"PK\x03\x04"):
        return _npz(file.read())
    header = _HEADER.match(head)
    if header is None:
        return _text(file, None)
    promised = int(header[1]), int(header[2])
    row = head[header.end() :]
    if promised[1] == 0 or promised[0] == 0:
        raise EmbeddingError(f"the header promises {promised[0]:,} words of {promised[1]:,} numbers: there is nothing.")
    if not _is_text(row, promised[1]):
        file.read(header.end())
        return _binary(file, None if size is None else size - header.end(), *promised)
    if promised[1] == 1 or len(row.split(b"\n", 1)[0].split()) > 2:
        file.readline()
        return _text(file, promised)
    return _text(file, None)  # a number as a word, and one number for it


def _refuse_others(head: bytes) -> None:
    """Say what a file is that is no file of vectors, or that cannot be trusted."""
    if not head.strip():
        raise EmbeddingError("the file is empty: name a file of vectors.")
    if (head[0] == 0x80 and head[1:2] in b"\x00\x01\x02\x03\x04\x05") or head.startswith(_OLD_PICKLES):
        raise EmbeddingError(f"it is a pickle, as gensim's save() writes: {_CONVERT}.")
    if head.startswith(b"\x93NUMPY"):
        raise EmbeddingError(
            "it is an array without words (.npy): give Vectors.of(array, vocabulary), or an .npz with both."
        )
    if head.startswith(b"\xba\x16\x4f\x2f"):
        raise EmbeddingError("it is fastText's own binary: name the .vec file that fastText writes beside it.")
    for kind, start in (("an HDF5 file", b"\x89HDF"), ("a PDF", b"%PDF"), ("a web page", b"<"), ("JSON", b"{")):
        if head.startswith(start):
            raise EmbeddingError(f"it is {kind}: name a file of word vectors.")


def _is_text(row: bytes, dimension: int) -> bool:
    """Whether the first row after a header is written in digits; a binary one has 4 bytes for each number."""
    _, _, numbers = row.lstrip(b" \t").partition(b" " if b" " in row[:4096] else b"\t")
    numbers = numbers.split(b"\n", 1)[0][: 4 * dimension]
    match = _NUMERIC.match(numbers)
    return bool(numbers.strip()) and match is not None and match.end() == len(numbers)


# -- binary -----------------------------------------------------------------------------------------------------------


def _binary(file: BinaryIO, size: int | None, count: int, dimension: int) -> Vectors:
    """word2vec's binary rows: the word, a blank, d float32, and perhaps a line break."""
    length = 4 * dimension
    least = count * (length + 2)
    if size is not None and size < least:
        raise EmbeddingError(
            f"the header promises {count:,} words of {dimension:,} numbers, at least {least:,} bytes, but only "
            f"{size:,} follow: the header lies, or the file is cut; fetch it again."
        )
    names: list[str] = []
    blocks: list[npt.NDArray[np.float32]] = []
    data, at = b"", 0
    parts: list[memoryview] = []
    step = max(1 << 22, 4 * (length + 4096))
    view = memoryview(data)
    while len(names) < count:
        blank = data.find(b" ", at)
        if blank < 0 or blank + 1 + length > len(data):
            if parts:
                blocks.append(np.frombuffer(b"".join(parts), np.float32).reshape(-1, dimension))
                parts = []
            more = file.read(step)
            if not more or (blank < 0 and len(data) - at > _LONGEST):
                raise EmbeddingError(
                    f"the header promises {count:,} words, but the file ends in row {len(names) + 1:,}: the header "
                    "lies, or the file is cut; fetch it again."
                )
            data, at = data[at:] + more, 0
            view = memoryview(data)
            continue
        names.append(_name(data[at:blank].lstrip(b"\r\n"), len(names) + 1))
        parts.append(view[blank + 1 : (at := blank + 1 + length)])
    blocks.append(np.frombuffer(b"".join(parts), np.float32).reshape(-1, dimension))
    if (data[at:] + file.read(64)).strip():
        raise EmbeddingError(f"more follows after the {count:,} words that the header promises: the header lies.")
    return _whole(np.concatenate(blocks).astype(np.float32, copy=False), names)


# -- text -------------------------------------------------------------------------------------------------------------


def _text(file: BinaryIO, promised: tuple[int, int] | None) -> Vectors:
    """Rows of a word and its numbers. With a header they are as many, and as long, as it says."""
    names: list[str] = []
    blocks: list[npt.NDArray[np.float32]] = []
    dimension = promised[1] if promised else 0
    for lines in _blocks(file):
        if not dimension:
            dimension = len(lines[0].split()) - 1
            if dimension < 1:
                raise EmbeddingError(
                    "row 1 has no numbers: name a text with a word and its numbers on each line, word2vec's binary, or "
                    "an .npz."
                )
        first = len(names) + 1
        parts = [line.split(b" ", 1) for line in lines]
        for row, line in enumerate(lines):
            if line.count(b" ") != dimension or b"  " in line or len(parts[row]) < 2:
                fields = line.split()
                if len(fields) != dimension + 1:
                    _ragged(first + row, fields, dimension, promised)
                parts[row] = [fields[0], b" ".join(fields[1:])]
        names.extend(_name(part[0], first + row) for row, part in enumerate(parts))
        blocks.append(_numbers(parts, dimension, first))
    if promised and len(names) != promised[0]:
        raise EmbeddingError(
            f"the header promises {promised[0]:,} words, but there are {len(names):,}: the header lies, or the file is "
            "cut; fetch it again."
        )
    return _whole(np.concatenate(blocks), names)


def _blocks(file: BinaryIO) -> Iterator[list[bytes]]:
    """The lines, some thousand at a time, without what stands around them; empty ones end the file or are passed."""
    lines = iter(partial(file.readline, _LONGEST), b"")
    full = (bare for line in lines if (bare := _fits(line).replace(b"\t", b" ").strip(b" \r\n")))
    while block := list(islice(full, _BLOCK)):
        yield block


def _fits(line: bytes) -> bytes:
    if len(line) == _LONGEST:
        raise EmbeddingError(f"a row is longer than {_LONGEST >> 20} MiB: it is no text with a word on each line.")
    return line


def _numbers(parts: list[list[bytes]], dimension: int, first: int) -> npt.NDArray[np.float32]:
    """(rows, d) float32; NumPy parses all of them at once, and one by one where that fails, to name the row."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found = np.fromstring(b" ".join([part[1] for part in parts]), np.float32, sep=" ")  # type: ignore[call-overload]
        except (DeprecationWarning, ValueError):
            found = np.empty(0, np.float32)
    if len(found) == dimension * len(parts):
        return found.reshape(-1, dimension)
    for row, (name, numbers) in enumerate(parts, first):
        for field in numbers.split():
            try:
                float(field)
            except ValueError:
                word, bad = _name(name, row)[:80], field[:80].decode(errors="replace")
                raise EmbeddingError(f"row {row:,} ({word!r}) has {bad!r} where a number should be: mend it.") from None
    return np.array([[float(field) for field in numbers.split()] for _, numbers in parts], np.float32)


def _ragged(row: int, fields: list[bytes], dimension: int, promised: tuple[int, int] | None) -> NoReturn:
    word = fields[0][:80].decode(errors="replace")
    others = "the header says" if promised else "the first row has"
    found = len(fields) - 1
    why = "a word with a blank in it, or numbers too many" if found > dimension else "numbers are missing"
    raise EmbeddingError(
        f"row {row:,} ({word!r}) has {found:,} numbers but {others} {dimension:,}: {why}; mend that row."
    )


# -- arrays -----------------------------------------------------------------------------------------------------------


def _npz(payload: bytes) -> Vectors:
    """The arrays words, contexts and vocabulary, as write_vectors writes them."""
    try:
        check_npz(payload, packed=("vocabulary.npy",))
        with np.load(io.BytesIO(payload), allow_pickle=False) as archive:
            missing = {"words", "vocabulary"} - set(archive.files)
            if missing:
                raise EmbeddingError(f"it has no array {sorted(missing)[0]!r}: give an .npz as jsmi export writes it.")
            names = archive["vocabulary"]
            if names.ndim != 1 or names.dtype.kind != "U":
                raise EmbeddingError("its vocabulary is no list of words: give an .npz as jsmi export writes it.")
            contexts = archive["contexts"] if "contexts" in archive.files else None
            return Vectors(archive["words"], tuple(names.tolist()), contexts)
    except EmbeddingError:
        raise
    except ValueError as error:
        if "objects" in str(error):
            raise EmbeddingError(f"it holds objects, which are pickles: {_CONVERT}.") from None
        raise EmbeddingError(f"it is a zip file, but no .npz of vectors ({error}): name one.") from None
    except (*UNREADABLE, zipfile.BadZipFile):
        raise EmbeddingError("it is a zip file, but no whole .npz of vectors: name one, or fetch it again.") from None


def _name(raw: bytes, row: int) -> str:
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        shown = raw[:80].decode(errors="replace")
        raise EmbeddingError(f"row {row:,} ({shown!r}) has a word that is not UTF-8: convert the file.") from None
    if not name:
        raise EmbeddingError(f"row {row:,} has no word: mend that row.")
    return name


def _whole(words: npt.NDArray[np.float32], names: list[str]) -> Vectors:
    bad = np.flatnonzero(~np.isfinite(words).all(axis=1))
    if bad.size:
        word = names[bad[0]][:80]
        raise EmbeddingError(f"row {bad[0] + 1:,} ({word!r}) holds NaN or infinity: remove or retrain that vector.")
    broken = checks.half_character(names)
    if broken:
        raise EmbeddingError(f"{broken}: mend the vocabulary at its source.")
    return Vectors(words, tuple(names))
