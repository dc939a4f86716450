"""What a text looks like before it is counted: prose, or something whose words nobody spoke.

A text is never refused for it. A sample of each million characters is counted through for the marks of other kinds
of files; where there are many, a notice says what it looks like, how that was told, and what to do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

SAMPLE, WINDOWS = 1 << 13, 4
"""How many characters of each stretch of a text, about a million, are looked at, and in how many windows."""

_FEWEST_LINES = 5
_FEWEST_WINDOWS = 0.1  # of all
_IN_QUOTES = re.compile(r'"[^"\n]*"')

# Thai, Lao, Myanmar, Khmer, kana and Han are written without spaces between words.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_UNSEGMENTED_RUN = 6
_UNSEGMENTED_SHARE = 0.05


@dataclass(frozen=True)
class Kind:
    """One kind of file: what its marks look like, and how many of them in a sample make one.

    ``fewest`` marks are needed, and as many as ``share`` of the sample's lines (``by_line``), or as take up so much
    of its characters.
    """

    name: str
    mark: str
    pattern: re.Pattern[str]
    advice: str
    fewest: int
    share: float
    by_line: bool = False
    needs: str = ""

    def marks(self, sample: str, lines: int) -> int:
        """How many marks are in the sample, 0 if they are too few to tell."""
        if self.needs and self.needs not in sample:
            return 0
        found = [len(mark.group()) for mark in self.pattern.finditer(sample)]
        size = len(found) / max(lines, 1) if self.by_line else sum(found) / max(len(sample), 1)
        return len(found) if len(found) >= self.fewest and size >= self.share else 0


def _kind(
    name: str, mark: str, pattern: str, advice: str, fewest: int, share: float = 0.0, by_line: bool = False,
    needs: str = "",
) -> Kind:  # fmt: skip
    return Kind(name, mark, re.compile(pattern, re.MULTILINE), advice, fewest, share, by_line, needs)


_TOKENS = "unk|s|pad|eos|bos|num|sep|cls|mask|raw_unk"  # what tokenisers write in angle brackets
_EXTRACT = "extract the running text first"

_ANY_CODE = _kind(
    "code or markup",
    "signs of it",
    r"[{}\[\]();=<>_*/+|&!#$@\\~^%]",
    f"names and commands would be counted as words; {_EXTRACT}, or read it knowingly",
    50,
    0.06,
)

_KINDS = (
    _kind(
        "HTML or XML",
        "tags",
        rf"</?(?!(?:{_TOKENS})>)[A-Za-z][\w:.-]*(?:\s[^<>]*)?/?>|<!--|<!\[CDATA\[",
        f"their names would be counted as words; {_EXTRACT}, for example with pandoc or lynx -dump",
        5,
        0.01,
        needs="<",
    ),
    _kind(
        "HTML",
        "entities",
        r"&(?:[A-Za-z]{2,8}[0-9]{0,2}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});",
        "their names would be counted as words; decode them first, for example with Python's html.unescape",
        5,
        0.002,
        needs="&",
    ),
    _kind(
        "JSON",
        "names of fields",
        r'"[^"\n]{1,80}"[ \t]*:',
        "names of fields would be counted as words; give only the field that holds the text, for example with jq -r",
        5,
        0.02,
        needs='"',
    ),
    _kind(
        "LaTeX",
        "commands",
        r"\\(?:[A-Za-z]+\*?[{\[]|(?:item|par|noindent|maketitle|centering|hline|frac|alpha|sum|in)\b)",
        f"commands would be counted as words; {_EXTRACT}, for example with pandoc or detex",
        5,
        0.01,
        needs="\\",
    ),
    _kind(
        "RTF",
        "commands",
        r"\\(?:pard?|plain|rtf1|ansi|deff?\d+|fs\d+|f\d+|cf\d+|b0?|i0?|'[0-9a-f]{2})(?![A-Za-z])",
        "commands would be counted as words; save the document as plain text",
        8,
        0.01,
        needs="\\",
    ),
    _kind(
        "subtitles",
        "times",
        r"^[ \t]*(?:\d{1,2}:)?\d{1,2}:\d{2}[.,]\d{2,3}\s*-->",
        "times and numbers would be counted as words; remove them first",
        2,
        needs="-->",
    ),
    _kind(
        "a log",
        "lines that begin with a time",
        r"^[\[<(]?(?:\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.]\d{2,4}|[A-Z][a-z]{2} +\d{1,2}|"
        r"\d{1,3}(?:\.\d{1,3}){3} \S+ \S+ \[\S+)[T ,:]+\s*\d{1,2}:\d\d.*$",
        "times and names would be counted as words; remove them first",
        _FEWEST_LINES,
        0.4,
        by_line=True,
    ),
    _kind(
        "program source",
        "lines of code",
        r"^[ \t]*(?:(?:def|class|from|import|return|elif|for|while|if|else|try|except|with|public|private|static|void|"
        r"int|const|let|var|function|func|fn|package|using|namespace|struct|export|template|SELECT|INSERT|UPDATE|"
        r"CREATE|end)\b.*[:;{}(,]|#(?:include|define|ifdef|endif|pragma)\b.*|[\w.\[\]>*&-]+\s*[-+*/|&]?=[^=].*|"
        r"[\w.:>-]+\(.*\)\s*[;{]?|[{}()\[\];]+[,;]?|//.*|/\*.*|.*[;{}])[ \t]*$",
        "keywords and names would be counted as words; give prose, or read it knowingly",
        _FEWEST_LINES,
        0.5,
        by_line=True,
    ),
    _kind(
        "a Markdown table",
        "rows",
        r"^[ \t]*\|.*\|[ \t]*$",
        "columns that stand side by side would be counted as neighbours; give their cells one by line",
        3,
        0.2,
        by_line=True,
        needs="|",
    ),
    _kind(
        "wiki or Markdown markup",
        "links and templates",
        r"\[\[[^\[\]\n]+\]\]|\{\{[^{}\n]+\}\}|!?\[[^\[\]\n]+\]\([^()\s]+\)",
        f"addresses and names of templates would be counted as words; {_EXTRACT}, for example with pandoc",
        5,
        0.01,
        needs="[",
    ),
    _kind(
        "base64 or other encoded data",
        "lines of it",
        r"(?<![\w+/])(?=[A-Za-z+/]{0,60}\d)(?=[A-Z\d+/]{0,60}[a-z])(?=[a-z\d+/]{0,60}[A-Z])[A-Za-z\d+/]{60,}={0,2}(?![\w+/])",
        "it holds no words; remove it",
        1,
        0.1,
    ),
    _kind(
        "quoted-printable mail",
        "codes",
        r"=(?:[0-9A-F]{2}|$)",
        "codes would be cut into words; decode it first, for example with Python's quopri",
        8,
        0.01,
        needs="=",
    ),
    _kind(
        "text that was once decoded wrongly",
        "broken letters",
        "[ÃÐÑ][\u0080-\u00bf\u0152-\u0178\u2013-\u2122]|â€[\u0080-\u00bf\u0152-\u0178\u2013-\u2122]|Â[\u00a0-\u00bf]|\ufffd",
        "they break words; save it anew from its source, as UTF-8, or mend it, for example with ftfy",
        3,
    ),
    _kind(
        "pieces of words",
        "marks of pieces",
        r"@@ |(?:^|\s)▁\w|(?:^|\s)##\w|Ġ\w",
        "what would be counted are pieces; join them first",
        8,
        0.01,
    ),
    _kind(
        "a text with words broken at the ends of lines",
        "broken words",
        r"[^\W\d_]-\n[^\W\d_]",
        "their halves would be counted as words; join them first",
        _FEWEST_LINES,
        0.1,
        by_line=True,
        needs="-\n",
    ),
    _kind(
        "mostly numbers",
        "numbers",
        r"(?<!\w)[-+]?\d+(?:[.,]\d+)*(?:[eE][-+]?\d+)?(?!\w)",
        "a table of numbers or vectors is no text; give the text it was made from",
        20,
        0.4,
    ),
    _ANY_CODE,
)  # fmt: skip

_SIDE_BY_SIDE = "columns would be counted as neighbours; give only the column that holds the text"
_COLUMNS = tuple(
    (_kind(f"a table with columns parted by {name}", "rows", "", _SIDE_BY_SIDE, fewest, 0.8), sign)
    for name, sign, fewest in (("tabs", "\t", 1), ("commas", ",", 2), ("semicolons", ";", 2))
)


@dataclass
class Impression:
    """What the samples of one text looked like."""

    words_only: bool
    looked_at: int = 0
    windows: int = 0
    unknown: int = 0
    marks: Counter[Kind] = field(default_factory=Counter)
    marked: Counter[Kind] = field(default_factory=Counter)

    def look(self, stretch: str) -> None:
        """Count through some windows of a stretch of the text; ``<unk>`` is looked for in all of it."""
        self.unknown += stretch.count("<unk>")
        for window in _windows(stretch):
            self.windows += 1
            self.looked_at += len(window)
            lines = sum(1 for line in window.splitlines() if line and not line.isspace())
            found = ((kind, kind.marks(window, lines)) for kind in _KINDS)
            for kind, marks in (*found, *_tables(window)):
                if marks:
                    self.marks[kind] += marks
                    self.marked[kind] += 1

    def notices(self) -> tuple[str, ...]:
        """What to say of the kinds that a tenth of the windows looks like, each without its full stop."""
        return tuple(self._said())

    def _said(self) -> Iterator[str]:
        if self.unknown and self.words_only:
            yield 'the text holds <unk>, so it seems tokenised already: tokenizer="whitespace" keeps it as it is'
        kinds = [kind for kind, windows in self.marked.items() if windows >= _FEWEST_WINDOWS * self.windows]
        for kind in kinds:
            if kind is _ANY_CODE and len(kinds) > 1:
                continue  # what else is told of it says more
            yield (
                f"the text looks like {kind.name} ({kind.mark} in the {self.looked_at:,} characters that were looked "
                f"at: {self.marks[kind]:,}): {kind.advice}"
            )


def _windows(stretch: str) -> Iterator[str]:
    """A short stretch whole; of a longer one some lines of each part of it."""
    if len(stretch) <= SAMPLE:
        yield stretch
        return
    size = SAMPLE // WINDOWS
    for start in range(0, len(stretch) - size, -(-len(stretch) // WINDOWS)):
        line = stretch.find("\n", start, start + size // 2) + 1 if start else 0
        yield stretch[line or start : start + size]


def _tables(window: str) -> Iterator[tuple[Kind, int]]:
    """What parts columns, and in how many rows, if nearly all lines have the same number of it."""
    rows = [line for line in window.splitlines()[:-1] or [window] if line and not line.isspace()]
    if len(rows) < _FEWEST_LINES:
        return
    for kind, sign in _COLUMNS:
        if sign in window:
            columns, agreeing = Counter(_IN_QUOTES.sub("", row).count(sign) for row in rows).most_common(1)[0]
            if columns >= kind.fewest and agreeing >= kind.share * len(rows):
                yield kind, agreeing
                return


def unspaced(words: Iterable[tuple[str, int]]) -> str | None:
    """A notice, if much of a text is in long tokens of a script that is written without spaces between words.

    Parameters
    ----------
    words : (word, count) for each different word of the text

    Examples
    --------
    >>> unspaced([("我们在这里学习信息论", 3), ("word", 5)]).partition(":")[0]
    'the text seems to have no spaces between words in 60% of its letters'
    """
    letters = unspaced_letters = tokens = 0
    for word, count in words:
        letters += len(word) * count
        if not word.isascii() and (run := len(_UNSPACED.findall(word))):
            unspaced_letters += run * count
            tokens += count
    if unspaced_letters <= max(_UNSEGMENTED_SHARE * letters, _UNSEGMENTED_RUN * tokens):
        return None
    return (
        f"the text seems to have no spaces between words in {unspaced_letters / letters:.0%} of its letters: "
        "segment it first, with one space between words"
    )
