"""What goes into an experiment: a text and every setting, with an id that depends on the content only.

Two kinds of cell: a :class:`Cell` is trained by gensim, a :class:`RankCell` asks for the best embedding of rank d
under the law of such trainings. Nothing is computed here.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from itertools import product
from typing import Any, ClassVar, Literal, Self, TypeVar, cast, get_args

from jsmi_core import checks
from jsmi_core.errors import ParameterError
from jsmi_core.parameters import fact_of, parameter, same_as
from jsmi_core.training import Noise, OfOneLaw, SGNSConfig

# Part of every cell's id, and of every stored row: raise it when the same spec would be scored to other numbers, or
# when SGNSConfig or RankConfig changes its fields. Rows of another version are left alone and not shown.
LAW_VERSION = 1
MOST_CELLS = 1_000
EpochsAs = Literal["runs", "checkpoints"]
EPOCHS_AS: tuple[EpochsAs, ...] = get_args(EpochsAs)
RUNS, CHECKPOINTS = EPOCHS_AS
"""How an axis of epochs is read: independent runs, or points along one run."""
SPARSE = 10
"""After how many epochs an independent run of a grid is scored: one exact score takes a third of an epoch's time."""
TOLERANCE = 1e-4
"""A search ends, unless told otherwise, when 20 steps gained less than this share of the score."""
_T = TypeVar("_T")


@dataclass(frozen=True)
class RankConfig(OfOneLaw):
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

    dimension: int = same_as(SGNSConfig, "dimension")
    negatives: int = same_as(SGNSConfig, "negatives")
    window: int = same_as(SGNSConfig, "window")
    dynamic: bool = same_as(SGNSConfig, "dynamic")
    subsample: float = same_as(SGNSConfig, "subsample")
    noise_exponent: float = same_as(SGNSConfig, "noise_exponent")
    noise: Noise = same_as(SGNSConfig, "noise")
    tolerance: float = parameter(
        TOLERANCE,
        "Tolerance",
        low=0,
        high=1,
        open_low=True,
        open_high=True,
        metavar="T",
        shell="stop when 20 steps gained less than this share of S (default {default})",
    )

    def __post_init__(self) -> None:
        fact_of(RankConfig, "tolerance").check("tolerance", self.tolerance)
        _ = self.training  # checks the other settings as a training would

    @classmethod
    def under(cls, config: SGNSConfig, tolerance: float = TOLERANCE) -> RankConfig:
        """The search under the law of a training, at its dimension."""
        shared = {setting.name: getattr(config, setting.name) for setting in fields(cls) if setting.name != "tolerance"}
        return cls(**shared, tolerance=tolerance)

    @property
    def training(self) -> SGNSConfig:
        """A training whose score is the one that is maximised: all settings that both have."""
        return SGNSConfig(**{name: value for name, value in asdict(self).items() if name != "tolerance"})


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

    @property
    def answered_by(self) -> tuple[str, ...]:
        """The ids of the cells whose results hold all that this one asks for, its own first."""
        return (self.id,)

    @property
    def work_id(self) -> str:
        """The id of the work itself: one for all cells that differ only in what is noted of it."""
        return self.id

    def answer(self, found: Mapping[str, _T]) -> _T | None:
        """What stands under the first of the ids that answer the cell; None if there is nothing."""
        return next((found[cell_id] for cell_id in self.answered_by if cell_id in found), None)

    def to_dict(self) -> dict[str, Any]:
        """The cell as JSON-able values; each field in the type of its default, so that 1 and 1.0 are one spec."""
        defaults = asdict(type(self.config)())
        plain = {name: type(defaults[name])(value) for name, value in asdict(self.config).items()}
        return {"corpus": self.corpus, self._key: plain}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Self:
        """The cell that :meth:`to_dict` wrote."""
        return cast("Self", (RankCell if RankCell._key in record else Cell).from_dict(record))


def ids_of(cell: str | Spec) -> tuple[str, ...]:
    """The ids under which the result of a cell may stand; an id stands for itself alone."""
    return (cell,) if isinstance(cell, str) else cell.answered_by


