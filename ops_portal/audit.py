"""What staff did, in the admin's own log."""

from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model


def started(user: AbstractBaseUser, record: Model, message: str) -> None:
    """Record that `user` started a run."""
    _log(user, type(record), ADDITION, message, object_id=str(record.pk), text=str(record))


def changed(user: AbstractBaseUser, record: Model, message: str) -> None:
    """Record that `user` stopped or recovered a run."""
    _log(user, type(record), CHANGE, message, object_id=str(record.pk), text=str(record))


def exported(user: AbstractBaseUser, model: type[Model], text: str, message: str) -> None:
    """Record that `user` took a list away."""
    _log(user, model, CHANGE, message, object_id=None, text=text)


def _log(
    user: AbstractBaseUser,
    model: type[Model],
    flag: int,
    message: str,
    *,
    object_id: str | None,
    text: str,
) -> Any:
    LogEntry.objects.create(
        user_id=user.pk,
        content_type=ContentType.objects.get_for_model(model),
        object_id=object_id,
        object_repr=text[:200],
        action_flag=flag,
        change_message=message,
    )
