"""The wheel, installed alone into an empty environment: nothing that it needs stands in the checkout only.

``python tests/wheel.py [uv]`` builds it, looks whether every file of the packages is in it, installs it with the
versions of uv.lock, and there, in another folder and a home of its own, computes a bound, starts the app and visits
some of its pages.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.wire import crowd, played

ROOT = Path(__file__).resolve().parents[1]
PLACES = {  # where the wheel carries what the checkout has
    "jsmi_core": "jsmi_core",
    "jsmi_app": "jsmi_app",
    "pages": "jsmi_app/site/pages",
    "sample_data": "jsmi_core/sample_data",
}
SCRIPTS = "Scripts" if os.name == "nt" else "bin"
PAGES = ("", "lesson", "bound", "reproductions", "diagnostics")  # they read prose, the sample text and its results
PATIENCE = 120.0  # seconds, for a server on a busy machine
EVERY_NAME = """
import jsmi_core
from pathlib import Path
print(Path(jsmi_core.__file__).parents[1])
for name in jsmi_core.__all__:
    getattr(jsmi_core, name)
"""


def main(uv: str) -> None:
    """Raises AssertionError or CalledProcessError at the first thing that is wrong."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        folder = Path(place)
        wheel = built(uv, folder)
        assert not missing(wheel), f"not in the wheel: {missing(wheel)}"
        programs = installed(uv, wheel, folder)
        environment = bare(folder / "home")
        check_library(programs, folder, environment)
        with served(programs, folder, environment) as address:
            check_pages(address)
    print(f"{wheel.name}: whole, installed alone, and its app answers")


def built(uv: str, folder: Path) -> Path:
    """The wheel of this checkout."""
    subprocess.run([uv, "build", "--quiet", "--wheel", "--out-dir", folder / "dist", ROOT], check=True)
    (wheel,) = (folder / "dist").glob("*.whl")
    return wheel


def missing(wheel: Path) -> list[str]:
    """The files of the packages that the wheel leaves out."""
    carried = set(zipfile.ZipFile(wheel).namelist())
    needed = [f"{PLACES[name]}/{file.relative_to(ROOT / name).as_posix()}" for name in PLACES for file in files(name)]
    needed += ["jsmi_app/site/app.py", "jsmi_app/site/.streamlit/config.toml"]
    return sorted(set(needed) - carried)


def files(name: str) -> list[Path]:
    """What a folder of the checkout holds, without what Python left there."""
    return [file for file in (ROOT / name).rglob("*") if file.is_file() and "__pycache__" not in file.parts]


def installed(uv: str, wheel: Path, folder: Path) -> Path:
    """An environment of this Python with nothing but the wheel and what it asks for; returns where its programs are."""
    locked = folder / "locked.txt"
    export = [uv, "export", "--quiet", "--frozen", "--no-dev", "--no-emit-project", "--no-hashes", "-o", locked]
    subprocess.run(export, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    programs = folder / "env" / SCRIPTS
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder / "env"], check=True)
    install = [uv, "pip", "install", "--quiet", "--python", folder / "env", "--constraint", locked, wheel]
    subprocess.run(install, check=True)
    return programs


def bare(home: Path) -> dict[str, str]:
    """The environment of somebody who has never used the program, in a home of their own."""
    home.mkdir()
    ours = ("STREAMLIT_", "JSMI_", "XDG_", "PYTHONPATH", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "HOME": str(home), "USERPROFILE": str(home), "LOCALAPPDATA": str(home / "local")}


def check_library(programs: Path, folder: Path, environment: dict[str, str]) -> None:
    """Every public name can be loaded, from the environment and not from here, and the sample text has its bound."""
    command = [programs / "python", "-I", "-c", EVERY_NAME]
    place = subprocess.run(command, check=True, cwd=folder, env=environment, capture_output=True, text=True).stdout
    assert Path(place.strip()).resolve().is_relative_to(folder.resolve()), place
    command = [programs / "jsmi", "bound", "sample:planted", "--json"]
    told = subprocess.run(command, check=True, cwd=folder, env=environment, capture_output=True, text=True).stdout
    assert json.loads(told)["vocabulary_size"] > 0


def check_pages(address: str) -> None:
    """Deep links are answered, and behind them run the pages, each in a session of its own."""
    for page in PAGES:
        with urllib.request.urlopen(f"{address}/{page}", timeout=PATIENCE) as answer:
            assert answer.status == 200, page
    for page, title, run in played(crowd(address, dict.fromkeys(PAGES, 1))):
        assert run.found, f"there is no page {page}"
        assert not run.exceptions, f"the page {page} ended with {run.exceptions}"
        assert title, f"the page {page} has no title"


@contextmanager
def served(programs: Path, folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """The address of its ``jsmi app`` on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # By its Python: on Windows jsmi.exe is a process of its own, which would not take the server along when it ends.
    command = [programs / "python", "-I", "-m", "jsmi_core.cli", "app", "--no-browser", "--port", str(port)]
    with subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL) as server:
        try:
            wait_for(f"http://127.0.0.1:{port}/_stcore/health", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Until it answers."""
    end = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the installed app does not answer")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else shutil.which("uv") or str(ROOT / ".tools" / SCRIPTS / "uv"))
