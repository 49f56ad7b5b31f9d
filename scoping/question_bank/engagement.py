"""What is asked of every engagement: first discovery, and what shapes delivery."""

from __future__ import annotations

from scoping.question_bank.asking import REQUIRED, Asked, choice, number

FIRST_DISCOVERY: list[Asked] = [
    (
        "A1",
        "How many people use the platform today?",
        "Active accounts, not licences bought.",
        "Sizes training, user migration and architecture.",
        number(**REQUIRED),
    ),
    (
        "A1b",
        "How many will use it once everybody is on board?",
        "The number the customer plans for, with the year if it is known.",
        "Sizes training, user migration and architecture.",
        number(**REQUIRED),
    ),
    (
        "A2",
        "What does the customer want to reach with the platform, and what comes first?",
        "In the customer's words, most important first.",
        "Decides which activities belong in the estimate at all.",
        REQUIRED,
    ),
    (
        "A3",
        "Which tools will be replaced?",
        "Source control, CI, planning, package and container registries; name each.",
        "Every tool to leave is a migration of its own.",
        REQUIRED,
    ),
    (
        "A4",
        "Which tools have to work together with it?",
        "Name each, with what should flow between them.",
        "Adds one integration activity for each tool.",
        {},
    ),
    (
        "A5",
        "Where will it run?",
        "For self-managed also say in which cloud or data centre.",
        "Decides approach, throughput and who needs which access.",
        choice(
            "SaaS",
            "Self-managed, single server",
            "Self-managed, high availability",
            "Dedicated",
            "Not decided",
            **REQUIRED,
        ),
    ),
    (
        "A6",
        "If CI is in scope: what is built, and where does it run?",
        "Kinds of applications, cloud, containers and what orchestrates them.",
        "Sizes pipeline design and runner work.",
        {},
    ),
    (
        "A7",
        "Which version and tier are in use, and which are planned?",
        "For example 16.11 Premium today, Ultimate planned.",
        "May call for an upgrade first; some work needs a higher tier.",
        REQUIRED,
    ),
    (
        "A8",
        "For a move to SaaS: where is the output of the Evaluate script?",
        "A link to the file, and the day it was run.",
        "Replaces guesses about repositories and sizes by counts.",
        {},
    ),
    (
        "A9",
        "What hurts today?",
        "A technical architect needs this before joining a call.",
        "Shows where advice is worth more than hands.",
        REQUIRED,
    ),
    (
        "A10",
        "What limits the work, technically or in the organisation?",
        "Networks, approvals, freezes, teams that cannot be disturbed.",
        "Adds calendar time, sometimes effort. An architect needs it before joining a call.",
        REQUIRED,
    ),
    (
        "A11",
        "Under which terms would the work be done?",
        "Needed before the SOW is written.",
        "Negotiating terms delays the signature, not the estimate.",
        choice("MSA in place", "Standard terms", "MSA in negotiation", "Not known yet", **REQUIRED),
    ),
    (
        "A12",
        "When should the work begin?",
        "The day the customer wishes for.",
        "Decides whether people are free.",
        {"kind": "date"},
    ),
    (
        "A12b",
        "Which deadlines are fixed, and when do licences of the old tools run out?",
        "Each date with what happens on it.",
        "May split the work into phases.",
        {},
    ),
    (
        "A13",
        "How would the customer make this change without us?",
        "Who leads the technical and the people side, what would they give up for it, have they"
        " done it before, how do they handle risks?",
        "Unsure answers mean that an engagement manager is worth involving early.",
        {},
    ),
]

SHAPE_OF_DELIVERY: list[Asked] = [
    (
        "I1",
        "How many hours a week should we work at least?",
        "Less than 20 hours a week needs a longer calendar.",
        "Decides duration and who can be staffed.",
        number(),
    ),
    (
        "I2",
        "Is a clearance or a citizenship asked of our people?",
        "Say which, for whom and who grants it.",
        "Narrows who can be staffed; may add weeks.",
        {},
    ),
    (
        "I3",
        "Which background checks must our people pass?",
        "Who runs them, how long they take, who pays.",
        "Adds time before the first day.",
        {},
    ),
    (
        "I4",
        "In which language should we work and write?",
        "Speaking and documents may differ.",
        "Narrows who can be staffed.",
        {},
    ),
    (
        "I5",
        "In which time zones do the customer's people work?",
        "And which hours suit workshops.",
        "Decides the region that delivers.",
        {},
    ),
    (
        "I6",
        "How much of the work has to happen on site?",
        "With the place, if any of it does.",
        "Adds travel; the SOW needs the travel clause.",
        choice("None", "Workshops only", "Up to half", "Most of it"),
    ),
    (
        "I7",
        "Which security rules will our people meet?",
        "Laptops, networks, accounts, access from abroad.",
        "May add set-up time for each person.",
        {},
    ),
    (
        "I8",
        "Does the customer need a purchase order, and by when?",
        "The number follows later; the need must be known before the quote.",
        "Booking waits for it.",
        {},
    ),
    (
        "I9",
        "How does the customer want to be billed?",
        "Anything not prepaid in full is custom work.",
        "Decides the form of the SOW.",
        choice("Prepaid in full", "By milestone", "Monthly", "Time and materials"),
    ),
    (
        "I10",
        "Which wording about acceptance does the customer expect?",
        "Ours: work counts as accepted after five business days without objection.",
        "Other wording needs approval by PS leadership.",
        {},
    ),
]
