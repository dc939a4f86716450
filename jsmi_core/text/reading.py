"""What is kept of how a text was read: enough to read what a person types in the same way."""

from __future__ import annotations

from dataclasses import dataclass

from jsmi_core import checks
from jsmi_core.errors import CorpusError
from jsmi_core.text.tokens import TOKENIZERS


@dataclass(frozen=True)
class Reading:
    """How a corpus was read from its source, and what was in it before rare words were removed.

    ``normal_form`` is the Unicode form that all words are in; ``bytes_read`` counts the unpacked text,
    ``tokens_read`` and ``words_read`` all tokens and all different words.
    """

    tokenizer: str
    lowercase: bool
    min_count: int
    encoding: str
    normal_form: str
    bytes_read: int
    tokens_read: int
    words_read: int

    def __post_init__(self) -> None:
        sizes = (self.min_count, self.bytes_read, self.tokens_read, self.words_read)
        names = (self.encoding, self.normal_form)
        if (
            self.tokenizer not in TOKENIZERS
            or not isinstance(self.lowercase, bool)
            or not all(isinstance(size, int) and size >= 0 for size in sizes)
            or not all(isinstance(name, str) and not checks.half_character([name]) for name in names)
        ):
            raise CorpusError("how a text was read is told wrongly: read the text again.")
