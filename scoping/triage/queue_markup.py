"""The markup of the triage queue's rows; made like that of the cards, for the same reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.utils.safestring import SafeString

from emdesk.markup import fill
from scoping.cards import brief
from scoping.models.account import NOT_NAMED
from scoping.triage.queue import Waiting

ROW = """
<li><a id="w{pk}" href="{url}"{current} hx-get="{url}" hx-target="#triage" hx-swap="outerHTML">
<b>{account}</b><span class="age" title="Since it was raised">{age}</span>
<span class="title">{title}</span>
<span class="meta">{source} · {requester} · {territory}</span>
<span class="meta"><span class="known">{known}% known</span>{tags}</span></a></li>"""
TAG = ' <span class="tag{kind}">{text}</span>'
CURRENT = SafeString(' aria-current="true"')


def rows_markup(
    rows: Sequence[Waiting], current: int | None, at: datetime, address: str
) -> SafeString:
    """``address`` is the page with a gap for the issue's number."""
    accounts = Counter(row.account_id for row in rows)
    parts = [
        fill(
            ROW,
            pk=row.pk,
            url=address.format(row.pk),
            current=CURRENT if row.pk == current else "",
            account=row.account,
            age=brief((at - row.created_at).total_seconds() / 86_400),
            title=row.title,
            source="Calculator" if row.services_calculator else "By hand",
            requester=row.requester or "nobody named",
            territory=row.territory or "no territory",
            known=row.known,
            tags=_tags(row, double=row.account != NOT_NAMED and accounts[row.account_id] > 1),
        )
        for row in rows
    ]
    return SafeString("".join(parts))


def _tags(row: Waiting, *, double: bool) -> SafeString:
    tags = []
    if double:
        tags.append(fill(TAG, kind=" double", text="Duplicate?"))
    elif row.twins:
        tags.append(fill(TAG, kind=" wait", text=f"{row.twins} more live"))
    if row.asleep:
        until = f"{row.snoozed_until:%-d %b}" if row.snoozed_until else "it happens"
        tags.append(fill(TAG, kind=" wait", text=f"until {until}"))
    elif row.snoozed_at:
        tags.append(fill(TAG, kind=" wait", text="back from snooze"))
    return SafeString("".join(tags))
