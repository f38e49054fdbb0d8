"""What the merge routine must know of customers.

Nothing here lets an import write a password, a role or a right of an account that exists: only
`owned` columns are ever updated.
"""

from apps.products.imports.entities import ONEC_ID, Entity

from ..models import User

# What 1C wins, in the order of a row's values.
ONEC_FIELDS = (
    "email",
    "customer_type",
    "first_name",
    "last_name",
    "company_name",
    "legal_name",
    "tax_id",
    "kpp",
    "phone",
    "legal_address",
)
HIDDEN_MARK = "deactivated_by_1c"

CUSTOMERS = Entity(
    "customers",
    User,
    ONEC_ID,
    owned=(*ONEC_FIELDS, HIDDEN_MARK),
    initial=(
        "username",
        "password",
        "role",
        "created_in_1c",
        "is_staff",
        "is_superuser",
        "date_joined",
        "last_sync_at",
    ),
    extra=(*ONEC_FIELDS, HIDDEN_MARK, "created_in_1c", "is_staff", "is_superuser"),
    touched="last_sync_at",
    adoptable=True,
    lookups=("tax_id", "lower(email)"),
    stays_when_absent=True,
    hidden_mark=HIDDEN_MARK,
)
