"""A server that others reach, as browsers meet it: a cookie brings back what is one's own; others have none of it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from jsmi_app.owner import COOKIE
from jsmi_core import Store, sample_corpus
from jsmi_core.store import import_bundle
from tests.browser.conftest import paste, settled
from tests.served import running_app

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_app(tmp_path_factory.mktemp("home"), None, "--shared") as address:
        yield address


def test_a_reload_and_a_second_tab_have_what_is_one_s_own_and_others_do_not(shared: str, visit: Visit) -> None:
    page = visit(f"{shared}/corpus")
    paste(page, "the kestrel sat on the mat\n" * 60)
    link = page.url
    (secret,) = (cookie["value"] for cookie in page.context.cookies() if cookie["name"] == COOKIE)
    assert secret not in link
    page.reload()
    expect(page.get_by_role("button", name="Share this text with the room")).to_be_visible()
    tab = page.context.new_page()
    tab.goto(link)
    expect(tab.get_by_role("button", name="Delete this text")).to_be_visible()
    stranger = visit(link)
    expect(stranger.get_by_text("this server does not have for you")).to_be_visible()
    assert "kestrel" not in stranger.content()
    assert stranger.url == link
    tab.get_by_role("button", name="Delete this text").click()
    tab.wait_for_url(re.compile("corpus$"))
    page.goto(link)
    expect(page.get_by_text("this server does not have for you")).to_be_visible()


def test_runs_of_the_program_leave_with_their_text(shared: str, visit: Visit, tmp_path: Path) -> None:
    page = visit(f"{shared}/compare?corpus=lee")
    page.get_by_text("With the text", exact=True).click()
    page.wait_for_timeout(2_000)  # the button looks the same before the page has heard of it
    settled(page)
    with page.expect_download() as bundle:
        page.get_by_role("button", name="Export 2 runs").click()
    bundle.value.save_as(tmp_path / "runs.zip")
    with Store(tmp_path / "store") as store:
        taken = import_bundle(store, tmp_path / "runs.zip")
        assert len(taken.added) == 2
        assert taken.corpora == (sample_corpus("lee").digest,)
        assert taken.refused == ()
