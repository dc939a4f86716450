"""Where words begin and end, and how each is spelled: Unicode's word boundaries (UAX #29), and one spelling a word.

A word is a stretch between two boundaries that holds a letter or a digit. The annex leaves room for tailoring, and
these are all the places where the boundaries here are not its default ones:

* A full stop joins digits only (``3.14``), not letters: ``end.Next`` and ``U.S.`` are two words each.
* A colon parts words; the annex keeps it for Swedish ``k:a``.
* A low line, its relatives and the narrow no-break space part words.
* A middle dot joins two l's only, as in Catalan ``col·lecció``: ``kJ·mol`` is two words.
* An apostrophe joins digits to letters and digits too: ``1980's``.
* Superscripts, fractions and other signs for numbers are part of a word, as letters are: ``km²``.
* Letters of scripts that are written without spaces hang together, since where their words end only a dictionary
  knows; the annex makes a word of each sign.
* The Hebrew geresh and gershayim are the apostrophe and the quotation mark that are typed for them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

LINE_BREAKS = "\n\r\v\f\x85\u2028\u2029"

# Letters and digits of the annex that Python's \w lacks: modifiers that stand as letters, signs within Armenian and
# Syriac words, circled letters, squared katakana; Arabic signs before and in numbers.
_MORE_LETTERS = (
    "\u02c2-\u02c5\u02d2-\u02d7\u02de\u02df\u02e5-\u02eb\u02ed\u02ef-\u02ff\u055a-\u055c\u055e\u058a\u070f"
    "\u24b6-\u24e9\u30a0\u309b\u309c\u32d0-\u32fe\u3300-\u3357\ua708-\ua716\ua720\ua721\ua789\ua78a\uab5b"
    "\U0001f130-\U0001f149\U0001f150-\U0001f169\U0001f170-\U0001f189"
)
_MORE_DIGITS = "\u0600-\u0605\u066b\u06dd\u0890\u0891\u08e2\U000110bd\U000110cd"
_HEBREW = "\u05d0-\u05ea\u05ef-\u05f2\ufb1d\ufb1f-\ufb28\ufb2a-\ufb36\ufb38-\ufb3c\ufb3e\ufb40-\ufb4f"

_BETWEEN_DIGITS = ".,;\u037e\u0589\u060c\u060d\u066c\u07f8\u2024\u2044\ufe50\ufe52\ufe54\uff0c\uff0e\uff1b"
_BETWEEN_LETTERS = "\u055f\u2027"
_MIDDLE_DOTS = "\u00b7\u0387"

# One apostrophe, however it was typed: straight, curly, full-width, the Hebrew geresh; and one gershayim. The others
# are letters by the annex, and apostrophes where they stand inside a word.
_APOSTROPHES = "'\u2018\u2019\uff07\u05f3"
_GERSHAYIM = '"\u05f4'
_LETTER_APOSTROPHES = "\u02bb\u02bc\u055a"

# What nobody sees and no word needs, Unicode's default ignorable characters: soft hyphen, grapheme joiner, marks that
# steer right-to-left text, invisible operators, variation selectors, byte-order mark. The zero-width space is not
# among them, for it parts words, nor are the joiners, of which see _joiners.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0100-\U000e01ef"
)
_TAGS = "\U000e0020-\U000e007f"  # they tell Scotland's flag from England's, and are nothing in a word
_JOINERS = "\u200c\u200d"

_MANY_SPELLINGS, _LONG_SPELLING = 1 << 18, 64


class Spelling(dict[str, str]):
    r"""What a token is spelled like once all spellings of one word have the same letters; remembers what was asked.

    Each token is looked at by itself, so that nothing depends on what stands around it: invisible characters vanish,
    so that they part no letter from its accent; letters are put together as Unicode's normal form C has them; in
    lower case a sigma at the end of the token is a final one. Zero-width joiners stay where they tell words apart or
    hold an emoji together. In words, each apostrophe becomes ``'``.

    Examples
    --------
    >>> spelling = Spelling(words_only=True, lowercase=True)
    >>> [spelling[word] for word in ("П’ЯТЬ", "пʼять", "cafe\u00ad\u0301", "ΤΙΤΛΟΣ")]
    ["п'ять", "п'ять", 'café', 'τιτλος']
    """

    def __init__(self, words_only: bool, lowercase: bool) -> None:
        super().__init__()
        self._words_only = words_only
        self._lowercase = lowercase
        self._invisible = re.compile(f"[{_INVISIBLE}{_TAGS if words_only else ''}]+")
        self.some_vanished = False
        """Whether some token held nothing that can be seen."""

    def __missing__(self, token: str) -> str:
        if token in LINE_BREAKS:
            return token
        word = self._invisible.sub("", token)
        if any(joiner in word for joiner in _JOINERS):
            word = _joiners(self._words_only).sub("", word)
        self.some_vanished = self.some_vanished or not word
        word = unicodedata.normalize("NFC", word)
        if self._words_only:
            word = _apostrophe().sub("'", word).replace(_GERSHAYIM[1], _GERSHAYIM[0])
        if self._lowercase:
            word = unicodedata.normalize("NFC", word.lower())
        if len(self) >= _MANY_SPELLINGS:
            self.clear()  # a large text has more words than memory should hold twice
        if len(token) <= _LONG_SPELLING:
            self[token] = word
        return word


@cache
def unicode_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The patterns of a line break or a word, and of a character that surely parts words."""
    marks, more = _marks(), _MORE_LETTERS + _MORE_DIGITS
    mark, digit, hebrew = f"[{marks}]*+", f"[\\d{_MORE_DIGITS}]", f"[{_HEBREW}]"
    letter = f"(?:[^\\W\\d]|[{_MORE_LETTERS}])"
    behind_letter = f"(?:(?<=[^\\W\\d])|(?<=[{_MORE_LETTERS}]))"
    # What may come behind the first letters of a word. Each case begins with the characters that can begin it, and
    # the hundreds of ranges of marks stand behind a look at one range: most words are over before that is tried.
    behind_apostrophe = f"(?:\\w+|{mark}[\\w{more}]\\w*)"
    apostrophe, gershayim = f"[{_APOSTROPHES}]", f"[{_GERSHAYIM}]"
    geresh = f"(?<={hebrew}){mark}['\u05f3](?!{behind_apostrophe})"  # behind a Hebrew word, which it ends
    further = (
        f"(?:{apostrophe}{behind_apostrophe}"
        f"|[.,;](?<={digit}.){mark}{digit}\\w*"
        f"|{gershayim}(?<={hebrew}.){mark}{hebrew}\\w*"
        "|(?=[\u00ad\u00b7\u02c2-\U000e01ef])(?:"
        f"(?<={hebrew}){mark}{gershayim}{mark}{hebrew}\\w*"
        f"|(?<={digit}){mark}[{_BETWEEN_DIGITS}]{mark}{digit}\\w*"
        f"|(?<=[lL]){mark}[{_MIDDLE_DOTS}]{mark}[lL]\\w*"
        f"|{behind_letter}{mark}[{_BETWEEN_LETTERS}]{mark}{letter}\\w*"
        f"|[{more}]\\w*|(?!{geresh})[{marks}]+\\w*))"
    )
    # Nothing comes behind it that could fail, so it never goes back. (Nor may it be told not to, by *+ or ?+ behind a
    # group: Python 3.11 before its fifth release then loses the ends of words.)
    rest = f"(?:(?=['\".,;\x80-\U0010ffff]){further}*(?:{geresh}{mark})?)?"
    word = f"\\w++{rest}|[{LINE_BREAKS}]|(?=[\u02c2-\U000e01ef])[{more}]\\w*{rest}"
    joining = _APOSTROPHES + _GERSHAYIM + _BETWEEN_DIGITS + _BETWEEN_LETTERS + _MIDDLE_DOTS
    return re.compile(word), re.compile(f"[^\\w{joining}{marks}{more}]")


