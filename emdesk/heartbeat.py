"""Signs of life: a file for worker, beat and deliver each, touched by the loop that does the work.

A worker that lost its broker can look alive and take nothing more. So each leaves by itself when
its own sign is old, and whoever runs it starts another.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from pathlib import Path
from typing import Any

from celery import beat, bootsteps, signals
from django.conf import settings

INTERVAL = 10
LIMIT = 60
LEFT_BY_ITSELF = 70


def sign(role: str) -> Path:
    return Path(settings.VAR) / f"heartbeat-{role}-{socket.gethostname()}"


def is_alive(role: str) -> bool:
    try:
        return time.time() - sign(role).stat().st_mtime < LIMIT
    except FileNotFoundError:
        return False


class WorkerHeartbeat(bootsteps.StartStopStep):  # type: ignore[misc]
    """Ticks while the worker's own loop turns, between its messages."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, consumer: Any) -> None:
        self.tick = consumer.timer.call_repeatedly(INTERVAL, sign("worker").touch)

    def stop(self, consumer: Any) -> None:
        self.tick.cancel()


class Scheduler(beat.Scheduler):  # type: ignore[misc]
    """Celery's, without a file of its own: everything periodic may be late or run twice."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        sign("beat").touch()
        return float(super().tick(*args, **kwargs))


def watch_worker(**_: Any) -> None:
    watch("worker")


def watch_beat(**_: Any) -> None:
    watch("beat")


signals.worker_init.connect(watch_worker)
signals.beat_init.connect(watch_beat)


def watch(role: str) -> None:
    sign(role).touch()
    threading.Thread(target=leave_when_silent, args=(role,), daemon=True).start()


def leave_when_silent(role: str) -> None:
    while is_alive(role):
        time.sleep(INTERVAL)
    os._exit(LEFT_BY_ITSELF)
