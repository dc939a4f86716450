"""How a text is read: what may be said of it, and what is kept of it, enough to read typed words in the same way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jsmi_core import checks
from jsmi_core.errors import CorpusError
from jsmi_core.parameters import Fact
from jsmi_core.text.tokens import TOKENIZERS

READING: Mapping[str, Fact] = {
    "tokenizer": Fact(
        default="unicode",
        label="Tokenizer",
        choices=TOKENIZERS,
        help="unicode finds the words of running text; whitespace takes tokens as they stand (Penn Treebank).",
        metavar="RULE",
        shell="unicode: words of running text (default); whitespace: tokens as they stand, for a text that is "
        "tokenised already, such as the Penn Treebank",
    ),
    "encoding": Fact(
        default=None,
        label="Encoding",
        help="Of a file; what is pasted has none. automatic: the byte-order mark's, else UTF-8; where that does not "
        "fit you choose.",
        metavar="NAME",
        shell="of the file (default: its byte-order mark's, else utf-8)",
    ),
    "min_count": Fact(
        default=5,
        label="min_count",
        low=1,
        high=10**9,
        help="Words that occur less often are removed before windows are formed; word2vec's default is {default}.",
        metavar="N",
        shell="leave out words that occur less often, before pairs are formed (default {default})",
    ),
    "lowercase": Fact(
        default=None,
        label="Case",
        help="unicode lowercases, whitespace does not.",
        shell="(default: only with --tokenizer unicode)",
    ),
}
"""What may be said of how a text is read, in the order in which the shell asks."""


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
