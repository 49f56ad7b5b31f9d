"""The first draft: from the accepted version of the primary estimate, a template and the library.

What cannot be filled is told before anything is made; made anyway, it stays named in the text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.transaction import atomic
from django.utils.timezone import localdate

from emdesk.configuration.values import values_on
from emdesk.ledger.models import Origin
from emdesk.ledger.recording import append, event_of, record
from emdesk.people.models import User
from emdesk.workflow import NotAllowed, Refused, fresh
from scoping.facts import revise
from scoping.models import CatalogueActivity, EstimateVersion, SchedulingIntake, ScopingIssue
from scoping.models.estimate import Standing
from scoping.states import Agreement, State
from sow import rules
from sow.amending import amended, delta_of, order_of
from sow.building import Sold, Work, amounts, blocks, milestone_block
from sow.content import DRAFT, LIBRARY, Content, Section, digest_of, free_key, source
from sow.fields import FIELDS, WRITTEN, Field, day_of, expanded, named_in
from sow.kinds import Kind
from sow.models import Clause, StatementOfWork, Template, Version
from sow.settings import ACCEPTANCE_DAYS, OUR_SIDE

DRAFTED = "sow.drafted"
GONE = "clause."
GOALS, PAINS, START, WEEKLY_HOURS = "A2", "A9", "A12", "I1"
KNOWN_TERMS = (Agreement.STANDARD, Agreement.IN_PLACE)
ANSWERS = {
    "goals": Field("goals", "The customer's goals", "the answer to A2"),
    "pains": Field("pains", "What hurts the customer", "the answer to A9"),
}


@dataclass(frozen=True)
class Plan:
    """What a draft would be made of, and what it could not say."""

    version: EstimateVersion
    template: Template
    fields: Mapping[str, str]
    sections: Sequence[Section]

    @property
    def missing(self) -> list[Field]:
        """Every field and answer that is named in the text and that nobody has told yet."""
        texts = " ".join(f"{each.title} {each.text}" for each in self.sections)
        named = dict.fromkeys(named_in(texts))
        return [_field(name) for name in named if not self.fields.get(name)]


def _field(name: str) -> Field:
    if name.startswith(GONE):
        return Field(name, f"Clause “{name.removeprefix(GONE)}”", "the library: it is not in use")
    unknown = Field(name, name, "nothing: the template names it wrongly")
    return (FIELDS | ANSWERS).get(name, unknown)


def accepted(issue: ScopingIssue) -> EstimateVersion | None:
    """The version of the primary estimate that was accepted and stands."""
    rows = issue.estimate_versions.filter(estimate__primary=True, standing=Standing.ACCEPTED)
    return rows.select_related("estimate").first()


def may_draft(issue: ScopingIssue, user: User) -> bool:
    """Whether “Draft the SOW” is an act this person has now."""
    if issue.state != State.SOW_WIP or not rules.drafts(issue, user):
        return False
    return not StatementOfWork.objects.filter(issue=issue).exists() and accepted(issue) is not None


def plan(issue: ScopingIssue, *, at: datetime, said: Mapping[str, str] | None = None) -> Plan:
    """``said`` are fields that somebody wrote for it. Raises :class:`Refused`."""
    version = accepted(issue)
    if version is None:
        raise Refused(
            "No version of the primary estimate is accepted. Note the answer to it first."
        )
    template = Template.objects.first()
    if template is None:
        raise Refused("There is no template to draft from. Practice writes one.")
    fields, sections = known(issue, version, at), _sections(issue, version, template)
    if issue.amends_id:
        order = order_of(issue.pk)
        fields, sections = amended(order, version, fields, sections)
    return Plan(version, template, fields | dict(said or {}), sections)


def draft(
    issue: ScopingIssue,
    *,
    by: User,
    at: datetime,
    said: Mapping[str, str] | None = None,
    seen: int | None = None,
    origin: str = Origin.PERSON,
) -> Version:
    """Make version 1. ``seen`` is the number of the estimate version the person looked at."""
    with atomic():
        issue = fresh(issue)
        if not rules.drafts(issue, by):
            raise NotAllowed("Its EM or a lead drafts the SOW.")
        if issue.state != State.SOW_WIP:
            raise Refused("A SOW is drafted in SOW_WIP. Move the issue there first.")
        if StatementOfWork.objects.filter(issue=issue).exists():
            raise Refused("Somebody drafted this SOW already. Open it instead.")
        planned = plan(issue, at=at, said=said)
        if seen not in {None, planned.version.number}:
            raise Refused(f"v{planned.version.number} of the estimate was accepted meanwhile.")
        made = _make(issue, planned, by=by, at=at, origin=origin)
        price_of_order(issue, planned.version, by=by, at=at, origin=origin)
        return made


def price_of_order(
    issue: ScopingIssue,
    estimate: EstimateVersion,
    *,
    by: User,
    at: datetime,
    origin: str = Origin.PERSON,
) -> None:
    """An order is worth what it adds; the engagement's own value is counted where it was won."""
    if not issue.amends_id:
        return
    issue = fresh(issue)
    adds = delta_of(order_of(issue.pk), estimate).price.by
    changed = revise(issue, None, {"expected_value": max(adds, Decimal(0))})
    if changed:
        event = event_of(issue, "scoping.amended", by=by, at=at, origin=origin, changed=changed)
        append([event])
        issue.save(update_fields=[*changed])


