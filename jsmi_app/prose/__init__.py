"""The words of the pages, apart from their code: Markdown with TOML front matter.

A file ``bound.md`` holds, between two lines of ``+++``, the page's title, question and answer; then parts, each under
a ``## name``. In a part ``[[PMI]]`` or ``[[PMI|how it is written here]]`` explains a term of ``glossary.md`` on hover,
and ``<<name>>`` is filled in by the page.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from jsmi_app.markdown import Markdown, filled

HERE = Path(__file__).parent
TERM = re.compile(r"\[\[([^]|]+)(?:\|([^]]+))?\]\]")


@dataclass(frozen=True)
class Prose:
    """What a page says: its title in the menu, its question, the answer in a sentence or two, and its other parts."""

    title: Markdown
    question: Markdown
    answer: Markdown
    parts: Mapping[str, str]

    def part(self, name: str, **values: object) -> Markdown:
        """One part as Markdown, its places filled in; words of a text can do nothing. A missing name is a KeyError."""
        return filled(self.parts[name], **values)


@cache
def page(name: str) -> Prose:
    """The words of one page."""
    _, front, body = (HERE / f"{name}.md").read_text(encoding="utf-8").split("+++\n", 2)
    pieces = re.split(r"^## (.+)\n", body, flags=re.MULTILINE)[1:]
    parts = {title.strip(): text.strip() for title, text in zip(pieces[::2], pieces[1::2], strict=True)}
    return Prose(**{name: Markdown(text) for name, text in tomllib.loads(front).items()}, parts=parts)


def glossary() -> Mapping[str, str]:
    """The terms of the field that the pages use, each with its meaning in one or two plain sentences."""
    return page("glossary").parts


def explained(text: str) -> str:
    """Markdown of our own with its ``[[terms]]`` as HTML that shows their meaning on hover."""

    def term(found: re.Match[str]) -> str:
        name = " ".join(found[1].split())  # it may run over the end of a line
        return f'<abbr title="{escape(" ".join(glossary()[name].split()))}">{found[2] or name}</abbr>'

    return TERM.sub(term, text)
