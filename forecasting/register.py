"""What forecasting brings to the packages it stands on. Imported once, when the apps are ready."""

from __future__ import annotations

from emdesk.ledger.recording import projections
from emdesk.web import Place, place
from forecasting.snapshots import SNAPSHOTS, take_past_weeks
from scoping import rules
from scoping.demo.afterwards import afterwards

projections.append(SNAPSHOTS)
afterwards.append(take_past_weeks)

place(
    Place(
        *("Reports", "Forecast", "gauge", "forecasting:running_forecast", "f"),
        rules.reads_win_rate,
    ),
    Place(
        *("Reports", "Quarter", "chart-column", "forecasting:running_quarter", "q"),
        rules.reads_win_rate,
    ),
    Place("Reports", "Win rate", "chart-column", "forecasting:win_rate", "w", rules.reads_win_rate),
)
