"""Whether the parts that an import needs are there, in words that everybody understands."""

from .check import IntegrationHealthCheck
from .components import ComponentHealth, State

__all__ = ["ComponentHealth", "IntegrationHealthCheck", "State"]
