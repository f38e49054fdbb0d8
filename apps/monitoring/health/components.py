"""What is known about one component: its state, what that means, what to do."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.common.portal_links import session_link


class State(models.TextChoices):
    """How a component is. The values are read by probes: they never change."""

    OK = "ok", _("Works")
    WARNING = "warning", _("Needs attention")
    DOWN = "down", _("Does not work")
    UNKNOWN = "unknown", _("Not known")


# From the best to the worst.
SEVERITY = (State.OK, State.UNKNOWN, State.WARNING, State.DOWN)


@dataclass(frozen=True)
class ComponentHealth:
    """One component as found.

    `name` is for probes, `title`, `message` and `advice` are sentences for staff; `advice` is empty
    when there is nothing to do. `session` is the session that the message speaks of.
    """

    name: str
    title: str
    state: State
    message: str
    advice: str = ""
    session: int | None = None

    @property
    def session_link(self) -> SafeString | str:
        """Give a link to the session's page; "" without a session."""
        return session_link(self.session) if self.session else ""

    @property
    def works(self) -> bool:
        """Whether an import can count on it."""
        return self.state == State.OK


def worst(components: Iterable[ComponentHealth]) -> State:
    """Give the worst state among the components, OK among none."""
    return max((component.state for component in components), key=SEVERITY.index, default=State.OK)
