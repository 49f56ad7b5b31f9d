"""The demo: a services desk in the middle of a quarter, every person and customer invented.

People and accounts come first, then each issue's life is plotted backwards from where it stands
(:mod:`plots`), told forwards by the moves people would have made (:mod:`issues`), and written in
bulk (:mod:`writing`). The same seed tells the same desk all day long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emdesk.ledger.models import Event
    from scoping.demo.story import Story

# What upper packages tell: of the stories before they are written, of the desk once it stands.
along: list[Callable[[Sequence[Story]], Iterable[Event]]] = []
further: list[Callable[[datetime], None]] = []
