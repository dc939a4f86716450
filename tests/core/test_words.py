"""Word boundaries by Unicode's UAX #29, held against uniseg's own reading of the annex; one spelling for each word."""

import re
import sys
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st
from uniseg.wordbreak import WordBreak, word_break, words

from jsmi_core.text.corpus import read_corpus
from jsmi_core.text.tokens import Tokenizer
from jsmi_core.text.words import LINE_BREAKS, Spelling, unicode_patterns


def read(text, kind="unicode", lowercase=None):
    return Tokenizer(kind, lowercase).read(text)


# -- boundaries -------------------------------------------------------------------------------------------------------

LETTERS = (WordBreak.ALETTER, WordBreak.HEBREW_LETTER, WordBreak.NUMERIC)
ATTACHED = (WordBreak.EXTEND, WordBreak.FORMAT, WordBreak.ZWJ)
APOSTROPHES = "'‘’＇׳"
LETTER_FOR = {"'": "\ua78c", "·": "\u2027"}  # a letter that joins everything; a sign that joins letters


def tailored(sign):
    """The annex's property of a character, changed where words.py says that it is."""
    kind = word_break(sign)
    if sign in ".․﹒．":
        return WordBreak.MIDNUM
    if sign in ":︓﹕：·\u0387" or kind is WordBreak.EXTENDNUMLET:
        return WordBreak.OTHER
    if sign in "׳״":
        return WordBreak.SINGLE_QUOTE if sign == "׳" else WordBreak.DOUBLE_QUOTE
    unspaced_or_number = kind is WordBreak.OTHER and sign.isalnum()
    return WordBreak.ALETTER if unspaced_or_number or kind is WordBreak.KATAKANA else kind


def by_the_annex(text):
    """The words between the annex's boundaries, after the two tailorings that are no change of a property."""
    signs = list(text)
    bases = [place for place, sign in enumerate(signs) if tailored(sign) not in ATTACHED]
    for (before, here), (_, after) in pairwise(pairwise(bases)):
        around = text[before], text[after]
        if signs[here] in APOSTROPHES and all(tailored(sign) in LETTERS for sign in around):
            signs[here] = LETTER_FOR["'"]
        if signs[here] in "·\u0387" and all(sign in "lL" for sign in around):
            signs[here] = LETTER_FOR["·"]
    found, start = [], 0
    for word in words("".join(signs), property=tailored):
        if any(tailored(sign) in LETTERS for sign in word):
            found.append(text[start : start + len(word)])
        start += len(word)
    return found


SIGNS = (
    "aZlLßéж١5٥٫٬אשキ字กㅏ²½Ⅷⓐ˥՛ʼ'’‘＇׳\"״.,;:·_-‿\u202f\u2027՟․⁄\u037e\u0300\u05b0\u0902\u0903\u200c\u200d\u00ad\u200b\u2060\ufe0f"
    "🏽 \n"
)


@given(st.text(SIGNS, max_size=12))
def test_words_are_those_of_the_annex(text):
    assert [word for word in unicode_patterns()[0].findall(text.replace("_", " ")) if word != "\n"] == by_the_annex(
        text
    )


def test_every_character_is_of_the_class_that_the_annex_gives_it():
    """Between two letters and between two digits, each joins or parts as it should."""
    pattern, surely_parts = unicode_patterns()
    for sign in map(chr, range(sys.maxunicode + 1)):
        if unicodedata.category(sign) in ("Cn", "Cs", "Co"):
            continue
        kind = tailored(sign)
        attached, inside = kind in ATTACHED, kind in LETTERS
        between = kind in (WordBreak.MIDLETTER, WordBreak.SINGLE_QUOTE, WordBreak.MIDNUMLET)
        mid_number = kind in (WordBreak.MIDNUM, WordBreak.MIDNUMLET, WordBreak.SINGLE_QUOTE)
        for text, joined in (
            (f"x{sign}y", attached or inside or between),
            (f"1{sign}2", attached or inside or mid_number),
        ):
            whole = pattern.findall(text.replace("_", " ")) == [text]
            assert whole == joined, (hex(ord(sign)), text)
        if joined or attached or inside or between:
            assert not surely_parts.match(sign), hex(ord(sign))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("end.Next U.S. 3.14 1,000,000.5 2;3", ["end", "next", "u", "s", "3.14", "1,000,000.5", "2;3"]),
        ("ΤΙΤΛΟΣ:ΝΕΑ k:a", ["τιτλος", "νεα", "k", "a"]),
        ("snake_case a‿b 10\u202f000\u202f!", ["snake", "case", "a", "b", "10", "000"]),
        ("col·lecció paral\u0387lel kJ·mol", ["col·lecció", "paral·lel", "kj", "mol"]),
        ("1980's rock'n'roll 'quoted' l'11e", ["1980's", "rock'n'roll", "quoted", "l'11e"]),
        ("km² ½ Ⅷ", ["km²", "½", "ⅷ"]),
        ('צה"ל ג׳ירפה רח\' "שלום"', ['צה"ל', "ג'ירפה", "רח'", "שלום"]),
        ("日本語 ภาษาไทย アイウabc", ["日本語", "ภาษาไทย", "アイウabc"]),
        ("١٬٠٠٠ ٣٫١٤ 1⁄2", ["١٬٠٠٠", "٣٫١٤", "1⁄2"]),
        ("yes👍🏽 no‍👩 🅰b", ["yes", "no", "🅰b"]),
    ],
)
def test_the_tailorings(text, expected):
    assert read(text) == expected


