"""What scoping brings to the packages it stands on. Imported once, when the apps are ready."""

from __future__ import annotations

from django import forms

from emdesk.activity.rules import commenters
from emdesk.configuration.definitions import Definition, register
from emdesk.files.rules import uploaders
from emdesk.ledger.recording import projections
from emdesk.notifications.channels import sees_to_channels
from emdesk.notifications.health import reads_health
from emdesk.subjects import visible_subjects
from emdesk.web import Place, offer, place
from scoping import (  # noqa: F401 (they register)
    approval_duties,
    approval_notices,
    calendar_entries,
    clocks,
    closing,
    deal_notices,
    deal_sentences,
    duties,
    gates,
    headlines,
    meeting_sentences,
    notices,
    promise_notices,
    quarters,
    rules,
    sentences,
)
from scoping.catalogue import (  # noqa: F401 (they register)
    notices as catalogue_notices,
)
from scoping.catalogue import (  # noqa: F401 (they register)
    sentences as catalogue_sentences,
)
from scoping.estimating import limits, telling  # noqa: F401 (they register)
from scoping.estimating import notices as estimate_notices  # noqa: F401 (they register)
from scoping.models import (
    CatalogueVersion,
    CostSheet,
    Opportunity,
    Proposal,
    RateCard,
    ScopingIssue,
)
from scoping.quiet import sentences as quiet_sentences  # noqa: F401 (they register)
from scoping.search.wordings import WORDINGS
from scoping.states import LIVE
from scoping.stays import STAYS

LABEL = ScopingIssue._meta.label_lower

projections.extend([STAYS, WORDINGS])
visible_subjects.register(LABEL, ScopingIssue.objects.visible_to, kin=closing.merged_into)
visible_subjects.register(Opportunity._meta.label_lower, Opportunity.objects.visible_to)
for model in (CatalogueVersion, CostSheet, Proposal, RateCard):
    visible_subjects.register(model._meta.label_lower, model.objects.visible_to)
commenters.register(LABEL, rules.comments)
uploaders.register(LABEL, rules.comments)

register(
    Definition(
        key="undo_minutes",
        name="Minutes to undo a move",
        help="For this long, who moved a card may take the move back.",
        default=10,
        field=lambda: forms.IntegerField(min_value=0, max_value=1_440),
    )
)
for state in LIVE:
    register(
        Definition(
            key=f"wip_limit.{state}",
            name=f"WIP limit of {state.label}",
            help="A soft limit: the column says when it holds more cards. Empty for none.",
            default=None,
            field=lambda: forms.IntegerField(min_value=1, max_value=10_000, required=False),
        )
    )


place(
    Place("Work", "My day", "list-checks", "desk:day", "d"),
    Place("Work", "Inbox", "bell", "notifications:inbox", "i"),
    Place("Work", "My board", "square-kanban", "scoping:board", "b"),
    Place("Work", "Issues by EM", "users", "scoping:board_by_em", "e", rules.sees_every_issue),
    Place("Work", "Approvals", "circle-check", "approvals:inbox", "a", rules.meets_approvals),
    Place("Work", "Triage", "inbox", "scoping:triage", "t", rules.sees_triage),
    Place("Work", "Issues", "list", "scoping:issues", "l"),
    Place("Work", "Opportunities", "filter", "scoping:opportunities", "p", rules.reads_deals),
    Place("Work", "Load", "scale", "scoping:load", "o", rules.sees_load),
    Place("Work", "Catalogue", "book-open", "scoping:catalogue", "v", rules.reads_catalogue),
)
place(Place("Reports", "Clocks", "timer", "scoping:clocks", "s"))
place(Place("Desk", "Bring over", "import", "scoping:import", "u", rules.previews_imports))
place(Place("Desk", "Mail", "mail", "notifications:mailbox", "m", reads_health))
place(Place("Desk", "Slack", "hash", "notifications:channels", "k", sees_to_channels))
place(Place("Desk", "Health", "activity", "notifications:health", "h", reads_health))
offer(
    Place("", "New issue", "", "scoping:new_issue", "c", rules.raises_issues),
    Place("", "New request", "", "scoping:intake", "c", rules.asks_for_oneself),
)
