"""What forecasting keeps."""

from forecasting.models.drift import Drift
from forecasting.models.forecast_call import Decision, ForecastCall
from forecasting.models.freeze import Amendment, Freeze
from forecasting.models.plan import Plan
from forecasting.models.snapshot import Snapshot
from forecasting.models.submission import Call, Kind, Submission

__all__ = [
    "Amendment",
    "Call",
    "Decision",
    "Drift",
    "ForecastCall",
    "Freeze",
    "Kind",
    "Plan",
    "Snapshot",
    "Submission",
]
