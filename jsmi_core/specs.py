"""What goes into an experiment: a text and every setting, with an id that depends on the content only.

Two kinds of cell: a :class:`Cell` is trained by gensim, a :class:`RankCell` asks for the best embedding of rank d
under the law of such trainings. Nothing is computed here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from itertools import product
from typing import Any, ClassVar, Self, cast

from jsmi_core import _checks
from jsmi_core.cooccurrence import PairSampling
from jsmi_core.errors import ParameterError
from jsmi_core.training import SGNSConfig

__all__ = ["LAW_VERSION", "Cell", "Grid", "RankCell", "RankConfig", "Spec"]

# Part of every cell's id, and of every stored row: raise it when the same spec would be scored to other numbers, or
# when SGNSConfig or RankConfig changes its fields. Rows of another version are left alone and not shown.
LAW_VERSION = 1
MOST_CELLS = 1_000


@dataclass(frozen=True)
class RankConfig:
    """Every setting of one search for the best embedding of rank d.

    Parameters
    ----------
    dimension, negatives, window, dynamic, subsample, noise_exponent, noise
        The rank, and the law that S is maximised under: as in :class:`SGNSConfig`.
    tolerance : float, 0 < tolerance < 1
        The search ends when 20 steps gained less than this share of the score.

    Raises
    ------
    ParameterError
        Names the field, its value and the usable range.

    Examples
    --------
    >>> RankConfig.under(SGNSConfig(dimension=50, epochs=20)).dimension
    50
    """

    dimension: int = 100
    negatives: int = 5
    window: int = 5
    dynamic: bool = True
    subsample: float = 1e-3
    noise_exponent: float = 0.75
    noise: str = "counts"
    tolerance: float = 1e-4

    def __post_init__(self) -> None:
        _checks.real("tolerance", self.tolerance, 0, 1, open_low=True, open_high=True)
        _ = self.training  # checks the other settings as a training would

    @classmethod
    def under(cls, config: SGNSConfig, tolerance: float = tolerance) -> RankConfig:
        """The search under the law of a training, at its dimension."""
        shared = {setting.name: getattr(config, setting.name) for setting in fields(cls) if setting.name != "tolerance"}
        return cls(**shared, tolerance=tolerance)

    @property
    def training(self) -> SGNSConfig:
        """A training whose score is the one that is maximised: all settings that both have."""
        return SGNSConfig(**{name: value for name, value in asdict(self).items() if name != "tolerance"})

    @property
    def alpha(self) -> float:
        """α = 1/(k+1), the probability that a drawn pair is a positive one."""
        return self.training.alpha

    @property
    def sampling(self) -> PairSampling:
        """How positive pairs are drawn from the text."""
        return self.training.sampling

    @property
    def noise_name(self) -> str:
        """q in words: "counts^0.75", say, or "context marginal"."""
        return self.training.noise_name


class Spec:
    """What a cell of either kind can do; :meth:`from_dict` reads both."""

    corpus: str
    config: SGNSConfig | RankConfig
    _key: ClassVar[str]  # what the settings are called in a record: it keeps the ids of the two kinds apart

    @cached_property
    def id(self) -> str:
        """20 hex digits that depend on the content only: equal specs have equal ids in every process."""
        spec = json.dumps({**self.to_dict(), "law": LAW_VERSION}, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(spec.encode()).hexdigest()[:20]

    def to_dict(self) -> dict[str, Any]:
        """The cell as JSON-able values; each field in the type of its default, so that 1 and 1.0 are one spec."""
        defaults = asdict(type(self.config)())
        plain = {name: type(defaults[name])(value) for name, value in asdict(self.config).items()}
        return {"corpus": self.corpus, self._key: plain}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Self:
        """The cell that :meth:`to_dict` wrote."""
        return cast("Self", (RankCell if RankCell._key in record else Cell).from_dict(record))


@dataclass(frozen=True)
class Cell(Spec):
    """One training to run: a corpus, named by its digest, and every setting.

    Parameters
    ----------
    corpus : str
        ``Corpus.digest``.
    config : SGNSConfig

    Examples
    --------
    >>> Cell("c0ffee", SGNSConfig(dimension=10)).id == Cell("c0ffee", SGNSConfig(dimension=10)).id
    True
    """

    corpus: str
    config: SGNSConfig
    _key = "config"

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Self:
        """The cell that :meth:`to_dict` wrote."""
        return cls(str(record["corpus"]), SGNSConfig(**record["config"]))


@dataclass(frozen=True)
class RankCell(Spec):
    """One search for the best embedding of rank d: a corpus, named by its digest, and every setting.

    Parameters
    ----------
    corpus : str
        ``Corpus.digest``.
    config : RankConfig
    start : Cell, optional
        A training of the same corpus, law and at most this dimension, whose embedding is one more start: what is found
        is then at least as good.

    Raises
    ------
    ParameterError
        If the start is of another corpus or law, or has more dimensions.

    Examples
    --------
    >>> training = Cell("c0ffee", SGNSConfig(dimension=10))
    >>> RankCell("c0ffee", RankConfig.under(training.config)).id == training.id
    False
    """

    corpus: str
    config: RankConfig
    start: Cell | None = None
    _key = "rank"

    def __post_init__(self) -> None:
        if self.start is None:
            return
        at = self.start.config
        own = replace(self.config, dimension=at.dimension)
        if self.start.corpus != self.corpus or RankConfig.under(at, self.config.tolerance) != own:
            raise ParameterError("the start is of another corpus or law: give a training with the search's settings.")
        if at.dimension > self.config.dimension:
            raise ParameterError(
                f"the start has {at.dimension:,} dimensions but the search has {self.config.dimension:,}: "
                "give a training of that dimension or less."
            )

    @classmethod
    def beyond(cls, training: Cell) -> RankCell:
        """The search for the best embedding of a training's dimension and law, with the training as a start."""
        return cls(training.corpus, RankConfig.under(training.config), training)

    def to_dict(self) -> dict[str, Any]:
        """The cell as JSON-able values; without a start, nothing is said of one."""
        start = {} if self.start is None else {"start": self.start.to_dict()[Cell._key]}
        return {**super().to_dict(), **start}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Self:
        """The cell that :meth:`to_dict` wrote."""
        corpus = str(record["corpus"])
        start = Cell(corpus, SGNSConfig(**record["start"])) if "start" in record else None
        return cls(corpus, RankConfig(**record["rank"]), start)


