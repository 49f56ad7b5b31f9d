"""The least Django that shows the same rows: sign in, one query, a plain template.

Its tables stand in a schema of their own in the desk's database and are copied from the desk
each time, so both read the same rows from the same server.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib.auth import authenticate, get_user_model, login
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.db.transaction import atomic
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import redirect, render
from django.urls import path

View = Callable[..., HttpResponse]
PERSON, PASSWORD = "bare", "a-bare-password"
STATES = (
    "open",
    "awaiting_discovery",
    "strawman_wip",
    "estimate_feedback",
    "on_hold",
    "sow_wip",
    "ready_for_approval",
    "approved",
)

BOARD = """
SELECT id, title, account, segment, manager, state, value, due
  FROM card WHERE place <= %s ORDER BY state, place
"""
ISSUE = """
SELECT card.*, line.at, line.who, line.what
  FROM card LEFT JOIN line ON line.card = card.id
 WHERE card.id = %s ORDER BY line.at DESC NULLS LAST LIMIT 50
"""
OF_A_LINE = 3
TABLES = """
DROP SCHEMA IF EXISTS bare CASCADE;
CREATE SCHEMA bare;
CREATE TABLE card AS
SELECT issue.id, issue.title, issue.state, account.name AS account, segment.name AS segment,
       manager.name AS manager, issue.expected_value AS value, issue.next_step_date AS due,
       issue.description, issue.next_step, issue.current_state, issue.em_status, issue.waiting_on,
       issue.services, issue.agreement, issue.communication_owner, issue.services_calculator,
       issue.created_at, issue.free_labels, issue.entered_state_at,
       territory.name AS territory, requester.name AS requester, architect.name AS architect,
       delivery.name AS delivery, owner.name AS owner, opportunity.name AS opportunity,
       opportunity.stage, opportunity.close_date,
       row_number() OVER (
         PARTITION BY issue.state
         ORDER BY issue.next_step_date, issue.expected_value DESC, issue.id) AS place
  FROM public.scoping_scopingissue issue
  JOIN public.scoping_account account ON account.id = issue.account_id
  LEFT JOIN public.people_territory territory ON territory.id = account.sales_territory_id
  LEFT JOIN public.people_segment segment ON segment.id = issue.segment_id
  LEFT JOIN public.people_user manager ON manager.id = issue.engagement_manager_id
  LEFT JOIN public.people_user requester ON requester.id = issue.requester_id
  LEFT JOIN public.people_user architect ON architect.id = issue.technical_architect_id
  LEFT JOIN public.people_user delivery ON delivery.id = issue.delivery_manager_id
  LEFT JOIN public.people_user owner ON owner.id = issue.next_step_owner_id
  LEFT JOIN public.scoping_opportunity opportunity ON opportunity.id = issue.opportunity_id
 WHERE issue.state <> 'closed';
ALTER TABLE card ADD PRIMARY KEY (id);
CREATE INDEX ON card (place);
CREATE TABLE line (
  id bigserial PRIMARY KEY, card bigint REFERENCES card, at timestamptz, who text, what text);
INSERT INTO line (card, at, who, what)
SELECT subject_id, at, name, verb || ' ' || after
  FROM public.ledger_event LEFT JOIN public.people_user actor ON actor.id = actor_id
 WHERE subject_type = 'scoping.scopingissue' AND subject_id IN (SELECT id FROM card);
INSERT INTO line (card, at, who, what)
SELECT subject_id, created_at, name, body
  FROM public.activity_comment JOIN public.people_user author ON author.id = author_id
 WHERE subject_id IN (SELECT id FROM card);
INSERT INTO line (card, what, who)
SELECT card.id, prompt, text
  FROM card CROSS JOIN public.scoping_question question
  LEFT JOIN public.scoping_answer answer ON issue_id = card.id AND question_id = question.id
 WHERE question.service = '' OR question.service = ANY (services);
CREATE INDEX ON line (card, at DESC NULLS LAST);
ANALYZE card, line;
"""


def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "sign_in.html")
    person = authenticate(username=request.POST["login"], password=request.POST["password"])
    if person is None:
        return HttpResponseForbidden()
    login(request, person)
    return redirect("/board/25/")


def signed_in(view: View) -> View:
    def asked(request: HttpRequest, **where: int) -> HttpResponse:
        if not request.user.is_authenticated:
            return HttpResponseForbidden()
        return view(request, **where)

    return asked


@signed_in
def board(request: HttpRequest, page: int) -> HttpResponse:
    columns: dict[str, list[Any]] = {state: [] for state in STATES}
    with connection.cursor() as cursor:
        cursor.execute(BOARD, [page])
        names = [column.name for column in cursor.description]
        for row in cursor.fetchall():
            card = dict(zip(names, row, strict=True))
            columns[card["state"]].append(card)
    return render(request, "board.html", {"columns": columns.items()})


@signed_in
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Its facts, and under them every line of its history and questionnaire."""
    with connection.cursor() as cursor:
        cursor.execute(ISSUE, [pk])
        names = [column.name for column in cursor.description]
        rows = cursor.fetchall()
    facts = list(zip(names, rows[0], strict=True))[:-OF_A_LINE]
    lines = [row[-OF_A_LINE:] for row in rows]
    return render(request, "issue.html", {"pk": pk, "facts": facts, "lines": lines})


@signed_in
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """A locked update with one row that says who did it."""
    to = request.POST["to"]
    with atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT state FROM card WHERE id = %s FOR UPDATE", [pk])
        what = f"{cursor.fetchone()[0]} to {to}"
        cursor.execute(
            "UPDATE card SET state = %s, entered_state_at = now() WHERE id = %s", [to, pk]
        )
        said = [pk, request.user.get_username(), what]
        cursor.execute("INSERT INTO line (card, at, who, what) VALUES (%s, now(), %s, %s)", said)
    return HttpResponse(status=204)


def style(request: HttpRequest) -> HttpResponse:
    """Nine rules, so that a browser has a board to lay out."""
    text = Path(__file__).with_name("bare.css").read_text()
    return HttpResponse(text, content_type="text/css")


urlpatterns = [
    path("account/login/", sign_in),
    path("board/<int:page>/", board),
    path("issues/<int:pk>/", issue),
    path("issues/<int:pk>/move/", move),
    path("bare.css", style),
]
application = get_wsgi_application()


def prepare() -> None:
    """Copy the desk's live issues and their moves, and let one person in."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
    call_command("migrate", verbosity=0)
    get_user_model().objects.create_user(PERSON, password=PASSWORD)
