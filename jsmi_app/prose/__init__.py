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

from jsmi_core.figures import inert

HERE = Path(__file__).parent
TERM = re.compile(r"\[\[([^]|]+)(?:\|([^]]+))?\]\]")
PLACE = re.compile(r"<<(\w+)>>")


@dataclass(frozen=True)
class Prose:
    """What a page says: its title in the menu, its question, the answer in a sentence or two, and its other parts."""

    title: str
    question: str
    answer: str
    parts: Mapping[str, str]

    def part(self, name: str, **values: object) -> str:
        """One part as Markdown, its places filled in. Words of a text are made inert; a missing name is a KeyError."""
        return PLACE.sub(lambda place: inert(str(values[place[1]])), self.parts[name])


@cache
def page(name: str) -> Prose:
    """The words of one page."""
    _, front, body = (HERE / f"{name}.md").read_text(encoding="utf-8").split("+++\n", 2)
    pieces = re.split(r"^## (.+)\n", body, flags=re.MULTILINE)[1:]
    parts = {title.strip(): text.strip() for title, text in zip(pieces[::2], pieces[1::2], strict=True)}
    return Prose(**tomllib.loads(front), parts=parts)


def glossary() -> Mapping[str, str]:
    """The terms of the field that the pages use, each with its meaning in one or two plain sentences."""
    return page("glossary").parts


def explained(text: str) -> str:
    """Markdown of our own with its ``[[terms]]`` as HTML that shows their meaning on hover."""

    def term(found: re.Match[str]) -> str:
        name = " ".join(found[1].split())  # it may run over the end of a line
        return f'<abbr title="{escape(" ".join(glossary()[name].split()))}">{found[2] or name}</abbr>'

    return TERM.sub(term, text)
