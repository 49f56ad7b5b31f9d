"""Loading the demo: the whole desk in one transaction."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db.transaction import atomic

from emdesk.copying import numbers
from scoping import stays
from scoping.demo import estimates, plots, quiet
from scoping.demo.afterwards import afterwards
from scoping.demo.forecasts import set_rates
from scoping.demo.issues import tell
from scoping.demo.world import World, build
from scoping.demo.writing import write
from scoping.models import ScopingIssue

USUAL = 300
AT_MOST = 3


@atomic
def load(*, seed: int, issues: int, at: datetime) -> World:
    """People, customers, ``issues`` live issues and the closed ones that go with them."""
    world = build(seed, issues, at)
    set_rates(world)
    scale = min(issues / USUAL, AT_MOST)
    live = [*plots.live(world.rng, issues, world.now)]
    plotted = [
        *quiet.silenced(live, world.now),
        *plots.closed(world.rng, scale, world.now),
    ]
    plotted.sort(key=lambda plot: plot.begins_at)
    keys = numbers(ScopingIssue, len(plotted))
    with nothing_thrown_away():
        write([tell(world, plot, pk) for plot, pk in zip(plotted, keys, strict=True)])
    quiet.live_through(world)
    estimates.build(world)
    stays.measure(at)
    for deed in afterwards:
        deed(world.now)
    return world


@contextmanager
def nothing_thrown_away() -> Iterator[None]:
    """Every object lives until all is written; looking for garbage would take a quarter longer."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
