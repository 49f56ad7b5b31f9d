"""An estimate as it is sent: all a customer may read, apart from it what it costs, and the digest.

The content is made of texts, so that it reads the same everywhere and always has the same digest.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from scoping.estimating.cells import shown
from scoping.estimating.reckoning import Reckoned
from scoping.estimating.sheets import plain
from scoping.models import EstimateLine, ResourceRole, ScopingIssue
from scoping.pricing import Line, Sum

Content = dict[str, Any]


def digest_of(content: Content) -> str:
    """SHA-256 of the content, keys in order; over costs it would give them away."""
    written = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def content_of(reckoned: Reckoned, issue: ScopingIssue, roles: dict[int, ResourceRole]) -> Content:
    """Hours and prices, never a cost. Who delivers a line and its risk are ours as well."""
    estimate, priced = reckoned.estimate, reckoned.priced
    rows = zip(reckoned.lines, priced.lines, priced.sums, strict=True)
    return {
        "reference": issue.reference,
        "customer": issue.account.name,
        "title": issue.title,
        "name": estimate.name,
        "pricing": estimate.pricing,
        "currency": estimate.currency,
        "catalogue": estimate.catalogue.number if estimate.catalogue else None,
        "rates_from": (
            estimate.rate_card.effective_from.isoformat() if estimate.rate_card else None
        ),
        "marketplace": estimate.marketplace,
        "lines": [_line(*row, roles) for row in rows],
        "extras": [
            {"name": extra.name, "hours": shown(extra.hours), "rate": _money(extra.rate)}
            | {"price": _money(each.price), "net": _money(each.net)}
            for extra, each in zip(priced.extras, priced.extra_sums, strict=True)
        ],
        "phases": [
            {"name": name, "price": _money(priced.phase(name).price)} for name in reckoned.phases
        ],
        "totals": {
            "hours": shown(priced.total.hours),
            "p50": str(reckoned.range.p50),
            "p80": str(reckoned.range.p80),
            "services": _money(priced.services.price),
            "education": _money(priced.education.price),
            "services_net": _money(priced.services.net),
            "education_net": _money(priced.education.net),
            "list": _money(priced.list_total),
            "discount_percent": shown(estimate.discount_percent),
            "discount": _money(priced.discount),
            "net": _money(priced.net_total),
            "uplift": _money(priced.uplift),
            "final": _money(priced.final_total),
            "optional": _money(priced.optional.price),
            "travel": _money(estimate.travel),
        },
    }


def costs_of(reckoned: Reckoned) -> Content:
    """The cost sheet of the same lines, in their order (domain.md §7)."""
    priced, rates = reckoned.priced, reckoned.rates
    return {
        "cost_sheet": reckoned.estimate.cost_sheet_id,
        "lines": [
            {"delivered_by": line.delivered_by, "cost": plain(rates.cost_of(line)), **_cogs(each)}
            for line, each in zip(reckoned.lines, priced.sums, strict=True)
        ],
        "extras": [_cogs(each) for each in priced.extra_sums],
        "phases": [_cogs(priced.phase(name)) for name in reckoned.phases],
        "total": _cogs(priced.total),
    }


def _cogs(each: Sum) -> Content:
    known = each.cogs is not None and each.margin is not None
    return {
        "cogs": f"{each.cogs:.2f}" if known else None,
        "margin": f"{each.margin:.2f}" if known else None,
        "margin_percent": None if each.margin_percent is None else f"{each.margin_percent:.2f}",
    }


def _line(line: EstimateLine, priced: Line, each: Sum, roles: dict[int, ResourceRole]) -> Content:
    by_piece = line.unit_price is not None
    return {
        "phase": line.phase,
        "title": line.title,
        "key": line.key,
        "type": line.type,
        "category": priced.category.value,
        "text": line.customer_text,
        "deliverable": line.deliverable,
        "assumptions": line.assumptions,
        "role": roles[line.role_id].name if line.role_id else "",
        "hours": shown(each.hours),
        "rate": "" if by_piece else _money(priced.rate),
        "quantity": shown(line.quantity) if by_piece else "",
        "unit_price": _money(line.unit_price) if by_piece else "",
        "optional": line.optional,
        "price": _money(each.price),
        "net": _money(each.net),
    }


def _money(amount: Any) -> str:
    return f"{amount:.2f}"
