"""The workers: whether one that takes imports answers.

A worker answers from its main process, also while its child is importing. A worker with
`--pool=solo` has no other process and stays silent until its import has ended.
"""

from celery import current_app
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from .components import ComponentHealth, State
from .remembered import Remembered

# Seconds of silence after which no further worker is expected to answer.
ANSWER_TIMEOUT = 1.0
REMEMBER_SECONDS = 5.0


def worker_health(*, broker_works: bool) -> ComponentHealth:
    """Say whether a worker takes imports. Without a broker nobody can be asked."""
    if not broker_works:
        return _health(
            State.UNKNOWN,
            _("Workers can only be asked through the message broker, which does not work."),
            _("Mend the message broker first."),
        )
    answers = answering_workers.get()
    queue = settings.CELERY_TASK_DEFAULT_QUEUE
    ours = [name for name, queues in answers.items() if queue in queues]
    if ours:
        return _works(len(ours))
    return _no_one_answers() if not answers else _none_takes_imports(queue)


def ask_workers() -> dict[str, list[str]]:
    """Give the queues of every worker that answers, by the worker's name; {} when none does.

    On a connection of its own: one of Celery's pool may have died with an earlier broker.
    """
    try:
        with current_app.connection_for_write() as connection:
            inspect = current_app.control.inspect(timeout=ANSWER_TIMEOUT, connection=connection)
            replies = inspect.active_queues() or {}
    except (KombuError, RedisError, OSError):
        return {}
    return {name: [queue["name"] for queue in queues] for name, queues in replies.items()}


answering_workers = Remembered(ask_workers, REMEMBER_SECONDS)


def _works(count: int) -> ComponentHealth:
    text = ngettext(
        "%(count)d worker answers and takes imports.",
        "%(count)d workers answer and take imports.",
        count,
    )
    return _health(State.OK, text % {"count": count})


def _no_one_answers() -> ComponentHealth:
    return _health(
        State.DOWN,
        _("No worker answers: an import started from the portal would wait for one."),
        _("Ask your administrator to start the import worker. The command line works without it."),
    )


def _none_takes_imports(queue: str) -> ComponentHealth:
    return _health(
        State.DOWN,
        _("Workers answer, but none listens to the queue “%(queue)s”: imports would wait.")
        % {"queue": queue},
        _("Ask your administrator to start a worker for this queue."),
    )


def _health(state: State, message: str, advice: str = "") -> ComponentHealth:
    return ComponentHealth("worker", _("Import worker"), state, message, advice)
