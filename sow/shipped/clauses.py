"""Clauses in own words, after what public pages say of such statements (domain.md §8.1).

They are a beginning for Practice and legal to make their own, and no legal advice.
"""

from __future__ import annotations

from typing import Any

from sow.kinds import Kind, Risk


def clause(
    key: str, kind: Kind, title: str, risk: Risk, text: str, *fallbacks: tuple[str, str]
) -> dict[str, Any]:
    """``fallbacks``: when to give way, and the text to give way to."""
    given = [{"name": name, "text": other} for name, other in fallbacks]
    return {
        "key": key,
        "kind": kind.value,
        "title": title,
        "risk": risk.value,
        "text": text,
        "fallbacks": given,
    }


CLAUSES = [
    clause(
        "agreement-standard",
        Kind.HEADER,
        "Parties and governing agreement",
        Risk.MEDIUM,
        "This statement of work {{ number }} is between {{ our_side }} and {{ legal_name }}"
        " (“Customer”). It is governed by: {{ agreement }}.\n\n"
        "Where they differ, this statement of work goes before the order form, and the order form"
        " before the agreement.",
        (
            "The customer's agreement goes first",
            "This statement of work {{ number }} is between {{ our_side }} and {{ legal_name }}"
            " (“Customer”). It is governed by: {{ agreement }}.\n\n"
            "Where they differ, the agreement goes before this statement of work, except for"
            " scope, schedule and fees.",
        ),
    ),
    clause(
        "exclusions-migration",
        Kind.EXCLUSIONS,
        "Out of scope",
        Risk.MEDIUM,
        "Anything that is not named in this statement of work is out of its scope. In particular:\n\n"
        "- Migration of secrets, tokens and credentials.\n"
        "- Conversion of CI functionality, unless an activity above names it.\n"
        "- Changes to the Customer's own applications and infrastructure.",
    ),
    clause(
        "assumptions-standard",
        Kind.ASSUMPTIONS,
        "Assumptions",
        Risk.LOW,
        "The estimate rests on these assumptions. Where one does not hold, the parties agree a"
        " change under “Change control”.\n\n"
        "- Access to systems and people is ready on the estimated start.\n"
        "- Work is done remotely in English, unless said otherwise.",
    ),
    clause(
        "responsibilities-standard",
        Kind.RESPONSIBILITIES,
        "Customer responsibilities",
        Risk.LOW,
        "The Customer:\n\n"
        "- names a project manager with the authority to decide;\n"
        "- supplies people, direction, access, environments and equipment in time;\n"
        "- reviews and answers deliverables within the time under “Acceptance”.",
    ),
    clause(
        "schedule-standard",
        Kind.SCHEDULE,
        "Schedule and delays",
        Risk.MEDIUM,
        "- Estimated start: {{ start_date }}\n"
        "- Estimated end: {{ end_date }}\n"
        "- Work in weeks of at least {{ weekly_hours }} hours\n"
        "- Services not used by {{ expiry_date }} expire.\n\n"
        "Dates are estimates and hold once this statement of work is signed and people are"
        " assigned. Delays on the Customer's side move them, and may call for a change under"
        " “Change control”.",
        (
            "No expiry",
            "- Estimated start: {{ start_date }}\n"
            "- Estimated end: {{ end_date }}\n"
            "- Work in weeks of at least {{ weekly_hours }} hours\n\n"
            "Dates are estimates and hold once this statement of work is signed and people are"
            " assigned.",
        ),
    ),
    clause(
        "acceptance-passive",
        Kind.ACCEPTANCE,
        "Acceptance",
        Risk.MEDIUM,
        "A deliverable counts as accepted when the Customer has not said in writing within"
        " {{ acceptance_days }} business days of delivery where it does not meet its criteria.",
        (
            "Written acceptance",
            "A deliverable is accepted in writing. An answer is due within {{ acceptance_days }}"
            " business days of delivery; after a second request that stays unanswered for as long,"
            " it counts as accepted.",
        ),
    ),
    clause(
        "billing-standard",
        Kind.BILLING,
        "Billing and payment",
        Risk.MEDIUM,
        "Billing: {{ billing }}. Invoices are due within 30 days. Fixed fees are prepaid and not"
        " cancellable; time and materials are invoiced monthly as worked.",
        (
            "Payment in 45 days",
            "Billing: {{ billing }}. Invoices are due within 45 days.",
        ),
    ),
    clause(
        "travel-standard",
        Kind.TRAVEL,
        "Travel and expenses",
        Risk.LOW,
        "Travel and expenses are not part of the fees. They are approved by the Customer in"
        " writing beforehand, and invoiced at cost with receipts.",
        ("Remote only", "All work is done remotely. There are no travel costs or expenses."),
    ),
    clause(
        "change-standard",
        Kind.CHANGE,
        "Change control",
        Risk.LOW,
        "A change of scope, schedule or fees takes effect once both parties have signed a change"
        " order. It then is part of this statement of work.",
    ),
    clause(
        "liability-standard",
        Kind.LIABILITY,
        "Warranty, liability and termination",
        Risk.HIGH,
        "Services are performed with professional care. Claims about workmanship are made within"
        " 90 days of the work and mended within 30 days. Liability is limited as in the governing"
        " agreement.\n\n"
        "Either party may end this statement of work with 15 days' notice, or after a breach that"
        " is not cured within 30 days.",
        (
            "Cap of the fees",
            "Services are performed with professional care. Claims about workmanship are made"
            " within 90 days of the work and mended within 30 days. Liability under this statement"
            " of work is limited to the fees paid under it.",
        ),
    ),
    clause(
        "signatures-standard",
        Kind.SIGNATURES,
        "Signatures",
        Risk.LOW,
        "| For {{ our_side }} | For {{ legal_name }} |\n"
        "| --- | --- |\n"
        "| {{ our_signatory }} | {{ customer_signatory }} |",
    ),
]
