"""Text → Corpus: numbered words in sentences, the common ground of counting and training.

The steps, each in one place: bytes to text (stream.py), text to tokens (tokens.py), tokens to numbers (here). Words
under ``min_count`` are removed *before* any window is formed, so that windows stretch over them, as in word2vec;
sentences are cut at 10,000 words, because gensim would drop the rest of a longer one without a word.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from jsmi_core import checks
from jsmi_core.errors import CorpusError
from jsmi_core.runtime.files import write_whole
from jsmi_core.runtime.npz import UNREADABLE
from jsmi_core.runtime.wording import counted
from jsmi_core.text.digest import content_digest, packed_words, unpacked_words
from jsmi_core.text.prose import unspaced
from jsmi_core.text.reading import READING, Reading
from jsmi_core.text.stream import Source, TextStream
from jsmi_core.text.tokens import MAXIMUM_TOKEN, Numbering, Tokenizer
from jsmi_core.text.unpacking import printable
from jsmi_core.text.words import LINE_BREAKS

MAXIMUM_SENTENCE = 10_000
"""Most words of one sentence that gensim's trainer looks at."""

_PART = 1 << 22  # tokens that are counted at a time
_FORMAT = 1


@dataclass(frozen=True, eq=False)
class Corpus:
    """A text as numbers: sentence s is ``ids[offsets[s]:offsets[s + 1]]``, and id i means ``vocabulary[i]``.

    Parameters
    ----------
    vocabulary : tuple of V str
        Most frequent word first; equally frequent ones in the order of their first appearance.
    counts : (V,) int64
        How often each word occurs in ``ids``.
    ids : (N,) int32
        The tokens that are left once rare words are removed; a removed token leaves no hole.
    offsets : (S + 1,) int64
        Bounds of the S sentences, none of them empty or longer than 10,000.
    name : str
    notices : tuple of str
        What the reader of any result should know about how the text was read.
    reading : Reading, optional
        How the text was read, if it was read from a text.

    Raises
    ------
    CorpusError
        If the arrays do not fit together, or a word holds half a character (a lone surrogate).

    Examples
    --------
    >>> corpus = Corpus.from_sentences([["to", "be"], ["or", "not", "to", "be"]])
    >>> corpus.vocabulary, corpus.counts.tolist()
    (('to', 'be', 'or', 'not'), [2, 2, 1, 1])
    """

    vocabulary: tuple[str, ...]
    counts: npt.NDArray[np.int64]
    ids: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]
    name: str = "corpus"
    notices: tuple[str, ...] = ()
    reading: Reading | None = None

    def __post_init__(self) -> None:
        bounds = self.offsets
        if (
            not np.array_equal(self.counts, occurrences(self.ids, len(self.vocabulary)))
            or (int(bounds[0]), int(bounds[-1])) != (0, len(self.ids))
            or (np.diff(bounds) <= 0).any()
            or len(set(self.vocabulary)) < len(self.vocabulary)
        ):
            raise CorpusError(
                f"the parts of corpus {self.name!r} do not fit together: use read_corpus or Corpus.from_sentences."
            )
        broken = checks.half_character((*self.vocabulary, *self.notices))
        if broken:
            raise CorpusError(f"{broken} in corpus {self.name!r}: read the text again from its source.")
        object.__setattr__(self, "name", printable(self.name))
        for name in ("counts", "ids", "offsets"):
            view = getattr(self, name).view()  # the caller's own array stays as it is
            view.flags.writeable = False
            object.__setattr__(self, name, view)

    def __repr__(self) -> str:
        return f"<Corpus {self.name!r}: {len(self.ids):,} tokens, {len(self.vocabulary):,} words>"

    @cached_property
    def digest(self) -> str:
        """SHA-256 of vocabulary, ids and offsets, 64 hex digits: equal texts after reading have equal digests."""
        return content_digest(self.vocabulary, *((len(part), [part]) for part in (self.ids, self.offsets)))

    def sentences(self) -> Iterator[list[str]]:
        """Yield each sentence as a list of words."""
        words = np.array(self.vocabulary, dtype=object)
        bounds = self.offsets.tolist()
        for start, stop in pairwise(bounds):
            yield words[self.ids[start:stop]].tolist()

    @classmethod
    def from_sentences(cls, sentences: Iterable[Sequence[str]], min_count: int = 1, name: str = "sentences") -> Corpus:
        """Build a corpus from sentences that are already lists of words, taken as they are (up to 1,000 characters).

        Raises
        ------
        CorpusError
            If sentences, or the words of one, are no list or have no order (text, set, dict); if no word is left.
        """
        min_count = checks.integer("min_count", min_count, 1, 10**9)
        end = object()
        numbers = Numbering([end])
        if not _in_order(sentences):
            kind = type(sentences).__name__
            raise CorpusError(f"a {kind} is no list of sentences: give lists of words, or a text to read_corpus.")

        def flat() -> Iterator[object]:
            for place, sentence in enumerate(sentences):
                words = list(sentence) if _in_order(sentence) else [None]
                if not all(isinstance(word, str) for word in words):
                    what = "some words are no str" if _in_order(sentence) else f"a {type(sentence).__name__}"
                    raise CorpusError(
                        f"sentence {place} is not a list of words ({what}): give a list of str for each sentence."
                    )
                yield from words
                yield end

        ids = np.fromiter(map(numbers.__getitem__, flat()), np.int32)
        return _numbered(numbers, [ids], min_count, name, [], None)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the corpus as :meth:`to_bytes`; the file is whole or absent. Raises OSError."""
        write_whole(path, self.to_bytes())

    def to_bytes(self) -> bytes:
        """The corpus as an uncompressed .npz without pickle."""
        letters, lengths = packed_words(self.vocabulary)
        record = {
            "format": _FORMAT,
            "digest": self.digest,
            "name": self.name,
            "notices": self.notices,
            "reading": asdict(self.reading) if self.reading else None,
        }
        file = io.BytesIO()
        np.savez(
            file,
            record=np.frombuffer(json.dumps(record).encode(), np.uint8),
            letters=letters,
            lengths=lengths,
            ids=self.ids,
            offsets=self.offsets,
        )
        return file.getvalue()

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Corpus:
        """Read what :meth:`save` wrote, and check it against its digest.

        Raises
        ------
        CorpusError
            If the file is missing, damaged, or not such a file; nothing in it is ever unpickled.
        """
        shown = repr(os.path.basename(path))
        try:
            return cls.from_bytes(Path(path).read_bytes())
        except FileNotFoundError:
            raise CorpusError(f"the file {shown} does not exist: check the path.") from None
        except (OSError, CorpusError):
            raise CorpusError(
                f"the file {shown} is not a whole saved corpus of this version: read the text again."
            ) from None

    @classmethod
    def from_bytes(cls, payload: bytes) -> Corpus:
        """The corpus that :meth:`to_bytes` wrote, checked against its digest.

        Raises
        ------
        CorpusError
            If the bytes are anything else; nothing in them is ever unpickled.
        """
        try:
            corpus, digest = cls._parsed(payload)
        except UNREADABLE:
            corpus, digest = None, ""
        if corpus is None or corpus.digest != digest:
            raise CorpusError("these bytes are not a whole saved corpus of this version: read the text again.")
        return corpus

    @classmethod
    def _parsed(cls, payload: bytes) -> tuple[Corpus, str]:
        """Return the corpus that the bytes hold, and the digest that it must have."""
        with np.load(io.BytesIO(payload), allow_pickle=False) as arrays:
            record = json.loads(arrays["record"].tobytes())
            if record["format"] != _FORMAT:
                raise ValueError("another format")
            words = unpacked_words(arrays["letters"], arrays["lengths"])
            counts = occurrences(arrays["ids"], len(words))
            reading = Reading(**record["reading"]) if record["reading"] else None
            about = record["name"], tuple(record["notices"]), reading
            return cls(words, counts, arrays["ids"], arrays["offsets"], *about), record["digest"]


def read_corpus(
    source: Source,
    *,
    tokenizer: str = READING["tokenizer"].default,
    lowercase: bool | None = READING["lowercase"].default,
    min_count: int = READING["min_count"].default,
    encoding: str | None = READING["encoding"].default,
    name: str | None = None,
) -> Corpus:
    r"""Read a text, one sentence per line, into a corpus.

    Parameters
    ----------
    source : path, or bytes
        Plain text, or one text packed with gzip, bzip2 or zip.
    tokenizer : "unicode" or "whitespace"
        Words of running text, or tokens as they stand between white space: see tokens.py for the rule.
    lowercase : bool, optional
        Default: True for "unicode"; False for "whitespace", which takes a prepared text as it is (lowercasing
        the Penn Treebank's ``N``, any number, would make it the letter n).
    min_count : int, 1 … 10⁹
        Words that occur less often are removed before windows are formed.
    encoding : str, optional
        Default: the byte-order mark's, else UTF-8. Decoding is strict.
    name : str, optional
        Default: the file's name.

    Returns
    -------
    Corpus

    Raises
    ------
    CorpusError
        If the source is not text, or no word is left; an EncodingError, which has the likeliest encodings, if it does
        not decode.
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> read_corpus(b"The cat sat.\nThe cat ran.", min_count=2).vocabulary
    ('the', 'cat')
    """
    min_count = READING["min_count"].check("min_count", min_count)
    rule = Tokenizer(tokenizer, lowercase)
    stream = TextStream(source, encoding, name=name)
    numbers = Numbering(LINE_BREAKS)
    parts = [np.fromiter(map(numbers.__getitem__, tokens), np.int32, len(tokens)) for tokens in rule.tokens(stream)]
    notices = [*stream.notices, *rule.hints]
    tokens_read = sum(int(np.count_nonzero(part >= numbers.reserved)) for part in parts)
    words_read = len(numbers) - numbers.reserved
    reading = Reading(
        tokenizer, rule.lowercase, min_count, stream.encoding, "NFC", stream.bytes_read, tokens_read, words_read
    )
    return _numbered(numbers, parts, min_count, stream.name, notices, reading)


def _numbered(
    numbers: Numbering,
    parts: list[npt.NDArray[np.int32]],
    min_count: int,
    name: str,
    notices: list[str],
    reading: Reading | None,
) -> Corpus:
    """Number words by frequency, drop rare ones, and turn ends of sentences into offsets; empties ``parts``."""
    counts = sum((occurrences(part, len(numbers)) for part in parts), np.zeros(len(numbers), np.int64))
    if reading is not None:
        notices = [*notices, *spacing_notices(numbers, counts)]
    ranking = Ranking.of(numbers, counts, min_count, name, notices)
    ids = np.empty(int(ranking.counts.sum()), np.int32)
    ends = [np.zeros(1, np.int64)]
    filled = 0
    parts.reverse()
    while parts:  # one part is freed while the next is placed, so that the tokens are in memory about once
        chosen, stops = ranking.renumbered(parts.pop())
        ends.append(stops + filled)
        ids[filled : filled + len(chosen)] = chosen
        filled += len(chosen)
    bounds = np.unique(np.concatenate([*ends, np.array([filled])]))
    bounds, split = cut_long(bounds)
    notices = [*notices, *numbering_notices(numbers, split)]
    return Corpus(ranking.vocabulary, ranking.counts, ids, bounds, name, tuple(notices), reading)


@dataclass(frozen=True, eq=False)
class Ranking:
    """The words that are kept, most frequent first: their counts, and each one's new number by its old one."""

    vocabulary: tuple[str, ...]
    counts: npt.NDArray[np.int64]
    rank: npt.NDArray[np.int32]
    reserved: int

    @classmethod
    def of(
        cls, numbers: Numbering, counts: npt.NDArray[np.int64], min_count: int, name: str, notices: Sequence[str]
    ) -> Ranking:
        """Rank the numbered words by how often they occur; raise CorpusError if none occurs often enough."""
        words = list(numbers)
        counts = np.where(np.arange(len(counts)) < numbers.reserved, 0, counts)
        if not counts.any():
            raise CorpusError(f"no words found in {name!r}: give a text with at least one word in it.")
        kept = np.flatnonzero(counts >= min_count)
        if not kept.size:
            hint = "".join(f"; {notice}" for notice in notices)
            raise CorpusError(
                f"no word occurs min_count = {min_count:,} times in {name!r}: the most frequent of its "
                f"{np.count_nonzero(counts):,} different words occurs {counted(counts.max(), 'time')}, "
                f"so give min_count = {counts.max()} or less{hint}."
            )
        kept = kept[np.argsort(-counts[kept], kind="stable")]
        rank = np.full(len(words), -1, np.int32)
        rank[kept] = np.arange(len(kept), dtype=np.int32)
        vocabulary = tuple(str(words[place]) for place in kept.tolist())
        broken = checks.half_character(vocabulary)
        if broken:
            raise CorpusError(f"{broken} in {name!r}: mend the text at its source, or leave such words out.")
        return cls(vocabulary, counts[kept], rank, numbers.reserved)

    def renumbered(self, part: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
        """Return the tokens of a part that are kept, and how many of them come before each end of a sentence."""
        ranks = self.rank[part]
        before = np.cumsum(ranks >= 0, dtype=np.int64)
        return ranks[ranks >= 0], before[part < self.reserved]


def spacing_notices(numbers: Numbering, counts: npt.NDArray[np.int64]) -> list[str]:
    """Say where whole phrases were taken for words, since no spaces part them."""
    words = zip(list(numbers)[numbers.reserved :], counts[numbers.reserved :].tolist(), strict=True)
    told = unspaced((str(word), count) for word, count in words)
    return [told] if told else []


def numbering_notices(numbers: Numbering, split: int) -> list[str]:
    """Say what was cut while words were numbered and sentences bounded."""
    notices = []
    if numbers.cut:
        notices.append(f"tokens of more than {MAXIMUM_TOKEN:,} characters, cut there: {numbers.cut:,}")
    if split:
        notices.append(f"sentences of more than {MAXIMUM_SENTENCE:,} words, split there: {split:,}")
    return notices


def cut_long(bounds: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], int]:
    """Add a bound after every 10,000 words of a longer sentence; return how many were split."""
    long = np.flatnonzero(np.diff(bounds) > MAXIMUM_SENTENCE)
    cuts = [np.arange(bounds[at], bounds[at + 1], MAXIMUM_SENTENCE) for at in long]
    return np.unique(np.concatenate([bounds, *cuts])), len(long)


def occurrences(ids: npt.NDArray[Any], size: int) -> npt.NDArray[np.int64]:
    """How often each of the numbers below ``size`` occurs; a part at a time, for bincount takes a wider copy."""
    counts = np.zeros(size, np.int64)
    for start in range(0, len(ids), _PART):
        counts += np.bincount(ids[start : start + _PART], minlength=size)
    return counts


def _in_order(things: object) -> bool:
    """Whether things come one after another in an order that means something; letters and bytes are no words."""
    return isinstance(things, Iterable) and not isinstance(things, (str, bytes, bytearray, memoryview, Mapping, Set))