def _make(issue: ScopingIssue, planned: Plan, *, by: User, at: datetime, origin: str) -> Version:
    statement = StatementOfWork.objects.create(
        issue=issue, latest=1, drafted_by=by, drafted_at=at, **_amends(issue)
    )
    fields = {**planned.fields, "number": statement.number}
    content = Content(fields, tuple(planned.sections)).written()
    estimate = planned.version
    version = Version.objects.create(
        statement=statement,
        number=1,
        content=content,
        digest=digest_of(content),
        estimate_version=estimate,
        estimate_digest=estimate.digest,
        difference=[f"drafted from v{estimate.number} of the estimate"],
        saved_by=by,
        saved_at=at,
    )
    told: dict[str, Any] = {"sow": statement.number, "estimate": estimate.number}
    told |= {"missing": [each.name for each in planned.missing], "digest": version.digest}
    record(issue, DRAFTED, by=by, at=at, origin=origin, **told)
    return version


def _amends(issue: ScopingIssue) -> dict[str, Any]:
    """Which SOW it changes, and as which of its orders."""
    if not issue.amends_id:
        return {}
    order = order_of(issue.pk)
    return {"amends": order.base, "order": order.number}


def sold_in(version: EstimateVersion) -> Sold:
    """A frozen estimate with what the catalogue it pins says of its activities."""
    keys = {line["key"] for line in version.content["lines"]}
    rows = CatalogueActivity.objects.filter(version=version.estimate.catalogue_id, key__in=keys)
    works = {
        key: Work(exclusions, acceptance)
        for key, exclusions, acceptance in rows.values_list("key", "exclusions", "acceptance")
    }
    return Sold(version.content, works)


def known(issue: ScopingIssue, version: EstimateVersion, at: datetime) -> dict[str, str]:
    """Every field as far as estimate, deal, answers and scheduling intake tell it."""
    intake = SchedulingIntake.objects.filter(issue=issue).first()
    answers = _answers(issue)
    settings = values_on(localdate(at))
    agreed = issue.agreement in KNOWN_TERMS
    return {
        **{field.name: "" for field in WRITTEN},
        "number": "SOW-0000",  # until it has one
        "reference": issue.reference,
        "customer": issue.account.name,
        "title": issue.title,
        "opportunity": issue.opportunity.name if issue.opportunity else "",
        "our_side": settings[OUR_SIDE],
        "acceptance_days": str(settings[ACCEPTANCE_DAYS]),
        "estimate": f"v{version.number}",
        "agreement": Agreement(issue.agreement).label if agreed else "",
        **_scheduled(intake, answers),
        **amounts(sold_in(version)),
    }


def _scheduled(intake: SchedulingIntake | None, answers: Mapping[str, str]) -> dict[str, str]:
    start = intake.wanted_start if intake else None
    end = intake.wanted_end if intake else None
    weekly = intake.hours_per_week if intake else None
    return {
        "start_date": start.isoformat() if start else _day(answers.get(START, "")),
        "end_date": end.isoformat() if end else "",
        "weekly_hours": str(weekly) if weekly else answers.get(WEEKLY_HOURS, ""),
        "billing": intake.get_billing_display() if intake and intake.billing else "",
    }


def _day(text: str) -> str:
    return text if day_of(text) else ""


def _answers(issue: ScopingIssue) -> dict[str, str]:
    keys = (GOALS, PAINS, START, WEEKLY_HOURS)
    rows = issue.answers.filter(question__key__in=keys).values_list("question__key", "text")
    return {key: text.strip() for key, text in rows}


def _sections(
    issue: ScopingIssue, version: EstimateVersion, template: Template
) -> Sequence[Section]:
    sold, answers = sold_in(version), _answers(issue)
    rows = template.head.sections
    library = _library(row["clause"] for row in rows if row.get("clause"))
    said = blocks(sold) | {"goals": answers.get(GOALS, ""), "pains": answers.get(PAINS, "")}
    found: list[Section] = []
    for row in rows:
        if row["kind"] == Kind.EDUCATION and not sold.education:
            continue
        for extra in _repeats(row, sold):
            key = free_key(row["key"], (each.key for each in found))
            found.append(_section(row, key, said | extra, library))
    return found


def _repeats(row: Mapping[str, str], sold: Sold) -> list[dict[str, str]]:
    """A section of scope stands once for each milestone, any other once."""
    if row["kind"] != Kind.SCOPE:
        return [{}]
    return [
        {"milestone": name, "milestone_lines": milestone_block(lines)}
        for name, lines in sold.milestones.items()
    ]


def _section(
    row: Mapping[str, str], key: str, said: Mapping[str, str], library: Mapping[str, Clause]
) -> Section:
    """``said`` holds the blocks; one with nothing in it that stands under a clause is left out."""
    title, own = expanded(row["title"], said), expanded(row["text"], said)
    named = row.get("clause", "")
    if not named:
        return Section(key, row["kind"], title, own, source(DRAFT, own))
    if any(name in said and not said[name] for name in named_in(row["text"])):
        own = ""
    clause: Any = library.get(named)
    if clause is None:  # retired since, or never written
        own = f"{{{{ {GONE}{named.replace('-', '_')} }}}}"
        return Section(key, row["kind"], title, own, source(DRAFT, own))
    text = "\n\n".join(each for each in (clause.text, own) if each)
    origin = source(LIBRARY, text, clause=clause.key, version=clause.latest)
    return Section(key, row["kind"], title, text, origin)


def _library(keys: Any) -> dict[str, Clause]:
    rows = Clause.objects.in_use().with_text().filter(key__in=list(keys))
    return {clause.key: clause for clause in rows}
