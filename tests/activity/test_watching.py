"""Who keeps watch over a subject."""

from emdesk.activity.models import Watching
from emdesk.activity.watching import unwatch, watch, watches
from emdesk.ledger.models import Event
from tests.subject import NOON


def test_watching_begins_once_and_is_recorded_once(segment, amara):
    watch(segment, by=amara, at=NOON)
    watch(segment, by=amara, at=NOON)

    assert Watching.objects.get().since == NOON
    assert [event.verb for event in Event.objects.about(segment)] == ["activity.watched"]


def test_watching_ends_once_and_is_recorded_once(segment, amara, jonas):
    watch(segment, by=amara, at=NOON)
    watch(segment, by=jonas, at=NOON)
    unwatch(segment, by=amara, at=NOON)
    unwatch(segment, by=amara, at=NOON)

    assert (watches(segment, amara), watches(segment, jonas)) == (False, True)
    assert Event.objects.about(segment).filter(verb="activity.unwatched").count() == 1
