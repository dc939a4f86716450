"""Every refusal names the field, its value and the usable range, in one sentence, wherever the value came from."""

import dataclasses
import re

import numpy as np
import pytest

from jsmi_core import JointDistribution, PairSampling, SGNSConfig, SGNSObjective, checks, errors
from jsmi_core.errors import JSMIError, ParameterError

NOT_WHOLE = [0, -1, 2.5, 5.0, "5", None, True, float("nan"), float("inf"), 10**30, [5], np.float64(3)]
NOT_REAL = [-0.5, float("nan"), float("inf"), -float("inf"), "0.1", None, True, 1j, [0.1], 10**400]

RANGES = {
    "dimension": "a whole number from 1 to 10,000",
    "negatives": "a whole number from 1 to 1,000",
    "epochs": "a whole number from 1 to 100,000",
    "window": "a whole number from 1 to 1,000",
    "workers": "a whole number from 1 to 64",
    "seed": "a whole number from 0 to 4,294,967,295",
    "subsample": "a number from 0 and below 1",
    "noise_exponent": "a number from -10 to 10",
    "learning_rate": "a number above 0 to 10",
    "minimum_learning_rate": "a number from 0 to 0.025",
    "dynamic": "True or False",
    "noise": "one of counts, pairs",
}


def refusal(call):
    with pytest.raises(ParameterError) as caught:
        call()
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    assert caught.value.exit_code == 2
    assert isinstance(caught.value, ValueError)
    return message


def test_every_setting_of_a_training_is_covered_here():
    assert set(RANGES) == {field.name for field in dataclasses.fields(SGNSConfig)}


@pytest.mark.parametrize("value", NOT_WHOLE, ids=repr)
@pytest.mark.parametrize("field", ["dimension", "negatives", "epochs", "window", "workers", "seed"])
def test_b16_whole_numbers(field, value):
    if field == "seed" and value == 0 and value is not False:
        assert SGNSConfig(seed=0).seed == 0
        return
    assert refusal(lambda: SGNSConfig(**{field: value})) == (
        f"{field} = {value!r} is not usable: give {RANGES[field]}."
    )


