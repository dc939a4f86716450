"""Who is looking, and whether others may be: the browser's own secret, and how this server is shared.

On a machine of one's own everything is open. Where others reach the server, each browser has what it brought: it keeps
a random secret in a cookie, and shows it to this server alone. No account, no name, and no link has it in it.
"""

from __future__ import annotations

import hmac
import ipaddress
import os
import re
import secrets

import streamlit as st

COOKIE = "jsmi_owner"
SHARED, TEACHER = "JSMI_SHARED", "JSMI_TEACHER_KEY"
"""The environment's word on whether the server is shared, and the teacher's key."""
_SECRET = "[0-9a-f]{32}"


def shared() -> bool:
    """Whether others than the machine's own user may be looking: then each reaches only what is theirs."""
    said = os.environ.get(SHARED)
    return said == "1" if said else not is_loopback(st.get_option("server.address") or "")


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches a server that listens there.

    Examples
    --------
    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0"), is_loopback("")
    (True, True, False, False)
    """
    try:
        return address == "localhost" or ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def secret() -> str:
    """The browser's own; until it has told it, one that is made up for this session and offered to it."""
    own = st.session_state
    if "_owner" not in own:
        kept = str(st.context.cookies.get(COOKIE, ""))
        own["_owner"] = kept if re.fullmatch(_SECRET, kept) else secrets.token_hex(16)
    return str(own["_owner"])


def take(told: object) -> None:
    """What the browser says that it keeps."""
    if isinstance(told, str) and re.fullmatch(_SECRET, told):
        st.session_state["_owner"] = told


def teaches() -> bool:
    """Whether this session has shown the teacher's key."""
    return bool(st.session_state.get("_teaches"))


def show_key(typed: str) -> bool:
    """Take the teacher's key; whether it was the right one."""
    key = os.environ.get(TEACHER, "")
    st.session_state["_teaches"] = bool(key) and hmac.compare_digest(typed.strip().encode(), key.encode())
    return teaches()
