"""The three people of a demonstration: who they are and what they may do."""

from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db import transaction

from apps.products.roles import OPERATORS, VIEWERS

from .models import User

# Known to everybody who reads this file: for demonstrations on one's own machine only.
DEMO_PASSWORD = "freesport-demo"  # noqa: S105


@dataclass(frozen=True)
class DemoUser:
    """A staff member of the demonstration; `group` is None for the superuser."""

    username: str
    group: str | None


DEMO_USERS = (
    DemoUser("admin", None),
    DemoUser("operator", OPERATORS),
    DemoUser("viewer", VIEWERS),
)


@transaction.atomic
def make_demo_user(demo: DemoUser) -> bool:
    """Make the user, unless the login is taken: an existing account is left as it is.

    Returns:
        Whether the user was made.

    Raises:
        Group.DoesNotExist: `migrate` has not made the groups yet.
    """
    if User.objects.filter(username=demo.username).exists():
        return False
    user = User.objects.create_user(
        demo.username,
        password=DEMO_PASSWORD,
        is_staff=True,
        is_superuser=demo.group is None,
    )
    if demo.group is not None:
        user.groups.add(Group.objects.get(name=demo.group))
    return True
