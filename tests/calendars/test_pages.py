"""The pages of calendars: read by all, changed by leads and administrators."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from emdesk.calendars import editing
from emdesk.calendars.hours import Window, timetable
from emdesk.calendars.models import Holiday, SpecialDay, WorkingCalendar
from emdesk.calendars.public_holidays import public_holidays
from emdesk.ledger.models import Event
from emdesk.people.models import Role, Segment, Territory, User
from tests.factories import NOON, make_calendar, make_user

pytestmark = pytest.mark.django_db
YEAR = localdate().year + 1


def client_of(*roles: Role) -> Client:
    client = Client()
    client.force_login(make_user(*roles))
    return client


@pytest.fixture
def lead() -> Client:
    return client_of(Role.EM_LEAD)


def whole(**fields: str) -> dict[str, str]:
    said = {f"day_{day}": "09:00-17:00" for day in range(5)} | {f"day_{day}": "" for day in (5, 6)}
    place = {"country": "DE", "subdivision": "BY", "is_active": "on"}
    return said | place | {"name": "Munich", "time_zone": "Europe/Berlin"} | fields


def test_everybody_reads_and_a_few_are_offered_changes():
    calendar = make_calendar()
    for role in Role:
        page = client_of(role).get(calendar.get_absolute_url())
        assertContains(page, "Mon–Fri 09:00–17:00")
        changes = role in {Role.EM_LEAD, Role.DIRECTOR, Role.ADMIN}
        assert (reverse("calendars:change", args=[calendar.pk]) in page.content.decode()) == changes


def test_a_lead_makes_a_calendar(lead):
    response = lead.post("/calendars/new/", whole(day_5="10-12, 22:00-24:00"))

    made = WorkingCalendar.objects.get(name="Munich")
    assertRedirects(response, made.get_absolute_url())
    assert timetable(made).week[5] == (Window(600, 720), Window(1320, 1440))
    assertContains(lead.get("/calendars/"), "Sat 10:00–12:00, 22:00–24:00")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"day_0": "17-9"}, "17:00–09:00 ends before it starts"),
        ({"day_0": "9-12, 11-13"}, "09:00–12:00 and 11:00–13:00 overlap"),
        ({f"day_{day}": "" for day in range(7)}, "This week has no working time"),
        ({"time_zone": "Mars/Base"}, "Select a valid choice"),
        ({"subdivision": "ZZ"}, "DE has no part ZZ with holidays of its own. Use one of"),
        ({"country": ""}, "Choose the country of this part"),
        ({"name": "us EAST"}, "There is a calendar of this name"),
        ({"name": ""}, "This field is required"),
    ],
)
def test_what_is_wrong_comes_back_with_the_fix(lead, wrong, says):
    response = lead.post("/calendars/new/", whole(**wrong))

    assertContains(response, says, status_code=422)
    assert not WorkingCalendar.objects.filter(name="Munich").exists()


def test_a_week_is_changed_and_the_change_is_told(lead):
    calendar = make_calendar("Munich")
    page = f"{calendar.get_absolute_url()}change/"
    assertContains(lead.get(page), "09:00–17:00", count=5)

    lead.post(page, whole(day_4="09:00-12:00", seen="1"))

    told = lead.get(calendar.get_absolute_url())
    assertContains(told, "week from Mon–Fri 09:00–17:00 to Mon–Thu 09:00–17:00; Fri 09:00–12:00")
    assertContains(told, "time zone from UTC to Europe/Berlin")


def test_who_looked_before_the_last_change_looks_again(lead):
    calendar = make_calendar("Munich")
    page = f"{calendar.get_absolute_url()}change/"
    lead.post(page, whole(day_4="09:00-12:00", seen="1"))

    again = lead.post(page, whole(day_4="09:00-13:00", seen="1"))

    assertContains(again, "Somebody changed this calendar meanwhile", status_code=422)
    assert timetable(calendar).week[4] == (Window(540, 720),)


def test_the_week_is_drawn_with_its_holiday(lead):
    calendar = make_calendar()
    holiday = Holiday(calendar=calendar, day=date(2026, 12, 25), name="Christmas")
    editing.keep_holiday(holiday, by=None, at=NOON)

    page = lead.get(calendar.get_absolute_url(), {"on": "2026-12-24"})

    assertContains(page, "Week of 21 December 2026")
    assertContains(page, '<rect x="540" y="0" width="480" height="10" />', count=4, html=True)
    for odd in ("", "tomorrow", "9999-12-31", "0001-01-01"):
        assert lead.get(calendar.get_absolute_url(), {"on": odd}).status_code == 200


def test_days_are_added_changed_and_removed(lead):
    calendar = make_calendar()
    url = calendar.get_absolute_url()
    lead.post(f"{url}holidays/", {"holiday-day": f"{YEAR}-05-01", "holiday-name": "May"})
    special = {"special-day": f"{YEAR}-12-24", "special-name": "Eve", "special-hours": "9-12"}
    lead.post(f"{url}days/", special)

    holiday, day = calendar.holidays.get(), calendar.special_days.get()
    assertContains(lead.get(url), "09:00–12:00")
    assertContains(lead.get(f"{url}days/{day.pk}/"), "09:00–12:00")
    lead.post(f"{url}days/{day.pk}/", special | {"special-hours": ""})
    lead.post(
        f"{url}holidays/{holiday.pk}/", {"holiday-day": f"{YEAR}-05-02", "holiday-name": "Later"}
    )
    assert timetable(calendar).windows(date(YEAR, 12, 24)) == ()
    assert timetable(calendar).holidays == {date(YEAR, 5, 2)}
    lead.post(f"{url}days/{day.pk}/", {"remove": "yes"})
    lead.post(f"{url}holidays/{holiday.pk}/", {"remove": "yes"})

    assert not SpecialDay.objects.exists()
    assert not calendar.holidays.exists()
    assertContains(lead.get(url), "took Later on 2 May")


def test_days_that_cannot_be_come_back_with_the_reason(lead):
    calendar = make_calendar()
    url = calendar.get_absolute_url()
    good = {"holiday-day": f"{YEAR}-05-01", "holiday-name": "May"}
    lead.post(f"{url}holidays/", good)
    special = {"special-day": f"{YEAR}-12-24", "special-name": "Eve", "special-hours": "12-9"}

    for where, said, says in (
        ("holidays", good, "This day is already a holiday"),
        ("holidays", good | {"holiday-day": f"{YEAR + 30}-05-01"}, "is more than 20 years away"),
        ("holidays", good | {"holiday-day": "1.5.2027"}, "Enter a valid date"),
        ("holidays", good | {"holiday-name": ""}, "This field is required"),
        ("days", special, "ends before it starts"),
        ("copy", {"country": "XX", "year": str(YEAR)}, "Select a valid choice"),
        ("copy", {"country": "DE", "year": str(YEAR + 30)}, "less than or equal to"),
    ):
        assertContains(lead.post(f"{url}{where}/", said), says, status_code=422)
    assert calendar.holidays.count() == 1


def test_a_year_is_previewed_and_the_ticked_days_are_copied(lead):
    calendar = make_calendar()
    url, place = calendar.get_absolute_url(), {"country": "DE", "subdivision": "BY"}
    days = public_holidays("DE", "BY", [YEAR])
    first, second, third, *_ = days
    own = Holiday(calendar=calendar, day=first, name="Our own name")
    editing.keep_holiday(own, by=None, at=NOON)
    gone = Holiday(calendar=calendar, day=third, name="Worked")
    editing.keep_holiday(gone, by=None, at=NOON)
    editing.remove(gone, by=None, at=NOON)

    preview = lead.get(f"{url}copy/", place | {"year": YEAR})

    assertContains(preview, "is there, by hand", count=1)
    assertContains(preview, "taken off before", count=1)
    assertContains(preview, " checked", count=len(days) - 2)
    assert calendar.holidays.count() == 1
    ticked = [first, second, date(YEAR, 7, 14)]
    lead.post(f"{url}copy/", place | {"year": YEAR, "day": [day.isoformat() for day in ticked]})
    assert list(calendar.holidays.values_list("name", "copied_from")) == [
        ("Our own name", ""),
        (days[second], "DE-BY"),
    ]


def test_who_may_not_change_changes_nothing():
    calendar = make_calendar()
    row = Holiday(calendar=calendar, day=date(YEAR, 5, 1), name="May")
    editing.keep_holiday(row, by=None, at=NOON)
    url, em = calendar.get_absolute_url(), client_of(Role.EM)
    before = Event.objects.count()

    for where in ("change/", "copy/", "holidays/", "days/", f"holidays/{row.pk}/"):
        assert em.post(f"{url}{where}", whole() | {"remove": "yes"}).status_code == 403
    assert em.post("/calendars/new/", whole()).status_code == 403
    assert Event.objects.count() == before


def test_a_day_of_another_calendar_does_not_exist_here(lead):
    calendar, other = make_calendar(), make_calendar()
    row = Holiday(calendar=other, day=date(YEAR, 5, 1), name="May")
    editing.keep_holiday(row, by=None, at=NOON)

    response = lead.post(f"{calendar.get_absolute_url()}holidays/{row.pk}/", {"remove": "yes"})

    assert response.status_code == 404
    assert other.holidays.exists()


def test_a_person_chooses_a_calendar_in_their_profile():
    calendar, hidden = make_calendar("Munich"), make_calendar("Hidden", is_active=False)
    client, me = client_of(Role.EM), User.objects.latest("pk")
    said = {"name": "Me", "time_zone": "UTC", "single_keys": "on"}

    assertContains(client.get("/profile/"), "That of the region")
    assertNotContains(client.get("/profile/"), "Hidden")
    assert client.post("/profile/", said | {"calendar": hidden.pk}).status_code == 422
    client.post("/profile/", said | {"calendar": calendar.pk})
    chosen = Event.objects.about(me).get(verb="people.calendar_chosen")
    me.refresh_from_db()
    assert me.calendar == calendar
    assert chosen.data == {"was": None, "now": calendar.pk}
    client.post("/profile/", said | {"calendar": ""})
    me.refresh_from_db()
    assert me.calendar is None


def test_a_lead_chooses_the_calendars_of_regions(lead):
    segment = Segment.objects.get(name="Ent_EMEA")
    territory = Territory.objects.create(name="DACH", segment=segment)
    munich, before = make_calendar("Munich"), segment.calendar
    page = lead.get("/calendars/regions/")
    said = {f"segment-{segment.pk}": str(before.pk), f"territory-{territory.pk}": str(munich.pk)}

    assertContains(page, "That of its segment")
    response = lead.post("/calendars/regions/", said)

    assertRedirects(response, "/calendars/")
    territory.refresh_from_db()
    segment.refresh_from_db()
    assert (territory.calendar, segment.calendar) == (munich, before)
    told = Event.objects.about(territory).get()
    assert (told.verb, told.data) == ("people.territory_changed", {"calendar": [None, munich.pk]})
    assertContains(lead.get("/calendars/"), "DACH")
    assert lead.post("/calendars/regions/", {f"segment-{segment.pk}": "999999"}).status_code == 422
    assert client_of(Role.EM).get("/calendars/regions/").status_code == 403


@pytest.mark.parametrize("count", [1, 5])
def test_pages_cost_the_same_however_many_rows(lead, count, django_assert_max_num_queries):
    calendars = [make_calendar() for _ in range(count)]
    for day in range(1, count + 1):
        row = SpecialDay(calendar=calendars[0], day=date(YEAR, 1, day), name="Closed")
        editing.keep_special_day(row, (Window(540, 600),), by=None, at=NOON)

    with django_assert_max_num_queries(10):
        lead.get("/calendars/")
    with django_assert_max_num_queries(10):
        lead.get(calendars[0].get_absolute_url())
