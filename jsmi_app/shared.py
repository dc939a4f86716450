"""The settings that every page shares: the text, the training, α, the unit, the law, and how the page is shown."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from jsmi_app import state
from jsmi_app.cached import SLIDER_ALPHAS
from jsmi_app.setting import Setting, along, flag, one_of, parse_flag, words
from jsmi_core.experiments import LawName
from jsmi_core.figures import UNITS
from jsmi_core.parameters import Fact, facts_of
from jsmi_core.text import READING
from jsmi_core.training import Noise, SGNSConfig

MOST_MIN_COUNT = 1_000
ALPHA_HELP = "α = 1/(k+1): the probability that a pair is a real one; word2vec's k = 5 is α = 0.167."
UNIT_HELP = "The unit of all information on the page: 1 bit = log 2 = 0.693 nats, for each draw of a pair."
LAW_HELP = "The noise that bound and scores are of: counts^γ, which word2vec draws, or the paper's marginal."
TEXT_HELP = "The text that pairs are drawn from; bring your own on the page Corpus."
PRESENTER = "Large type, the figure and its slider; menus and settings are hidden. Its address is a link for a lesson."
NOISE_NAMES: Mapping[Noise, str] = {"counts": "counts^γ (word2vec)", "pairs": "p(y) (paper)"}
LAW_NAMES: Mapping[LawName, str] = {"word2vec": "word2vec's", "paper": "the paper's"}  # those of every result
_PARSE: Mapping[type, Callable[[str], Any]] = {int: int, float: float, bool: parse_flag, str: str}


def of_fact(name: str, fact: Fact, **more: Any) -> Setting:
    """A setting made of the facts of a parameter, checked as the parameter itself is."""

    def check(value: Any) -> None:
        fact.check(name, value)

    facts = {"label": fact.title, "help": fact.help_text, "low": fact.low, "high": fact.high, "step": fact.step, **more}
    return Setting(default=fact.default, parse=_PARSE[type(fact.default)], check=check, options=fact.choices, **facts)


def narrowed(name: str, high: int) -> Setting:
    """A setting of a training on a page that takes no more than so much of it."""
    return of_fact(name, replace(facts_of(SGNSConfig)[name], high=high))


def _alpha_name(value: float) -> str:
    k = 1 / value - 1
    whole_k = round(k) if math.isclose(k, round(k), rel_tol=1e-9) else None
    return f"{value:.3g}" + (f"  (k = {whole_k})" if whole_k else "")


TRAINING = {name: of_fact(name, fact) for name, fact in facts_of(SGNSConfig).items()}
SETTINGS: dict[str, Setting] = {
    "corpus": words("Text", TEXT_HELP, default="wikipedia"),
    "min_count": of_fact("min_count", replace(READING["min_count"], high=MOST_MIN_COUNT)),
    **TRAINING,
    "noise": of_fact("noise", facts_of(SGNSConfig)["noise"], shown=NOISE_NAMES.__getitem__),
    "alpha": along(SLIDER_ALPHAS, SGNSConfig().alpha, "α, the share of positive pairs", ALPHA_HELP, _alpha_name),
    "unit": one_of(UNITS, "Unit", UNIT_HELP),
    "law": one_of(LAW_NAMES, "Noise q", LAW_HELP),
    "present": flag(False, "Presenter view", PRESENTER),
}
TOGETHER = (state.Together(("learning_rate", "minimum_learning_rate"), lambda values: SGNSConfig(**values)),)


def config(**changes: Any) -> SGNSConfig:
    """The training that the current settings describe. Raises ParameterError."""
    return SGNSConfig(**{name: state.get(name) for name in TRAINING} | changes)


def link_to(config: SGNSConfig) -> dict[str, str]:
    """Query parameters that open a training of the current text."""
    values = {f.name: getattr(config, f.name) for f in fields(config)}
    return state.link(values | {name: state.get(name) for name in ("corpus", "min_count")})


def own_exponent(config: SGNSConfig) -> float | None:
    """γ of the noise that a training draws from; None where that is the context marginal."""
    return config.noise_exponent if config.noise == "counts" else None
