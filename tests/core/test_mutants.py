"""The seeded mistakes of `make mutants` still have their places in the library, and their tests in the suite."""

import ast

import pytest

from tests.mistakes import MUTANTS, ROOT
from tests.mutants import TESTS


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.breaks)
def test_each_is_one_change_of_one_place(mutant):
    source = (ROOT / mutant.file).read_text(encoding="utf-8")
    assert len(mutant.sites(source)) == 1
    mistaken = ast.parse(mutant.applied(source))  # still Python
    assert ast.dump(mistaken) != ast.dump(ast.parse(source))


def test_a_place_survives_another_layout_and_no_other_code():
    mutant = next(mutant for mutant in MUTANTS if mutant.breaks == "α and 1−α swapped in the score")
    source = (ROOT / mutant.file).read_text(encoding="utf-8")
    (site,) = mutant.sites(source)
    statement = ast.get_source_segment(source, site)
    spread = statement.replace(" + ", "  # how\n + ")
    assert len(mutant.sites(source.replace(statement, f"(  # why\n{spread}\n)"))) == 1
    assert not mutant.sites(source.replace(statement, statement.replace(" + ", " - ")))
    assert not mutant.sites(source.replace("def score_cells", "def scored_cells"))


def test_they_are_many_and_each_once():
    assert len({(mutant.place, mutant.old, mutant.new) for mutant in MUTANTS}) == len(MUTANTS) >= 38


def test_the_tests_that_should_notice_are_there():
    for name in {*TESTS, *(mutant.tests for mutant in MUTANTS)}:
        assert (ROOT / f"tests/core/test_{name}.py").exists(), name
