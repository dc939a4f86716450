"""What a person types → words of a text: read as the text itself was read.

So ``Don’t`` finds the ``don't`` of a text in lower case, an accent typed apart from its letter finds the letter with
it, and ``1,000`` in a list of words stays one word.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Protocol

from jsmi_core.errors import ParameterError
from jsmi_core.text.reading import Reading
from jsmi_core.text.tokens import Tokenizer
from jsmi_core.text.words import LINE_BREAKS

_BETWEEN_ITEMS = re.compile("[,;،、，；\n\r\t]+")


class Read(Protocol):
    """What a text must tell: a corpus, in memory or on disk."""

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The words."""

    @property
    def reading(self) -> Reading | None:
        """How they were read, if they were read from a text."""


class TypedWords(NamedTuple):
    """Words that a text has, each once, as places in its vocabulary, and those that it has not, as they were read."""

    places: tuple[int, ...]
    missing: tuple[str, ...]


def typed_words(corpus: Read, typed: str) -> TypedWords:
    """Read a list of words that a person typed, with spaces or commas between them.

    Parameters
    ----------
    corpus : Corpus or LargeCorpus
        Whose reading is used: tokenizer, letter case, normal form. Of one made from sentences words are taken as they
        are.
    typed : str

    Returns
    -------
    TypedWords

    Examples
    --------
    >>> from jsmi_core import read_corpus
    >>> corpus = read_corpus(b"Don't pay 1,000 for peace", min_count=1)
    >>> found = typed_words(corpus, "Don’t, 1,000, war")
    >>> [corpus.vocabulary[place] for place in found.places], found.missing
    (["don't", '1,000'], ('war',))
    """
    places = {word: place for place, word in enumerate(corpus.vocabulary)}
    known: dict[int, None] = {}
    missing: dict[str, None] = {}
    for word in _words(corpus.reading, typed, places):
        if word in places:
            known[places[word]] = None
        else:
            missing[word] = None
    return TypedWords(tuple(known), tuple(missing))


def typed_word(corpus: Read, typed: str) -> int:
    """The place in a text's vocabulary of the one word that a person typed.

    Raises
    ------
    ParameterError
        If it is no word of the text, or several; the message says what the text has that is like it.

    Examples
    --------
    >>> from jsmi_core import read_corpus
    >>> typed_word(read_corpus(b"War and peace", min_count=1), "PEACE")
    2
    """
    found = typed_words(corpus, typed)
    if len(found.places) == 1 and not found.missing:
        return found.places[0]
    shown = f"word = {typed[:80]!r} is not usable:"
    if len(found.places) + len(found.missing) > 1:
        several = [corpus.vocabulary[place] for place in found.places] + list(found.missing)
        raise ParameterError(f"{shown} read as the text was, it is {_listed(several)}; give one of them.")
    if not found.missing:
        raise ParameterError(f"{shown} it holds no word; give a word of the text.")
    (word,) = found.missing
    like = [other for other in corpus.vocabulary if other.casefold() == word.casefold()]
    hint = f"; it has {_listed(like)}" if like else "; try another"
    raise ParameterError(f"{shown} it is not in the vocabulary: not in the text, or rarer than min_count{hint}.")


def _words(reading: Reading | None, typed: str, vocabulary: dict[str, int]) -> list[str]:
    """The words of a list, each a word of the vocabulary if it can be read as one."""
    if typed.strip() in vocabulary:
        return [typed.strip()]
    rule = Tokenizer(reading.tokenizer, reading.lowercase) if reading else Tokenizer("whitespace", False)
    found = []
    items = [item.strip() for item in _BETWEEN_ITEMS.split(typed)]
    if reading is None and len(items) > 1:  # whose words may hold spaces
        return [word for item in items for word in _words(reading, item, vocabulary)]
    for token in rule.read(typed):
        if token in vocabulary or not _BETWEEN_ITEMS.search(token):
            found.append(token)
        else:
            found += [word for item in _BETWEEN_ITEMS.split(token) for word in rule.read(item)]
    return [word for word in found if word not in LINE_BREAKS]


def _listed(words: list[str]) -> str:
    return ", ".join(map(repr, words[:5])) + (f" and {len(words) - 5:,} more" if len(words) > 5 else "")
