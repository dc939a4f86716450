"""The one place where Markdown is made, and where words become data: nothing in them stays alive.

What is shown as Markdown is either :class:`Markdown`, which we wrote, or words, which may come from a text, a file's
name or an error: these pass through ``inert`` here, and nowhere else in the app.
"""

from __future__ import annotations

import re

from jsmi_core.figures import inert

PLACE = re.compile(r"<<(\w+)>>")


class Markdown(str):
    """Markdown of our own. Made of words it would let them act: use :func:`filled` for that."""

    __slots__ = ()


def words(text: object) -> Markdown:
    """Anything as Markdown: our own as it is, everything else as plain words.

    Examples
    --------
    >>> words("*"), words(Markdown("*"))
    ('&#42;', '*')
    """
    return text if isinstance(text, Markdown) else Markdown(inert(text))


def filled(template: str, **values: object) -> Markdown:
    """Markdown of our own with its ``<<places>>`` filled in; a place that nothing is given for is a KeyError.

    Examples
    --------
    >>> filled("**d = <<d>>**, <<name>>", d=50, name="<b>")
    '**d = 50**, &#60;b&#62;'
    """
    return Markdown(PLACE.sub(lambda place: words(values[place[1]]), template))


def joined(*parts: object, by: str = " ") -> Markdown:
    """Several pieces as one."""
    return Markdown(by.join(map(words, parts)))
