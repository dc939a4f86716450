"""Lesson: guess, see, look; the model is trained here, and the guesses are in the address."""

import pytest

from jsmi_app import lesson
from jsmi_core.figures.formatting import inert
from tests.app.conftest import Open, query, texts, until


def test_a_guess_reveals_the_answer_and_stands_in_the_address(open_page: Open) -> None:
    app = open_page("lesson")
    assert not app.success
    app.radio[0].set_value(1).run()
    assert app.success[0].value == "**Right.**"
    assert any(inert(lesson.switch().values["bits"]) in text for text in texts(app))
    assert query(app) == {"guesses": "1........"}


def test_a_wrong_guess_names_the_right_one(open_page: Open) -> None:
    app = open_page("lesson", step="2")
    app.radio[0].set_value(2).run()
    assert "nothing: the JSMI is 0" in app.info[0].value


def test_a_link_brings_the_guesses_back(open_page: Open) -> None:
    app = open_page("lesson", guesses="02.......")
    assert "about two thirds" in app.info[0].value
    next(button for button in app.button if button.label == "Next step").click().run()
    assert query(app) == {"guesses": "02.......", "step": "2"}
    assert app.radio[0].value == 2


@pytest.mark.parametrize("step", ["3", "4", "5", "7"])
def test_every_step_that_needs_no_training_has_its_numbers(open_page: Open, step: str) -> None:
    app = open_page("lesson", step=step)
    app.radio[0].set_value(0).run()
    assert len(app.success) + len(app.info) == 1
    assert not any("<<" in text for text in texts(app))


def test_the_model_is_trained_here_and_the_steps_after_it_look_at_it(open_page: Open) -> None:
    app = open_page("lesson", step="6")
    assert not [button for button in app.button if button.key == "train"]  # a guess comes first
    app.radio[0].set_value(1).run()
    app.button("train").click().run()
    until(app, lambda app: app.success or app.info)
    assert app.success[0].value == "**Right.**"
    for _ in (7, 8, 9):
        next(button for button in app.button if button.label == "Next step").click().run()
        app.radio[0].set_value(0).run()
        assert not app.exception
        assert not app.error
    assert any("of 4 steps right" in text for text in texts(app))
