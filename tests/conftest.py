"""What all tests share: reproducible Hypothesis runs, and a table of the worst errors that were measured."""

import signal
import sqlite3
import sys
import warnings
from collections import defaultdict
from functools import partial

import pytest
from hypothesis import HealthCheck, Phase, settings

# The same examples every time and everywhere: a red test is red for whoever looks next. Long runs over many more
# examples are marked slow.
settings.register_profile(
    "same everywhere",
    max_examples=200,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("same everywhere")
settings.register_profile(  # for tests/mutants.py, which only asks whether a test fails
    "without shrinking",
    settings.get_profile("same everywhere"),
    phases=(Phase.explicit, Phase.generate),
)


# A runner in the background of a shell ignores Ctrl-C, and so would every command that these tests start and stop.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


class ClosedConnection(sqlite3.Connection):
    """Warns if nobody has closed it, as every connection does from Python 3.13 on."""

    open = False

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.open = True

    def close(self):
        super().close()
        self.open = False

    def __del__(self):
        if self.open:
            warnings.warn(f"unclosed database in {self!r}", ResourceWarning, source=self, stacklevel=2)


if sys.version_info < (3, 13):
    sqlite3.connect = partial(sqlite3.connect, factory=ClosedConnection)


class Measured:
    """Collects measured errors by family, so that the run can end by printing the worst of each."""

    def __init__(self):
        self.worst = {}

    def __call__(self, family, error, limit):
        """Record an error and insist on its limit (a NaN fails too)."""
        error, limit = float(error), float(limit)  # numpy's numbers do not pass between xdist's processes
        self.worst[family] = (max(error, self.worst.get(family, (0.0, limit))[0]), limit)
        assert error <= limit, f"{family}: error {error:.2e} is above {limit:.0e}"


@pytest.fixture
def measured(record_property):
    """A callable (family, error, limit): asserts, and remembers the worst error for the summary."""
    measured = Measured()
    yield measured
    for family, (error, limit) in measured.worst.items():
        record_property("measured error", [family, error, limit])


def pytest_terminal_summary(terminalreporter):
    worst = defaultdict(lambda: (-1.0, 0.0))
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == "measured error":
                    family, error, limit = value
                    worst[family] = max(worst[family], (error, limit))
    if worst:
        terminalreporter.section("worst measured errors")
        for family, (error, limit) in sorted(worst.items()):
            terminalreporter.write_line(f"{error:9.1e}  (limit {limit:.0e})  {family}")
