"""What forecasting brings to the packages it stands on. Imported once, when the apps are ready."""

from __future__ import annotations

from emdesk.ledger.recording import projections
from emdesk.web import Place, place
from forecasting import drift_sentences  # noqa: F401 (they register)
from forecasting.demo import tell_drift
from forecasting.drift import DRIFTS
from scoping import rules
from scoping.demo import further

projections.append(DRIFTS)
further.append(tell_drift)

place(
    Place(
        *("Reports", "Quarter", "chart-column", "forecasting:running_quarter", "q"),
        rules.reads_win_rate,
    ),
    Place("Reports", "Drift", "octagon-alert", "forecasting:drift", "r", rules.reads_deals),
    Place("Reports", "Win rate", "chart-column", "forecasting:win_rate", "w", rules.reads_win_rate),
)
