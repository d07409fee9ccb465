"""How large a value may be: as Strongroom has it, or less where the store of this run takes less."""

from __future__ import annotations

import os

TEXT_MAX = int(os.environ.get("STRONGROOM_TEXT_MAX", "65536"))
"""In bytes."""

CONTROL_MAX = int(os.environ.get("STRONGROOM_CONTROL_MAX", "65536"))
"""The same for text of control characters, which not every store keeps as text."""
