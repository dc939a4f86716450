"""A package, so that test files can share strategies and oracles: `from tests.core.oracle import …`."""
