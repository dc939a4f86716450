"""Lesson: 45 minutes through the theory and the app; in each step guess, then see the number, then go and look."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import streamlit as st

from jsmi_app import cached, frame, lesson, say, state
from jsmi_app.lesson import MODEL, TEXT, Facts
from jsmi_app.markdown import Markdown, filled, words as as_words
from jsmi_app.panels import training
from jsmi_app.prose import Prose
from jsmi_app.setting import like, number
from jsmi_core.embeddings import TESTS
from jsmi_core.experiments import Cell, CellResult


class Question(NamedTuple):
    """One step: how long it takes, its facts, and where to go and look, with which settings."""

    minutes: int
    facts: Callable[[], Facts | None]
    page: str
    settings: Mapping[str, str]
    trains: bool = False  # it is about the model that the learner trains


def _trained() -> CellResult | None:
    return None if cached.shelf().withholds(_cell()) else cached.queue().result(_cell().id)


def _cell() -> Cell:
    return Cell(cached.corpus(TEXT, 5).digest, MODEL)


def _text() -> Facts:
    corpus = cached.corpus(TEXT, 5)
    return lesson.text(corpus, cached.joint(corpus, MODEL.sampling))


def _negatives() -> Facts:
    return lesson.negatives(cached.joint(cached.corpus(TEXT, 5), MODEL.sampling))


def _training() -> Facts | None:
    run = _trained()
    return lesson.training(run) if run else None


def _losses() -> Facts | None:
    run = _trained()
    return lesson.losses(run, cached.corpus(TEXT, 5)) if run else None


def _similarity() -> Facts | None:
    run = _trained()
    return lesson.similarity(cached.usefulness(run, next(iter(TESTS)), "trained")) if run else None


VARIABLES, BOUND = "pages/learn/variables.py", "pages/measure/bound.py"
ON_TEXT = {"corpus": TEXT}
MODEL_VALUES = {"dimension": str(MODEL.dimension), "epochs": str(MODEL.epochs)}
STEPS = (
    Question(5, lesson.switch, VARIABLES, {"preset": "copy", "picture": "channel"}),
    Question(5, lesson.independent, VARIABLES, {"preset": "independent", "picture": "table"}),
    Question(5, _text, BOUND, ON_TEXT),
    Question(5, _negatives, BOUND, ON_TEXT),
    Question(5, lesson.shifted, VARIABLES, {"preset": "copy", "picture": "away"}),
    Question(7, _training, "pages/measure/train.py", ON_TEXT | MODEL_VALUES, trains=True),
    Question(5, lambda: lesson.prices(cached.figure1_results()), "pages/start/start.py", {}),
    Question(5, _losses, "pages/explore/loss.py", ON_TEXT, trains=True),
    Question(3, _similarity, "pages/explore/usefulness.py", ON_TEXT, trains=True),
)
TRAINING = 5  # the step in which the model is trained
UNGUESSED = "."
SETTINGS = {
    "step": number(int, 1, 1, len(STEPS)),
    "guesses": like(f"[.012]{{{len(STEPS)}}}", UNGUESSED * len(STEPS)),  # one character for each step
}


def guesses() -> str:
    """One character for each step: the place of the guess, or a dot."""
    return str(state.get("guesses"))


def step(words: Prose, at: int) -> None:
    """One step: its text, its question, and after a guess what is true and where to see it."""
    now = STEPS[at]
    facts = now.facts()
    if facts is None and not now.trains:
        say.info(words.part("unavailable"))
        return
    values = facts.values if facts else MODEL_VALUES

    def said(name: str) -> Markdown:
        return words.part(f"{at + 1}: {name}", **values)

    say.markdown(said("text"))
    options = [Markdown(line.removeprefix("- ")) for line in said("options").splitlines()]
    guess = ask(said("question"), options, at)
    if facts is not None and guess is not None:
        if guess == facts.right:
            say.success(words.part("right"))
        else:
            say.info(words.part("wrong", truth=options[facts.right]))
        say.markdown(said("answer"))
        st.page_link(now.page, label="Go and look", icon=":material/visibility:", query_params=now.settings)
    elif facts is None and (guess is not None or at != TRAINING):
        say.markdown(words.part("missing"))
        training.panel(_cell(), cached.corpus(TEXT, 5))
    with st.expander("For the teacher"):
        say.markdown(said("teacher"))


def ask(question: Markdown, options: list[Markdown], at: int) -> int | None:
    """The question; the place of the answer that is guessed, None as long as there is none."""
    before = guesses()
    if before[at] != UNGUESSED and int(before[at]) >= len(options):
        state.fall_back(
            "guesses", with_guess(before, at, UNGUESSED), f"has an answer that step {at + 1} does not offer"
        )
        before = guesses()
    known = int(before[at]) if before[at] != UNGUESSED else None
    guess = st.radio(
        filled("**<<question>>**", question=question),
        range(len(options)),
        known,
        options.__getitem__,
        key=f"guess-{at}",
    )
    if guess is not None and guess != known:
        state.put("guesses", with_guess(before, at, str(guess)))
    return guess


def with_guess(before: str, at: int, guess: str) -> str:
    """The guesses with one of them changed."""
    return f"{before[:at]}{guess}{before[at + 1 :]}"


def go(to: int) -> None:
    """Show another step."""
    state.put("step", to + 1)


def ending(words: Prose) -> None:
    """How many guesses were right."""
    made = [(step.facts(), guess) for step, guess in zip(STEPS, guesses(), strict=True) if guess != UNGUESSED]
    right = sum(facts is not None and facts.right == int(guess) for facts, guess in made)
    say.markdown(words.part("end", right=right, guessed=len(made)))


with frame.page("lesson", training.SETTINGS, SETTINGS) as words:
    at = state.get("step") - 1
    done = sum(step.minutes for step in STEPS[:at])
    total = sum(step.minutes for step in STEPS)
    st.progress(done / total, as_words(f"Question {at + 1} of {len(STEPS)} · minute {done} of {total}"))
    say.header(words.part(f"{at + 1}: title"))
    step(words, at)
    with st.container(horizontal=True):
        st.button("Back", disabled=at == 0, on_click=go, args=[at - 1])
        st.button("Next step", disabled=at + 1 == len(STEPS), on_click=go, args=[at + 1], type="primary")
    if at + 1 == len(STEPS):
        ending(words)
