"""What the two audit logs say of a period: rates, durations, series, customers."""

from .monitor import CustomerSyncMonitor
from .results import Bucket, CustomerFigures, OperationFigures

__all__ = ["Bucket", "CustomerFigures", "CustomerSyncMonitor", "OperationFigures"]
