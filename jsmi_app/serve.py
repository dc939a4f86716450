"""`python -m jsmi_app.serve run app.py …`: Streamlit's own command, told that app.py routes by itself.

Streamlit takes a folder named ``pages`` beside the script for pages of its older kind until the script has run once,
and greets a fresh server's first deep link with "Page not found", although the right page then opens.
"""

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.cli import main

from jsmi_app import libraries

if __name__ == "__main__":
    PagesManager.uses_pages_directory = False
    libraries.begin()
    main(prog_name="streamlit")
