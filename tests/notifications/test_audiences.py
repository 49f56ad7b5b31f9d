"""What is announced can be said: in a subject line, in a sentence, of a known kind."""

from __future__ import annotations

from emdesk.activity.sentences import unspelled
from emdesk.notifications.audiences import announced, without_headline
from emdesk.notifications.kinds import By, Tab, kinds

# domain.md §12.1, as far as these things happen at the desk today.
EVENTS = {
    "scoping.opened",
    "scoping.triaged",
    "scoping.assigned",
    "scoping.meeting_held",
    "scoping.send_estimate",
    "scoping.rework_estimate",
    "scoping.amended",
    "scoping.draft_delivered",
    "scoping.request_approval",
    "scoping.approve",
    "scoping.return_sow",
    "scoping.stamped_sow_sent",
    "scoping.deal_amended",
    "scoping.win",
    "scoping.lose",
    "scoping.dismiss",
    "scoping.reminded",
    "sla.warned",
    "sla.breached",
    "activity.commented",
    "people.absent",
}


def test_everything_to_be_announced_has_an_audience():
    assert announced() >= EVENTS


def test_everything_announced_has_a_subject_line_and_a_sentence():
    assert without_headline() == set()
    assert unspelled(announced()) == set()


def test_only_a_broken_promise_pierces_and_what_calls_a_person_is_mailed_or_kept():
    assert [each.key for each in kinds.values() if each.pierces] == ["breached"]
    assert {each.tab for each in kinds.values() if each.tab} == set(Tab.values)
    assert all(each.mail == By.NOW for each in kinds.values() if each.tab)
