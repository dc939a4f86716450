"""The router: which pages there are. Everything else is in pages/ and jsmi_app/ (what pages share).

Pages live one level down, in a folder for each chapter: Streamlit takes scripts directly in ``pages`` for its own.
"""

import streamlit as st

from jsmi_app import libraries, prose

CHAPTERS = {
    "learn": ["lesson", "variables", "watch", "proofs", "practice"],
    "measure": ["corpus", "bound", "train"],
    "explore": ["gap", "compare", "loss", "usefulness", "vectors"],
    "about": ["reproductions", "glossary", "diagnostics"],
}

st.set_page_config(page_title="JSMI Explorer", page_icon="🪜", layout="wide")
start = st.Page("pages/start/start.py", title=prose.page("start").title, default=True)
chapters = {
    chapter.title(): [
        st.Page(f"pages/{chapter}/{name}.py", title=prose.page(name).title, url_path=name) for name in names
    ]
    for chapter, names in CHAPTERS.items()
}
page = st.navigation({"": [start], **chapters}, expanded=True)
libraries.first() if page is start else libraries.rest()
page.run()
