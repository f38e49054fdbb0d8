"""A past of imports, made from a seed: sessions, runs and customers over a hundred days."""

import random
from datetime import datetime, timedelta

from apps.common.models import CustomerSyncLog, SyncLog
from apps.products.models import ImportSession
from apps.users.models import User

DAYS = 100
TYPES = ("catalog", "customers")
STATUSES = ("completed", "completed", "completed", "failed", "cancelled")
OPERATIONS = (
    ("created", "success", {}),
    ("created", "warning", {"remarks": ["email_taken"]}),
    ("updated", "success", {"matched_by": "onec_id", "changed": ["phone"]}),
    ("updated", "success", {"matched_by": "tax_id"}),
    ("updated", "success", {"matched_by": "email"}),
    ("conflict", "warning", {"matched_by": "email", "conflict": ["phone"]}),
    ("hidden", "success", {"deleted_in_1c": True}),
    ("skipped", "warning", {"code": "staff_account"}),
    ("failed", "failed", {"code": "tax_id_ambiguous"}),
)


def make_past(seed: int, now: datetime, *, runs: int = 300, customers: int = 900) -> None:
    """Insert sessions, their runs and operations on customers, spread over the days before."""
    chance = random.Random(seed)
    known = User.objects.bulk_create(
        User(username=f"customer-{seed}-{number}") for number in range(20)
    )
    made = sorted((_session(chance, now) for _ in range(runs)), key=lambda one: one.created_at)
    sessions = ImportSession.objects.bulk_create(made)
    SyncLog.objects.bulk_create(
        _run(chance, session) for session in sessions if session.started_at is not None
    )
    CustomerSyncLog.objects.bulk_create(_operation(chance, now, known) for _ in range(customers))


def _moment(chance: random.Random, now: datetime) -> datetime:
    """Give a moment, half of them within the last three days."""
    days = 3 if chance.random() < 0.5 else DAYS
    return now - timedelta(seconds=chance.randrange(1, days * 86_400))


def _session(chance: random.Random, now: datetime) -> ImportSession:
    asked = _moment(chance, now)
    status = chance.choice(STATUSES)
    unbegun = status == "failed" and chance.random() < 0.3
    started = None if unbegun else asked + timedelta(milliseconds=chance.randrange(900))
    duration = chance.randrange(50, 4_000_000)
    return ImportSession(
        import_type=chance.choice(TYPES),
        status=status,
        trigger="schedule",
        dry_run=chance.random() < 0.2,
        created_at=asked,
        started_at=started,
        finished_at=started and started + timedelta(milliseconds=duration),
        duration_ms=duration if started else None,
    )


def _run(chance: random.Random, session: ImportSession) -> SyncLog:
    return SyncLog(
        sync_type=session.import_type,
        status=session.status,
        started_at=session.started_at,
        completed_at=session.finished_at,
        records_processed=chance.randrange(100_000),
        errors_count=chance.choice((0, 0, 0, chance.randrange(50))),
        duration_ms=session.duration_ms if chance.random() < 0.95 else None,
        session=session,
    )


def _operation(chance: random.Random, now: datetime, known: list[User]) -> CustomerSyncLog:
    operation, status, details = chance.choice(OPERATIONS)
    customer = chance.choice(known)
    return CustomerSyncLog(
        customer=customer,
        operation_type=operation,
        status=status,
        details=details,
        duration_ms=chance.choice((None, chance.randrange(5_000))),
        onec_id=customer.username,
        created_at=_moment(chance, now),
    )
