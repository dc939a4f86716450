"""Files → LargeCorpus: a corpus whose tokens are on disk, for texts that do not fit in memory.

The same rules as in corpus.py, and the same numbers: a large corpus and the corpus of the same text have the same
digest. The text is read once. A first file takes the words as numbered by their first appearance, which needs the
vocabulary in memory and nothing else; once all are counted, a second one takes those that are kept by their ranks.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from jsmi_core.errors import Cancelled, CorpusError
from jsmi_core.text.corpus import (
    Corpus,
    Ranking,
    cut_long,
    numbering_notices,
    spacing_notices,
)
from jsmi_core.text.digest import content_digest
from jsmi_core.text.reading import READING, Reading
from jsmi_core.text.scratch import ScratchArray
from jsmi_core.text.stream import Source, TextStream
from jsmi_core.text.tokens import Numbering, Tokenizer
from jsmi_core.text.unpacking import printable
from jsmi_core.text.words import LINE_BREAKS

MAXIMUM_BYTES = 1 << 40
"""Most bytes of text that are read from one source (1 TiB, about 2·10¹¹ words)."""

PART = 1 << 20  # tokens that are in memory at a time

Folder: TypeAlias = str | os.PathLike[str] | None
Progress: TypeAlias = Callable[[float], Any] | None
Cancel: TypeAlias = Callable[[], bool] | None


@dataclass(frozen=True, eq=False)
class LargeCorpus:
    """A text as numbers on disk: what :class:`jsmi_core.Corpus` is, without its tokens in memory.

    Made by :func:`read_large_corpus`. Its files have no name and are gone once it is.

    Parameters
    ----------
    vocabulary : tuple of V str
        Most frequent word first; equally frequent ones in the order of their first appearance.
    counts : (V,) int64
    ids : ScratchArray of N int32
    offsets : ScratchArray of S + 1 int64
        Bounds of the S sentences.
    longest : int
        Most words of one sentence.
    name : str
    notices : tuple of str
    reading : Reading
        ``encoding`` names each one that occurred.
    folder : path, optional
        Where its files are, and those of whatever is made from it.

    Examples
    --------
    >>> corpus = read_large_corpus([b"to be or", b"not to be"], min_count=1)
    >>> corpus.vocabulary, corpus.counts.tolist(), corpus.tokens
    (('to', 'be', 'or', 'not'), [2, 2, 1, 1], 6)
    """

    vocabulary: tuple[str, ...]
    counts: npt.NDArray[np.int64]
    ids: ScratchArray
    offsets: ScratchArray
    longest: int
    name: str
    notices: tuple[str, ...]
    reading: Reading
    folder: Folder = None

    def __repr__(self) -> str:
        return f"<LargeCorpus {self.name!r}: {self.tokens:,} tokens, {len(self.vocabulary):,} words>"

    @property
    def tokens(self) -> int:
        """N, the number of tokens that are kept."""
        return len(self.ids)

    @cached_property
    def digest(self) -> str:
        """SHA-256, 64 hex digits: that of the :class:`jsmi_core.Corpus` of the same text."""
        return content_digest(self.vocabulary, *((len(array), array.parts(PART)) for array in (self.ids, self.offsets)))

    def chunks(self, tokens: int) -> Iterator[tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]]:
        """Yield whole sentences of at most so many tokens (not fewer than ``longest``): their ids and bounds."""
        sentence = 0
        while sentence < len(self.offsets) - 1:
            bounds = self.offsets.read(sentence, min(sentence + tokens + 1, len(self.offsets)))
            number = int(np.searchsorted(bounds, bounds[0] + tokens, side="right")) - 1
            bounds = bounds[: number + 1].copy()
            yield self.ids.read(bounds[0], bounds[-1]), bounds - bounds[0]
            sentence += number

    def corpus(self) -> Corpus:
        """The same text as a Corpus whose tokens are mapped into memory, page by page as they are looked at.

        For what reads sentence by sentence, as training does. The system may keep as many pages as it has room for.

        Examples
        --------
        >>> read_large_corpus(b"to be", min_count=1).corpus()
        <Corpus 'text': 2 tokens, 2 words>
        """
        mapped = self.ids.mapped(), self.offsets.mapped()
        return Corpus(self.vocabulary, self.counts, *mapped, self.name, self.notices, self.reading)


def read_large_corpus(
    sources: Source | Sequence[Source],
    *,
    tokenizer: str = READING["tokenizer"].default,
    lowercase: bool | None = READING["lowercase"].default,
    min_count: int = READING["min_count"].default,
    encoding: str | None = READING["encoding"].default,
    name: str | None = None,
    folder: Folder = None,
    on_progress: Progress = None,
    cancel: Cancel = None,
) -> LargeCorpus:
    r"""Read one or many files, one sentence per line, into a corpus on disk.

    The memory that it needs is that of the vocabulary, about 150 bytes for each different word before rare ones are
    removed, whatever the length of the text. On disk it takes 8 bytes for each token and each sentence, and 4 more for
    each token while it reads.

    Parameters
    ----------
    sources : path, or bytes, or a sequence of them
        Plain text, or one text packed with gzip, bzip2 or zip. A file's end ends a sentence.
    tokenizer, lowercase, min_count, encoding
        As for ``read_corpus``.
    name : str, optional
        Default: the first file's name.
    folder : path, optional
        On the disk that takes the numbers; by default the system's place for temporary files. (Where that is in
        memory, as some systems have it, name another one here or in ``TMPDIR``.)
    on_progress : callable (share, 0 … 1), optional
    cancel : callable () → bool, optional
        Both called after each million bytes.

    Returns
    -------
    LargeCorpus

    Raises
    ------
    CorpusError
        If a source is not text, or no word is left; an EncodingError if it does not decode.
    ParameterError
        If a parameter is out of range.
    StoreError
        If the disk is full.
    Cancelled
        If ``cancel`` said so.

    Examples
    --------
    >>> read_large_corpus(b"The cat sat.\nThe cat ran.", min_count=2).vocabulary
    ('the', 'cat')
    """
    min_count = READING["min_count"].check("min_count", min_count)
    rule = Tokenizer(tokenizer, lowercase)
    given = [sources] if isinstance(sources, (str, os.PathLike, bytes, bytearray, memoryview)) else list(sources)
    if not given:
        raise CorpusError("no text was given: give the path of at least one file.")
    first = _FirstReading(given, encoding, folder, Report(on_progress, cancel))
    for source in given:
        first.read(source, rule)
    numbers, counts = first.numbers, first.counts[: len(first.numbers)]
    name = printable(name or (first.names[0] if len(given) == 1 else f"{first.names[0]} and {len(given) - 1} more"))
    first.notices += spacing_notices(numbers, counts)
    ranking = Ranking.of(numbers, counts, min_count, name, first.notices)
    ids, offsets, longest, split = _ranked(ranking, first.raw, folder, cancel)
    words, tokens = len(numbers) - numbers.reserved, int(counts[numbers.reserved :].sum())
    encodings = ", ".join(dict.fromkeys(first.encodings))
    reading = Reading(tokenizer, rule.lowercase, min_count, encodings, "NFC", first.bytes_read, tokens, words)
    notices = (*dict.fromkeys(first.notices), *numbering_notices(numbers, split))
    return LargeCorpus(ranking.vocabulary, ranking.counts, ids, offsets, longest, name, notices, reading, folder)


class Report:
    """Tells how far the work is, and stops it where that is wanted."""

    def __init__(self, on_progress: Progress, cancel: Cancel) -> None:
        self.on_progress = on_progress
        self.cancel = cancel
        self.share = 0.0

    def __call__(self, share: float) -> None:
        """Take in the share of the work that is done; raise Cancelled where that is wished."""
        if self.cancel and self.cancel():
            raise Cancelled("the text was not counted to its end, and nothing of it is kept.")
        self.share = max(self.share, min(share, 1.0))  # never back, where less fits than was thought
        if self.on_progress:
            self.on_progress(self.share)


class _FirstReading:
    """All sources as numbers by first appearance, ends of sentences included, on disk; and how often each occurs."""

    def __init__(self, sources: Sequence[Source], encoding: str | None, folder: Folder, report: Report) -> None:
        self.numbers = Numbering(LINE_BREAKS)
        self.counts = np.zeros(1 << 16, np.int64)
        self.raw = ScratchArray(np.int32, folder)
        self.names: list[str] = []
        self.encodings: list[str] = []
        self.notices: list[str] = []
        self.bytes_read = 0
        self._encoding = encoding
        self._report = report
        self._size = sum(len(source) if isinstance(source, _CONTENTS) else _file_size(source) for source in sources)
        self._done = 0

    def read(self, source: Source, rule: Tokenizer) -> None:
        """Number one source."""
        stream = TextStream(source, self._encoding, MAXIMUM_BYTES)
        self._take(rule.tokens(self._watched(stream)))
        self._take([[LINE_BREAKS[0]]])
        self.bytes_read += stream.bytes_read
        self.names.append(stream.name)
        self.encodings.append(stream.encoding)
        self.notices += [*stream.notices, *rule.hints]

    def _watched(self, stream: TextStream) -> Iterator[str]:
        began = self._done
        for piece in stream:
            yield piece
            self._done = began + stream.source_bytes_read
            self._report(self._done / max(self._size, 1))

    def _take(self, stretches: Any) -> None:
        for tokens in stretches:
            part = np.fromiter(map(self.numbers.__getitem__, tokens), np.int32, len(tokens))
            if len(self.numbers) > len(self.counts):
                self.counts = np.concatenate([self.counts, np.zeros(len(self.numbers), np.int64)])
            np.add.at(self.counts, part, 1)
            self.raw.append(part)


_CONTENTS = (bytes, bytearray, memoryview)


def _file_size(source: Any) -> int:
    """The bytes of a file; 0 for what is none, which is refused where it is opened."""
    try:
        return os.path.getsize(source)
    except (OSError, TypeError, ValueError):
        return 0


def _ranked(
    ranking: Ranking, raw: ScratchArray, folder: Folder, cancel: Cancel
) -> tuple[ScratchArray, ScratchArray, int, int]:
    """Write the kept tokens by rank, and the bounds of sentences; return also the longest and how many were cut."""
    ids, offsets = ScratchArray(np.int32, folder), ScratchArray(np.int64, folder)
    last, longest, split = np.zeros(1, np.int64), 0, 0
    offsets.append(last)
    report = Report(None, cancel)
    for part in raw.parts(PART):
        report(0.0)
        chosen, stops = ranking.renumbered(part)
        bounds, cut = cut_long(np.unique(np.concatenate([last, stops + len(ids)])))
        longest = max(longest, int(np.diff(bounds).max(initial=0)))
        split += cut
        ids.append(chosen)
        offsets.append(bounds[1:])
        last = bounds[-1:]
    return ids, offsets, longest, split
