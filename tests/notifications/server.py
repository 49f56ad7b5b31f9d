"""A real mail server that takes mail, or answers, stalls and hangs up as told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.own_desk import free_port

TAKEN = "250 OK"
HANG_UP = "hang up"
STALL = "stall"


@dataclass
class MailServer:
    """``recipient`` and ``data`` say what to answer, by address; ``after`` what befalls after."""

    taken: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0
    recipient: Callable[[str], str] = lambda address: TAKEN
    data: Callable[[str], str] = lambda address: TAKEN
    stall: float = 0.0

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=policy.default) for _, raw in self.taken]

    @property
    def addresses(self) -> list[str]:
        return [address for address, _ in self.taken]

    async def handle_EHLO(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, name: str, said: Any
    ) -> Any:
        self.connections += 1
        session.host_name = name
        return said

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, _: Any
    ) -> str:
        said = self.recipient(address)
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        (address,) = envelope.rcpt_tos
        said = self.data(address)
        if said.startswith("250") or said in (HANG_UP, STALL):
            self.taken.append((address, envelope.original_content))
        if said == STALL:
            await asyncio.sleep(self.stall)
        if said in (HANG_UP, STALL):
            server.transport.abort()
            return "421 gone"
        return said


@contextmanager
def serving(server: MailServer) -> Iterator[int]:
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
