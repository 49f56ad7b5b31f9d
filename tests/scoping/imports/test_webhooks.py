"""GitLab's webhook: the door, the waiting room, and the same end whatever the order of arrival."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db.transaction import atomic, set_rollback
from django.http import HttpResponse
from django.test import Client
from kombu.exceptions import OperationalError

from emdesk.ledger.chain import faults
from emdesk.ledger.models import Event
from emdesk.workflow import perform
from scoping import tasks
from scoping.imports import webhooks
from scoping.models import Delivered, Imported, ScopingIssue, WebhookDelivery
from scoping.models.webhook import MOST_TRIES
from scoping.states import State
from scoping.stays import differences
from scoping.win_rate import win_rate
from scoping.win_rate_axes import Basis
from tests.factories import NOON, make_issue, make_user
from tests.scoping.imports.conftest import Asked, expected
from tests.seeds import seeds
from tests.together import together

pytestmark = pytest.mark.django_db
TOKEN = "example-secret-token"
PROJECT = "example-services/ps-plan"
NUMBER = 2712579


@pytest.fixture(autouse=True)
def token(settings: Any) -> None:
    settings.GITLAB_TOKEN = TOKEN


@pytest.fixture(autouse=True)
def nudges(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often the queue was told; the tests apply what waits themselves."""
    sent: list[int] = []
    monkeypatch.setattr(tasks.apply_webhooks, "delay", lambda: sent.append(1))
    return sent


@pytest.fixture
def project() -> Imported:
    """One issue that was brought over, which makes its project known."""
    return make_imported(1)


def make_imported(iid: int, **fields: Any) -> Imported:
    return Imported.objects.create(issue=make_issue(), project=PROJECT, iid=iid, **fields)


def body_of(iid: int = 9001, **said: Any) -> dict[str, Any]:
    """A body as GitLab writes it; labels are given by their titles."""
    labels = [{"title": title} for title in said.pop("labels", ["proposal::SOW_WIP"])]
    about = {"id": NUMBER, "path_with_namespace": PROJECT} | said.pop("project", {})
    beside = {name: said.pop(name) for name in ("user", "assignees", "changes") if name in said}
    attributes = {
        "id": 41_000_000 + iid,
        "iid": iid,
        "title": f"Scoping {iid}",
        "description": "",
        "created_at": "2021-08-02 10:00:00 UTC",
        "updated_at": "2021-08-03 10:00:00 UTC",
        "state": "opened",
        "action": "update",
    }
    return {
        "object_kind": "issue",
        "project": about,
        "object_attributes": attributes | said,
        "labels": labels,
        **beside,
    }


def post(body: Any, **headers: str) -> HttpResponse:
    content = body if isinstance(body, str | bytes) else json.dumps(body)
    told = {"X-Gitlab-Token": TOKEN, "X-Gitlab-Event": "Issue Hook"} | headers
    kind = told.pop("Content-Type", "application/json")
    answer: HttpResponse = Client().post("/hooks/gitlab/", content, kind, headers=told)
    return answer


def tell(body: Any, **headers: str) -> WebhookDelivery:
    """Post a delivery and apply it."""
    assert post(body, **headers).status_code == 200
    apply_all()
    return WebhookDelivery.objects.latest("pk")


def apply_all(at: datetime = NOON) -> None:
    WebhookDelivery.objects.update(received_at=at, due_at=at)
    while webhooks.apply_next(at):
        pass


def found(iid: int = 9001) -> ScopingIssue:
    return ScopingIssue.objects.get(imported__project=PROJECT, imported__iid=iid)


# The door.


def test_without_a_token_of_its_own_the_desk_has_no_such_address(settings: Any) -> None:
    settings.GITLAB_TOKEN = ""
    for given in ("", TOKEN):
        assert post(body_of(), **{"X-Gitlab-Token": given}).status_code == 404
    assert not WebhookDelivery.objects.exists()


@pytest.mark.parametrize("given", ["", "wrong", f"{TOKEN} ", TOKEN[:-1], "tökén"])
def test_who_does_not_know_the_token_is_sent_away(given: str) -> None:
    assert post(body_of(), **{"X-Gitlab-Token": given}).status_code == 403
    assert not WebhookDelivery.objects.exists()


def test_a_browser_finds_nothing_to_look_at() -> None:
    assert Client().get("/hooks/gitlab/").status_code == 405


