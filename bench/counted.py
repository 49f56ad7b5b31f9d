"""Any Django application, saying on its replies what they cost: statements, and CPU time.

It says so to those who ask by a header, and keeps the weight of pages as it is for browsers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from django.db import connection

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def counted(module: str) -> Application:
    """``module.application``, counted; gunicorn calls this by its name."""
    application: Application = import_module(module).application

    def respond(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if "HTTP_X_COST" not in environ:
            return application(environ, start_response)
        statements: list[str] = []
        began = time.thread_time()

        def note(execute: Any, sql: str, *more: Any) -> Any:
            statements.append(sql)
            return execute(sql, *more)

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            spent = time.thread_time() - began
            cost = [("X-Statements", str(len(statements))), ("X-CPU", f"{spent:.6f}")]
            return start_response(status, [*headers, *cost], *more)

        with connection.execute_wrapper(note):
            return application(environ, start)

    return respond
