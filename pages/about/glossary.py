"""Glossary: what the terms of the pages mean."""

from jsmi_app import frame, say
from jsmi_app.markdown import Markdown, filled

with frame.page("glossary") as words:
    for term, meaning in words.parts.items():
        say.markdown(filled("**<<term>>**: <<meaning>>", term=term, meaning=Markdown(meaning)))
