"""What the documents say of the portal: its addresses and its permissions."""

import re
from collections.abc import Iterator

from django.apps import apps
from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver

from apps.products.roles import PERMISSIONS
from freesport.operations import OPERATIONS
from tests.support.documents import DOCUMENTS, document
from tests.support.processes import ROOT

# Pages that tell of another project, which has addresses of its own.
ELSEWHERE = ("add-an-operation.md", "mount-elsewhere.md")
ADDRESS = re.compile(r"(?:…|/)[\w<>./…-]*(?:\?.*)?")


def patterns(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    """Give the addresses below a resolver, those of the admin's models aside."""
    for entry in resolver.url_patterns:
        address = before + re.sub(r"<\w+:\w+>", "<id>", str(entry.pattern))
        if isinstance(entry, URLPattern) or entry.app_name == admin.site.name:
            yield address
        else:
            yield from patterns(entry, address)


ADDRESSES = sorted(set(patterns(get_resolver())))


def addresses_in(codes: list[str]) -> set[str]:
    """Give the addresses among code spans, without their queries."""
    return {code.partition("?")[0] for code in codes if ADDRESS.fullmatch(code)}


def means(told: str, address: str) -> bool:
    """Whether a document's spelling is that of an address; … stands for its beginning."""
    if told.startswith("…/"):
        return len(told) > 2 and address.endswith(told[1:])
    return told == address


class TestAddresses:
    def test_the_architecture_tells_of_each_address(self):
        told = addresses_in(document("docs/architecture.md").code)
        assert len(ADDRESSES) > 15
        assert [a for a in ADDRESSES if not any(means(t, a) for t in told)] == []

    def test_every_address_that_a_document_tells_exists(self):
        wrong = [
            (str(document), told)
            for document in DOCUMENTS
            if document.path.name not in ELSEWHERE
            for told in addresses_in(document.code)
            if told.startswith(("…/", "/admin/", "/healthz", "/readyz", "/i18n/"))
            if not any(means(told, address) for address in ADDRESSES)
        ]
        assert wrong == []


def permissions() -> set[str]:
    """Give the permissions that the project makes, promises to a group or asks for."""
    made = {
        f"{model._meta.app_label}.{code}"
        for model in apps.get_models()
        if model.__module__.startswith("apps.")
        for code, _name in model._meta.permissions
    }
    promised = {f"products.{code}" for codes in PERMISSIONS.values() for code in codes}
    of_operations = {
        permission
        for operation in OPERATIONS
        for permission in vars(operation.permissions).values()
    }
    return made | promised | of_operations | asked_for()


def asked_for() -> set[str]:
    """Give the permissions that the code asks users for by name."""
    code = "".join(
        path.read_text(encoding="utf-8")
        for top in ("apps", "freesport", "ops_portal")
        for path in sorted((ROOT / top).rglob("*.py"))
    )
    return set(re.findall(r'has_perm\(\s*"([a-z_]+\.[a-z_]+)"', code))


class TestPermissions:
    def test_the_page_on_access_has_a_row_for_each_and_no_other(self):
        rows = document("docs/howto/grant-access.md").rows
        named = {row[1].strip("`") for row in rows if len(row) == 4}
        assert len(permissions()) > 4
        assert named - {"code name"} == permissions()

    def test_the_page_says_rightly_which_group_has_which(self):
        rows = [row for row in document("docs/howto/grant-access.md").rows if len(row) == 4]
        for row in rows[1:]:
            code = row[1].strip("`").removeprefix("products.")
            has = [
                code in PERMISSIONS[group] for group in ("1C import operators", "1C import viewers")
            ]
            assert [cell == "yes" for cell in row[2:]] == has, row

    def test_both_groups_stand_in_both_user_guides(self):
        for name in ("docs/user-guide.md", "docs/user-guide.ru.md"):
            heads = [row for row in document(name).rows if set(PERMISSIONS) <= set(row)]
            assert len(heads) == 1, name