def test_no_page_of_another_site_needs_a_csrf_token_to_be_turned_away() -> None:
    careful = Client(enforce_csrf_checks=True)
    answer = careful.post("/hooks/gitlab/", "{}", "application/json")
    assert answer.status_code == 403
    assert b"X-Gitlab-Token" in answer.content


@pytest.mark.parametrize(("size", "status"), [(5_000_000, 200), (5_000_001, 413), (6_000_000, 413)])
def test_a_body_has_at_most_five_million_bytes(size: int, status: int) -> None:
    text = json.dumps(body_of())
    assert post(text + " " * (size - len(text))).status_code == status


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{", "not JSON"),
        (" ", "not JSON"),
        ("[]", "not the body of a webhook"),
        ('"issue"', "not the body of a webhook"),
        ("{}", "not the body of a webhook"),
        ('{"object_kind": 7}', "object_kind"),
        ('{"object_kind": "issue"}', "no object_attributes"),
        ('{"object_kind": "issue", "object_attributes": [1]}', "object_attributes"),
        ('{"object_kind": "issue", "object_attributes": {"id": 1}}', "no issue number"),
        ('{"object_kind": "issue", "object_attributes": {"iid": "7"}}', "iid"),
        ('{"object_kind": "issue", "object_kind": "push"}', "twice"),
        ("[" * 100_000, "not JSON"),
        (b'{"object_kind": "\xff"}', "not UTF-8"),
    ],
)
def test_what_is_no_delivery_is_refused_with_the_reason(body: Any, said: str) -> None:
    answer = post(body)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not WebhookDelivery.objects.exists()


def test_every_delivery_of_the_quirks_is_answered_and_has_the_effect_expected(
    data: Path, project: Imported
) -> None:
    right = expected(data, "webhooks_bad.ndjson")
    lines = (data / "quirks" / "webhooks_bad.ndjson").read_text().splitlines()
    assert len(lines) == len(right) == 20
    verdicts, statuses, states = {}, {}, {}
    for number, line in enumerate(lines, 1):
        record = json.loads(line)
        before = Event.objects.count(), WebhookDelivery.objects.count()
        text = record["body_text"]
        if record["expect_status"] == "413":
            text = text.replace("see note", "x" * 6_000_000)
        headers = {"X-Gitlab-Token": ""} | record["headers"]
        status = post(text, **headers).status_code
        apply_all()
        statuses[number] = (status, record["expect_status"])
        states[number] = found().state if number != 19 else ""
        changed = Event.objects.count() > before[0]
        if status >= 400:
            assert (Event.objects.count(), WebhookDelivery.objects.count()) == before
            verdicts[number] = "reject"
        else:
            noted = WebhookDelivery.objects.latest("pk").reason
            new = WebhookDelivery.objects.count() > before[1]
            verdicts[number] = "accept" if new and not noted else "warn"
            assert changed == (number in {1, 16, 17, 18})
    assert verdicts == right
    assert all(fits(*each) for each in statuses.values()), statuses
    assert [states[number] for number in (1, 9, 15, 16, 17, 18)] == [
        *["sow_wip"] * 4,
        "closed",
        "sow_wip",
    ]


def fits(status: int, words: str) -> bool:
    if words == "2xx":
        return status // 100 == 2
    return str(status) in words.split(" or ")


# Kept first, applied later.


