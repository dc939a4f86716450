"""`jsmi`: the same numbers as the library and the app, from the shell.

This file turns what was typed (arguments.py) into an exit code; what a command does stands in the file of its name.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path

from jsmi_core.cli.arguments import shell_parser
from jsmi_core.cli.output import guarded
from jsmi_core.errors import JSMIError, ParameterError, StoreError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    with guarded() as out:
        given = shell_parser().parse_args(arguments)
        try:
            with _sigterm_as_ctrl_c():
                if given.command == "app":
                    serve = _app(given)
                else:
                    code = _run(given)
                    out.flush()
                    if out.problem:
                        raise StoreError(out.problem)
                    return code
        except JSMIError as error:
            print(f"jsmi: {error}", file=sys.stderr)
            return error.exit_code
        except KeyboardInterrupt:
            print("jsmi: stopped.", file=sys.stderr)
            return 130
    return serve()  # on the streams as they were, and with signals of its own


def _run(given: argparse.Namespace) -> int:
    """The command's own file is imported once it runs, so that ``jsmi --help`` is quick."""
    home = {"rank": "train", "export": "runs"}.get(given.command, given.command)
    code: int = getattr(import_module(f"jsmi_core.cli.{home}"), given.command)(given)
    return code


# -- the app and signals ----------------------------------------------------------------------------------------------


def _app(given: argparse.Namespace) -> Callable[[], int]:
    """What serves the app in this very process: none of ours stands in between, so every signal reaches it."""
    from jsmi_core import checks

    options = {"address": _address(given.host), "showEmailPrompt": "false"}
    if given.port is not None:
        options["port"] = str(checks.integer("port", given.port, 1, 65_535))
    if given.no_browser:
        options["headless"] = "true"
    if given.store:
        os.environ["JSMI_STORE"] = os.path.abspath(given.store)
    if given.shared:
        os.environ["JSMI_SHARED"] = "1"
    if given.teacher_key:
        os.environ["JSMI_TEACHER_KEY"] = given.teacher_key
    # The number of BLAS threads is not set here: the kernels limit it where they run, and the workers have their own.
    try:
        serve = import_module("jsmi_app.serve").serve
    except ImportError as error:
        raise StoreError(f"the app could not be started ({error}): install the project again.") from error
    return partial(serve, ["run", str(_app_script()), *(f"--server.{name}={value}" for name, value in options.items())])


def _address(host: str) -> str:
    """The address to listen on, if this machine has it. Raises ParameterError."""
    try:
        for family, kind, protocol, _, place in socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM):
            with socket.socket(family, kind, protocol) as trial:
                trial.bind(place)
    except (OSError, UnicodeError) as error:
        raise ParameterError(
            f"host = {host[:80]!r} is not an address of this machine ({error}): give 127.0.0.1 for this machine only,"
            " or 0.0.0.0 for everyone on the network."
        ) from None
    return host


def _app_script() -> Path:
    """The router of the app: in a checkout beside the package, in an installed wheel inside jsmi_app."""
    place = Path(__file__).resolve().parents[2]
    checkout = place / "app.py"
    return checkout if checkout.is_file() else place / "jsmi_app" / "site" / "app.py"


@contextmanager
def _sigterm_as_ctrl_c() -> Iterator[None]:
    """Let SIGTERM end a command as Ctrl-C does, so that no worker and no half-written file stays behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
