"""What forecasting brings to the packages it stands on. Imported once, when the apps are ready."""

from __future__ import annotations

from emdesk.ledger.recording import projections
from emdesk.subjects import visible_subjects
from emdesk.web import Place, place
from forecasting import drift_sentences, duties, sentences, weeks  # noqa: F401 (they register)
from forecasting.demo import tell_drift
from forecasting.drift import DRIFTS
from forecasting.models import Call
from forecasting.snapshots import SNAPSHOTS, take_past_weeks
from scoping import rules
from scoping.demo.afterwards import afterwards

projections.extend([SNAPSHOTS, DRIFTS])
afterwards.extend([take_past_weeks, tell_drift])

visible_subjects.register(Call._meta.label_lower, Call.objects.visible_to)

place(
    Place(
        *("Reports", "Forecast", "gauge", "forecasting:running_forecast", "f"),
        rules.reads_win_rate,
    ),
    Place(
        *("Reports", "Quarter", "chart-column", "forecasting:running_quarter", "q"),
        rules.reads_win_rate,
    ),
    Place("Reports", "Drift", "octagon-alert", "forecasting:drift", "r", rules.reads_deals),
    Place("Reports", "Win rate", "chart-column", "forecasting:win_rate", "w", rules.reads_win_rate),
)
