"""My day: what needs me now, what waits on whom, what today holds."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_safe

from emdesk.desk.duties import appointments, duties, waits
from emdesk.people.models import User
from emdesk.web import SignedIn


@require_safe
def my_day(request: SignedIn) -> HttpResponse:
    team = request.user.leads and request.GET.get("view") == "team"
    people = list(User.objects.engagement_managers()) if team else [request.user]
    at, day = now(), localdate()
    rows = duties(people, at)
    context = {
        "team": team,
        "duties": rows,
        "overdue": sum(1 for duty in rows if duty.due and duty.due < day),
        "waits": waits(people, at),
        "today": appointments(people, at),
        "day": day,
    }
    return render(request, "desk/day.html", context)
