"""`python -m emdesk.alive web|worker|beat|deliver` exits with 1 when that one gives no sign of life."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from http.client import HTTPConnection, HTTPException

from django.conf import settings

from emdesk import heartbeat

WEB_PORT = 8000


def is_alive(role: str) -> bool:
    return web_answers(WEB_PORT) if role == "web" else heartbeat.is_alive(role)


def web_answers(port: int) -> bool:
    host = next(iter(settings.ALLOWED_HOSTS), "localhost").lstrip(".*") or "localhost"
    with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as line:
        try:
            line.request("GET", "/healthz/live", headers={"Host": host})
            return line.getresponse().status == 200
        except (OSError, HTTPException):
            return False


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emdesk.settings")
    sys.exit(not is_alive(sys.argv[1]))
