"""Which encoding may this be? What a person can choose from, and what each choice would make of the text.

Nothing is ever guessed and then used: a text that does not decode is refused with the likeliest encodings and what
each makes of the place, and the person chooses.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

from jsmi_core.errors import CorpusError, ParameterError

ENCODINGS: Mapping[str, str] = MappingProxyType(
    {
        "utf-8": "Unicode",
        "cp1252": "Western European, Windows (as latin-1)",
        "cp1250": "Central European, Windows",
        "cp1251": "Cyrillic, Windows",
        "cp1253": "Greek, Windows",
        "cp1254": "Turkish, Windows",
        "cp1255": "Hebrew, Windows",
        "cp1256": "Arabic, Windows",
        "cp1257": "Baltic, Windows",
        "cp1258": "Vietnamese, Windows",
        "cp874": "Thai, Windows",
        "cp932": "Japanese, Windows (Shift JIS)",
        "gb18030": "Chinese, simplified (GBK)",
        "big5": "Chinese, traditional",
        "cp949": "Korean, Windows (EUC-KR)",
        "euc_jp": "Japanese, Unix",
        "iso2022_jp": "Japanese, mail",
        "koi8_r": "Cyrillic, Unix",
        "koi8_u": "Ukrainian, Unix",
        "iso8859_2": "Central European, Unix",
        "iso8859_5": "Cyrillic, ISO",
        "iso8859_7": "Greek, ISO",
        "latin-1": "Western European, ISO",
        "cp866": "Cyrillic, DOS",
        "cp850": "Western European, DOS",
        "cp437": "United States, DOS",
        "mac_roman": "Western European, old Mac",
        "mac_cyrillic": "Cyrillic, old Mac",
        "utf-16": "Unicode, with a byte-order mark",
        "utf-16-le": "Unicode, little-endian (Windows)",
        "utf-16-be": "Unicode, big-endian",
        "utf-32-le": "Unicode, four bytes a letter, little-endian",
        "utf-32-be": "Unicode, four bytes a letter, big-endian",
    }
)
"""The encodings to choose from, likelier ones first among equals, and what each is for; Python knows more."""

LIKELIEST = 3
SAMPLE = 1 << 12
"""How many bytes about a place are looked at to tell an encoding."""

_MISTAKEN = ("utf-8", "utf-16", "latin-1", "koi8_u", "cp437", "iso2022_jp")  # not told apart from others by looks
_WORSE = 0.4  # how much more mess than the best one a reading may hold
_LANGUAGE, _USUAL = 0.3, 0.03  # what it counts to look like a language, and to be what most such files are in
_REACH = 12  # letters on each side of a place
_NOT_OF_FILES = ("idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7")  # some give halves
_ASCII = re.compile(rb"[\t\n\r -~]")
_CAPITAL_INSIDE = re.compile(r"(?<=[^\W\d_A-Z])(?<![A-ZÀ-ÖØ-Þ])[À-ÖØ-ÞΑ-ΫА-ЯЁ]")
_OTHER_SCRIPT = re.compile(r"(?<=[A-Za-z])[\u0370-\u1cff\u2e80-\ud7ff]|[\u0370-\u1cff\u2e80-\ud7ff](?=[A-Za-z])")
_PUNCTUATION = "“”„‘’‚‹›«»–—…•§°€£¡¿·\u00a0、。，「」『』（）！？：；"
_ISO_2022 = re.compile(rb"\x1b(?:\$[@AB]|\$\([D-Q]|\$\)[A-G])")


class Guess(NamedTuple):
    """An encoding that a text may be in, and what it makes of the place in question and of the lines about it."""

    encoding: str
    place: str
    lines: tuple[str, ...]


class EncodingError(CorpusError):
    """A text does not decode, or not for sure: ``guesses`` has the likeliest encodings to choose from."""

    def __init__(self, message: str, guesses: tuple[Guess, ...] = ()) -> None:
        super().__init__(message)
        self.guesses = guesses

    def __reduce__(self) -> tuple[type[EncodingError], tuple[str, tuple[Guess, ...]]]:
        return type(self), (str(self), self.guesses)


def check_encoding(encoding: str) -> str:
    """Return the name if it is a text encoding Python knows; raise ParameterError otherwise."""
    try:
        known = codecs.lookup(encoding).name not in _NOT_OF_FILES
        b"a".decode(encoding)  # refuses codecs from bytes to bytes, such as "hex" and "zlib"
    except UnicodeError:
        pass  # one byte is half a letter in some encodings
    except (LookupError, TypeError, ValueError):
        known = False
    if not known:
        raise ParameterError(
            f"encoding = {encoding!r} is not usable: give the name of a text encoding, "
            "such as utf-8, cp1252, cp1251, cp932 or utf-16-le."
        )
    return encoding


def guesses(content: bytes, place: int = 0) -> tuple[Guess, ...]:
    """The likeliest encodings of a text, best first, each with another reading of it.

    Parameters
    ----------
    content : bytes
        The text, or a stretch of it; a few thousand bytes about the place are looked at.
    place : int
        The byte in question.

    Returns
    -------
    tuple of at most 3 Guess
        Empty where nothing reads like text.

    Examples
    --------
    >>> guesses("Все люди рождаются свободными.".encode("koi8-r"))[0][:2]
    ('koi8_r', 'Все люди рожд')
    """
    if _ISO_2022.search(content[place : place + SAMPLE]):
        return tuple(islice(_read(content, place, ["iso2022_jp"]), LIKELIEST))
    return tuple(islice(_read(content, place, _likely(_about(content, place))), LIKELIEST))


def is_iso_2022(head: bytes) -> bool:
    """Whether a text is in one of the encodings that write all scripts in ASCII, told by their escapes."""
    return bool(_ISO_2022.search(head))


def _about(content: bytes, place: int) -> bytes:
    """The lines about a place that are not all ASCII, each once; where there are no lines, a few thousand bytes."""
    start = max(0, place - SAMPLE // 2) & ~3
    sample = content[start : start + SAMPLE]
    if b"\0" in sample:
        return sample
    begin = sample.find(b"\n", 0, place - start) + 1 if start else 0
    end = sample.rfind(b"\n") if start + len(sample) < len(content) else len(sample)
    whole = sample[begin:end] if begin <= place - start < end else sample
    lines = [line for line in dict.fromkeys(whole.split(b"\n")) if not line.isascii()]
    return b"\n".join(lines) or whole


def _likely(sample: bytes) -> list[str]:
    """Names of encodings under which the sample looks like text: least mess, most like a language, best known."""
    from charset_normalizer import from_bytes  # a moment to load, and seldom needed

    names = [name for name in ENCODINGS if name not in _MISTAKEN]
    python_names = [name.replace("-", "_") for name in names]
    wide = b"\0" in sample or len(_ASCII.sub(b"", sample)) > len(sample) // 2
    ranked = []
    for match in from_bytes(sample, cp_isolation=python_names, preemptive_behaviour=False):
        for place, name in enumerate(python_names):
            if name in match.could_be_from_charset and (wide or not name.startswith("utf")):
                text = sample.decode(name, "ignore")
                usual = _USUAL if names[place] == "cp1252" else 0.0
                mess = match.chaos + _oddity(text) - _LANGUAGE * match.coherence - usual
                ranked.append((round(mess, 3), place, _script(text)))
    ranked.sort()
    if b"\0" not in sample:  # text in UTF-16 without one space, digit or line break: only where all else is worse
        ranked = [*ranked[:1], *(found for found in ranked[1:] if not python_names[found[1]].startswith("utf"))]
    good = [(names[place], mess, script) for mess, place, script in ranked if mess <= ranked[0][0] + _WORSE]
    # Best of each script first: what reads as Greek or as Cyrillic differs more than two readings in Latin letters.
    scripts: dict[str, str] = {}
    for name, mess, script in good:
        if mess <= good[0][1] + _WORSE / 2:
            scripts.setdefault(script, name)
    return [*scripts.values(), *(name for name, _, _ in good if name not in scripts.values())]


def _oddity(text: str) -> float:
    """The share of odd signs among those that are not ASCII: no letters, of another script, or wrongly capitals."""
    signs = [sign for sign in text if not sign.isascii()]
    odd = sum(not (sign.isalpha() or sign in _PUNCTUATION or unicodedata.combining(sign)) for sign in signs)
    odd += len(_OTHER_SCRIPT.findall(text))
    capitals = sum(sign.isupper() for sign in signs)
    small = sum(sign.islower() for sign in signs)
    return round((odd + (capitals if capitals > small else len(_CAPITAL_INSIDE.findall(text)))) / max(len(signs), 1), 1)


def _script(text: str) -> str:
    """The script of most of the letters that are not ASCII."""
    names = Counter(unicodedata.name(sign, "?").split()[0] for sign in text if sign.isalpha() and not sign.isascii())
    return max(names, key=names.__getitem__, default="")


def _read(content: bytes, place: int, names: list[str]) -> Iterator[Guess]:
    """What each of the encodings makes of the place, one of those that make the same of it."""
    seen = set()
    for name in names:
        wide = 4 if "32" in name else 2 if "16" in name else 1
        start = max(0, place - SAMPLE // 2) // wide * wide
        before = content[start:place].decode(name, "ignore")
        after = content[start : start + SAMPLE].decode(name, "ignore")[len(before) :]
        line = re.split(r"[\r\n]", before)[-1]
        rest = re.split(r"[\r\n]", after, maxsplit=1)[0]
        lines = tuple((line[-60:] + after).splitlines()[:3])
        if lines not in seen:
            seen.add(lines)
            yield Guess(name, line[-_REACH:] + rest[: _REACH + 1], tuple(text[:200] for text in lines))


def advice(found: tuple[Guess, ...]) -> str:
    """What to do, as the end of a sentence: the likeliest encodings, and what each makes of the place."""
    if not found:
        return "save it as UTF-8 or name its encoding"
    told = ", ".join(f"as {guess.encoding} it reads {_shown(guess.place)}" for guess in found)
    return f'{told}: name its encoding, for example encoding="{found[0].encoding}", or save it as UTF-8'


def _shown(text: str) -> str:
    return "“" + "".join(sign if sign.isprintable() else "�" for sign in text).strip() + "”"
