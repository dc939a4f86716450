"""The facts of a parameter: each range is the one that is checked, and one object serves every dataclass and option."""

import math
from dataclasses import dataclass

import pytest

from jsmi_core.cli.arguments import shell_parser
from jsmi_core.errors import ParameterError
from jsmi_core.experiments.specs import RankConfig
from jsmi_core.pairs.sampling import PairSampling
from jsmi_core.parameters import Fact, check_fields, fact_of, facts_of, parameter, same_as
from jsmi_core.text.corpus import read_corpus
from jsmi_core.text.reading import READING
from jsmi_core.training.config import SGNSConfig

OWNERS = (PairSampling, SGNSConfig, RankConfig)
NUMBERS = [(owner, name, fact) for owner in OWNERS for name, fact in facts_of(owner).items() if fact.low is not None]


def beyond(fact: Fact) -> tuple[float, float]:
    """The nearest values that are not usable."""
    if isinstance(fact.default, int):
        return fact.low - 1, fact.high + 1
    low = fact.low if fact.open_low else math.nextafter(fact.low, -math.inf)
    return low, fact.high if fact.open_high else math.nextafter(fact.high, math.inf)


def within(fact: Fact) -> tuple[float, float]:
    """The outermost values that are usable."""
    if isinstance(fact.default, int):
        return fact.low, fact.high
    low = math.nextafter(fact.low, math.inf) if fact.open_low else fact.low
    return low, math.nextafter(fact.high, -math.inf) if fact.open_high else fact.high


@pytest.mark.parametrize(("owner", "name", "fact"), NUMBERS)
def test_a_range_is_the_one_that_is_checked(owner, name, fact):
    room = {"learning_rate": fact_of(SGNSConfig, "learning_rate").high} if name == "minimum_learning_rate" else {}
    low_enough = {"minimum_learning_rate": 0.0} if name == "learning_rate" else {}
    for value in within(fact):
        assert getattr(owner(**{name: value} | room | low_enough), name) == value
    for value in (*beyond(fact), "many", True, math.nan):
        with pytest.raises(ParameterError, match=name):
            owner(**{name: value} | room)


def test_a_value_that_others_limit_is_refused_with_the_limit():
    with pytest.raises(ParameterError, match=r"minimum_learning_rate = 0.05 .* from 0 to 0.025"):
        SGNSConfig(minimum_learning_rate=0.05)


@pytest.mark.parametrize(("owner", "source"), [(SGNSConfig, PairSampling), (RankConfig, SGNSConfig)])
def test_what_two_settings_share_has_one_fact(owner, source):
    shared = facts_of(owner).keys() & facts_of(source).keys()
    assert shared
    assert all(fact_of(owner, name) is fact_of(source, name) for name in shared)


def test_every_fact_of_a_training_is_an_option_with_its_default_told():
    parsers = shell_parser()._subparsers._group_actions[0].choices
    for command, facts in {"train": facts_of(SGNSConfig) | dict(READING), "rank": facts_of(RankConfig)}.items():
        options = {action.dest: action for action in parsers[command]._actions}
        for name, fact in facts.items():
            assert options[name].help == fact.shell_text
            assert options[name].metavar == fact.metavar
    assert "(default 0.0001)" in fact_of(SGNSConfig, "minimum_learning_rate").shell_text
    assert "default is 100." in fact_of(SGNSConfig, "dimension").help_text


def test_a_text_is_read_within_the_facts():
    assert read_corpus(b"a a a a a").reading.min_count == READING["min_count"].default
    with pytest.raises(ParameterError, match="min_count = 0"):
        read_corpus(b"a", min_count=0)


def test_a_switch_and_a_choice_are_checked():
    @dataclass(frozen=True)
    class Both:
        on: bool = parameter(True, "On")
        way: str = parameter("up", "Way", choices=("up", "down"))

        def __post_init__(self):
            check_fields(self)

    @dataclass(frozen=True)
    class More:
        way: str = same_as(Both, "way")
        plain: int = 1

    assert (Both(way="down").way, More().way, list(facts_of(More))) == ("down", "up", ["way"])
    for wrong in ({"on": 1}, {"way": "left"}):
        with pytest.raises(ParameterError, match=next(iter(wrong))):
            Both(**wrong)
