"""All components together."""

from .backups import backups_health
from .components import ComponentHealth, State, worst
from .data_dir import data_dir_health
from .database import database_health
from .disk import disk_health
from .imports import imports_health


class IntegrationHealthCheck:
    """Asks the components when they are first needed, and then once.

    Each question has its own time limit; together they take about two seconds when everything is
    silent and a few milliseconds when all is well and the worker was asked a moment ago.
    """

    def __init__(self) -> None:
        self._readiness: list[ComponentHealth] | None = None
        self._components: list[ComponentHealth] | None = None

    def readiness(self) -> list[ComponentHealth]:
        """Give database, broker and worker: what an import cannot do without."""
        if self._readiness is None:
            # The client of the broker is large, and most pages do not ask it.
            from .broker import broker_health  # noqa: PLC0415
            from .worker import worker_health  # noqa: PLC0415

            broker = broker_health()
            worker = worker_health(broker_works=broker.works)
            self._readiness = [database_health(), broker, worker]
        return self._readiness

    def components(self) -> list[ComponentHealth]:
        """Give everything that staff should know of."""
        if self._components is None:
            self._components = [
                *self.readiness(),
                data_dir_health(),
                *imports_health(),
                backups_health(),
                disk_health(),
            ]
        return self._components

    def ready(self) -> bool:
        """Whether an import could start and run now."""
        return all(component.works for component in self.readiness())

    def state(self) -> State:
        """Give the worst state of all components."""
        return worst(self.components())
