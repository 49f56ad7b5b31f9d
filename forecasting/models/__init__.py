"""What forecasting keeps."""

from forecasting.models.drift import Drift
from forecasting.models.forecast_call import Decision, ForecastCall
from forecasting.models.plan import Plan
from forecasting.models.snapshot import Snapshot
from forecasting.models.submission import Call, Kind, Submission

__all__ = [
    "Call",
    "Decision",
    "Drift",
    "ForecastCall",
    "Kind",
    "Plan",
    "Snapshot",
    "Submission",
]
