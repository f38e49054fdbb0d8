"""The message broker, through which workers learn of imports."""

from contextlib import closing

from django.conf import settings
from django.utils.translation import gettext as _
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, RedisError, ResponseError
from redis.retry import Retry

from .components import ComponentHealth, State

CONNECT_TIMEOUT = 0.5  # seconds
ANSWER_TIMEOUT = 0.5  # seconds
PROBE_KEY = f"{settings.REDIS_KEY_PREFIX}:monitoring:probe"
PROBE_SECONDS = 60


def broker_health() -> ComponentHealth:
    """Say whether the broker answers and takes a message, within about a second."""
    try:
        _ask()
    except AuthenticationError:
        return _down(
            _("The message broker refuses our password: no import can be started from the portal."),
            _("Ask your administrator to compare REDIS_URL with the password of the Redis server."),
        )
    except ResponseError:
        return _down(
            _("The message broker answers but takes no messages: its memory or disk may be full."),
            _("Ask your administrator to look into the log of the Redis server."),
        )
    except (RedisError, OSError):
        return _down(
            _("The message broker does not answer: no import can be started from the portal."),
            _("Ask your administrator to start Redis. Imports from the command line still work."),
        )
    return ComponentHealth(
        "broker", _("Message broker"), State.OK, _("The broker answers and takes messages.")
    )


def _down(message: str, advice: str) -> ComponentHealth:
    return ComponentHealth("broker", _("Message broker"), State.DOWN, message, advice)


def _ask() -> None:
    """Write a little: a full server still answers PING."""
    client = Redis.from_url(
        settings.CELERY_BROKER_URL,
        socket_connect_timeout=CONNECT_TIMEOUT,
        socket_timeout=ANSWER_TIMEOUT,
        retry=Retry(NoBackoff(), 0),
    )
    with closing(client):
        client.set(PROBE_KEY, "1", ex=PROBE_SECONDS)
