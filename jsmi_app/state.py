"""What the user has chosen: in the URL, in the widgets, and remembered from page to page.

Streamlit's ``bind="query-params"`` does this for one page, but drops a parameter that a widget of another page is bound
to, so that links from page to page lose it. Here a page registers its settings by name, which is their URL parameter;
defaults stay out of the URL. A value in a link that is not usable gives the default and a notice.

Widgets come last: a page reads many settings above the widgets that set them. So each run, of a page or of a part of
it, begins by taking in what was moved.

A page in a browser outlives its server. It meets the next one in a new session with an address of before, and with
widgets that may have been moved since: these know better.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state.common import user_key_from_element_id

from jsmi_app.setting import Setting, Settings
from jsmi_core.errors import JSMIError


class Together(NamedTuple):
    """Settings whose values limit each other; ``check`` gets them by name and raises JSMIError."""

    names: tuple[str, ...]
    check: Callable[[Mapping[str, Any]], object]


class Page(NamedTuple):
    """What a page has registered."""

    settings: Settings
    together: Sequence[Together] = ()


PAGES: dict[str, Page] = {}
"""The settings of every page that has been shown, by its name."""


def key(name: str) -> str:
    """The key of a setting's widget: no other widget's key begins so, whatever settings are called."""
    return f"setting-{name}"


# --- a run begins ----------------------------------------------------------------------------------------------------


def begin(page: str, settings: Settings, together: Sequence[Together] = ()) -> None:
    """At the top of a page's run: take in what was moved, or what a link, or the browser's Back, asks for."""
    PAGES[page] = Page(settings, together)
    own = st.session_state
    asked = st.query_params.to_dict()
    arrived, moved = own.get("_page") != page, False
    own["_held"] = set() if "_page" in own else _held_by_the_browser(settings)
    if arrived:
        own.update(_page=page, _seeded=set(), _entry=None, _asked=set())
        _forget_what_is_of_no_use()
    else:
        moved = take_in()
        if own["_entry"] and asked == own["_entry"][0]:
            asked = own["_entry"][1]
    before = own.get("_url", {})
    if arrived or (asked != before and not moved):
        changed = [name for name in (asked if arrived else {*asked, *before}) if name in settings]
        for name in changed:
            _adopt(name, asked.get(name))
        _reconcile(set(changed))
    for name, value in own.pop("_next", {}).items():
        put(name, value)
    own.update(_arrived=arrived, _used=[], _whole=True)


def take_in() -> bool:
    """At the top of any run: remember what widgets were moved to; whether one was."""
    own, memory = st.session_state, _memory()
    seen = {name: own[key(name)] for name in own["_seeded"] if key(name) in own}
    moved = {name: value for name, value in seen.items() if name not in memory or memory[name] != value}
    memory.update(moved)
    own["_asked"].difference_update(moved)
    return bool(moved)


def outlived() -> bool:
    """Whether this run is the first that a server sees of a page that was open before it."""
    return bool(st.session_state["_held"])


def _held_by_the_browser(settings: Settings) -> set[str]:
    """Settings whose widgets stand in the browser already, though the session is new.

    Streamlit has no public way to ask: by the widgets' own names their values are known once they are drawn.
    """
    context = get_script_run_ctx()
    sent = context.session_state._state._new_widget_state.states if context else ()
    keys = set(map(user_key_from_element_id, sent))
    return {name for name in settings if key(name) in keys}


def _memory() -> dict[str, Any]:
    memory: dict[str, Any] = st.session_state.setdefault("_settings", {})
    return memory


def _page() -> Page:
    return PAGES[st.session_state["_page"]]


def setting(name: str) -> Setting:
    """What the page that is shown has registered under a name."""
    return _page().settings[name]


def _forget_what_is_of_no_use() -> None:
    """Pages may give one name to different things, or narrow its range; a number that is given up is told."""
    for name, setting in _page().settings.items():
        value = _memory().get(name, setting.default)
        try:
            setting.check(value)
        except JSMIError as error:
            _memory().pop(name)
            st.session_state.pop(key(name), None)
            if not setting.options:
                notice(f"{name}: {error} {_instead(setting)}")


def _adopt(name: str, text: str | None) -> None:
    setting = _page().settings[name]
    value = setting.default
    if text is not None:
        try:
            value = setting.read(text)
            st.session_state["_asked"].add(name)
        except JSMIError as error:
            notice(f"The link's {name}: {error} {_instead(setting)}")
    if name in st.session_state["_held"]:
        _memory()[name] = value
    else:
        put(name, value)


def _instead(*given_up: Setting) -> str:
    values = [setting.write(setting.default) for setting in given_up]
    named = f", {' and '.join(values)}," if all(values) else ""
    return f"The default{named} is used instead." if len(values) == 1 else f"The defaults{named} are used instead."


def _reconcile(asked: set[str]) -> None:
    """Values of a link that are usable one by one, but not together with each other or with what is remembered."""
    for group in _page().together:
        error, mine = _disagreement(group), tuple(name for name in group.names if name in asked)
        if not error or not mine:
            continue
        for given_up in (mine, group.names):
            for name in given_up:
                put(name, setting(name).default)
            if not _disagreement(group):
                break
        notice(f"The link's {' and '.join(mine)}: {error} {_instead(*map(setting, given_up))}")


def _disagreement(group: Together) -> JSMIError | None:
    try:
        group.check({name: _value(name) for name in group.names})
    except JSMIError as error:
        return error
    return None


# --- values ----------------------------------------------------------------------------------------------------------


def _value(name: str) -> Any:
    return _memory().get(name, setting(name).default)


def get(name: str) -> Any:
    """The value of a setting that this page uses, with or without a widget of its own."""
    used = st.session_state["_used"]
    if name not in used:
        used.append(name)
    return _value(name)


def put(name: str, value: Any) -> None:
    """Set a setting from code; before its widget is drawn in this run."""
    _memory()[name] = value
    st.session_state["_held"].discard(name)
    st.session_state[key(name)] = value


def put_and_rerun(**settings: Any) -> None:
    """Draw the page again with other settings: of widgets that stand already, only the next run can set them."""
    st.session_state["_next"] = settings
    st.rerun()


def fall_back(name: str, value: Any, why: str) -> None:
    """Take another value than the one that is remembered; if a link asked for that, say why."""
    if name in st.session_state["_asked"]:
        st.session_state["_asked"].discard(name)
        asked, taken = (setting(name).write(one) for one in (get(name), value))
        notice(f"The link's {name}: {asked} {why}" + (f": {taken} is used instead." if taken else "."))
    put(name, value)


def seed(name: str) -> None:
    """Just before the widget of a setting is drawn: give it the remembered value.

    On arrival from another page its key still holds the value of that page's widget, which the new one ignores.
    """
    own, value = st.session_state, get(name)
    if name not in own["_seeded"] or key(name) not in own:
        own["_seeded"].add(name)
        if name not in own["_held"]:
            own[key(name)] = value


def keep(name: str, value: Any, changed: Callable[[], object] | None = None) -> None:
    """Just after a widget was drawn: remember its value. ``changed`` is what Streamlit calls when it is moved."""
    own = st.session_state
    if changed and name in own["_held"] and value != _value(name):
        changed()
    if name in _memory() or value != setting(name).default:  # what nobody has chosen is each page's own
        _memory()[name] = value


def notice(text: str) -> None:
    """Say something once, at the top of the page."""
    st.session_state.setdefault("_notices", []).append(text)


def notices() -> list[str]:
    """What is to be said, once."""
    said: list[str] = st.session_state.pop("_notices", [])
    return said


# --- links -----------------------------------------------------------------------------------------------------------


def link(settings: Mapping[str, Any]) -> dict[str, str]:
    """Query parameters that open these settings; defaults too, since they replace what is set."""
    return {name: setting(name).write(value) for name, value in settings.items()}


def end_early() -> None:
    """A run, or a part of it, was cut short by an error: what it had no time to use is not given up."""
    st.session_state["_whole"] = False


def write_url() -> None:
    """At the end of a page's run: the URL says what is shown. Parameters that are not the page's stay.

    So do those that a run which ended early had no time to use: once what is missing is there, the
    link shows what it was made for. As long as a value is refused, or values do not go together, it stays at what was
    shown before.
    """
    own, page = st.session_state, _page()
    asked = wanted = st.query_params.to_dict()
    early = () if own["_whole"] else (name for name in asked if name in page.settings)
    values = {name: _value(name) for name in dict.fromkeys((*own["_used"], *early))}
    agreed = not any(map(_disagreement, page.together))
    if agreed and all(setting(name).accepts(value) for name, value in values.items()):
        ours = {n: setting(n).write(v) for n, v in values.items() if v != setting(n).default}
        wanted = {n: text for n, text in asked.items() if n not in page.settings} | ours
    if own["_arrived"] and wanted != asked:
        # a menu link has no settings in it: this address stands for the remembered ones
        own["_entry"] = (asked, wanted)
        st.query_params.from_dict(wanted)
    elif wanted != asked and own["_entry"] != (asked, wanted):
        st.query_params.from_dict(wanted)
    own.update(_url=wanted, _arrived=False)
