"""The cast: named users, one for each row of the access matrix."""

from dataclasses import dataclass

from django.contrib.auth.models import Group

from apps.users.models import User

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class People:
    """`staff` may enter the admin and nothing else; `customer` may not even do that."""

    admin: User
    operator: User
    viewer: User
    staff: User
    customer: User


def make_people() -> People:
    """Create the cast; every password is `PASSWORD`."""
    admin = User.objects.create_superuser("anna.admin", "anna@example.org", PASSWORD)
    return People(
        admin=admin,
        operator=_member("oleg.operator", "1C import operators"),
        viewer=_member("vera.viewer", "1C import viewers"),
        staff=_user("stepan.staff", is_staff=True),
        customer=_user("kira.customer", is_staff=False),
    )


def _member(name: str, group: str) -> User:
    user = _user(name, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return user


def _user(name: str, *, is_staff: bool) -> User:
    email = f"{name.partition('.')[0]}@example.org"
    return User.objects.create_user(name, email, PASSWORD, is_staff=is_staff)
