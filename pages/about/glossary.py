"""Glossary: what the terms of the pages mean."""

import streamlit as st

from jsmi_app import frame

with frame.page("glossary") as words:
    for term, meaning in words.parts.items():
        st.markdown(f"**{term}**: {meaning}")
