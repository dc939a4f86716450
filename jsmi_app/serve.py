"""Streamlit's own command, told that app.py routes by itself.

Streamlit takes a folder named ``pages`` beside the script for pages of its older kind until the script has run once,
and greets a fresh server's first deep link with "Page not found", although the right page then opens.
"""

from collections.abc import Sequence

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.cli import main

from jsmi_app import libraries


def serve(arguments: Sequence[str]) -> object:
    """Do what ``streamlit`` followed by these arguments does; ends as it does, by SystemExit."""
    PagesManager.uses_pages_directory = False
    libraries.begin()
    return main(list(arguments), prog_name="streamlit")
