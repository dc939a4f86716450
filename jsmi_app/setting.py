"""What a setting of a page is: its default, what it may be, how it stands in a link, and what its widget says.

A page, or a panel that several pages share, declares its settings as a dictionary from their names, which are their
URL parameters; state.py remembers them and controls.py draws them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from jsmi_core import checks
from jsmi_core.errors import JSMIError, ParameterError


def _anything(value: Any) -> None:
    """Every value is usable."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting. ``parse`` raises ValueError where there is no such value, ``check`` JSMIError where it is wrong."""

    default: Any
    parse: Callable[[str], Any] = str
    check: Callable[[Any], object] = _anything
    label: str = ""
    help: str = ""
    options: tuple[Any, ...] = ()  # all that a choice offers, and where a slider can stand
    shown: Callable[[Any], str] = str  # how an option is written
    low: float | None = None
    high: float | None = None
    step: float | None = None

    def read(self, text: str) -> Any:
        """The value that stands in a link. Raises ParameterError, whose sentence says what would be usable."""
        try:
            value = self.parse(text)
        except JSMIError:
            raise
        except ValueError:
            raise ParameterError(f"{text!r} is not a number.") from None
        self.check(value)
        return value

    def accepts(self, value: Any) -> bool:
        """Whether a value, from a widget or another page, is usable here."""
        try:
            self.check(value)
        except JSMIError:
            return False
        return True

    def write(self, value: Any) -> str:
        """The value as it stands in a link; :meth:`read` gives it back to the last bit."""
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, float):
            short = f"{value:.12g}"
            return short if self.parse(short) == value else repr(value)
        return str(value)


Settings: TypeAlias = Mapping[str, Setting]


def one_of(options: Sequence[str] | Mapping[Any, str], label: str = "", text: str = "", **more: Any) -> Setting:
    """One of a few, the first by default; a mapping has their names on the screen."""
    known = tuple(options)
    shown = options.__getitem__ if isinstance(options, Mapping) else str

    def check(value: Any) -> None:
        if value not in known:
            raise ParameterError(f"{value!r} is not usable: give one of {', '.join(filter(None, known))}.")

    facts = {"default": known[0], "options": known, "shown": shown, "label": label, "help": text, **more}
    return Setting(check=check, **facts)


def parse_flag(text: str) -> bool:
    """``"true"`` or ``"false"``. Raises ParameterError."""
    if text.lower() not in ("true", "false"):
        raise ParameterError(f"{text!r} is not usable: give one of true, false.")
    return text.lower() == "true"


def flag(default: bool, label: str = "", text: str = "") -> Setting:
    """On or off."""
    return Setting(default=default, parse=parse_flag, label=label, help=text)


def number(
    kind: type, default: float, low: float, high: float, label: str = "", text: str = "", **more: Any
) -> Setting:
    """A number, ``int`` or ``float``, within its range."""

    def check(value: Any) -> None:
        if not low <= value <= high:  # so is NaN
            raise ParameterError(f"{value} is not usable: give a number from {low:g} to {high:g}.")

    return Setting(default=default, parse=kind, check=check, label=label, help=text, low=low, high=high, **more)


def along(
    options: Sequence[float], default: float, label: str, text: str, shown: Callable[[Any], str] = "{:g}".format
) -> Setting:
    """One of many values in a row; a link may lie between two of them, and rounding of the written value is undone."""
    kind = type(options[0])

    def parse(text: str) -> Any:
        value = kind(text)
        nearest = min(options, key=lambda option: abs(option - value))
        return nearest if math.isclose(nearest, value, rel_tol=1e-9, abs_tol=1e-12) else value

    plain = number(kind, default, min(options), max(options), label, text)
    return replace(plain, parse=parse, options=tuple(options), shown=shown)


def like(pattern: str, default: str = "") -> Setting:
    """Text of one form, or the default."""

    def check(value: str) -> None:
        if value != default and not re.fullmatch(pattern, value):
            raise ParameterError(f"{value!r} is not usable: take the link from the page.")

    return Setting(default=default, check=check)


def words(label: str = "", text: str = "", check: Callable[[str], object] = _anything, default: str = "") -> Setting:
    """Any text that ``check`` takes, or none."""
    return Setting(default=default, check=lambda value: value and check(value), label=label, help=text)


def whole_numbers(text: str) -> tuple[int, ...]:
    """``"10 50,100"`` as (10, 50, 100). Raises ParameterError."""
    found = checks.numbers(text)
    if not found or not all(isinstance(value, int) for value in found):
        raise ParameterError(f"{text!r} is not a list of whole numbers: write for example 10,50,100.")
    return tuple(map(int, found))
