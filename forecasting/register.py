"""What forecasting brings to the packages it stands on. Imported once, when the apps are ready."""

from __future__ import annotations

from emdesk.ledger.recording import projections
from emdesk.web import Place, place
from forecasting import drift_sentences  # noqa: F401 (they register)
from forecasting.demo import see_drift, tell_drift
from forecasting.demo_past import tell_past
from forecasting.drift import DRIFTS
from forecasting.trust import beside_the_picker
from scoping import rules
from scoping.demo import along, further
from scoping.picker import beside

projections.append(DRIFTS)
along.append(tell_drift)
further.extend([see_drift, tell_past])
beside.append(beside_the_picker)

place(
    Place(
        *("Reports", "Quarter", "chart-column", "forecasting:running_quarter", "q"),
        rules.reads_win_rate,
    ),
    Place("Reports", "Drift", "octagon-alert", "forecasting:drift", "r", rules.reads_deals),
    Place("Reports", "Win rate", "chart-column", "forecasting:win_rate", "w", rules.reads_win_rate),
)
