"""The template a new desk begins with: the sections of domain.md §8.2 in their order."""

from __future__ import annotations

from sow.kinds import Kind

NAME = "Custom services"
Row = dict[str, str]


def written(kind: Kind, title: str, text: str) -> Row:
    return {"key": kind.value, "kind": kind.value, "title": title, "text": text}


def from_library(kind: Kind, title: str, clause: str, more: str = "") -> Row:
    """``more`` stands under the clause."""
    return {"key": kind.value, "kind": kind.value, "title": title, "clause": clause, "text": more}


SECTIONS = [
    from_library(Kind.HEADER, "Parties and agreement", "agreement-standard"),
    written(
        Kind.BACKGROUND,
        "Background and goals",
        "What {{ customer }} wants to reach:\n\n{{ goals }}\n\nWhat stands in the way today:\n\n{{ pains }}",
    ),
    written(Kind.SCOPE, "{{ milestone }}", "{{ milestone_lines }}"),
    written(
        Kind.EDUCATION,
        "Education services",
        "{{ education_lines }}\n\nEducation total: {{ currency }} {{ education_total }}",
    ),
    from_library(Kind.EXCLUSIONS, "Out of scope", "exclusions-migration", "{{ exclusion_lines }}"),
    from_library(
        Kind.ASSUMPTIONS,
        "Assumptions and prerequisites",
        "assumptions-standard",
        "{{ assumption_lines }}",
    ),
    from_library(Kind.RESPONSIBILITIES, "Customer responsibilities", "responsibilities-standard"),
    written(Kind.EFFORT, "Team and estimated effort", "{{ effort }}"),
    from_library(Kind.SCHEDULE, "Schedule", "schedule-standard"),
    from_library(Kind.ACCEPTANCE, "Acceptance", "acceptance-passive", "{{ acceptance_lines }}"),
    written(Kind.FEES, "Fees", "{{ fee_type }}. All amounts are in {{ currency }}.\n\n{{ fees }}"),
    from_library(Kind.BILLING, "Billing and payment", "billing-standard"),
    from_library(Kind.TRAVEL, "Travel and expenses", "travel-standard"),
    from_library(Kind.CHANGE, "Change control", "change-standard"),
    from_library(Kind.LIABILITY, "Warranty and liability", "liability-standard"),
    from_library(Kind.SIGNATURES, "Signatures", "signatures-standard"),
]
