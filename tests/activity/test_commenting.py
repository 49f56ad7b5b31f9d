"""What is said stays on record, reworded or withdrawn, and calls the people it names."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from emdesk.activity.commenting import comment, reword, withdraw
from emdesk.activity.models import Audience, Comment
from emdesk.ledger.models import Event
from emdesk.people.models import Role
from tests.subject import NOON, make_user

LATER = NOON + timedelta(hours=1)


def verbs(subject):
    return list(Event.objects.about(subject).values_list("verb", flat=True))


def called(said):
    return {mention.user.name for mention in said.mentions.all()}


def test_a_comment_is_kept_with_an_event_that_does_not_repeat_it(segment, amara):
    said = comment(segment, "The **price** is secret.", by=amara, at=NOON)

    event = Event.objects.about(segment).get()
    assert (event.verb, event.actor, event.at) == ("activity.commented", amara, NOON)
    assert event.data == {
        "comment": said.pk,
        "audience": "internal",
        "mentions": [],
        "roles": ["em"],
    }
    assert said.audience == Audience.INTERNAL


def test_nobody_comments_where_they_have_no_say(segment, reader):
    with pytest.raises(PermissionDenied):
        comment(segment, "Let me in.", by=reader, at=NOON)

    assert not Comment.objects.exists()
    assert verbs(segment) == []


def test_nobody_comments_on_what_nobody_registered(amara):
    with pytest.raises(PermissionDenied):
        comment(amara, "A note on a person.", by=amara, at=NOON)


def test_rewording_keeps_what_was_said_before(segment, amara):
    said = comment(segment, "First", by=amara, at=NOON)

    reword(said, segment, "Second", by=amara, at=LATER)

    said = Comment.objects.get()
    assert (said.body, said.edited_at) == ("Second", LATER)
    edit = said.edits.get()
    assert (edit.body, edit.by, edit.at) == ("First", amara, LATER)
    assert verbs(segment) == ["activity.commented", "activity.comment_edited"]


def test_rewording_to_the_same_words_changes_nothing(segment, amara):
    said = comment(segment, "Same", by=amara, at=NOON)

    reword(said, segment, "Same", by=amara, at=LATER)

    assert not said.edits.exists()
    assert verbs(segment) == ["activity.commented"]


def test_only_its_author_rewords_a_comment(segment, amara, jonas, lead):
    said = comment(segment, "Mine", by=amara, at=NOON)

    for other in (jonas, lead):
        with pytest.raises(PermissionDenied):
            reword(said, segment, "Yours", by=other, at=LATER)


def test_an_author_who_lost_their_say_rewords_nothing(segment, amara):
    said = comment(segment, "Mine", by=amara, at=NOON)
    amara.roles = [Role.VIEWER]

    with pytest.raises(PermissionDenied):
        reword(said, segment, "Still mine", by=amara, at=LATER)


@pytest.mark.parametrize("who", ["amara", "lead"])
def test_author_and_lead_withdraw_a_comment(segment, amara, lead, who):
    said = comment(segment, "@amara.osei Oops", by=amara, at=NOON)

    withdraw(said, segment, by={"amara": amara, "lead": lead}[who], at=LATER)

    said = Comment.objects.get()
    assert (said.withdrawn_at, said.body) == (LATER, "@amara.osei Oops")
    assert not said.mentions.exists()
    assert verbs(segment) == ["activity.commented", "activity.comment_withdrawn"]


def test_others_withdraw_nothing_and_nothing_is_withdrawn_twice(segment, amara, jonas):
    said = comment(segment, "Oops", by=amara, at=NOON)
    with pytest.raises(PermissionDenied):
        withdraw(said, segment, by=jonas, at=LATER)
    withdraw(said, segment, by=amara, at=LATER)

    with pytest.raises(PermissionDenied):
        withdraw(said, segment, by=amara, at=LATER)
    with pytest.raises(PermissionDenied):
        reword(said, segment, "Back again", by=amara, at=LATER)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@amara.osei please look", {"Amara Osei"}),
        ("@Amara-Osei, @jw!", {"Amara Osei", "Jonas Müller"}),
        ("(@jonas-muller)", {"Jonas Müller"}),
        ("**@jw**", {"Jonas Müller"}),
        ("`@jw` and ```@amara.osei```", set()),
        ("write to amara.osei@example.com", set()),
        ("[@jw](https://example.com)", set()),
        ("@nobody @jw.com @jwx x@jw /@jw", set()),
        ("@amara-osei and @amara.osei", {"Amara Osei"}),
    ],
)
def test_a_comment_calls_the_people_it_names(segment, amara, jonas, text, names):
    assert called(comment(segment, text, by=amara, at=NOON)) == names


def test_a_handle_that_fits_two_people_calls_neither(segment, amara):
    make_user(Role.EM, name="Sam Li")
    make_user(Role.EM, name="Sam  Li")

    assert called(comment(segment, "@sam-li", by=amara, at=NOON)) == set()


def test_somebody_who_left_is_not_called(segment, amara, jonas):
    jonas.deactivate(by=amara, at=NOON)

    assert called(comment(segment, "@jw", by=amara, at=NOON)) == set()


def test_rewording_calls_whom_the_new_words_name(segment, amara, jonas):
    said = comment(segment, "@amara.osei", by=amara, at=NOON)

    reword(said, segment, "@jw", by=amara, at=LATER)

    assert called(said) == {"Jonas Müller"}
    assert Event.objects.about(segment).last().data["mentions"] == [jonas.pk]


@pytest.mark.parametrize("fields", [{"body": ""}, {"body": "x" * 20_001}, {"audience": "press"}])
def test_the_database_refuses_a_comment_that_cannot_be(segment, amara, fields):
    said = {"subject_type": "people.segment", "subject_id": segment.pk, "body": "Fine"}

    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.create(**said | {"author": amara, "created_at": NOON} | fields)
