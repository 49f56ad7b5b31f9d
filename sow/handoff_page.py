"""What the hand-off's page and the transition pack tell: all in one place, nothing written twice."""

from __future__ import annotations

from datetime import date
from typing import Any

from scoping.models import Risk, SchedulingIntake
from scoping.models.risk import RiskStatus
from sow.booking import executed
from sow.drafting import sold_in
from sow.forms.handoff import HandoffForm
from sow.kinds import Kind
from sow.models import Handoff, Readiness, Ready, StatementOfWork
from sow.orders_page import rows_of, whole
from sow.readiness import GROUPS, QUESTIONS, score
from sow.risk_page import works_of


def of(statement: StatementOfWork) -> Handoff | None:
    people = ("opened_by", "handed_by", "answered_by")
    return Handoff.objects.select_related("statement", *people).filter(statement=statement).first()


def pack(statement: StatementOfWork, record: Handoff, day: date) -> dict[str, Any]:
    """For the templates: record, meetings, readiness by group, scope, hours, risks, people."""
    issue, head = statement.issue, statement.head
    orders = rows_of(statement)
    answers = {answer.key: answer for answer in record.answers.all()}
    intake = SchedulingIntake.objects.filter(issue=issue).first()
    return {
        "issue": issue,
        "statement": statement,
        "version": head,
        "record": record,
        "facts": HandoffForm(instance=record).facts,
        "tasks": list(record.tasks.select_related("done_by")),
        "groups": _groups(answers),
        "score": score(answers.values()),
        "left": [QUESTIONS[key] for key in _unknown(answers)],
        "signed": executed(statement),
        "orders": orders,
        "works": works_of(issue, day),
        "whole": whole(statement, orders),
        "intake": _planned(intake),
        "lines": sold_in(head.estimate_version).lines,
        "totals": head.estimate_version.content["totals"],
        "sections": _sections(statement),
        "risks": _risks(issue.opportunity_id),
        "people": _people(issue),
    }


def _groups(answers: dict[str, Readiness]) -> list[tuple[str, list[tuple[str, str, Any]]]]:
    return [
        (name, [(key, question, answers.get(key)) for key, question in questions.items()])
        for name, questions in GROUPS.items()
    ]


def _unknown(answers: dict[str, Readiness]) -> list[str]:
    """They travel into the project's list of risks."""
    return [key for key in QUESTIONS if key not in answers or answers[key].stand == Ready.UNKNOWN]


def _planned(intake: SchedulingIntake | None) -> list[tuple[str, str]]:
    """What the scheduling intake says of people and dates."""
    if intake is None:
        return []
    dates = [f"{day:%-d %b %Y}" if day else "" for day in (intake.wanted_start, intake.wanted_end)]
    return [
        ("Skills", intake.skills),
        ("Languages", intake.languages),
        ("Time zones", intake.time_zones),
        ("Clearance", intake.clearance),
        ("On site", intake.on_site),
        ("Wanted start", dates[0]),
        ("Wanted end", dates[1]),
        ("Fixed dates", intake.fixed_dates),
        ("Partner", intake.partner),
        ("Customer's project manager", intake.customer_lead),
        ("Executive sponsor", intake.sponsor),
    ]


def _sections(statement: StatementOfWork) -> list[tuple[str, str]]:
    """Of the SOW, what says in and out of scope and on which ground it stands."""
    content = statement.head.said
    kinds = (Kind.BACKGROUND, Kind.EXCLUSIONS, Kind.ASSUMPTIONS, Kind.SCHEDULE, Kind.ACCEPTANCE)
    return [(content.title_of(each), content.text_of(each)) for each in content.of(*kinds)]


def _risks(deal: int | None) -> list[Risk]:
    """Those that are still there, worst first."""
    return list(Risk.objects.filter(opportunity=deal, status=RiskStatus.OPEN)) if deal else []


def _people(issue: Any) -> list[tuple[str, Any]]:
    named = [
        ("Engagement manager", issue.engagement_manager),
        ("Project manager", issue.project_manager),
        ("Technical architect", issue.technical_architect),
        ("Delivery manager", issue.delivery_manager),
        ("Asked for by", issue.requester),
    ]
    team = [("Account team", member) for member in issue.account_team.all()]
    return [(role, person) for role, person in [*named, *team] if person]
