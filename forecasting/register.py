"""What forecasting brings to the packages it stands on. Imported once, when the apps are ready."""

from __future__ import annotations

from emdesk.files.rules import uploaders
from emdesk.ledger.recording import projections
from emdesk.subjects import visible_subjects
from emdesk.web import Place, place
from forecasting import (  # noqa: F401 (they register)
    clari,
    drift_sentences,
    duties,
    notices,
    sentences,
    spreading,
    targets,
    weeks,
)
from forecasting.amendments import AMENDMENTS
from forecasting.demo import see_drift, tell_drift
from forecasting.demo_calls import plan_and_call
from forecasting.demo_past import tell_past
from forecasting.drift import DRIFTS
from forecasting.freezing import keeps_document
from forecasting.models import Call, ForecastCall, Freeze, Plan
from forecasting.snapshots import SNAPSHOTS, take_past_weeks
from forecasting.trust import beside_the_picker
from scoping import rules
from scoping.demo.afterwards import afterwards, along
from scoping.picker import beside

projections.extend([SNAPSHOTS, DRIFTS, AMENDMENTS])
along.append(tell_drift)
afterwards.extend([see_drift, tell_past, take_past_weeks, plan_and_call])
beside.append(beside_the_picker)

visible_subjects.register(Plan._meta.label_lower, Plan.objects.visible_to)
visible_subjects.register(Call._meta.label_lower, Call.objects.visible_to)
visible_subjects.register(Freeze._meta.label_lower, Freeze.objects.visible_to)
uploaders.register(Freeze._meta.label_lower, keeps_document)
visible_subjects.register(ForecastCall._meta.label_lower, ForecastCall.objects.visible_to)

place(
    Place(
        *("Reports", "Forecast", "gauge", "forecasting:running_forecast", "f"),
        rules.reads_win_rate,
    ),
    Place(
        *("Reports", "Quarter", "calendar-range", "forecasting:running_quarter", "q"),
        rules.reads_win_rate,
    ),
    Place("Reports", "Drift", "octagon-alert", "forecasting:drift", "r", rules.reads_deals),
    Place("Reports", "Win rate", "chart-column", "forecasting:win_rate", "w", rules.reads_win_rate),
)
