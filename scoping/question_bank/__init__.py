"""The questions emdesk ships with, asked before an estimate is made (domain.md §6.6).

Migrations put each group into the database, where it belongs to the desk: people may reword,
reorder and add to it there.
"""

from __future__ import annotations

from typing import Any

from scoping.question_bank.asking import Asked, Group
from scoping.question_bank.azure_devops import FROM_AZURE_DEVOPS
from scoping.question_bank.engagement import FIRST_DISCOVERY, SHAPE_OF_DELIVERY
from scoping.question_bank.migration import (
    FROM_SUBVERSION,
    MERGING_INSTANCES,
    SOURCE_CONTROL,
    TO_SAAS,
)
from scoping.question_bank.pipelines import ARTIFACTORY, CI_CD, JENKINS, TRANSFORMATION
from scoping.question_bank.platform import HEALTH_CHECK, IMPLEMENTATION, TRAINING
from scoping.states import Service

GENERAL = [
    Group("About the engagement", "", FIRST_DISCOVERY),
    Group("How the work is delivered", "", SHAPE_OF_DELIVERY, at_intake=False),
]
BY_SERVICE = [
    Group("Migration", Service.MIGRATION, SOURCE_CONTROL),
    Group("Migration: merging GitLab instances", Service.MIGRATION, MERGING_INSTANCES),
    Group("Migration: from Subversion", Service.MIGRATION, FROM_SUBVERSION),
    Group("Migration: from self-managed to SaaS", Service.MIGRATION, TO_SAAS),
    Group("Migration: from Azure DevOps or TFS", Service.MIGRATION, FROM_AZURE_DEVOPS),
    Group("CI/CD", Service.CI_CD, CI_CD),
    Group("CI/CD: from Jenkins", Service.CI_CD, JENKINS),
    Group("CI/CD: from Artifactory", Service.CI_CD, ARTIFACTORY),
    Group("Implementation", Service.IMPLEMENTATION, IMPLEMENTATION),
    Group("Health check", Service.HEALTH_CHECK, HEALTH_CHECK),
    Group("Transformation", Service.TRANSFORMATION, TRANSFORMATION),
    Group("Training", Service.TRAINING, TRAINING),
]
GROUPS = [*GENERAL, *BY_SERVICE]


def questions(group: list[Asked]) -> list[dict[str, Any]]:
    """A group as fields of questions, numbered in its hundred."""
    names = ("key", "prompt", "help", "effect")
    first = 100 * ([each.questions for each in GROUPS].index(group) + 1)
    return [
        {**dict(zip(names, (*words,), strict=True)), **more, "position": first + place}
        for place, (*words, more) in enumerate(group, start=1)
    ]


def placed(group: Group) -> list[dict[str, Any]]:
    """The same, with the service that asks them and the heading they stand under."""
    where = {"service": group.service, "section": group.section, "at_intake": group.at_intake}
    return [{**fields, **where} for fields in questions(group.questions)]
