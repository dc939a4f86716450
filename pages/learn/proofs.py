"""Proofs: every statement of the paper, computed two ways on a table, a text or a trained model."""

from typing import Any, NamedTuple

import streamlit as st

from jsmi_app import cached, controls, frame, prose, say, shared, snippets, state
from jsmi_app.markdown import Markdown, filled, joined
from jsmi_app.panels import loss, tables
from jsmi_app.setting import along, flag, one_of
from jsmi_app.snippets import Snippets
from jsmi_core.figures import number, proof_data
from jsmi_core.proofs import CARDS, TOLERANCE, Proof, Relation, plain_source, verdict
from jsmi_core.tables import write_table

SUBJECTS = {"table": "A table of mine", "text": "A text", "model": "A trained model"}
SUBJECT_HELP = "What every statement is computed on."
PRESET_HELP = "A table to begin with; noise and correlation are set on the page Two variables."
WORDS_KEPT = (20, 40, 60, 120)
PATIENT = "Whole text, however long it takes"
PATIENT_HELP = "Plain loops over all of the text, also where that takes more than two seconds: for Wikipedia about ten."
MOST_WORDS_HELP = "How many words keep their own row and column in the table that plain loops go over."
SETTINGS = {
    "proved_on": one_of(SUBJECTS, "Prove it on", SUBJECT_HELP),
    "most_words": along(WORDS_KEPT, 40, "Words in the table", MOST_WORDS_HELP, str),
    "patient": flag(False, PATIENT, PATIENT_HELP),
    "proof": one_of(("", *(card.key for card in CARDS))),
}
CHAPTERS = {
    "divergence": "The paper, Section 2: a measure of dependence",
    "score": "The paper, Section 3: the score",
    "ceilings": "Beyond the paper",
}


# --- what is proved on -----------------------------------------------------------------------------------------------


class Found(NamedTuple):
    """What was proved, what it was proved on in one line, and the code that proves it again."""

    proven: cached.Proven
    told: str
    code: Snippets
    trained: bool = False


def own_table(words: prose.Prose) -> Found:
    """A preset, and its cells to type over."""
    choose_preset()
    left, right = st.columns([3, 2], gap="medium")
    with left:
        table, names = tables.take_cells()
        controls.show_notices()
        tables.show_cells(table, names)
    with right:
        say.markdown(words.part("table"))
    cells, k = write_table(table), state.get("negatives")
    proven = cached.proved_on_table(cells, k)
    return Found(proven, proven.case.told, snippets.proofs_of_table(cells, k))


def choose_preset() -> None:
    """Where a table begins; what was typed into the one before is forgotten."""
    controls.choice("preset", text=PRESET_HELP, changed=forget)
    controls.slider("size", forget)


def forget() -> None:
    """Nothing was typed."""
    state.put("table", "")


def a_text(words: prose.Prose) -> Found:
    """The most frequent words of a text, the others merged."""
    text_at, words_at = st.columns(2, gap="medium")
    with text_at:
        text = controls.text_choice()
    with words_at:
        most = how_many_words()
    patient = controls.switch("patient")
    say.markdown(words.part("text", words=most))
    k = state.get("negatives")
    proven = cached.proved_on_text(text, shared.config().sampling, most, k, patient=patient)
    return Found(proven, f"{text.name}: {proven.case.told}", snippets.proofs_of_text(text, most, k))


def a_model(words: prose.Prose) -> Found | None:
    """The vectors of a stored model, on its most frequent words."""
    text_at, model_at, words_at = st.columns(3, gap="medium")
    with text_at:
        text = controls.text_choice()
    with model_at:
        run = loss.choose(text)
    if run is None:
        say.info(words.part("no_model"))
        loss.offer(text)
        return None
    with words_at:
        most = how_many_words()
    patient = controls.switch("patient")
    say.markdown(words.part("model", words=most))
    proven = cached.proved_on_model(text, run, most, patient=patient)
    return Found(proven, f"{text.name}: {proven.case.told}", snippets.proofs_of_model(text, most, run), trained=True)


def how_many_words() -> int:
    """The size of the table of a text."""
    return int(controls.slider("most_words"))


# --- what came out ---------------------------------------------------------------------------------------------------


def scientific(value: float) -> str:
    """A small number as people write it."""
    if value == 0:
        return "0"
    digits, exponent = f"{value:.0e}".split("e")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{digits}·10{raised}"


def summary(found: Found, words: prose.Prose) -> None:
    """All in one line, to be read from the last row."""
    case, proofs = found.proven
    holding, of, worst = verdict(proofs)
    if holding == of:
        say.header(filled(":green[:material/check_circle: <<holding>> of <<of>> hold]", holding=holding, of=of))
        say.markdown(words.part("agree", worst=scientific(worst), tolerance=scientific(TOLERANCE)))
    else:
        say.header(filled(":red[:material/cancel: <<failing>> of <<of>> fail]", failing=of - holding, of=of))
        names = "; ".join(f"{proof.card.place} {proof.card.name}" for proof in proofs if not proof.holds)
        say.markdown(words.part("disagree", names=names))
    say.caption(f"On {found.told}; k = {case.negatives}, α = {case.alpha:.3g}, q = p(y).")


