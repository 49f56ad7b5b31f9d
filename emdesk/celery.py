"""The queue, and the one list of everything periodic.

Truth is in rows: a task may be lost or run twice and nothing is wrong afterwards. So messages are
acknowledged early, no results are kept, and no promise is carried by an ETA.
"""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, signals
from celery.schedules import crontab, schedule
from django.conf import settings

from emdesk import environment
from emdesk.heartbeat import WorkerHeartbeat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emdesk.settings")

app = Celery("emdesk")
app.steps["consumer"].add(WorkerHeartbeat)
app.autodiscover_tasks()

PERIODIC = {
    "announce and send": {
        "task": "emdesk.notifications.tasks.tell",
        "schedule": schedule(run_every=10),
        "options": {"expires": 10},
    },
    "post to Slack": {
        "task": "emdesk.notifications.tasks.post",
        "schedule": schedule(run_every=10),
        "options": {"expires": 10},
    },
    "write digests": {
        "task": "emdesk.notifications.tasks.write_digests",
        "schedule": schedule(run_every=30),
        "options": {"expires": 30},
    },
    # Hourly, so that a night without the queue is made up for; a head is written once a day.
    "write the ledger's head": {
        "task": "emdesk.notifications.tasks.anchor_head",
        "schedule": crontab(minute="10"),
    },
    # Each delivery sends it too; this is for what that missed, and for second tries.
    "apply webhooks": {
        "task": "scoping.tasks.apply_webhooks",
        "schedule": crontab(),
    },
    # Asking sends it too; this is for messages that were lost and workers that were killed.
    "look after imports": {
        "task": "scoping.tasks.look_after_imports",
        "schedule": crontab(),
    },
    # Asking sends it too; this is for messages that were lost and workers that were killed.
    "look after documents": {
        "task": "sow.tasks.look_after_documents",
        "schedule": crontab(),
    },
    "sweep clocks": {
        "task": "emdesk.sla.tasks.sweep_clocks",
        "schedule": crontab(),
        "options": {"expires": 55},
    },
    "mind approvals": {
        "task": "emdesk.approvals.tasks.mind_approvals",
        "schedule": crontab(),
        "options": {"expires": 55},
    },
    "mind signings": {
        "task": "sow.signing.tasks.mind_signings",
        "schedule": crontab(),
        "options": {"expires": 55},
    },
    "mind work at risk": {
        "task": "sow.tasks.mind_work_at_risk",
        "schedule": crontab(),
        "options": {"expires": 55},
    },
    # Each delivery sends it too; this is for what that missed, and for second tries.
    "apply what signature services told": {
        "task": "sow.signing.tasks.apply_deliveries",
        "schedule": crontab(),
    },
    # Hourly, so that a night without the queue is made up for; each night's work is done once.
    "mind quiet issues": {
        "task": "scoping.tasks.mind_quiet_issues",
        "schedule": crontab(minute="20"),
    },
    # Hourly, so that a night without the queue is made up for; each week's snapshot is taken once.
    "take snapshots of the forecast": {
        "task": "forecasting.tasks.take_snapshots",
        "schedule": crontab(minute="35"),
    },
    "sweep drift": {
        "task": "forecasting.tasks.sweep_drift",
        "schedule": crontab(minute="15"),
    },
    "remove files of old imports": {
        "task": "scoping.tasks.remove_old_imports",
        "schedule": crontab(minute="40", hour="3"),
    },
    "remove texts of old mails": {
        "task": "emdesk.notifications.tasks.purge",
        "schedule": crontab(minute="50", hour="3"),
    },
    "measure typical stays": {
        "task": "scoping.tasks.measure_typical_stays",
        "schedule": crontab(minute="25"),
    },
}


def configuration() -> dict[str, Any]:
    return {
        "broker_url": environment.broker(settings.REDIS_URL),
        "broker_connection_retry_on_startup": True,
        "broker_transport_options": {
            "socket_timeout": 5,
            "socket_connect_timeout": 3,
            "socket_keepalive": True,
            "health_check_interval": 10,
            "visibility_timeout": 3600,
        },
        "accept_content": ["json"],
        "task_ignore_result": True,
        "task_publish_retry_policy": {
            "max_retries": 1,
            "interval_start": 0.1,
            "interval_step": 0.1,
            "interval_max": 0.2,
        },
        "task_time_limit": 60,
        "task_soft_time_limit": 45,
        "task_acks_late": False,
        "task_reject_on_worker_lost": False,
        "worker_prefetch_multiplier": 1,
        "worker_max_tasks_per_child": 200,
        "worker_max_memory_per_child": 400_000,
        "worker_soft_shutdown_timeout": 20,
        "timezone": "UTC",
        "beat_schedule": PERIODIC,
        "beat_scheduler": "emdesk.heartbeat.Scheduler",
        "beat_max_loop_interval": 10,
    }


app.add_defaults(configuration)


def limit_statements(**_: Any) -> None:
    """A task may ask the database for as long as it may run."""
    os.environ.setdefault("PGOPTIONS", "-c statement_timeout=60s")


signals.celeryd_init.connect(limit_statements)