def test_a_delivery_is_kept_before_anything_comes_of_it(
    project: Imported, nudges: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert post(body_of()).status_code == 200
    assert WebhookDelivery.objects.get().state == Delivered.WAITING
    assert not ScopingIssue.objects.filter(imported__iid=9001).exists()
    assert nudges == [1]


@pytest.mark.django_db(transaction=True)
def test_the_queue_being_away_loses_nothing(
    project: Imported, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise OperationalError("Redis is away")

    monkeypatch.setattr(tasks.apply_webhooks, "delay", away)
    assert post(body_of()).status_code == 200
    tasks.apply_webhooks()
    assert found().state == State.SOW_WIP


def test_a_new_issue_of_a_known_project_is_raised_as_an_import_would(project: Imported) -> None:
    manager = make_user(name="Erin Manager", email="erin.manager@example.com")
    told = body_of(
        labels=["proposal::SOW_WIP", "Segment::Ent_EMEA"],
        author_id=7,
        user={"id": 7, "name": "Zane Levy", "username": "zane.levy"},
        assignees=[{"name": "Erin Manager", "username": "erin.manager"}],
        confidential=True,
        url=f"https://gitlab.example.com/{PROJECT}/-/issues/9001",
    )
    assert tell(told).state == Delivered.APPLIED
    issue = found()
    assert (issue.title, issue.engagement_manager) == ("Scoping 9001", manager)
    assert issue.segment
    assert (issue.imported.author, issue.imported.confidential) == ("Zane Levy (zane.levy)", True)
    assert issue.imported.url.endswith("/9001")
    assert [event.origin for event in Event.objects.about(issue)] == ["import"] * 2


def test_the_same_delivery_again_changes_nothing(project: Imported) -> None:
    key = {"Idempotency-Key": "a retry keeps it"}
    tell(body_of(), **key)
    events = Event.objects.count()
    for body in (body_of(), body_of(title="Changed on the way")):
        answer = post(body, **key)
        assert (answer.status_code, answer.content) == (200, b"It is here already.\n")
    apply_all()
    assert (Event.objects.count(), WebhookDelivery.objects.count()) == (events, 1)
    assert found().title == "Scoping 9001"


def test_hooks_set_off_by_one_another_share_an_event_and_are_two_deliveries(
    project: Imported,
) -> None:
    one = {"X-Gitlab-Event-UUID": "11111111-1111-4111-8111-000000009001"}
    tell(body_of(), **one)
    tell(body_of(labels=["proposal::Approved"], updated_at="2021-08-03 10:00:05 UTC"), **one)
    assert found().state == State.APPROVED


def test_only_what_is_newer_has_a_say(project: Imported) -> None:
    tell(body_of(updated_at="2021-08-05T10:00:00Z"))
    late = tell(body_of(labels=["proposal::Strawman_WIP"], updated_at="2021-08-04 10:00:00 UTC"))
    assert (late.state, late.reason) == (Delivered.IGNORED, "older than what is here; ignored")
    assert found().state == State.SOW_WIP
    newer = tell(body_of(labels=["proposal::Approved"], updated_at="2021-08-06 10:00:00 UTC"))
    assert newer.state == Delivered.APPLIED
    assert found().state == State.APPROVED


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        ({"id": 99}, "Another project is known here"),
        ({"id": 99, "path_with_namespace": "else/where"}, "No issue of else/where is here"),
        ({"id": None}, "Another project is known here"),
        ({"path_with_namespace": None, "id": 99}, "No issue of this project is here"),
    ],
)
def test_a_project_nobody_brought_over_is_passed_over(about: dict[str, Any], reason: str) -> None:
    make_imported(1, project_number=NUMBER)
    passed = tell(body_of(project=about))
    assert (passed.state, passed.body) == (Delivered.IGNORED, "")
    assert reason in passed.reason
    assert Imported.objects.count() == 1


def test_a_project_is_known_by_its_number_when_it_was_renamed(project: Imported) -> None:
    tell(body_of())
    renamed = body_of(
        title="Renamed",
        updated_at="2021-08-09 10:00:00 UTC",
        project={"path_with_namespace": "new/name"},
    )
    tell(renamed)
    assert (found().title, Imported.objects.count()) == ("Renamed", 2)


@pytest.mark.parametrize("kind", ["push", "note", "work_item", "x" * 500])
def test_other_kinds_of_events_are_passed_over(project: Imported, kind: str) -> None:
    passed = tell({"object_kind": kind, "commits": ["secret"]})
    assert (passed.state, passed.body) == (Delivered.IGNORED, "")
    assert kind[:40] in passed.reason


def test_two_columns_at_once_are_a_conflict_that_counts_nowhere(project: Imported) -> None:
    tell(body_of(labels=["proposal::Closed_Won", "proposal::Closed_Lost"], state="closed"))
    assert (found().outcome, found().imported.undecided) == ("", True)
    total = win_rate(Basis.ISSUES, "quarter").total
    assert (total.won, total.lost) == (0, 0)


