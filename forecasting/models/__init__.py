"""What forecasting keeps."""

from forecasting.models.drift import Drift
from forecasting.models.plan import Plan
from forecasting.models.snapshot import Snapshot
from forecasting.models.submission import Call, Kind, Submission

__all__ = ["Call", "Drift", "Kind", "Plan", "Snapshot", "Submission"]
