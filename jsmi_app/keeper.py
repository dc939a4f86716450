"""What the browser keeps, so that a reload, a second tab or a server that was started anew finds it: its own texts.

It keeps their keys, and the secret by which a shared server knows what is its own; the texts lie in the store, under
their digests. No other browser is told.
"""

import secrets
from datetime import timedelta
from pathlib import Path

import streamlit as st

from jsmi_app import cached, owner, state
from jsmi_core.errors import JSMIError
from jsmi_core.text import SAMPLES

NAME = "jsmi_keeper"
_KEY = "keeper"
_component = st.components.v2.component(NAME, js=Path(__file__).with_name("keeper.js").read_text(encoding="utf-8"))


def listen() -> None:
    """At the end of a page: hear once in a session what the browser keeps.

    Of a page that outlived its server it sends all widgets again: what was moved while this first run drew the page
    was for parts of it that the new server did not know yet, and Streamlit drops that.
    """
    own = st.session_state
    secret = owner.secret()
    session = own.setdefault("_session", secrets.token_hex(8))
    _component(
        key=_KEY,
        data={"texts": _kept(), "again": state.outlived(), "session": session, "owner": secret, "cookie": owner.COOKIE},
        height=1,
    )
    st.fragment(_nothing, run_every=timedelta(hours=1))()


def _nothing() -> None:
    """What a page draws again now and then: only such a page asks a server that was started anew for all of itself."""


def keep(key: str) -> None:
    """A text was brought, or came by a link."""
    if key not in (kept := _kept()) and key not in SAMPLES:
        kept.append(key)


def drop(key: str) -> None:
    """A text was deleted: its key opens nothing any more, so it is shown no more."""
    st.session_state["_texts"] = [kept for kept in _kept() if kept != key]


def texts() -> list[str]:
    """The keys of those that the store can read, and of those that are shared."""
    shared = cached.shelf().shared() if owner.shared() else ()
    return [key for key in dict.fromkeys([*_kept(), *shared]) if _readable(key)]


def _readable(key: str) -> bool:
    try:
        cached.corpus(key, 1)
    except JSMIError:
        return False
    return True


def recognise() -> None:
    """At the top of a run: the browser may have told whose it is."""
    owner.take((st.session_state.get(_KEY) or {}).get("kept", {}).get("owner"))


def _kept() -> list[str]:
    kept: list[str] = st.session_state.setdefault("_texts", [])
    sent = (st.session_state.get(_KEY) or {}).get("kept", {}).get("texts", [])
    kept.extend(key for key in sent if isinstance(key, str) and key not in kept)
    return kept