def test_closing_counts_in_the_labels_quarter_and_reopening_counts_no_more(
    project: Imported,
) -> None:
    tell(body_of())
    tell(
        body_of(
            labels=["proposal::Closed_Won", "close_qtr::Q322"],
            state="closed",
            action="close",
            updated_at="2021-08-07 10:00:00 UTC",
        )
    )
    assert [(row.key, row.won) for row in win_rate(Basis.ISSUES, "quarter").rows] == [("Q322", 1)]
    tell(body_of(state="opened", action="reopen", updated_at="2021-08-08 10:00:00 UTC"))
    assert (found().state, found().outcome, found().close_quarter) == ("sow_wip", "", "")
    assert win_rate(Basis.ISSUES, "quarter").rows == []
    assert (differences(), list(faults())) == (0, [])


@pytest.mark.parametrize(
    ("changes", "closed_at"),
    [
        (
            {"closed_at": {"current": "2021-10-31 09:00:00 UTC"}},
            datetime(2021, 10, 31, 9, tzinfo=UTC),
        ),
        ({}, datetime(2021, 11, 2, 10, tzinfo=UTC)),
    ],
)
def test_an_issue_closed_when_the_change_says_or_else_when_it_was_updated(
    project: Imported, changes: dict[str, Any], closed_at: datetime
) -> None:
    closed = {"state": "closed", "labels": ["proposal::Closed_Lost"], "changes": changes}
    tell(body_of(updated_at="2021-11-02 10:00:00 UTC", **closed))
    tell(
        body_of(
            updated_at="2021-11-09 10:00:00 UTC", title="Edited later", **closed | {"changes": {}}
        )
    )
    assert found().imported.closed_at == closed_at
    assert found().close_quarter == ("Q322" if changes else "Q422")


def test_what_somebody_moved_or_wrote_here_stays(project: Imported) -> None:
    manager = make_user(name="Erin Manager", email="erin.manager@example.com")
    theirs = {"assignees": [{"name": "Erin Manager", "username": "erin.manager"}]}
    tell(body_of(labels=["proposal::Estimate_Feedback", "Segment::Ent_EMEA"], **theirs))
    perform(found().start_sow, by=manager, at=NOON)
    later = body_of(labels=["proposal::Strawman_WIP"], updated_at="2021-09-01 10:00:00 UTC")
    told = tell(later)
    assert found().state == State.SOW_WIP
    assert "moved here since" in told.reason


def test_what_a_body_does_not_tell_stays_as_it_is(project: Imported) -> None:
    requester = make_user(name="Zane Levy", email="zane.levy@example.com")
    tell(
        body_of(
            author_id=7,
            user={"id": 7, "name": "Zane Levy", "username": "zane.levy"},
            due_date="2021-10-01",
        )
    )
    tell(body_of(title="Again", author_id=7, updated_at="2021-08-04 10:00:00 UTC"))
    issue = found()
    assert (issue.title, issue.requester) == ("Again", requester)
    assert issue.imported.facts == {"due_date": "2021-10-01"}


def test_a_broken_issue_of_a_known_project_is_passed_over_with_the_reason(
    project: Imported,
) -> None:
    passed = tell(body_of(created_at="yesterday"))
    assert (passed.state, passed.tries) == (Delivered.IGNORED, 0)
    assert "creation time" in passed.reason


# What goes wrong is tried again.


