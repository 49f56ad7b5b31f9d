"""What is asked before code and its history move (domain.md §6.6 B)."""

from __future__ import annotations

from scoping.question_bank.asking import Asked, choice, number, several, yes_or_no

SOURCES = (
    "GitLab self-managed",
    "GitLab.com",
    "GitHub Enterprise Server",
    "github.com",
    "Bitbucket Server",
    "Bitbucket Cloud",
    "Azure DevOps or TFS",
    "Subversion",
    "ClearCase",
    "CVS",
    "Other git",
    "Something else",
)
DESTINATIONS = ("SaaS", "Self-managed", "Dedicated", "Not decided")

SOURCE_CONTROL: list[Asked] = [
    (
        "B1",
        "From which systems does the code come?",
        "Tick each system that will be left, also those with few repositories.",
        "Decides whether the move can be automated.",
        several(*SOURCES),
    ),
    (
        "B2",
        "To which kind of platform does it go?",
        "Where the repositories live when all is done.",
        "Decides throughput, and whether set-up of the SaaS group is added.",
        choice(*DESTINATIONS),
    ),
    (
        "B3",
        "Which version does the source run?",
        "With edition; for several sources, each of them.",
        "May call for an upgrade before the move.",
        {},
    ),
    (
        "B4",
        "Which version will the destination run?",
        "Leave it open for SaaS.",
        "More than two minor versions from the source adds an upgrade.",
        {},
    ),
    (
        "B5",
        "How many people use each source?",
        "One number per source: GitHub 400, Bitbucket 120.",
        "Sizes moving and matching the users.",
        {},
    ),
    (
        "B6",
        "How many portfolios with an owner of their own take part?",
        "Each owner has a say in when their teams move.",
        "Sizes coordination, and how the move is cut into waves.",
        number(),
    ),
    (
        "B7",
        "How many git repositories move?",
        "Count repositories, not projects or teams.",
        "The main driver of size; below 30 moving by hand may be cheaper.",
        number(),
    ),
    (
        "B8",
        "How many of them are larger than 5 GB?",
        "The size of the repository with its history, not of the project around it.",
        "Moved by hand, two a day; every ten add about five days.",
        number(),
    ),
    (
        "B9",
        "Which CI/CD systems build from these repositories?",
        "Tick each that has to find the code in its new place.",
        "Each has to be pointed to the new place.",
        several(
            "GitLab CI",
            "Jenkins",
            "GitHub Actions",
            "Bamboo",
            "TeamCity",
            "CircleCI",
            "Azure Pipelines",
            "Travis CI",
            "Something else",
        ),
    ),
    (
        "B10",
        "How many CI/CD jobs are there?",
        "Jobs that fetch code, over all systems.",
        "Sizes pointing them to the new place.",
        number(),
    ),
    (
        "B11",
        "How large are the container registries usually?",
        "For GitLab sources; a typical project and the largest one.",
        "Decides how fast projects move.",
        {},
    ),
    (
        "B12",
        "Which identity provider signs people in?",
        "For example Okta or Entra ID, with SAML or LDAP.",
        "It must work at the destination before anything moves.",
        {},
    ),
    (
        "B13",
        "On which operating system does the source run?",
        "With its version.",
        "Decides whether the source can be upgraded.",
        {},
    ),
    (
        "B14",
        "Which version of its database does the source run?",
        "PostgreSQL or whatever it keeps its data in.",
        "Decides whether the source can be upgraded.",
        {},
    ),
]

MERGING_INSTANCES: list[Asked] = [
    (
        "BG1",
        "How many GitLab instances become one?",
        "Name each with its address and what it is used for.",
        "Each instance is a move of its own.",
        {},
    ),
    (
        "BG2",
        "How many repositories, users and groups does each instance hold?",
        "Name the instance before its numbers.",
        "Sizes each move, and shows names that collide.",
        {},
    ),
    (
        "BG3",
        "How much disk does each instance use?",
        "In GB, as its administrators see it.",
        "Decides time for transfer.",
        {},
    ),
    (
        "BG4",
        "How do people sign in to each instance?",
        "And do all of them exist under one identity provider?",
        "Decides how authors are matched.",
        {},
    ),
    (
        "BG5",
        "Which versions do the instances run?",
        "With edition.",
        "More than two minor versions apart adds an upgrade.",
        {},
    ),
    (
        "BG6",
        "Which integrations do the instances have?",
        "Trackers, chat, scanners, webhooks and who owns them.",
        "Each is set up again.",
        {},
    ),
    (
        "BG7",
        "Where do artifacts, uploads, registry and LFS objects live?",
        "Disk or object storage, for each kind.",
        "Decides how they are carried over.",
        {},
    ),
]

FROM_SUBVERSION: list[Asked] = [
    (
        "BS1",
        "How are the Subversion repositories laid out?",
        "Trunk, branches and tags, or otherwise; one project in each, or many.",
        "Decides how each is cut into git repositories.",
        {},
    ),
    ("BS2", "How many Subversion repositories are there?", "", "Sizes the conversion.", number()),
    (
        "BS3",
        "How large are they?",
        "The sum, and the largest one with its number of revisions.",
        "Decides how long a conversion runs.",
        {},
    ),
    (
        "BS4",
        "How much history has to come along?",
        "Each year kept costs time to convert and to check.",
        "Sizes the conversion.",
        choice("All of it", "The last few years", "Only the newest state", "Not decided"),
    ),
    (
        "BS5",
        "Do they hold binaries or other large files?",
        "And should those go to LFS, or elsewhere?",
        "Adds a step for each repository.",
        {},
    ),
    (
        "BS6",
        "Do they use externals?",
        "References from one repository into another.",
        "Each has to be replaced by a submodule or a package.",
        yes_or_no(),
    ),
    (
        "BS7",
        "Where can the conversion run?",
        "A machine near the server, with disk for twice the largest repository.",
        "Without one, preparing it is added.",
        {},
    ),
]

TO_SAAS: list[Asked] = [
    (
        "BC1",
        "How many projects, groups and users move to SaaS?",
        "As counted by the Evaluate script, if it ran.",
        "Gives the first price band.",
        {},
    ),
    (
        "BC2",
        "How large are repositories on average, and the largest?",
        "Repository size with history.",
        "Those over 5 GB move by hand.",
        {},
    ),
    (
        "BC3",
        "Does the structure of groups stay as it is?",
        "Changing it during a move between GitLabs is best avoided.",
        "A change is planned before or after, as advice.",
        choice("It stays", "It changes before the move", "It changes after", "Not decided"),
    ),
    (
        "BC4",
        "Which other tools talk to the instance?",
        "Everything with a token, a webhook or an allowed address.",
        "Each is set up again.",
        {},
    ),
    (
        "BC5",
        "How are runners set up today?",
        "How many, where, with which executor.",
        "Decides whether runners move or are built anew.",
        {},
    ),
    (
        "BC6",
        "What is planned for runners afterwards?",
        "Ours, their own, or both.",
        "Adds runner work to the estimate.",
        {},
    ),
    (
        "BC7",
        "Which SAML provider will the SaaS group use?",
        "It has to be there before people move.",
        "Sign-on and security set-up are normally added.",
        {},
    ),
]
