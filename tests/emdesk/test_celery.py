"""What is periodic exists, and a worker that does nothing more does not stay."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from celery.schedules import crontab, schedule

from emdesk import celery_app, heartbeat
from emdesk.celery import PERIODIC
from emdesk.embedded import PROJECT


@pytest.mark.parametrize("title", PERIODIC)
def test_beat_schedules_only_what_exists(title: str) -> None:
    celery_app.loader.import_default_modules()
    assert PERIODIC[title]["task"] in celery_app.tasks
    assert isinstance(PERIODIC[title]["schedule"], crontab | schedule)


def test_a_message_can_only_be_json_and_an_answer_is_not_kept() -> None:
    assert celery_app.conf.accept_content == ["json"]
    assert celery_app.conf.task_serializer == "json"
    assert celery_app.conf.task_ignore_result is True


def test_a_silent_role_is_not_alive(tmp_path: Path, settings: object) -> None:
    settings.VAR = tmp_path  # type: ignore[attr-defined]
    assert not heartbeat.is_alive("worker")
    heartbeat.sign("worker").touch()
    assert heartbeat.is_alive("worker")
    long_ago = time.time() - heartbeat.LIMIT - 1
    os.utime(heartbeat.sign("worker"), (long_ago, long_ago))
    assert not heartbeat.is_alive("worker")


def test_who_gives_no_sign_of_life_leaves_by_itself(tmp_path: Path) -> None:
    silent = """
import time
from django.conf import settings
settings.configure(VAR="{var}")
from emdesk import heartbeat
heartbeat.INTERVAL = heartbeat.LIMIT = 0.2
heartbeat.watch("worker")
time.sleep(20)
"""
    left = subprocess.run(
        [sys.executable, "-c", silent.format(var=tmp_path)], cwd=PROJECT, check=False
    )
    assert left.returncode == heartbeat.LEFT_BY_ITSELF
