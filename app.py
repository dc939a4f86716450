"""The router: which pages there are. Everything else is in pages/ and jsmi_app/ (what pages share).

Pages live one level down, in a folder for each chapter: Streamlit takes scripts directly in ``pages`` for its own.
"""

import streamlit as st

st.set_page_config(page_title="JSMI Explorer", page_icon="🪜", layout="wide")
st.navigation(
    {
        "": [st.Page("pages/start/start.py", title="Start", default=True)],
        "Measure": [
            st.Page("pages/measure/corpus.py", title="Corpus", url_path="corpus"),
            st.Page("pages/measure/bound.py", title="Bound", url_path="bound"),
            st.Page("pages/measure/train.py", title="Train", url_path="train"),
        ],
        "Explore": [st.Page("pages/explore/gap.py", title="Gap", url_path="gap")],
        "About": [st.Page("pages/about/diagnostics.py", title="Diagnostics", url_path="diagnostics")],
    }
).run()