@cache
def _marks() -> str:
    """What sits on a letter and never parts a word, as the inside of a character class: marks, joiners, format."""
    signs = map(chr, (0xAD, *range(0x300, 0x20000), *range(0xE0001, 0xE01F0)))
    kinds = {sign: unicodedata.category(sign) for sign in signs}
    found = (sign for sign, kind in kinds.items() if kind[0] == "M" or (kind == "Cf" and sign != "\u200b"))
    return "".join(found) + "\U0001f3fb-\U0001f3ff"


@cache
def _joiners(words_only: bool) -> re.Pattern[str]:
    """Zero-width joiners that say nothing.

    They tell words apart in Arabic and Indic scripts, between two letters or behind a virama (UAX #31), and hold
    emoji together, which are no words.
    """
    scripts = "\u0600-\u1fff\ua800-\uabff\ufb50-\ufdff\ufe70-\ufefc\U00010a00-\U00011fff"
    emoji = "" if words_only else "\u2190-\u2bff\U0001f000-\U0001ffff"
    virama = "".join(filter(lambda sign: unicodedata.combining(sign) == 9, map(chr, range(0x900, 0x12000))))
    between = f"(?<=[{scripts}{emoji}].)(?=[{_JOINERS}]*[{scripts}{emoji}])"
    return re.compile(f"[{_JOINERS}](?!{between})(?<![{virama}]\u200d)")


@cache
def _apostrophe() -> re.Pattern[str]:
    """An apostrophe, or one of the letters that are typed for it, inside a word."""
    letters = _LETTER_APOSTROPHES
    behind_letter = f"(?:(?<=\\w.)|(?<=\\w[{_marks()}].))(?<![{letters}].)"
    return re.compile(f"[{_APOSTROPHES}]|[{letters}]{behind_letter}(?=\\w)(?![{letters}])")
