"""The one place where a parameter's value is checked, so that library, shell, URL and page say the same."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from numbers import Integral, Real
from typing import Any, TypeVar

from jsmi_core.errors import ParameterError

_T = TypeVar("_T")


def integer(name: str, value: Any, low: int, high: int) -> int:
    """Return ``value`` as an int within [low, high]; raise ParameterError otherwise."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or not low <= int(value) <= high:
        raise ParameterError(f"{name} = {value!r} is not usable: give a whole number from {low:,} to {high:,}.")
    return int(value)


def real(
    name: str,
    value: Any,
    low: float,
    high: float,
    *,
    open_low: bool = False,
    open_high: bool = False,
) -> float:
    """Return ``value`` as a float between low and high (ends excluded where open); raise ParameterError otherwise."""
    number = isinstance(value, Real) and not isinstance(value, bool)
    above = number and (value > low if open_low else value >= low)
    below = number and (value < high if open_high else value <= high)
    if not (above and below):  # so is NaN
        raise ParameterError(
            f"{name} = {value!r} is not usable: give a number {'above' if open_low else 'from'} {low:g}"
            f" {'and below' if open_high else 'to'} {high:g}."
        )
    return float(value)


def flag(name: str, value: Any) -> bool:
    """Return ``value`` if it is True or False; raise ParameterError otherwise."""
    if not isinstance(value, bool):
        raise ParameterError(f"{name} = {value!r} is not usable: give True or False.")
    return value


def number(text: str) -> int | float | str:
    """A number as people type it, in ASCII digits: an int, else a float; what is none goes on as it is, to be refused.

    The one parser of the shell, of links, of lists in widgets and of the environment.

    Examples
    --------
    >>> number(" 50 "), number("1e-3"), number("1_000")
    (50, 0.001, '1_000')
    """
    typed = text.strip()
    if re.fullmatch(r"[+-]?[0-9]+", typed):
        return int(typed)
    if re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?(inf|nan)", typed):
        return float(typed)
    return text


def numbers(text: str) -> tuple[int | float | str, ...]:
    """Several numbers as people type them, each as in :func:`number`: between commas, semicolons or white space.

    One separator may stand at the end. A comma separates: ``1,000`` is 1 and 0.

    Examples
    --------
    >>> numbers("10, 50;100 200,"), numbers("10,,20"), numbers("")
    ((10, 50, 100, 200), (10, '', 20), ())
    """
    typed = re.sub(r"\s*[,;]?\s*$", "", text).lstrip()
    return tuple(number(part) for part in re.split(r"\s*[,;]\s*|\s+", typed)) if typed else ()


def one_of(name: str, value: Any, choices: Collection[_T]) -> _T:
    """Return ``value`` if it is one of the choices; raise ParameterError otherwise."""
    found = next((choice for choice in choices if type(choice) is type(value) and choice == value), None)
    if found is None:
        raise ParameterError(f"{name} = {value!r} is not usable: give one of {', '.join(map(str, choices))}.")
    return found


_UNITS = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
_UNITS |= {"kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}


def byte_count(name: str, value: Any) -> int:
    """Return a number of bytes, given as one or with a unit ("2GB"); raise ParameterError otherwise."""
    parts = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]*)", value.strip().lower()) if isinstance(value, str) else None
    if parts and parts[2] in _UNITS:
        value = int(float(parts[1]) * _UNITS[parts[2]])
    if isinstance(value, str):
        raise ParameterError(f"{name} = {value!r} is not usable: give bytes, or a size such as 500MB or 2GB.")
    return integer(name, value, 1, 2**50)


_SURROGATE = re.compile("[\ud800-\udfff]")


def half_character(words: Iterable[str]) -> str | None:
    r"""Tell of the first word that holds a lone surrogate, half of a character, which no file can hold; None if none.

    Examples
    --------
    >>> print(half_character(["whole", "half\ud83d"]))
    'half\ud83d' holds half a character, U+D83D
    """
    for word in words:
        if not word.isascii() and (found := _SURROGATE.search(word)):
            return f"{word[:80]!r} holds half a character, U+{ord(found.group()):04X}"
    return None
