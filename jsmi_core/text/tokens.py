"""Text → tokens: the one rule for where words and sentences begin and end.

Counting and training both start from what is found here, so they cannot disagree. The rule:

* Letters are put into Unicode normal form C, so that é is one letter however it was typed.
* Marks without width or meaning for the word vanish: byte-order mark, soft hyphen, word joiner, and the marks
  that steer right-to-left text. They join nothing and part nothing.
* A **sentence** ends at every line break: LF, CR, CRLF, VT, FF, NEL, U+2028, U+2029. Nothing else ends one.
* ``"whitespace"``: a token is a run of anything but white space (NBSP included), control characters (NUL
  included) and zero-width space. Tokens stay as they are, ``<unk>``, ``N`` and punctuation included.
* ``"unicode"``: a token is a word in the spirit of Unicode's UAX #29: letters, digits and the marks that sit on
  them, with apostrophes kept between letters (``don't``; U+2019 counts as ') and . or , kept between digits
  (``3.14``, ``1,000``). Everything else parts words and is dropped: punctuation, hyphens, underscores, symbols,
  emoji. Scripts written without spaces are not segmented (there is a notice).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

from jsmi_core import checks
from jsmi_core.errors import CorpusError, ParameterError

TOKENIZERS = ("unicode", "whitespace")

LINE_BREAKS = "\n\r\v\f\x85\u2028\u2029"

MAXIMUM_TOKEN = 1_000
"""Longest token, in characters; of a longer one the rest is dropped, with a notice."""

MAXIMUM_WORDS = 10_000_000
"""Most different words; natural text of 10⁸ words has about 10⁶."""

# Format characters that are neither word nor space: soft hyphen, Arabic letter mark, LRM and RLM, the bidi
# embeddings and isolates, word joiner and the invisible operators, byte-order mark.
_INVISIBLE = "\u00ad\u061c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_APART = "\\s\x00-\x1f\x7f-\x9f\u200b"

# Thai, Lao, Myanmar, Khmer, kana and Han are written without spaces between words.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_UNSEGMENTED_RUN = 6


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
        self._token, self._between = _unicode_patterns() if self.words_only else _whitespace_patterns()
        self._invisible = re.compile(f"[{_INVISIBLE}]")
        self.hints: tuple[str, ...] = ()

    def tokens(self, pieces: Iterable[str]) -> Iterator[list[str]]:
        """Yield the tokens of each stretch of the text; a line break is a token of its own."""
        for number, stretch in enumerate(self._stretches(pieces)):
            if number == 0:
                self.hints = tuple(self._look(stretch))
            yield self._token.findall(self._normal(stretch))

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

    def _normal(self, text: str) -> str:
        if self.lowercase:
            text = text.lower()
        if self.words_only:
            text = text.replace("_", " ")
        if text.isascii():
            return text
        text = self._invisible.sub("", unicodedata.normalize("NFC", text))
        return text.replace("\u2019", "'") if self.words_only else text

    def _look(self, text: str) -> Iterator[str]:
        """Say what the beginning of the text suggests about the choice of tokenizer."""
        if self.words_only and "<unk>" in text:
            yield 'the text holds <unk>, so it seems tokenised already: tokenizer="whitespace" keeps it as it is'
        runs = [] if text.isascii() else _UNSPACED.findall(text)
        letters = sum(map(len, runs))
        if letters > 0.3 * len(text) and letters > _UNSEGMENTED_RUN * len(runs):
            yield "the text seems to have no spaces between words: segment it first, with one space between words"


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
def _unicode_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of a line break or a word, and of a character that surely parts words."""
    # Python's \w has no combining marks; they all lie in these two stretches of Unicode.
    marks = "".join(
        chr(code)
        for code in (*range(0x300, 0x20000), *range(0xE0100, 0xE01F0))
        if unicodedata.category(chr(code)).startswith("M")
    )
    inside = f"{marks}\u200c\u200d"
    # The marks are hundreds of ranges; looking ahead whether the letter can be one at all is 4 times faster.
    word = f"\\w+(?:(?=[\u0300-\U000e01ef])[{inside}]+\\w*|'\\w+|(?<=\\d)[.,]\\d\\w*)*"
    return re.compile(f"{word}|[{LINE_BREAKS}]"), re.compile(f"[^\\w{inside}'\u2019.,{_INVISIBLE}]")


@cache
def _whitespace_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(f"[{LINE_BREAKS}]|[^{_APART}]+"), re.compile(f"[{_APART}]")
