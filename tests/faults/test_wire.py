"""The visitors without a browser do as a browser does: what they move reaches the page, its address and later runs."""

from pathlib import Path

import pytest

from tests.served import running_app
from tests.wire import Visitor, connected, played


def picture(visitor: Visitor) -> str:
    """The figure that stands on the page, as it is sent to the browser."""
    return next(element.plotly_chart.spec for element in visitor.elements if element.HasField("plotly_chart"))


async def moves(address: str) -> None:
    async with connected(address) as visitor, connected(address) as other:
        assert not (await visitor.open(axis="epochs")).exceptions
        assert not (await other.open()).exceptions
        assert visitor.title == other.title
        over_epochs, over_dimensions = picture(visitor), picture(other)
        assert over_epochs != over_dimensions
        assert not (await other.change("axis", ["iterations"])).exceptions
        assert "axis=epochs" in other.query
        assert picture(other) == over_epochs
        assert not (await other.rerun()).exceptions
        assert picture(other) == over_epochs
        assert not (await other.change("present", True)).exceptions
        assert "present=true" in other.query
        with pytest.raises(KeyError, match="no widget with the key 'alpha'"):
            await other.change("alpha", 0.5)
        assert not (await other.open("glossary")).exceptions
        assert other.title == "What do the words mean?"
        assert not (await visitor.open("nowhere")).found


def test_a_visitor_moves_what_a_browser_can(tmp_path: Path) -> None:
    with running_app(tmp_path) as address:
        played(moves(address))