@dataclass(frozen=True)
class Grid:
    """All combinations of dimensions, epochs, negatives and seeds, over one base setting.

    Parameters
    ----------
    dimensions, epochs, negatives, seeds : iterables of int
        Repeated values count once. Left out: the value of ``base``.
    base : SGNSConfig
        Every other setting.

    Raises
    ------
    ParameterError
        If a value is out of range, or there are more than 1,000 cells.

    Examples
    --------
    >>> [cell.config.dimension for cell in Grid(dimensions=(50, 10)).cells("c0ffee")]
    [10, 50]
    """

    dimensions: tuple[int, ...] = ()
    epochs: tuple[int, ...] = ()
    negatives: tuple[int, ...] = ()
    seeds: tuple[int, ...] = ()
    base: SGNSConfig = field(default_factory=SGNSConfig)

    def __post_init__(self) -> None:
        for axis, setting in _AXES.items():
            values = _axis(axis, getattr(self, axis)) or (getattr(self.base, setting),)
            for value in values:
                _changed(self.base, {setting: value})  # checks the value as the training itself would
            object.__setattr__(self, axis, values)
        if len(self) > MOST_CELLS:
            raise ParameterError(
                f"the grid has {len(self):,} trainings: give at most {MOST_CELLS:,}, "
                "with fewer dimensions, epochs, negatives or seeds."
            )

    def __len__(self) -> int:
        return len(self.dimensions) * len(self.epochs) * len(self.negatives) * len(self.seeds)

    def cells(self, corpus_digest: str) -> tuple[Cell, ...]:
        """The trainings, cheapest first, so that a sweep shows its first points soon."""
        combinations = product(self.dimensions, self.epochs, self.negatives, self.seeds)
        configs = [_changed(self.base, dict(zip(_AXES.values(), values, strict=True))) for values in combinations]
        return tuple(Cell(corpus_digest, config) for config in sorted(configs, key=_relative_cost))

    def rank_cells(self, corpus_digest: str) -> tuple[RankCell, ...]:
        """One search for the best embedding at each dimension and number of negatives, cheapest first."""
        pairs = sorted(product(self.dimensions, self.negatives))
        configs = [RankConfig.under(replace(self.base, dimension=d, negatives=k)) for d, k in pairs]
        return tuple(RankCell(corpus_digest, config) for config in configs)


_AXES = {"dimensions": "dimension", "epochs": "epochs", "negatives": "negatives", "seeds": "seed"}


def _changed(base: SGNSConfig, settings: Mapping[str, Any]) -> SGNSConfig:
    return replace(base, **settings)


def _axis(name: str, values: Iterable[int]) -> tuple[int, ...]:
    try:
        return tuple(dict.fromkeys(values))
    except TypeError:
        raise ParameterError(f"{name} = {values!r} is not usable: give a list of whole numbers.") from None


def _relative_cost(config: SGNSConfig) -> tuple[int, ...]:
    work = config.dimension * (config.negatives + 1) * config.epochs
    return (work, config.dimension, config.epochs, config.negatives, config.seed)
