"""How a question is written down: key, prompt, help, effect, and what else is special about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Asked = tuple[str, str, str, str, dict[str, Any]]
REQUIRED: dict[str, Any] = {"required": True}
YES_OR_NO = ("Yes", "No", "Not known yet")


@dataclass(frozen=True)
class Group:
    """Questions that belong together, under one heading; ``service`` empty: asked of all."""

    section: str
    service: str
    questions: list[Asked]
    at_intake: bool = True


def number(**more: Any) -> dict[str, Any]:
    return {"kind": "number", **more}


def choice(*choices: str, **more: Any) -> dict[str, Any]:
    return {"kind": "choice", "choices": list(choices), **more}


def several(*choices: str, **more: Any) -> dict[str, Any]:
    return {"kind": "several", "choices": list(choices), **more}


def yes_or_no(**more: Any) -> dict[str, Any]:
    return choice(*YES_OR_NO, **more)