def test_what_cannot_be_applied_is_tried_again_later_and_holds_nobody_up(
    project: Imported, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    right = webhooks.Issues.take

    def stumbles(self: Any, ticket: Any) -> None:
        if ticket.iid == 9001:
            raise KeyError("broken")
        right(self, ticket)

    monkeypatch.setattr(webhooks.Issues, "take", stumbles)
    post(body_of())
    post(body_of(9002))
    apply_all()
    failed = WebhookDelivery.objects.earliest("pk")
    assert (failed.state, failed.tries, bool(failed.body)) == (Delivered.WAITING, 1, True)
    assert "could not be applied" in caplog.text
    assert TOKEN not in caplog.text
    assert found(9002).state == State.SOW_WIP
    assert not webhooks.apply_next(failed.due_at - timedelta(microseconds=1))
    monkeypatch.undo()
    assert webhooks.apply_next(failed.due_at)
    assert found().state == State.SOW_WIP


def test_after_some_tries_it_has_failed(project: Imported, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "_outcome", lambda report: 1 / 0)
    post(body_of())
    for _ in range(MOST_TRIES):
        assert WebhookDelivery.objects.get().state == Delivered.WAITING
        apply_all()
    assert WebhookDelivery.objects.get().state == Delivered.FAILED
    apply_all()
    assert WebhookDelivery.objects.get().tries == MOST_TRIES
    assert not Imported.objects.filter(iid=9001).exists()


# The whole board, in any order.


@pytest.fixture
def deliveries(data: Path, request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """Those about every fifth issue, or in a full run about all."""
    path = data / "derived" / "gitlab_webhooks_issue_hook.ndjson.gz"
    with gzip.open(path, "rt") as lines:
        found = [json.loads(line) for line in lines]
    step = 1 if request.config.getoption("--full") else 5
    return [each for each in found if each["body"]["object_attributes"]["iid"] % step == 0]


@pytest.fixture
def final(data: Path, tmp_path: Path, deliveries: list[dict[str, Any]]) -> Path:
    """The last export of the same board: the issues the deliveries are about."""
    wanted = {str(each["body"]["object_attributes"]["iid"]) for each in deliveries}
    with gzip.open(data / "derived" / "gitlab_issues_export_18_4.csv.gz", "rt", newline="") as file:
        table = csv.DictReader(file)
        rows = [row for row in table if row["IID"] in wanted]
    path = tmp_path / "final.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, table.fieldnames or [])
        writer.writeheader()
        writer.writerows(rows)
    return path


LATER = 12  # issues whose last change the export has and no delivery tells: who has the next action
SAME = ("state", "outcome", "close_quarter", "close_reason", "title", "description", "services")
SAME += ("segment__name", "services_calculator", "public_sector", "account__name", "created_at")
SAME += ("imported__closed_at", "imported__confidential")


def standing() -> dict[int, tuple[Any, ...]]:
    rows = ScopingIssue.objects.exclude(imported__iid=1)
    return {row[0]: row[1:] for row in rows.values_list("imported__iid", *SAME)}


@pytest.fixture
def in_the_end(
    deliveries: list[dict[str, Any]], final: Path, asked: Asked, project: Imported
) -> dict[int, tuple[Any, ...]]:
    """How the issues stand when only their last export is brought over."""
    about = {each["body"]["object_attributes"]["iid"] for each in deliveries}
    with atomic():
        _, report = asked("import_issues", final)
        assert (report["created"], report["rejected"]) == (len(about), 0)
        stand = standing()
        set_rollback(True)
    return stand


def keep(deliveries: Iterable[dict[str, Any]]) -> None:
    for each in deliveries:
        assert post(each["body"], **each["headers"]).status_code == 200


@pytest.mark.full
def test_the_deliveries_of_a_board_bring_it_where_its_last_export_does(
    deliveries: list[dict[str, Any]], in_the_end: dict[int, Any], final: Path, asked: Asked
) -> None:
    keep(deliveries)
    apply_all()
    assert standing() == in_the_end
    assert (differences(), list(faults())) == (0, [])
    _, report = asked("import_issues", final)
    assert (report["created"], report["updated"], report["unchanged"]) == (0, LATER, 49 - LATER)


@pytest.mark.parametrize("seed", seeds(1, 10))
def test_out_of_order_and_twice_they_come_to_the_same_end(
    deliveries: list[dict[str, Any]], in_the_end: dict[int, Any], seed: int
) -> None:
    chance = Random(seed)  # noqa: S311 (the same order every time)
    for each in chance.sample(deliveries * 2, len(deliveries) * 2):
        keep([each])
        if chance.random() < 0.1:
            apply_all()
    apply_all()
    assert standing() == in_the_end
    assert WebhookDelivery.objects.count() == len(deliveries)
    assert (differences(), list(faults())) == (0, [])


@pytest.mark.full
@pytest.mark.django_db(transaction=True)
def test_posted_and_applied_by_many_at_once_they_come_to_the_same_end(
    deliveries: list[dict[str, Any]], in_the_end: dict[int, Any]
) -> None:
    mixed = Random(5).sample(deliveries, len(deliveries))  # noqa: S311

    def work(part: list[dict[str, Any]]) -> None:
        keep(part)
        tasks.apply_webhooks()

    came_to = together([partial(work, mixed[place::4]) for place in range(4)] * 2)

    assert came_to == [None] * 8
    tasks.apply_webhooks()
    assert standing() == in_the_end
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) <= {"applied", "ignored"}
    assert (differences(), list(faults())) == (0, [])