def show_cards(found: Found, words: prose.Prose) -> None:
    """One card open at a time; its name is in the URL. The presenter view shows that one alone, or all by name."""
    opened = state.get("proof")
    if state.get("present"):
        for proof in found.proven.proofs:
            if proof.card.key == opened:
                say.subheader(label(proof))
                show(proof, found, words)
            elif not opened:
                say.markdown(label(proof))
        return
    for proof in found.proven.proofs:
        card = proof.card
        if card.key in CHAPTERS:
            say.subheader(CHAPTERS[card.key])
        key = f"card-{card.key}"
        st.session_state[key] = opened == card.key
        shell = st.expander(label(proof), key=key, on_change=turn, args=(card.key,))
        if shell.open:
            with shell:
                show(proof, found, words)


def label(proof: Proof) -> Markdown:
    """Pass or fail, the statement's place and name, and its number."""
    pieces = [Markdown(":green[:material/check_circle:]" if proof.holds else ":red[:material/cancel:]")]
    if proof.card.place != "beyond":
        pieces.append(filled("**<<place>>**", place=proof.card.place))
    return joined(*pieces, proof.card.name, *first_number(proof))


def first_number(proof: Proof) -> tuple[Markdown, ...]:
    """The first number of a card, where it is one number."""
    first = next(iter(proof.comparisons), None)
    if not first or first.cells != 1:
        return ()
    return (filled(":gray[· <<name>> = <<value>>]", name=first.name, value=number(first.ours)),)


def turn(card: str) -> None:
    """A card was opened or closed."""
    state.put("proof", card if st.session_state[f"card-{card}"] else "")


def show(proof: Proof, found: Found, words: prose.Prose) -> None:
    """One card: statement, meaning, numbers, figure, source."""
    card = proof.card
    for line in card.statement.split(r"\qquad"):
        say.formula(line)
    say.markdown(words.part(card.key))
    if proof.failure:
        say.error(proof.failure)
    numbers(proof)
    if proof.relations:
        say.markdown(joined("Both ways: ", joined(*map(told, proof.relations), by=" · "), by=""))
    say.caption(joined(*notes(proof, words), times(proof)))
    figure = proof_data(proof, found.told, trained=found.trained)
    if figure:
        controls.figure(figure, f"proof-{card.key}")
    say.caption(words.part("source"))
    st.code(plain_source(card), language="python", height=320)


def told(relation: Relation) -> Markdown:
    """A relation, and whether it is true."""
    true = Markdown(":green[:material/check:]" if relation.holds else ":red[:material/close:]")
    return joined(true, f"{relation.left} {relation.sign} {relation.right}")


def numbers(proof: Proof) -> None:
    """The numbers both ways; of a table of them, the cell that differs most."""
    rows: dict[str, list[Any]] = {
        "": ["✓" if c.holds else "✗" for c in proof.comparisons],
        "number": [c.name for c in proof.comparisons],
        "this program": [exact(c.ours) for c in proof.comparisons],
        "plain loops": [exact(c.plain) for c in proof.comparisons],
        "relative difference": [scientific(c.relative) if c.compared else "drawn" for c in proof.comparisons],
        "cells": ["1" if c.cells == 1 else f"worst of {c.cells:,}" for c in proof.comparisons],
    }
    say.table(rows, hide_index=True, alt=f"The numbers of {proof.card.name}, computed both ways")


def exact(value: float) -> str:
    """All digits that a float has for sure."""
    return f"{value:.15g}".replace("-", "−")


def notes(proof: Proof, words: prose.Prose) -> list[Markdown]:
    """What must be known to judge the numbers."""
    said = [words.part("tolerance")]
    if proof.card.estimates:
        said.append(words.part("drawn"))
    if proof.card.key == "per-positive":
        said.append(words.part("amplified"))
    if proof.whole:
        said.append(words.part("whole_ran"))
    elif proof.estimate is not None:
        said.append(words.part("whole_slow", seconds=f"{proof.estimate:.0f}"))
    return said


def times(proof: Proof) -> str:
    """How long each way took."""
    ours, plain = (f"{1000 * seconds:,.0f}" if seconds > 0.01 else f"{1000 * seconds:.2g}" for seconds in proof.seconds)
    return f"This program {ours} ms, plain loops {plain} ms."


with frame.page("proofs", tables.SETTINGS, loss.SETTINGS, SETTINGS) as words:
    top = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        subject = controls.choice("proved_on")
        if subject != "model":
            with st.container(width=160):
                controls.whole("negatives")
    found = {"table": own_table, "text": a_text, "model": a_model}[subject](words)
    if found:
        with top:
            summary(found, words)
        frame.part(show_cards, found, words)
        controls.reproduce(*found.code)
