"""The seeded mistakes of `make mutants` still have their places in the library."""

import pytest

from tests.core.test_imports import CORE
from tests.mutants import MUTANTS


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.breaks)
def test_its_text_occurs_once(mutant):
    text = (CORE / f"{mutant.module}.py").read_text(encoding="utf-8")
    assert text.count(mutant.old) == 1
    assert mutant.new != mutant.old


def test_they_are_many_and_each_once():
    assert len({(mutant.module, mutant.old, mutant.new) for mutant in MUTANTS}) == len(MUTANTS) >= 20
