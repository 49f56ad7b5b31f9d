"""Settings from the environment, each read as what it is; what cannot be read stops the start."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

YES = ("1", "true", "yes", "on")
NO = ("0", "false", "no", "off")
POSTGRES = ("postgres", "postgresql")


def text(name: str, default: str) -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    said = text(name, "").lower()
    if said and said not in YES + NO:
        raise ImproperlyConfigured(
            f"{name} is {said!r}. Write one of {', '.join(YES)}, or one of {', '.join(NO)}."
        )
    return said in YES if said else default


def number(name: str, default: int) -> int:
    said = text(name, "")
    try:
        return int(said) if said else default
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {said!r}. Write a whole number.") from None


def words(name: str, default: list[str] | None = None) -> list[str]:
    """A list with commas between its words."""
    said = [word.strip() for word in text(name, "").split(",")]
    return [word for word in said if word] or default or []


def database(url: str) -> dict[str, Any]:
    """The entry for Django's DATABASES; `?host=/folder` reaches a server by its unix socket."""
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in POSTGRES or not name:
        raise ImproperlyConfigured(
            "DATABASE_URL is not a PostgreSQL address."
            " Write postgresql://user:password@host:5432/database."
        )
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def broker(url: str) -> str:
    """Redis's address as Celery spells it: it has its own word for a unix socket."""
    return url.replace("unix://", "redis+socket://", 1)
