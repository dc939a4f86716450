"""Streamlit's own command, told that app.py routes by itself.

Streamlit takes a folder named ``pages`` beside the script for pages of its older kind until the script has run once,
and greets a fresh server's first deep link with "Page not found", although the right page then opens.

While the first browser loads Streamlit's scripts, the server imports what the pages will need.
"""

import threading
import time
from collections.abc import Sequence

from streamlit import runtime
from streamlit.runtime import RuntimeState
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.cli import main

from jsmi_app import libraries


def serve(arguments: Sequence[str]) -> object:
    """Do what ``streamlit`` followed by these arguments does; ends as it does, by SystemExit."""
    PagesManager.uses_pages_directory = False
    threading.Thread(target=_import_once_served, daemon=True).start()  # a daemon keeps nobody from stopping the server
    return main(list(arguments), prog_name="streamlit")


def _import_once_served() -> None:
    """Import when the server answers: it answers no later for it, and has its own imports behind it."""
    while not runtime.exists() or runtime.get_instance().state is RuntimeState.INITIAL:
        time.sleep(0.01)
    libraries.rest()
