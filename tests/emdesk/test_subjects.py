"""Who sees and does what with a subject is said by its owner, or nobody does."""

import pytest
from django.http import Http404

from emdesk.people.models import Segment
from emdesk.subjects import Rules, VisibleSubjects, rows_about
from tests.subject import LABEL, make_segment, make_user


@pytest.mark.django_db
def test_what_nobody_registered_is_seen_by_nobody():
    with pytest.raises(Http404):
        VisibleSubjects().find(LABEL, make_segment().pk, make_user())


@pytest.mark.django_db
def test_a_subject_is_found_among_those_a_person_sees():
    segment, user = make_segment(), make_user()
    subjects = VisibleSubjects()
    subjects.register(
        LABEL, lambda who: Segment.objects.filter(pk=segment.pk if who == user else 0)
    )

    assert subjects.find(LABEL, segment.pk, user) == segment
    for pk, who in ((segment.pk, make_user()), (segment.pk + 1, user), (10**30, user)):
        with pytest.raises(Http404):
            subjects.find(LABEL, pk, who)


def test_nobody_may_until_a_rule_says_so():
    rules, segment = Rules(), Segment(pk=1)

    assert not rules.allow(segment, "somebody")
    rules.register(LABEL, lambda subject, user: user == "somebody")
    assert rules.allow(segment, "somebody")
    assert not rules.allow(segment, "anybody")


def test_a_subject_has_no_kin_unless_somebody_names_them():
    subjects, one, other = VisibleSubjects(), Segment(pk=1), Segment(pk=2)

    assert subjects.family(one) == [one]
    subjects.register(LABEL, lambda user: Segment.objects.all(), kin=lambda subject: [other])
    assert subjects.family(one) == [one, other]


@pytest.mark.django_db
def test_rows_about_no_subject_are_no_rows():
    make_segment()

    assert not Segment.objects.filter(rows_about([])).exists()
