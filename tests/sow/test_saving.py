"""Every save is a version; what two people changed is told, and nobody's words are lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from emdesk.ledger.models import Event
from emdesk.workflow import NotAllowed, Refused, perform
from scoping.quarters import quarter_at
from sow import arranging
from sow.content import digest_of
from sow.models import Clause, StatementOfWork
from sow.pen import hand_back
from sow.saving import Clashed, Typed, save
from tests.factories import NOON, make_user
from tests.sow.making import KNOWN

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def put(statement, by, seen, *typed, **more):
    """Save, and leave the pen to whoever comes next."""
    said = {"at": LATER, "typed": typed, "seen": seen, "by": by}
    version = save(statement, **said | more)
    hand_back(statement, by=by, at=LATER)
    return version


def again(statement):
    return StatementOfWork.objects.select_related("issue__account").get(pk=statement.pk)


def text(statement, key):
    return again(statement).head.said.section(key).text


def test_a_save_is_a_version_with_who_why_and_what_changed(statement, em):
    version = put(statement, em, 1, Typed("travel", "Travel", "None at all."), why="Remote")

    assert (version.number, version.why, version.saved_by) == (2, "Remote", em)
    assert version.digest == digest_of(version.content)
    assert len(version.difference) == 1
    assert "renamed" in version.difference[0]
    assert statement.versions.get(number=1).said.section("travel").text != "None at all."
    event = Event.objects.about(statement.issue).get(verb="sow.saved")
    assert event.data["digest"] == version.digest
    assert (event.data["version"], event.data["why"]) == (2, "Remote")


def test_saving_nothing_new_is_no_version(statement, em):
    same = statement.head.said.section("travel")

    assert put(statement, em, 1, Typed("travel", same.title, same.text)) is None
    assert put(statement, em, 1, Typed("not-there", "Odd", "Odd")) is None
    assert again(statement).latest == 1


def test_changes_to_different_sections_go_together(statement, em, legal):
    put(statement, em, 1, Typed("travel", "Travel", "None."))
    put(statement, legal, 1, Typed("billing", "Billing", "In 45 days."))

    assert text(statement, "travel") == "None."
    assert text(statement, "billing") == "In 45 days."
    assert again(statement).latest == 3


def test_a_section_two_people_changed_clashes_and_nothing_is_saved(statement, em, legal):
    put(statement, em, 1, Typed("travel", "Travel", "None."))
    mine = [Typed("travel", "Travel", "At cost."), Typed("billing", "Billing", "In 45 days.")]

    with pytest.raises(Clashed) as told:
        put(statement, legal, 1, *mine)

    (clash,) = told.value.sections
    assert (clash.typed.text, clash.theirs.text) == ("At cost.", "None.")
    assert "Travel" in clash.original.text
    assert again(statement).latest == 2
    version = put(statement, legal, told.value.head.number, *mine)  # having seen both
    assert version.said.section("travel").text == "At cost."
    assert version.said.section("billing").text == "In 45 days."


def test_the_same_words_twice_are_no_clash(statement, em, legal):
    typed = Typed("travel", "Travel", "None.")
    put(statement, em, 1, typed)

    assert put(statement, legal, 1, typed) is None


def test_a_section_removed_meanwhile_clashes_with_words_for_it(statement, em, legal):
    put(statement, em, 1, act=arranging.remove("travel"))

    with pytest.raises(Clashed) as told:
        put(statement, legal, 1, Typed("travel", "Travel", "None."))

    assert told.value.sections[0].theirs is None


def test_fields_are_saved_told_and_clash(statement, em, legal):
    version = put(statement, em, 1, fields=KNOWN | {"end_date": "2026-07-31"})
    assert version.difference == ["Estimated end: 30 June 2026 → 31 July 2026"]
    assert "31 July 2026" in version.said.plain().section("schedule").text

    with pytest.raises(Clashed) as told:
        put(statement, legal, 1, fields=KNOWN | {"end_date": "2026-08-31"})
    (clash,) = told.value.fields
    assert (clash.typed, clash.theirs) == ("2026-08-31", "2026-07-31")
    assert put(statement, legal, 1, fields=KNOWN | {"billing": "With the order form"}).number == 3


def test_what_the_estimate_says_is_no_field_to_write(statement, em):
    assert put(statement, em, 1, fields={"grand_total": "1.00", "invented": "x"}) is None


def test_whoever_may_not_edit_does_not_save(statement, em, lead):
    typed = Typed("travel", "Travel", "None.")
    for other in (make_user(), make_user()):
        with pytest.raises(NotAllowed):
            put(statement, other, 1, typed)
    with pytest.raises(Refused, match="Say why"):
        put(statement, lead, 1, typed)
    assert put(statement, lead, 1, typed, why="She is away").number == 2


def test_a_closed_issue_keeps_its_sow_as_it_is(statement, em):
    quarter = str(quarter_at(LATER))
    perform(statement.issue.lose, by=em, at=LATER, quarter=quarter, reason="price")

    with pytest.raises(Refused, match="closed"):
        put(statement, em, 1, Typed("travel", "Travel", "None."))


def test_sections_are_added_moved_and_taken_out(statement, em):
    put(statement, em, 1, act=arranging.move("travel", -1))
    keys = [each.key for each in again(statement).head.said.sections]
    assert keys.index("travel") == keys.index("billing") - 1
    clause = Clause.objects.with_text().get(key="liability-standard")
    put(statement, em, 2, act=arranging.add("fees", clause))
    sections = again(statement).head.said.sections
    place = [each.key for each in sections].index("fees")
    assert (sections[place + 1].key, sections[place + 1].standing) == ("liability-2", "standard")
    put(statement, em, 3, act=arranging.add(""))
    assert again(statement).head.said.sections[-1].standing == "new"
    put(statement, em, 4, act=arranging.remove("other"))
    assert again(statement).head.said.section("other") is None
    with pytest.raises(Refused):
        put(statement, em, 5, act=arranging.remove("other"))
    assert put(statement, em, 5, act=arranging.move("header", -1)) is None


def test_a_fallback_is_marked_and_so_is_what_was_edited_after(statement, em):
    clause = Clause.objects.with_text().get(key="travel-standard")
    assert statement.head.said.section("travel").standing == "standard"

    version = put(statement, em, 1, act=arranging.take("travel", clause, 0))
    assert version.said.section("travel").standing == "fallback"
    version = put(statement, em, 2, Typed("travel", "Travel and expenses", "Something else."))
    assert version.said.section("travel").standing == "edited"
    version = put(statement, em, 3, act=arranging.take("travel", clause))
    assert version.said.section("travel").standing == "standard"
    with pytest.raises(Refused):
        put(statement, em, 4, act=arranging.take("travel", clause, 7))


def test_too_long_or_nameless_is_refused(statement, em):
    with pytest.raises(Refused, match="title"):
        put(statement, em, 1, Typed("travel", "", "None."))
    with pytest.raises(Refused, match="longer"):
        put(statement, em, 1, Typed("travel", "Travel", "x" * 20_001))
