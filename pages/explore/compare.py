"""Compare: stored runs side by side, and their way to another machine and back."""

import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import streamlit as st

from jsmi_app import cached, controls, frame, say, snippets, state
from jsmi_app.markdown import words as as_words
from jsmi_app.prose import Prose
from jsmi_app.setting import like, one_of
from jsmi_core.experiments import CellResult, Comparison, RankResult, Result, compare
from jsmi_core.figures import curves_data, names, scale_of
from jsmi_core.information import share_of
from jsmi_core.runtime.wording import counted
from jsmi_core.store import export_bundle
from jsmi_core.text import Corpus

CURVES = {"score": "scores", "difference": "difference to the first"}
MOST = 8  # runs side by side that can still be told apart
SETTINGS = {
    "runs": like("[0-9a-f]{8}(,[0-9a-f]{8})*"),
    "curves": one_of(CURVES, "Show", "How scores climbed, or how far ahead."),
}


def choose(stored: Sequence[Result], words: Prose) -> list[Result]:
    """The table of runs; those that are ticked, in the order of the table."""
    known = {run.id[:8] for run in stored}
    wanted = [name for name in state.get("runs").split(",") if name in known]
    if ",".join(wanted) != state.get("runs"):
        state.fall_back("runs", ",".join(wanted), "names a run that is not stored here for this text")
    origins = cached.origins(stored)
    rows = [
        {
            "run": run.id[:8],
            "kind": "best rank" if isinstance(run, RankResult) else "training",
            "d": run.cell.config.dimension,
            "k": run.cell.config.negatives,
            "epochs": getattr(run.cell.config, "epochs", None),
            "seed": getattr(run.cell.config, "seed", None),
            "window": run.cell.config.window,
            "noise q": run.own.q,
            "S": scale_of(state.get("unit")) * run.own.score,
            "share of the bound": share_of(run.own.score, run.own.bound),
            "date": run.manifest.date[:16].replace("T", " "),
            "from": origins[run.id] or "this server",
        }
        for run in stored
    ]
    say.markdown(words.part("choose"))
    shown = wanted or to_begin_with(stored)
    ticked = [i for i, run in enumerate(stored) if run.id[:8] in shown]
    event: Any = say.table(
        rows,
        column_config={
            "S": st.column_config.NumberColumn(f"S ({state.get('unit')})", format="%.4f"),
            "share of the bound": st.column_config.NumberColumn(format="percent"),
        },
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": ticked}},
        key=f"stored-{len(stored)}",
        height=min(38 + 35 * len(rows), 320),
        alt="The stored runs of this text",
    )
    chosen = [stored[i] for i in event["selection"]["rows"]][:MOST]
    state.put("runs", ",".join(run.id[:8] for run in chosen))
    return chosen


def to_begin_with(stored: Sequence[Result]) -> list[str]:
    """The names of two trainings that differ in one number, so that there is something to compare at first sight."""
    runs = [run for run in stored if isinstance(run, CellResult)]
    for later, run in enumerate(reversed(runs), start=1):
        for other in reversed(runs[:-later]):
            if len(compare([other, run]).settings) == 1:
                return [other.id[:8], run.id[:8]]
    return []


def side_by_side(found: Comparison, words: Prose) -> None:
    """The curves, what differs, and the scores of each law."""
    unit = state.get("unit")
    shown = controls.choice("curves")
    chart = curves_data(found, difference=shown == "difference", unit=unit)
    if chart is None:
        say.info(words.part("no curves"))
    else:
        controls.figure(chart, "compared")
    say.subheader("Settings that differ")
    columns = names(found)
    if found.settings:
        rows = [{"setting": n, **dict(zip(columns, map(str, row), strict=True))} for n, row in found.settings.items()]
        say.table(rows, hide_index=True, alt="Settings that differ between the runs")
    else:
        say.markdown(words.part("equal"))
    say.subheader("Scores")
    say.table(scores(found, columns, scale_of(unit)), hide_index=True, alt=f"Scores of the runs in {unit}")
    for note in found.notes:
        say.info(note)
    with st.expander("Manifests"):
        st.json([asdict(run.manifest) | {"id": run.id} for run in found.results], expanded=1)


def scores(found: Comparison, columns: Sequence[str], scale: float) -> list[dict[str, Any]]:
    """A row for each law and run."""
    rows = []
    for law, ahead in found.differences.items():
        for run, name, difference in zip(found.results, columns, ahead, strict=True):
            of = run.law(law)
            rows.append(
                {
                    "run": name,
                    "noise q": of.q,
                    "α": of.alpha,
                    "bound": scale * of.bound,
                    "S": scale * of.score,
                    "gap": scale * of.gap,
                    "S − S of the first": None if difference is None else scale * difference,
                }
            )
    return rows


def carry(chosen: Sequence[Result], text: Corpus, words: Prose) -> None:
    """Export and import of bundles."""
    say.header("To another machine and back")
    say.markdown(words.part("export"))
    shelf = cached.shelf()
    own = shelf.own(Result)
    ids = [run.id for run in chosen if shelf.has(run.id)] if chosen else [run.id for run in own]
    with st.container(horizontal=True, vertical_alignment="center"):
        with_text = st.toggle("With the text", key="with_text")
        st.download_button(
            as_words(f"Export {counted(len(ids), 'run')}" if chosen else f"Export all your runs ({len(ids):,})"),
            lambda: bundle(ids, text if with_text else None),
            "runs.zip",
            "application/zip",
            on_click="ignore",
            disabled=not ids,
        )
        mine = [run for run in own if chosen and run.id in ids]
        if mine and st.button(as_words(f"Delete {counted(len(mine), 'run')}"), key="delete"):
            for run in mine:
                shelf.delete(run)
            state.put_and_rerun(runs="")
    with st.form("import", border=False):
        file = st.file_uploader("A bundle from another machine", type="zip")
        if st.form_submit_button("Import") and file is not None:
            taken = shelf.take_in(file.getvalue())
            counts = {name: len(getattr(taken, name)) for name in ("added", "known", "corpora")}
            state.notice(words.part("imported", **counts))
            for refused in taken.refused:
                state.notice(refused)
            st.rerun()


def bundle(ids: list[str], text: Corpus | None) -> bytes:
    """The file that holds these runs, and their texts where the page's own is given."""
    file, shelf = io.BytesIO(), cached.shelf()
    if text is not None:
        shelf.keep_words(text)
    export_bundle(shelf, file, ids, with_corpora=text is not None)
    return file.getvalue()


with frame.page("compare", SETTINGS) as words:
    with st.container(horizontal=True):
        text = controls.text_choice()
        controls.unit()
    stored = cached.listed(text.digest)
    chosen = choose(stored, words) if stored else []
    if not stored:
        say.info(words.part("nothing stored"))
    elif len(chosen) > 1:
        side_by_side(compare(chosen), words)
        controls.reproduce(*snippets.comparison([run.id for run in chosen]))
    carry(chosen, text, words)