@pytest.mark.parametrize("value", NOT_REAL, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("field", ["subsample", "learning_rate", "minimum_learning_rate"])
def test_b16_numbers(field, value):
    assert refusal(lambda: SGNSConfig(**{field: value})) == f"{field} = {value!r} is not usable: give {RANGES[field]}."


@pytest.mark.parametrize("value", [*NOT_REAL[1:], 10.5, -11], ids=lambda value: repr(value)[:20])
def test_b16_noise_exponent(value):
    message = refusal(lambda: SGNSConfig(noise_exponent=value))
    assert message == f"noise_exponent = {value!r} is not usable: give {RANGES['noise_exponent']}."


@pytest.mark.parametrize("value", [0, 1, "true", None, np.True_], ids=repr)
def test_b16_switches(value):
    assert refusal(lambda: SGNSConfig(dynamic=value)) == f"dynamic = {value!r} is not usable: give True or False."
    assert refusal(lambda: PairSampling(dynamic=value)) == f"dynamic = {value!r} is not usable: give True or False."


@pytest.mark.parametrize("value", ["", "Counts", None, 0, ["counts"]], ids=repr)
def test_b16_choices(value):
    assert refusal(lambda: SGNSConfig(noise=value)) == f"noise = {value!r} is not usable: give {RANGES['noise']}."


@pytest.mark.parametrize(
    ("field", "inside", "outside"),
    [
        ("dimension", [1, 10_000], [0, 10_001]),
        ("negatives", [1, 1_000], [0, 1_001]),
        ("epochs", [1, 100_000], [0, 100_001]),
        ("window", [1, 1_000], [0, 1_001]),
        ("workers", [1, 64], [0, 65]),
        ("seed", [0, 2**32 - 1], [-1, 2**32]),
        ("subsample", [0, 0.0, 0.999999], [1, 1.0]),
        ("noise_exponent", [-10, 0, 10], [-10.001, 10.001]),
        ("learning_rate", [1, 10], [0, 10.001]),
        ("minimum_learning_rate", [0, 0.025], [-1e-9, 0.0250001]),
    ],
)
def test_b16_ends_of_the_ranges(field, inside, outside):
    for value in inside:
        assert getattr(SGNSConfig(**{field: value}), field) == value
    for value in outside:
        refusal(lambda value=value: SGNSConfig(**{field: value}))


def test_numpy_numbers_are_numbers():
    config = SGNSConfig(dimension=np.int64(7), subsample=np.float32(0.25), learning_rate=np.float64(0.5))
    assert config.dimension == 7
    assert PairSampling(window=np.int32(3)).weights == PairSampling(window=3).weights


@pytest.mark.parametrize("field", ["window", "subsample"])
def test_the_same_text_in_sampling_and_training(field):
    messages = [refusal(lambda make=make: make(**{field: -3})) for make in (PairSampling, SGNSConfig)]
    assert messages[0] == messages[1]


@pytest.mark.parametrize("value", [0, -1, 2.5, "5", True, float("nan"), 10**6 + 1], ids=repr)
def test_b16_negatives_of_an_objective(value):
    joint = JointDistribution.from_counts([[1, 2], [3, 4]])
    assert refusal(lambda: SGNSObjective(joint, value)) == (
        f"negatives = {value!r} is not usable: give a whole number from 1 to 1,000,000."
    )


@pytest.mark.parametrize("value", [0, 1, -0.1, 1.1, float("nan"), "half"], ids=repr)
def test_b16_alpha_of_an_objective(value):
    joint = JointDistribution.from_counts([[1, 2], [3, 4]])
    message = refusal(lambda: SGNSObjective(joint, alpha=value))
    assert message == f"alpha = {value!r} is not usable: give a number above 0 and below 1."


def test_negatives_and_alpha_exclude_each_other():
    joint = JointDistribution.from_counts([[1, 2], [3, 4]])
    assert "both negatives and alpha" in refusal(lambda: SGNSObjective(joint, 5, alpha=0.5))


def test_checks_return_plain_python_numbers():
    assert type(checks.integer("n", np.int16(3), 0, 5)) is int
    assert type(checks.real("x", np.float32(0.5), 0, 5)) is float
    assert type(checks.real("x", 1, 0, 5)) is float
    assert checks.flag("b", True) is True


def test_open_and_closed_ends():
    assert checks.real("x", 0, 0, 1) == 0
    assert checks.real("x", 1, 0, 1) == 1
    for value, ends in [(0, {"open_low": True}), (1, {"open_high": True})]:
        refusal(lambda value=value, ends=ends: checks.real("x", value, 0, 1, **ends))


def test_one_family_of_errors_with_exit_codes():
    family = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)]
    assert JSMIError in family
    assert all(issubclass(error, JSMIError) and error.__doc__ for error in family)
    codes = {error.__name__: error.exit_code for error in family}
    assert codes["ParameterError"] == 2
    assert codes["Cancelled"] == 130
    assert all(0 < code < 256 for code in codes.values())
    assert re.match(r"[a-z]", refusal(lambda: SGNSConfig(window=0)))  # the shell and the page put it after a colon


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("10 50", (10, 50)),
        ("10,50", (10, 50)),
        ("10, 50 ,\t100;200\n", (10, 50, 100, 200)),
        ("10,", (10,)),
        (" 10 ", (10,)),
        ("1,000", (1, 0)),
        ("0.75 pairs", (0.75, "pairs")),
        (".5;1e-3", (0.5, 0.001)),
        ("10,,50", (10, "", 50)),
        ("10_50", ("10_50",)),
        ("²", ("²",)),
        ("١٠", ("١٠",)),
        ("", ()),
        (" , ", ()),
    ],
)
def test_a_list_of_numbers_as_people_type_it(typed, expected):
    assert checks.numbers(typed) == expected


def test_what_is_quoted_is_cut() -> None:
    error = ParameterError(f"encoding = {'x' * 10_000!r} is not usable: give the name of a text encoding.")
    assert len(str(error)) < 200
    assert str(error).endswith("give the name of a text encoding.")
