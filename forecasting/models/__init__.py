from forecasting.models.plan import Plan
from forecasting.models.snapshot import Snapshot
from forecasting.models.submission import Call, Kind, Submission

__all__ = ["Call", "Kind", "Plan", "Snapshot", "Submission"]
