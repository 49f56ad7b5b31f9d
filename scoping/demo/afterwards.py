"""What packages above make of the demo once it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

afterwards: list[Callable[[datetime], None]] = []
