"""What people at the demo's desk write: notes, answers, next steps."""

from __future__ import annotations

from scoping.models import Confidence
from scoping.states import Service, State

DESCRIPTIONS = {
    Service.MIGRATION: (
        "The old code host is switched off for good, and nobody wants to lose history.\n\n"
        "- repositories, issues and merge requests have to come along\n"
        "- build jobs are repointed by the customer's own team"
    ),
    Service.IMPLEMENTATION: (
        "The pilot ran on one server. Now everybody is to work on it, and an outage in working"
        " hours is no longer acceptable."
    ),
    Service.INTEGRATION: "Accounts, tickets and chat live in three tools that do not know each other.",
    Service.CI_CD: (
        "Every team has built its own pipelines. The platform team wants **one set of templates**"
        " and somebody to help the first teams over."
    ),
    Service.SECURITY: "The auditors ask for proof that every release was scanned.",
    Service.ADVISORY: "The platform team is new and wants somebody experienced to ask.",
    Service.HEALTH_CHECK: "Pages have become slow since spring. They want to know why before they upgrade.",
    Service.DEVELOPMENT: "A tool of their own has to talk to ours, and they have nobody to write it.",
    Service.TRAINING: "Teams start one after another and should learn before they begin.",
}

RATIONALES = {
    Confidence.GREEN: (
        "Budget confirmed, paper process mapped, signature expected before quarter end",
        "The sponsor wrote that the order goes out this month",
        "Legal is through, the purchase order is in their workflow",
        "Verbal yes from procurement; only the stamp is missing",
    ),
    Confidence.AMBER: (
        "They will do it with us; their legal review may push the signature past quarter end",
        "The champion is committed, the board meets only after the quarter",
        "Scope is agreed, but procurement has not given a date",
        "Waits for the licence renewal it is bundled with",
    ),
    Confidence.RED: (
        "Budget moved to next year. No sponsor for services yet",
        "They try it alone first; not in this quarter",
        "The reorganisation is not over, nobody may sign",
        "A partner offers the same for half of it",
    ),
}
NEXT_STEPS = {
    State.OPEN: ("Read the request and call {team}", "Check whether we know the customer"),
    State.AWAITING_DISCOVERY: (
        "Chase {team} for the repository counts",
        "Hold the scoping call",
        "Get the Evaluate output",
        "Find out who owns the runners",
        "Ask for a diagram of the network",
    ),
    State.STRAWMAN_WIP: (
        "Finish the strawman",
        "Compare effort with the last deal of this kind",
        "Agree the effort with {architect}",
        "Split the estimate into two phases",
    ),
    State.ESTIMATE_FEEDBACK: (
        "Ask {team} how the estimate was received",
        "Walk the customer through the estimate",
        "Offer a smaller first phase",
        "Answer the question about travel",
    ),
    State.ON_HOLD: ("Ask whether the budget is back", "Look again after the reorganisation"),
    State.SOW_WIP: (
        "Send the first draft of the SOW",
        "Work in the customer's redlines",
        "Settle the acceptance wording",
        "Get the delivery manager's word on staffing",
    ),
    State.READY_FOR_APPROVAL: (
        "Remind PS leadership of the approval",
        "Check quote against SOW total",
    ),
    State.APPROVED: (
        "Ask for the legal stamp",
        "Chase the signature",
        "Find out whether a PO is needed",
        "Prepare the hand-off to the project manager",
    ),
}

NOTES = {
    State.OPEN: ("Came in over the weekend.", "Looks like a deal we scoped before."),
    State.AWAITING_DISCOVERY: (
        "Account team is collecting numbers; call is being arranged.",
        "Goals are clear, sizes are not.",
    ),
    State.STRAWMAN_WIP: (
        "Draft stands; open point is user migration.",
        "Two options, one with and one without runner work.",
    ),
    State.ESTIMATE_FEEDBACK: (
        "Customer likes the scope, procurement wants it cheaper.",
        "With the account team since the last call.",
    ),
    State.ON_HOLD: ("Nothing moves before the date; keep in touch.",),
    State.SOW_WIP: (
        "Draft two is with the customer's lawyers.",
        "Scope agreed, dates still open.",
    ),
    State.READY_FOR_APPROVAL: ("Everybody agreed; waits for the last approval.",),
    State.APPROVED: ("At the customer for signature.", "Stamp is there, PO is on its way."),
}

HOLD_REASONS = (
    "Budget was moved to the next quarter",
    "The sponsor has left, a successor is not named yet",
    "Hiring freeze in the platform team",
    "The licence renewal comes first",
    "Waiting for their data centre move",
)
LOST_NOTES = (
    "They will try it by themselves first.",
    "Procurement chose the cheaper offer.",
    "The project was cancelled as a whole.",
    "No answer to four messages.",
    "",
)

