"""What packages above tell: of the stories before they are written, of the desk once it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emdesk.ledger.models import Event
    from scoping.demo.story import Story

along: list[Callable[[Sequence[Story]], Iterable[Event]]] = []
afterwards: list[Callable[[datetime], None]] = []
