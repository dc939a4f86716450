"""A film in the browser: one script plays it without a word to the server, on a page and in a file of its own."""

from html import escape
from pathlib import Path

import streamlit as st

from jsmi_app import say
from jsmi_core.figures import FilmData, csv_text

_SCRIPT = Path(__file__).with_name("player.js").read_text(encoding="utf-8")
_component = st.components.v2.component("jsmi_player", js=_SCRIPT)
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>{title}</title>
<style>body {{ font-family: system-ui, sans-serif; margin: 2rem; }} p {{ opacity: 0.75; }}</style></head>
<body><h1>{title}</h1><p>{subtitle}</p><div id="film"></div>
<script type="module">
{script}
play({{ data: {data}, parentElement: document.getElementById("film") }});
</script></body></html>
"""


def show(film: FilmData, key: str) -> None:
    """A film under its finding, with its curve as CSV and the whole of it as one file."""
    say.header(film.title)
    say.caption(film.subtitle)
    _component(key=key, data=film._asdict())
    columns, rows = film.table()
    with st.container(horizontal=True):
        st.download_button(
            "CSV", lambda: csv_text(columns, rows), f"jsmi-{key}.csv", "text/csv",
            key=f"csv-{key}", on_click="ignore", type="tertiary", help="S after each of the recorded updates.",
        )  # fmt: skip
        st.download_button(
            "HTML", lambda: page(film).encode(), f"jsmi-{key}.html", "text/html",
            key=f"html-{key}", on_click="ignore", type="tertiary", help="The film as one file that plays offline.",
        )  # fmt: skip


def page(film: FilmData) -> str:
    """The film as one page that needs nothing else."""
    script = _SCRIPT.replace("export default function play", "function play", 1)
    return _PAGE.format(title=escape(film.title), subtitle=escape(film.subtitle), script=script, data=film.to_json())
