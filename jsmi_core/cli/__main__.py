"""``python -m jsmi_core.cli``: what the script ``jsmi`` does, with a Python of one's choice."""

import sys

from jsmi_core.cli import main

sys.exit(main())
