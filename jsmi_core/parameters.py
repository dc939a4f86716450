"""The facts of a parameter, once: what it is called, what it may be, what it means.

They stand in the metadata of a dataclass's fields. From there the dataclass checks itself, and the shell's options,
the pages' widgets and the readers of links are made.
"""

from __future__ import annotations

from dataclasses import Field, dataclass, field, fields, replace
from typing import Any

from jsmi_core import checks

_KEY = "fact"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What there is to know of one parameter; ``default`` tells its type.

    Parameters
    ----------
    default : bool, int, float or str
    label, symbol : str
        The field's term and sign: "Dimension", "d".
    help : str
        One sentence for who sees the label; ``{default}`` is filled in.
    metavar, shell : str
        What stands for a value in the shell, and the option's help; ``{default}`` is filled in.
    low, high : float, optional
        The usable range; ``open_low`` and ``open_high`` leave an end out.
    step : float, optional
        By how much a widget moves it.
    choices : tuple
        All usable values, where they are few.
    """

    default: Any
    label: str
    symbol: str = ""
    help: str = ""
    metavar: str | None = None
    shell: str = ""
    low: float | None = None
    high: float | None = None
    open_low: bool = False
    open_high: bool = False
    step: float | None = None
    choices: tuple[Any, ...] = ()

    @property
    def title(self) -> str:
        """Label and symbol together.

        Examples
        --------
        >>> Fact(default=100, label="Dimension", symbol="d").title
        'Dimension d'
        """
        return f"{self.label} {self.symbol}".rstrip()

    @property
    def help_text(self) -> str:
        """The help with the default filled in."""
        return _filled(self.help, self.default)

    @property
    def shell_text(self) -> str:
        """The shell's help with the default filled in."""
        return _filled(self.shell, self.default)

    def check(self, name: str, value: Any) -> Any:
        """Return a usable value; raise ParameterError, which names the parameter and the usable range."""
        if self.choices:
            return checks.one_of(name, value, self.choices)
        if isinstance(self.default, bool):
            return checks.flag(name, value)
        assert self.low is not None
        assert self.high is not None
        if isinstance(self.default, int):
            return checks.integer(name, value, int(self.low), int(self.high))
        return checks.real(name, value, self.low, self.high, open_low=self.open_low, open_high=self.open_high)


def _filled(text: str, default: Any) -> str:
    return text.replace("{default}", f"{default:g}" if isinstance(default, float) else str(default))


def parameter(default: Any, label: str, **facts: Any) -> Any:
    """A dataclass field with its facts.

    Examples
    --------
    >>> @dataclass(frozen=True)
    ... class Two:
    ...     count: int = parameter(2, "Count", low=1, high=3)
    >>> Two().count, fact_of(Two, "count").high
    (2, 3)
    """
    return field(default=default, metadata={_KEY: Fact(default=default, label=label, **facts)})


def same_as(owner: Any, name: str) -> Any:
    """A field with the facts that another dataclass has for it."""
    fact = fact_of(owner, name)
    return field(default=fact.default, metadata={_KEY: fact})


def facts_of(owner: Any) -> dict[str, Fact]:
    """The facts of a dataclass's fields, by name."""
    return {one.name: one.metadata[_KEY] for one in fields(owner) if _has_fact(one)}


def fact_of(owner: Any, name: str) -> Fact:
    """The facts of one field."""
    return facts_of(owner)[name]


def _has_fact(one: Field[Any]) -> bool:
    return _KEY in one.metadata


def check_fields(record: Any, **highest: float) -> None:
    """Check every field of a dataclass that has facts, in their order; raise ParameterError.

    ``highest`` lowers the upper end of a field's range to what other fields allow.
    """
    for name, fact in facts_of(record).items():
        own = replace(fact, high=highest[name]) if name in highest else fact
        own.check(name, getattr(record, name))