# (who speaks, whether the customer may read it, what is said)
SAID = {
    State.OPEN: (
        ("em", False, "Had a first look. {team}, who is our contact on the technical side?"),
        ("team", False, "Customer is keen; budget holder is the head of platform engineering."),
    ),
    State.AWAITING_DISCOVERY: (
        (
            "em",
            False,
            "{team} we need **counts of repositories and users** before I can size this.",
        ),
        ("team", False, "Numbers are promised for the end of the week."),
        ("em", False, "Call went well. Their pain is build time, not the move itself."),
        (
            "em",
            True,
            "Thank you for your time today. As agreed we need:\n\n"
            "1. the list of repositories with sizes\n2. the versions in use\n3. who manages runners",
        ),
        ("team", False, "They asked whether training can be part of the same SOW."),
    ),
    State.STRAWMAN_WIP: (
        ("em", False, "{architect} could you look at the effort for the network part?"),
        ("em", False, "Assuming they repoint their jobs themselves; otherwise add two weeks."),
        ("architect", False, "Effort is fine. I would add two days for the proxy."),
        ("team", False, "Any news? The customer asks for a figure before Thursday."),
    ),
    State.ESTIMATE_FEEDBACK: (
        ("em", True, "Here is our estimate as discussed. We are happy to walk you through it."),
        ("team", False, "First reaction is good, price is a little above what they had in mind."),
        ("em", False, "Offered to move the training into a second phase. {lead} fyi"),
        ("team", False, "They want to show it to their board on the first of the month."),
    ),
    State.SOW_WIP: (
        ("em", False, "{delivery} do we have people for a start in six weeks?"),
        ("em", True, "Please find the draft attached. Your changes are welcome until Friday."),
        ("team", False, "Their lawyers ask for another acceptance wording."),
        ("em", False, "Clause on travel is in. Payment by milestone, three of them."),
    ),
    State.READY_FOR_APPROVAL: (
        ("em", False, "Final content is confirmed by both sides. Quote equals SOW total."),
        ("team", False, "Customer is ready to sign as soon as the stamp is on it."),
    ),
    State.APPROVED: (
        ("em", False, "Approved. {team}, please route it for signature."),
        ("team", False, "Sent. They need a PO, which takes them about a week."),
        ("em", True, "We look forward to working with you. The project manager will be in touch."),
    ),
    State.ON_HOLD: (
        ("em", False, "Put aside with the customer's consent; they come back to us."),
        ("team", False, "I keep asking once a fortnight."),
    ),
}

ANSWERS = {
    "A1": ("180", "420", "950", "2300", "6100"),
    "A1b": ("400", "800", "1500", "4000", "9000"),
    "A2": (
        "One platform instead of five by the end of the year, then faster releases.",
        "Shorter build times first, security scanning second.",
    ),
    "A3": (
        "Source control and CI; planning stays where it is for now.",
        "Two code hosts, one build server, one package registry.",
    ),
    "A4": ("Chat, ticketing and the identity provider.", "Only single sign-on."),
    "A5": ("SaaS", "Self-managed, high availability", "Dedicated", "Self-managed, single server"),
    "A6": (
        "Mostly services on Kubernetes, some firmware built on bare metal.",
        "Java and mobile apps, containers in two clouds.",
    ),
    "A7": ("16.7 Premium today, Ultimate planned", "17.2 Ultimate", "15.11 Premium, upgrade due"),
    "A9": (
        "Builds queue for an hour in the morning.",
        "Nobody can tell which project is still alive.",
        "Releases need a weekend and nine people.",
    ),
    "A10": (
        "No change between mid-November and January.",
        "Everything goes through a proxy; approval of new hosts takes two weeks.",
    ),
    "A11": ("MSA in place", "Standard terms", "MSA in negotiation", "Not known yet"),
    "A12b": ("Old code host's contract ends in nine months.", "None that is fixed."),
    "A13": ("They would have to hire; nobody has done it before.",),
    "I1": ("20", "30", "40"),
    "I4": ("English", "English; documents also in their own language"),
    "I5": ("Two sites, five hours apart; mornings are best.",),
    "I6": ("None", "Workshops only"),
    "I8": ("Yes, before kick-off.", "No."),
    "I9": ("Prepaid in full", "By milestone", "Time and materials"),
}

CALL_NOTES = (
    "- goals confirmed, sizes follow by mail\n- the platform team owns the work\n- next: estimate",
    "They showed us the build server. About a third of the jobs can be retired.",
    "Good call. Open: who approves access for our people.",
)
