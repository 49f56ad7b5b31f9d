"""The questions that are shipped: all of domain.md §6.6, each of a kind that can be answered."""

from importlib import import_module

import pytest

from scoping.forms.answering import JOINT, AnswerForm
from scoping.models import AnswerKind, Question
from scoping.question_bank import BY_SERVICE, GENERAL, GROUPS, placed
from scoping.states import Service
from tests.factories import make_issue

pytestmark = pytest.mark.django_db

# How many questions domain.md §6.6 lists: the tables by their rows, the texts by their commas.
LISTED = {
    "Migration": 14,
    "Migration: merging GitLab instances": 7,
    "Migration: from Subversion": 7,
    "Migration: from self-managed to SaaS": 7,
    "Migration: from Azure DevOps or TFS": 25,
    "CI/CD": 5 + 1,
    "CI/CD: from Jenkins": 9,
    "CI/CD: from Artifactory": 5,
    "Implementation": 17,
    "Health check": 7,
    "Transformation": 7,
    "Training": 10,
}
CHOSEN = {AnswerKind.CHOICE, AnswerKind.SEVERAL}


def test_each_group_has_the_questions_the_domain_lists():
    shipped = {group.section: len(group.questions) for group in BY_SERVICE}

    assert shipped == LISTED
    for section, count in LISTED.items():
        assert Question.objects.filter(section=section).count() == count


def test_every_question_has_a_key_of_its_own_and_stands_in_its_place():
    fields = [each for group in GROUPS for each in placed(group)]

    keys = [each["key"] for each in fields]
    assert len(set(keys)) == len(keys) == Question.objects.count()
    assert [each.key for each in Question.objects.all()] == keys


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.section)
def test_every_question_says_what_it_changes_and_can_be_answered(group):
    for question in Question.objects.filter(section=group.section):
        assert question.prompt.endswith("?")
        assert question.effect.endswith(".")
        assert bool(question.choices) == (question.kind in CHOSEN)
        if question.kind == AnswerKind.SEVERAL:
            assert not any(JOINT in choice for choice in question.choices)
        assert AnswerForm(question).fields["text"].label == question.prompt
        question.full_clean()


def test_what_is_asked_of_all_kept_its_place_and_only_the_first_part_is_asked_at_intake():
    first, later = GENERAL

    assert list(Question.objects.filter(position__lt=200)) == list(
        Question.objects.filter(service="", at_intake=True)
    )
    assert Question.objects.get(key="A1").position == 101
    assert Question.objects.get(key="I1").position == 201
    assert (len(first.questions), len(later.questions)) == (15, 10)


def test_an_issue_is_asked_what_belongs_to_its_services_and_nothing_else():
    issue = make_issue(services=[Service.TRAINING])

    asked = {row["key"] for row in Question.objects.asked_of(issue)}

    assert {"A1", "I1", "H1", "H10"} <= asked
    assert not {"B1", "D1", "E1", "F1", "G1"} & asked


def test_shipping_again_leaves_reworded_questions_alone():
    Question.objects.filter(key="B7").update(prompt="How many repos?", section="Ours")
    migration = import_module("scoping.migrations.0005_intake")
    apps = import_module("django.apps").apps

    migration.ship(apps, None)

    question = Question.objects.get(key="B7")
    assert (question.prompt, question.section) == ("How many repos?", "Ours")