# -- one word, one spelling -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spellings",
    [
        "п'ять п’ять пʼять п＇ять",
        "cafe\u00ad\u0301 cafe\u0301 café caf\u2060é ca\u00adfé c\ufe0fafé cafe\u034f\u0301",
        "don't don’t don‘t DON'T",
        "hawai'i hawaiʻi hawaiʼi hawai‘i",
        'צה"ל צה״ל',
        "צ'יפס צ׳יפס",
        "auf\u200clage auflage auf\u200dlage auflage\u200c",
        "میخواهم\u200c میخواهم",
        "Å Å A\u030a",
        "\u202bשלום\u202c שלום \u200fשלום\u200f",
        "ΣΟΦΟΣ σοφος",
        "J\u030c ǰ",
    ],
)
def test_every_spelling_of_a_word_is_read_as_one(spellings):
    assert len(set(read(spellings, lowercase=True))) == 1
    assert len(read(spellings)) == len(spellings.split(" "))


def test_what_joiners_tell_apart_stays_apart():
    for words_told_apart in ("می‌خواهم میخواهم", "ക്‍ ക്"):
        assert len(set(read(words_told_apart))) == 2
    family, scotland, england = "👨‍👩‍👧", "🏴\U000e0067\U000e007f", "🏴\U000e0065\U000e007f"
    assert read(f"{family} {scotland} {england}", "whitespace") == [family, scotland, england]
    assert read("❤️ ❤", "whitespace") == ["❤", "❤"]


@pytest.mark.parametrize("around", ["", ":", "'", "\u00ad", ".", ":ΝΕΑ", "’ ΝΕΑ", "-Α", "\u0301"])
@pytest.mark.parametrize("tokenizer", ["unicode", "whitespace"])
def test_lower_case_does_not_depend_on_what_stands_around_a_word(around, tokenizer):
    text = f"ΤΙΤΛΟΣ{around}"
    pieces = [token for tokens in Tokenizer(tokenizer, True).tokens([text[:6], text[6:]]) for token in tokens]
    assert pieces == read(text, tokenizer, True)
    assert pieces[0].replace("\u0301", "")[:6] in ("τιτλος", "τιτλοσ")
    if tokenizer == "unicode":
        assert pieces[0].replace("\u0301", "") == "τιτλος"


def test_a_word_is_spelled_the_same_at_the_end_of_a_buffer():
    filler = "α " * ((1 << 19) - 4)
    for text in (f"{filler}ΤΙΤΛΟΣ:ΝΕΑ ΤΙΤΛΟΣ", f"{filler}αΤΙΤΛΟΣ ΤΙΤΛΟΣ"):
        corpus = read_corpus(text.encode("utf-16"), min_count=1)
        assert {word for word in corpus.vocabulary if word.startswith("τ")} <= {"τιτλος"}


@given(st.lists(st.sampled_from([*SIGNS]), max_size=40))
def test_reading_again_what_was_read_changes_nothing(signs):
    """A word that was read, typed again, is read as itself."""
    for kind in ("unicode", "whitespace"):
        for word in read("".join(signs), kind, True):
            assert word in LINE_BREAKS or read(word, kind, True) == [word]


def test_the_memory_of_spellings_is_bounded(monkeypatch):
    monkeypatch.setattr("jsmi_core.text.words._MANY_SPELLINGS", 3)
    spelling = Spelling(words_only=True, lowercase=True)
    assert [spelling[f"É{letter}"] for letter in "abcdefgh"] == [f"é{letter}" for letter in "abcdefgh"]
    assert spelling["É" * 100] == "é" * 100
    assert len(spelling) <= 3
    assert "É" * 100 not in spelling


def test_no_group_is_possessive() -> None:
    """Python 3.11.0 to 3.11.4 match such a group wrongly: "don't" became "don'" and "t"."""
    for pattern in unicode_patterns():
        assert not re.search(r"\)(?:[*+?]|\{[^}]*\})\+", pattern.pattern)
        assert "(?>" not in pattern.pattern
