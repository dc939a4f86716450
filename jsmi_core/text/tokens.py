"""Text → tokens: the one rule for where words and sentences begin and end.

Counting, training and what is asked of a text start from what is found here, so they cannot disagree. The rule:

* A **sentence** ends at every line break: LF, CR, CRLF, VT, FF, NEL, U+2028, U+2029. Nothing else ends one.
* ``"whitespace"``: a token is a run of anything but white space (NBSP included), control characters (NUL
  included) and zero-width space. Tokens stay as they are, ``<unk>``, ``N`` and punctuation included.
* ``"unicode"``: a token is a word by Unicode's UAX #29, tailored as words.py says. What parts words is dropped:
  punctuation, hyphens, underscores, symbols, emoji.
* Each token is then spelled by itself, so that nothing depends on what stands around it: normal form C, nothing
  invisible, and for ``"unicode"`` one apostrophe and lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from jsmi_core import checks
from jsmi_core.errors import CorpusError, ParameterError
from jsmi_core.text.prose import Impression
from jsmi_core.text.words import LINE_BREAKS, Spelling, unicode_patterns

TOKENIZERS = ("unicode", "whitespace")

MAXIMUM_TOKEN = 1_000
"""Longest token, in characters; of a longer one the rest is dropped, with a notice."""

MAXIMUM_WORDS = 10_000_000
"""Most different words; natural text of 10⁸ words has about 10⁶."""

_APART = "\\s\x00-\x1f\x7f-\x9f\u200b"


class Tokenizer:
    """The rule of this module for one choice of tokenizer and letter case; running text is lowercased unless told.

    Examples
    --------
    >>> next(Tokenizer("unicode", lowercase=True).tokens(["Don't pay 1,000.50 for well-made things!"]))
    ["don't", 'pay', '1,000.50', 'for', 'well', 'made', 'things']
    """

    def __init__(self, kind: str, lowercase: bool | None = None) -> None:
        if kind not in TOKENIZERS:
            raise ParameterError(f"tokenizer = {kind!r} is not usable: give one of {', '.join(TOKENIZERS)}.")
        self.words_only = kind == "unicode"
        self.lowercase = self.words_only if lowercase is None else checks.flag("lowercase", lowercase)
        self._token, self._between = unicode_patterns() if self.words_only else _whitespace_patterns()
        self._spelling = Spelling(self.words_only, self.lowercase)
        self.hints: tuple[str, ...] = ()

    def tokens(self, pieces: Iterable[str]) -> Iterator[list[str]]:
        """Yield the tokens of each stretch of the text; a line break is a token of its own."""
        impression = Impression(self.words_only)
        for stretch in self._stretches(pieces):
            impression.look(stretch)
            yield self.read(stretch)
        self.hints = impression.notices()

    def read(self, text: str) -> list[str]:
        """The tokens of a text that is given whole."""
        if self.words_only:
            text = text.replace("_", " ")  # which Python's \w would take for a letter
        if self.lowercase and "Σ" not in text:  # the one letter whose lower case depends on what stands around it
            text = text.lower()
        spelling = self._spelling
        tokens = [token if token.isascii() else spelling[token] for token in self._token.findall(text)]
        if self.lowercase and "Σ" in text:
            tokens = [token.lower() if token.isascii() else token for token in tokens]
        return list(filter(None, tokens)) if spelling.some_vanished else tokens

    def _stretches(self, pieces: Iterable[str]) -> Iterator[str]:
        """Cut the text anew so that no token crosses from one stretch to the next, in bounded memory."""
        tail = ""
        skipping = False  # inside a token already longer than any that is kept
        for piece in pieces:
            if skipping:
                end = self._between.search(piece)
                if end is None:
                    continue
                piece, skipping = piece[end.start() :], False
            piece = tail + piece
            reach = 2 * MAXIMUM_TOKEN
            start = max(0, len(piece) - reach)
            # Cut before the character that parts, for a combining mark may follow it.
            cut = max((found.start() for found in self._between.finditer(piece, start)), default=-1)
            skipping = cut < 0 and len(piece) > reach
            if cut < 0:
                cut = len(piece) if skipping else 0
            if cut:
                yield piece[:cut]
            tail = piece[cut:]
        yield tail


class Numbering(dict[object, int]):
    """Numbers for words in the order of their first appearance, after the reserved ones for ends of sentences."""

    def __init__(self, reserved: Iterable[object]) -> None:
        super().__init__((end, number) for number, end in enumerate(reserved))
        self.reserved = len(self)
        self.cut = 0

    def __missing__(self, word: str) -> int:
        if len(word) > MAXIMUM_TOKEN:
            self.cut += 1
            return self[word[:MAXIMUM_TOKEN]]
        if len(self) >= MAXIMUM_WORDS:
            raise CorpusError(
                f"the text has more than {MAXIMUM_WORDS:,} different words, as no natural text does: "
                "check what it holds, or give a part of it."
            )
        self[word] = number = len(self)
        return number


@cache
def _whitespace_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(f"[{LINE_BREAKS}]|[^{_APART}]+"), re.compile(f"[{_APART}]")
