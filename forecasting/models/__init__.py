"""What forecasting keeps."""

from forecasting.models.drift import Drift

__all__ = ["Drift"]
