"""What is asked about CI/CD, and about changing how a company delivers (domain.md §6.6 D, G)."""

from __future__ import annotations

from scoping.question_bank.asking import Asked, choice, number, several, yes_or_no

CI_CD: list[Asked] = [
    (
        "D1",
        "How far are containers used for builds and deployments?",
        "",
        "Shows how mature delivery is; sizes advice.",
        choice("Everywhere", "For some applications", "Not at all", "Not known yet"),
    ),
    (
        "D2",
        "Who decides what build images contain?",
        "A platform team, each team, nobody.",
        "Decides where images are built and kept.",
        {},
    ),
    (
        "D3",
        "How long does it take to bring a new container in?",
        "From the wish to its first use in a build.",
        "Long waits call for a process of approval.",
        {},
    ),
    (
        "D4",
        "How are repositories structured?",
        "One for all, one for each service, something between.",
        "Decides how pipelines are shared.",
        {},
    ),
    (
        "D5",
        "Where do builds get their packages from?",
        "The internet, a mirror, a store of their own.",
        "May add a registry or a proxy.",
        {},
    ),
    (
        "D6",
        "Which approach does the customer want?",
        "We advise net new: pipelines are written as they should be, old history stays behind.",
        "A flash cut moves all history and costs more.",
        choice("Net new", "Flash cut", "Not decided"),
    ),
]

ARTIFACTORY: list[Asked] = [
    (
        "DA1",
        "Which kinds of packages does Artifactory hold?",
        "Maven, npm, Docker, Python, generic.",
        "Each kind moves in its own way.",
        {},
    ),
    ("DA2", "How many packages does it hold?", "About.", "Sizes the move.", number()),
    ("DA3", "How many servers run it?", "", "Sizes the move.", number()),
    ("DA4", "How many pushes are there a month?", "", "Sizes the registry.", number()),
    ("DA5", "How many pulls are there a month?", "", "Sizes the registry.", number()),
]

JENKINS: list[Asked] = [
    ("DJ1", "How many Jenkins instances are there?", "", "Each is a move of its own.", number()),
    ("DJ2", "Where do they run?", "Clouds, data centres, under desks.", "Decides access.", {}),
    ("DJ3", "How many jobs do they hold?", "", "The main driver of size.", number()),
    ("DJ4", "How many people use them?", "", "Sizes training.", number()),
    ("DJ5", "How many repositories do they build?", "", "Sizes the work.", number()),
    (
        "DJ6",
        "How does Jenkins talk to source control?",
        "Webhooks, polling, a plugin.",
        "Decides how it is connected meanwhile.",
        {},
    ),
    (
        "DJ7",
        "Which plugins do the main jobs depend on?",
        "Those without which a build stops.",
        "Each needs a replacement.",
        {},
    ),
    (
        "DJ8",
        "Are jobs created automatically?",
        "By a seed job, multibranch or a script.",
        "Decides whether templates replace them.",
        yes_or_no(),
    ),
    (
        "DJ9",
        "Which executors run the jobs?",
        "Tick all that are in use.",
        "Decides which runners are built.",
        several("Virtual machines", "Containers", "Kubernetes", "Windows", "macOS", "Bare metal"),
    ),
]

TRANSFORMATION: list[Asked] = [
    (
        "G1",
        "Which goal or initiative stands behind this?",
        "With its sponsor, and how success is measured.",
        "Decides what comes first.",
        {},
    ),
    (
        "G2",
        "What hurts, and how fast does a change reach production?",
        "From commit to customer, today and as wished.",
        "Gives the measure to start from.",
        {},
    ),
    (
        "G3",
        "Where do silos slow the work down?",
        "Between which teams, at which hand-overs.",
        "Decides with whom we work.",
        {},
    ),
    (
        "G4",
        "Which rules of compliance apply?",
        "Standards, audits, segregation of duties.",
        "Adds controls to the design.",
        {},
    ),
    (
        "G5",
        "How are vulnerabilities and the supply chain handled?",
        "Scanners, who reads their findings, who fixes them.",
        "Decides how much security work is in scope.",
        {},
    ),
    (
        "G6",
        "Who owns pipelines, and who sets standards for them?",
        "",
        "Without an owner, naming one is the first step.",
        {},
    ),
    (
        "G7",
        "When are the old tools switched off?",
        "Each tool with its date.",
        "Cuts the work into phases.",
        {},
    ),
]
