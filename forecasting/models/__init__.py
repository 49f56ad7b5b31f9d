from forecasting.models.snapshot import Snapshot

__all__ = ["Snapshot"]
