"""One family of errors: each message is one sentence that says what, where, and what to do.

Imports nothing, so that every module can raise these. The shell prints the message and exits with
``exit_code``; a page shows it in place. Nobody shows a traceback for one of them.
"""

from __future__ import annotations


class JSMIError(Exception):
    """Anything this package refuses or cannot do, told in one sentence, however long what it quotes is."""

    exit_code = 1

    def __str__(self) -> str:
        """The sentence; of a word of more than 1,000 characters the beginning."""
        words = super().__str__().split(" ")
        return " ".join(word if len(word) <= 1_000 else f"{word[:80]}…" for word in words)


class ParameterError(JSMIError, ValueError):
    """A parameter is out of range, of a wrong type or not a number; names field, value and range."""

    exit_code = 2


class CorpusError(JSMIError, ValueError):
    """A text cannot be read as a corpus."""

    exit_code = 3


class DistributionError(JSMIError, ValueError):
    """An array is not a table of non-negative weights, or does not fit the others."""

    exit_code = 3


class EmbeddingError(JSMIError, ValueError):
    """Vectors are missing, ragged, not finite, or do not fit the vocabulary."""

    exit_code = 3


class StoreError(JSMIError, OSError):
    """Results could not be written or read back."""

    exit_code = 4


class JobError(JSMIError, RuntimeError):
    """A job failed, was refused by the queue, or lost its worker."""

    exit_code = 5


class Cancelled(JSMIError):  # noqa: N818 - an outcome the user asked for, not a fault
    """The user stopped the work; whatever had been acknowledged is kept."""

    exit_code = 130


def told(error: Exception) -> str:
    """Whatever went wrong in a computation, as a sentence for whoever asked for it."""
    if isinstance(error, JSMIError):
        return str(error)
    if isinstance(error, MemoryError):
        return "there was not enough memory: choose a smaller dimension or text."
    return f"the program failed with {type(error).__name__}: {error}"
