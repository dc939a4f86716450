"""A server that many use (B21, B23): what one browser brought reaches no other, in any frame, whatever link it has."""

import subprocess
import sys
from pathlib import Path

import pytest

from jsmi_app.owner import COOKIE
from tests.served import running_app
from tests.wire import Visitor, connected, played

CANARY = "kestrelcanary"
TEXT = "\n".join([f"to be or not to be said the {CANARY} to the owl"] * 30)
MINE, YOURS = "a" * 32, "b" * 32
PAGES = (
    "corpus",
    "bound",
    "train",
    "gap",
    "compare",
    "loss",
    "usefulness",
    "vectors",
    "practice",
    "proofs",
    "diagnostics",
)


def of(address: str, secret: str):
    return connected(address, f"{COOKIE}={secret}")


async def bring(visitor: Visitor) -> str:
    """Paste the text and have it read; the key that it gets in the address."""
    await visitor.open("corpus")
    visitor_run = await visitor.change("pasted", TEXT)
    assert not visitor_run.exceptions
    run = await visitor.change("read-text")
    assert not run.exceptions
    return dict(part.split("=", 1) for part in visitor.query.split("&"))["corpus"]


def sent(run) -> bytes:
    return b"".join(message.SerializeToString() for message in run.messages)


async def everything(visitor: Visitor, key: str) -> bytes:
    """All that the pages send to who has the key of another's text."""
    frames = b""
    for page in PAGES:
        run = await visitor.open(page, corpus=key)
        assert not run.exceptions, (page, run.exceptions)
        frames += sent(run)
    return frames


def test_nothing_of_one_browser_reaches_another(tmp_path: Path) -> None:
    async def visits(address: str) -> tuple[str, bytes, bytes, bytes]:
        async with of(address, MINE) as me, of(address, YOURS) as you:
            key = await bring(me)
            mine = sent(await me.open("corpus", corpus=key, view="context", word=CANARY))
            yours = await everything(you, key) + await everything(you, key.partition(".")[0])
            await me.open("corpus", corpus=key)
            run = await me.change("share")
            assert not run.exceptions
            shared = sent(await you.open("corpus", corpus=key, view="context", word=CANARY))
            await me.change("share")
            return key, mine, yours, shared

    async def again(address: str, key: str) -> tuple[bytes, bytes]:
        async with of(address, MINE) as me, of(address, YOURS) as you:
            mine = sent(await me.open("corpus", corpus=key, view="words"))
            return mine, sent(await you.open("corpus", corpus=key, view="words"))

    with running_app(tmp_path, None, "--shared") as address:
        key, mine, yours, shared = played(visits(address))
    log = (tmp_path / "server.log").read_text("utf-8")
    canary, secrets = CANARY.encode(), (MINE.encode(), YOURS.encode())
    assert canary in mine
    assert canary not in yours
    assert MINE.encode() not in yours
    assert canary in shared
    assert b"that this server does not have for you" in yours
    for told in (*secrets, canary):
        assert told.decode() not in log
    assert "Traceback" not in log
    assert "The teacher's key" in log
    with running_app(tmp_path, None, "--shared") as address:  # it was stopped, and is started anew
        mine, yours = played(again(address, key))
    assert canary in mine
    assert canary not in yours


def test_on_a_machine_of_one_s_own_everything_is_open(tmp_path: Path) -> None:
    async def visits(address: str) -> bytes:
        async with of(address, MINE) as me, of(address, YOURS) as you:
            key = await bring(me)
            return sent(await you.open("corpus", corpus=key, view="context", word=CANARY))

    with running_app(tmp_path) as address:
        assert CANARY.encode() in played(visits(address))
    assert "open to whoever uses it" in (tmp_path / "server.log").read_text("utf-8")


def test_only_who_started_a_training_or_the_teacher_can_cancel_it(tmp_path: Path) -> None:
    link = {"corpus": "planted", "dimension": "50", "epochs": "400"}

    async def visits(address: str) -> None:
        async with of(address, MINE) as me, of(address, YOURS) as you:
            await me.open("train", **link)
            await me.change("train")
            job = dict(part.split("=", 1) for part in me.query.split("&"))["job"]
            assert job.isalnum()
            await me.rerun()
            assert me._widget("cancel")
            await you.open("train", **link, job=job)
            with pytest.raises(KeyError):
                you._widget("cancel")
            async with of(address, MINE) as second_tab:
                await second_tab.open("train", **link)
                assert second_tab._widget("cancel")
            await you.open("diagnostics")
            await you.change("teachers-key", "wrong")
            await you.change("open-teacher")
            with pytest.raises(KeyError):
                you._widget("cancel-theirs")
            await you.change("teachers-key", "the key of this class")
            await you.change("open-teacher")
            await you.change("cancel-theirs")
            await me.open("train", **link)
            with pytest.raises(KeyError):
                me._widget("cancel")

    with running_app(tmp_path, None, "--shared", "--teacher-key", "the key of this class") as address:
        played(visits(address))
    assert "Traceback" not in (tmp_path / "server.log").read_text("utf-8")


@pytest.mark.parametrize("host", ["999.1.1.1", "no such host", "203.0.113.7", "x" * 300])
def test_an_address_that_this_machine_does_not_have_is_one_sentence(host: str) -> None:
    command = [sys.executable, "-m", "jsmi_core.cli", "app", "--no-browser", "--host", host]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert run.returncode == 2
    assert "is not an address of this machine" in run.stderr
    assert "Traceback" not in run.stderr
    assert len(run.stderr) < 400
