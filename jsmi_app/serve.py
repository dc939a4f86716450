"""Streamlit's own command, told that app.py routes by itself.

Streamlit takes a folder named ``pages`` beside the script for pages of its older kind until the script has run once,
and greets a fresh server's first deep link with "Page not found", although the right page then opens.

While the first browser loads Streamlit's scripts, the server imports what the pages will need.
"""

import os
import secrets
import threading
import time
from collections.abc import Sequence

from streamlit import runtime
from streamlit.runtime import RuntimeState
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.cli import main

from jsmi_app import libraries, owner


def serve(arguments: Sequence[str]) -> object:
    """Do what ``streamlit`` followed by these arguments does; ends as it does, by SystemExit."""
    PagesManager.uses_pages_directory = False
    _say_who_may_look(arguments)
    threading.Thread(target=_import_once_served, daemon=True).start()  # a daemon keeps nobody from stopping the server
    return main(list(arguments), prog_name="streamlit")


def _say_who_may_look(arguments: Sequence[str]) -> None:
    """Name the mode, and on a shared server the teacher's key: made up unless the environment has one."""
    addresses = [word.partition("=")[2] for word in arguments if word.startswith("--server.address=")]
    if addresses:
        os.environ.setdefault(owner.SHARED, "0" if owner.is_loopback(addresses[-1]) else "1")
    if os.environ.get(owner.SHARED) != "1":
        print("This machine's own: everything that is stored is open to whoever uses it.", flush=True)
        return
    key = os.environ.setdefault(owner.TEACHER, secrets.token_urlsafe(9))
    print("Shared: each browser reaches only what it brought, and what is shared on purpose.", flush=True)
    print(f"The teacher's key, for the page Diagnostics: {key}", flush=True)


def _import_once_served() -> None:
    """Import when the server answers: it answers no later for it, and has its own imports behind it."""
    while not runtime.exists() or runtime.get_instance().state is RuntimeState.INITIAL:
        time.sleep(0.01)
    libraries.rest()
