"""What forecasting keeps."""

from forecasting.models.drift import Drift
from forecasting.models.snapshot import Snapshot

__all__ = ["Drift", "Snapshot"]
