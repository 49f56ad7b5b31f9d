"""The day's head reaches every admin: a real worker, a real broker and a real mail server."""

from __future__ import annotations

import json
import time
from email import message_from_bytes

import pytest
from aiosmtpd.controller import Controller

from tests.own_desk import free_port, own_desk, until
from tests.reports import report

PEOPLE = """
from emdesk.people.models import Role, User
for name, role, active in (
    ("ana", Role.ADMIN, True), ("ben", Role.ADMIN, True), ("gone", Role.ADMIN, False),
    ("em", Role.EM, True), ("lead", Role.EM_LEAD, True),
):
    User.objects.create_user(f"{name}@example.com", name=name, roles=[role], is_active=active)
from emdesk.ledger.recording import record
from datetime import datetime, UTC
user = User.objects.get(email="em@example.com")
for _ in range(7):
    record(user, "people.amended", by=user, at=datetime.now(UTC), fields=["name"])
"""
ASK = "from emdesk.ledger.tasks import anchor_head\nfor _ in range(3): anchor_head.delay()\n"


class MailServer:
    """Takes mail, after turning each recipient away once as a busy server does."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], bytes]] = []
        self.turned_away: list[str] = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address not in self.turned_away:
            self.turned_away.append(address)
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.taken.append((list(envelope.rcpt_tos), envelope.content))
        return "250 OK"


@pytest.fixture(scope="module")
def mail_server():
    server = MailServer()
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield server, controller.port
    controller.stop()


@pytest.fixture(scope="module")
def desk(mail_server):
    _, port = mail_server
    with own_desk(EMAIL_HOST="127.0.0.1", EMAIL_PORT=str(port)) as desk:
        desk.python(PEOPLE)
        yield desk


def test_the_daily_head_is_written_once_and_mailed_to_each_admin_once(desk, mail_server):
    server, _ = mail_server
    heads = desk.folder / "ledger-heads.jsonl"

    with desk.worker():
        desk.python(ASK)
        waited = until(lambda: len(server.taken) == 2)
        desk.python(ASK)
        time.sleep(2)

    (line,) = heads.read_text().splitlines()
    head = json.loads(line)
    recipients = sorted(to for tos, _ in server.taken for to in tos)
    report(
        "ledger",
        "daily head",
        asked=6,
        heads=1,
        admins=2,
        mailed=len(recipients),
        turned_away_first=len(server.turned_away),
        seconds=round(waited, 1),
    )
    assert recipients == sorted(server.turned_away) == ["ana@example.com", "ben@example.com"]
    assert head["events"] >= 7
    for _, content in server.taken:
        mail = message_from_bytes(content)
        assert mail["Subject"] == f"emdesk ledger head of {head['day']}"
        assert head["digest"] in mail.get_payload()
        assert f"Last event: {head['last_event']}\n" in mail.get_payload().replace("\r", "")


def test_the_head_that_was_mailed_holds_against_the_ledger(desk):
    assert "The ledger is whole" in desk.manage("verify_ledger")
