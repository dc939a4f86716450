"""The router: which pages there are. Everything else is in chapters/ (the pages) and jsmi_app/ (what they share).

The folder is not named ``pages``: Streamlit scans a folder of that name by itself before this file has run, and
answers a fresh server's first deep link with "Page not found".
"""

import streamlit as st

st.set_page_config(page_title="JSMI Explorer", page_icon="🪜", layout="wide")
st.navigation(
    {
        "": [st.Page("chapters/start/start.py", title="Start", default=True)],
        "Measure": [
            st.Page("chapters/measure/corpus.py", title="Corpus", url_path="corpus"),
            st.Page("chapters/measure/bound.py", title="Bound", url_path="bound"),
            st.Page("chapters/measure/train.py", title="Train", url_path="train"),
        ],
        "Explore": [st.Page("chapters/explore/gap.py", title="Gap", url_path="gap")],
        "About": [st.Page("chapters/about/diagnostics.py", title="Diagnostics", url_path="diagnostics")],
    }
).run()