@dataclass(frozen=True)
class Cell(Spec):
    """One training to run: a corpus, named by its digest, and every setting.

    Parameters
    ----------
    corpus : str
        ``Corpus.digest``.
    config : SGNSConfig
    every : int, 1 … 100,000
        The training is scored exactly after every so many epochs, and after the last; as many as there are stand for
        all that is more.
    drawn : bool
        The pairs that the training draws are counted, and the result is scored by them too (footnote 2).

    Raises
    ------
    ParameterError
        If ``every`` is out of range, or ``drawn`` is neither True nor False.

    Examples
    --------
    >>> Cell("c0ffee", SGNSConfig(dimension=10)).id == Cell("c0ffee", SGNSConfig(dimension=10)).id
    True
    >>> Cell("c0ffee", SGNSConfig(epochs=12), every=5).scored_epochs
    (0, 5, 10, 12)
    """

    corpus: str
    config: SGNSConfig
    every: int = 1
    drawn: bool = False
    _key = "config"

    def __post_init__(self) -> None:
        every = checks.integer("every", self.every, 1, 100_000)
        object.__setattr__(self, "every", min(every, int(self.config.epochs)))  # one id for one list of epochs
        checks.flag("drawn", self.drawn)

    @property
    def scored_epochs(self) -> tuple[int, ...]:
        """The epochs of its history, from 0, the untouched start, to the last."""
        return (*range(0, self.config.epochs, self.every), self.config.epochs)

    @cached_property
    def answered_by(self) -> tuple[str, ...]:
        """Its own id, and those of the same training scored after every epoch, and by the pairs that it drew too.

        What is scored, and what is counted, changes no number.
        """
        more = product(dict.fromkeys((self.every, 1)), dict.fromkeys((self.drawn, True)))
        return tuple(replace(self, every=every, drawn=drawn).id for every, drawn in more)

    @property
    def work_id(self) -> str:
        """The id of the same training scored after every epoch."""
        return replace(self, every=1, drawn=False).id

    def to_dict(self) -> dict[str, Any]:
        """The cell as JSON-able values; of what every training is without being asked, nothing is said."""
        every = {} if self.every == 1 else {"every": self.every}
        return super().to_dict() | every | ({"drawn": True} if self.drawn else {})

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Self:
        """The cell that :meth:`to_dict` wrote."""
        config = SGNSConfig(**record["config"])
        return cls(str(record["corpus"]), config, record.get("every", 1), record.get("drawn", False))


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
        is then at least as good. It names the training, however often that is scored.

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
        training = replace(self.start, every=SPARSE, drawn=False)  # which a result that holds more answers too
        object.__setattr__(self, "start", training)
        at = self.start.config
        if self.start.corpus != self.corpus or at.law != self.config.law:
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
    """All combinations of dimensions, epochs, negatives, noises, windows and seeds, over one base setting.

    Parameters
    ----------
    dimensions, epochs, negatives, seeds, windows : iterables of int
        Repeated values count once. Left out: the value of ``base``.
    base : SGNSConfig
        Every other setting.
    noises : iterable of float and "pairs"
        A number is an exponent of the corpus counts, "pairs" the context marginal, the paper's noise.
    epochs_as : "runs" or "checkpoints"
        What a number of epochs is: an independent training with a learning-rate schedule of its own, or a
        point along one run, the training of the most epochs, whose rate falls over all of them. The paper leaves it
        open.
    drawn : bool
        Each training is scored by the pairs that it drew too.

    Raises
    ------
    ParameterError
        If a value is out of range, or there are more than 1,000 trainings.

    Examples
    --------
    >>> [cell.config.dimension for cell in Grid(dimensions=(50, 10)).cells("c0ffee")]
    [10, 50]
    >>> [cell.config.epochs for cell in Grid(epochs=(1, 5, 20), epochs_as="checkpoints").cells("c0ffee")]
    [20]
    """

    dimensions: tuple[int, ...] = ()
    epochs: tuple[int, ...] = ()
    negatives: tuple[int, ...] = ()
    seeds: tuple[int, ...] = ()
    base: SGNSConfig = field(default_factory=SGNSConfig)
    windows: tuple[int, ...] = ()
    noises: tuple[float | str, ...] = ()
    epochs_as: EpochsAs = "runs"
    drawn: bool = False

    def __post_init__(self) -> None:
        for axis, setting in AXES.items():
            values = _axis(axis, getattr(self, axis)) or (getattr(self.base, setting),)
            for value in values:
                replace(self.base, **{setting: value})  # checks the value as the training itself would
            object.__setattr__(self, axis, values)
        noises = _axis("noises", self.noises) or (self.base.noise,)
        for noise in noises:
            replace(self.base, **_noise_settings(noise))
        own = self.base.noise_exponent
        object.__setattr__(self, "noises", _axis("noises", (own if noise == "counts" else noise for noise in noises)))
        checks.one_of("epochs_as", self.epochs_as, EPOCHS_AS)
        checks.flag("drawn", self.drawn)
        if len(self) > MOST_CELLS:
            raise ParameterError(
                f"the grid has {len(self):,} trainings: give at most {MOST_CELLS:,}, "
                "with fewer dimensions, epochs, negatives, noises, windows or seeds."
            )

    @property
    def trained_epochs(self) -> tuple[int, ...]:
        """The numbers of epochs that are trained: all of them, or the most along one run."""
        return (max(self.epochs),) if self.epochs_as == CHECKPOINTS else self.epochs

    def __len__(self) -> int:
        return math.prod(map(len, (*self._laws, self.dimensions, self.trained_epochs, self.seeds)))

    def cells(self, corpus_digest: str) -> tuple[Cell, ...]:
        """The trainings, cheapest first, so that a sweep shows its first points soon.

        Of independent runs the last scores are wanted, so they are scored after every ``SPARSE`` epochs only.
        """
        every = 1 if self.epochs_as == CHECKPOINTS else SPARSE
        configs = [
            replace(law, dimension=dimension, epochs=epochs, seed=seed)
            for law in self._configs_of_laws()
            for dimension, epochs, seed in product(self.dimensions, self.trained_epochs, self.seeds)
        ]
        return tuple(Cell(corpus_digest, config, every, self.drawn) for config in sorted(configs, key=_relative_cost))

    def rank_cells(self, corpus_digest: str) -> tuple[RankCell, ...]:
        """One search for the best embedding at each dimension under each law of the grid, cheapest first."""
        laws = list(self._configs_of_laws())
        configs = [RankConfig.under(replace(law, dimension=d)) for d in sorted(self.dimensions) for law in laws]
        return tuple(RankCell(corpus_digest, config) for config in configs)

    @property
    def _laws(self) -> tuple[tuple[Any, ...], ...]:
        """The axes that a law depends on."""
        return tuple(sorted(self.negatives)), self.noises, self.windows

    def _configs_of_laws(self) -> Iterator[SGNSConfig]:
        for negatives, noise, window in product(*self._laws):
            yield replace(self.base, negatives=negatives, window=window, **_noise_settings(noise))


AXES = {
    "dimensions": "dimension",
    "epochs": "epochs",
    "negatives": "negatives",
    "seeds": "seed",
    "windows": "window",
}
"""The setting that each axis of a grid varies; its facts are those of the axis's values."""


def _noise_settings(noise: float | str) -> dict[str, Any]:
    """A value of the noise axis as settings of a training."""
    return {"noise": noise} if isinstance(noise, str) else {"noise": "counts", "noise_exponent": noise}


def _axis(name: str, values: Iterable[Any]) -> tuple[Any, ...]:
    try:
        if isinstance(values, str):
            raise TypeError
        return tuple(dict.fromkeys(values))
    except TypeError:
        raise ParameterError(f"{name} = {values!r} is not usable: give a list of numbers.") from None


def _relative_cost(config: SGNSConfig) -> tuple[float, ...]:
    work = config.dimension * (config.negatives + 1) * config.epochs
    return (work, config.dimension, config.epochs, config.negatives, config.seed, config.window, config.noise_exponent)
