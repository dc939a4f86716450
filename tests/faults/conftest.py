"""The folder of these tests is importable, here and in the worker processes, which import what their parent can."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
