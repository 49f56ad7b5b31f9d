"""What labels say, once more: by a list of every label there is, compared letter by letter.

Case does not count, nor one colon or two, nor space, underscore and hyphen.
"""

from __future__ import annotations

QUARTERS = [f"Q{number}{year:02}" for number in range(1, 5) for year in range(100)]
WORDS = {
    "state": [
        ("proposal::Awaiting_Discovery", "awaiting_discovery"),
        ("proposal::Strawman_WIP", "strawman_wip"),
        ("proposal::Estimate_Feedback", "estimate_feedback"),
        ("proposal::On_hold", "on_hold"),
        ("proposal::SOW_WIP", "sow_wip"),
        ("proposal::Ready For Approval", "ready_for_approval"),
        ("proposal::Approved", "approved"),
        ("proposal::Scoping", "awaiting_discovery"),
        ("proposal::Writing", "sow_wip"),
        ("proposal::Cost Estimate", "sow_wip"),
    ],
    "outcome": [("proposal::Closed_Won", "won"), ("proposal::Closed_Lost", "lost")],
    "close_quarter": [(f"close_qtr::{quarter}", quarter) for quarter in QUARTERS],
    "em_status": [("EM_Status::Waiting", "waiting"), ("EM_Status::ToDo", "todo")],
    "architect_review": [("TA::Needs-Review", "needed"), ("TA::Approved", "approved")],
    "architect_help": [
        ("Scoping::Needs_TA_Assistance", "asked"),
        ("Scoping::TA_Assisted", "given"),
    ],
    "delivery_review": [("RDM::needs-review", "needed"), ("RDM::approved", "approved")],
}
FLAGS = {"services_calculator": "Services Calculator", "public_sector": "Public Sector US"}
SEGMENTS = [
    "Ent_APAC",
    "Ent_EAST",
    "Ent_WEST",
    "Ent_EMEA",
    "MM_APAC",
    "MM_East",
    "MM_EMEA",
    "MM_West",
    "SMB",
]


def squeezed(label: str) -> str:
    kept = "".join(
        letter for letter in label.casefold() if letter not in "_-" and not letter.isspace()
    )
    return kept.replace("::", ":")


def says() -> dict[str, tuple[str, str | bool]]:
    """Every label, squeezed, with the field and the value it stands for."""
    found: dict[str, tuple[str, str | bool]] = {}
    for field, spellings in WORDS.items():
        for label, value in spellings:
            found[squeezed(label)] = (field, value)
    for name in SEGMENTS:
        found[squeezed(f"Segment::{name}")] = ("segment", name)
    for field, label in FLAGS.items():
        found[squeezed(label)] = (field, True)
    return found


def reading(label: str) -> tuple[str, str | bool] | None:
    """Field and value of one label, or nothing when it is a free one."""
    return says().get(squeezed(label))
