"""Brands: 1C repeats one under several ids, and staff merge what it writes in several ways."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.common.admin.readonly import ReadOnlyInline

from ..models import Brand, BrandSource, Product
from .base import FROM_ONEC, OnecOwnedAdmin


class BrandSourceInline(ReadOnlyInline[BrandSource, Brand]):
    """The 1C ids that mean the brand."""

    model = BrandSource


class MergeForm(forms.Form):
    """Which of the selected brands stays."""

    target = forms.ModelChoiceField(
        Brand.objects.none(),
        label=_("Brand that stays"),
        widget=forms.RadioSelect,
        empty_label=None,
    )

    def __init__(self, brands: QuerySet[Brand], data: Any = None) -> None:
        super().__init__(data)
        self.fields["target"].queryset = brands  # type: ignore[attr-defined]


@transaction.atomic
def merge_brands(target: Brand, others: QuerySet[Brand]) -> None:
    """Give the 1C ids and products of `others` to `target`, then delete `others`.

    The next import finds the ids with `target`, so it never makes the others again. Products lose
    their fingerprint: it was taken with the old brand.
    """
    merged = list(others.exclude(pk=target.pk).values_list("pk", flat=True))
    BrandSource.objects.filter(brand__in=merged).update(brand=target)
    Product.objects.filter(brand__in=merged).update(brand=target, fingerprint=None)
    Brand.objects.filter(pk__in=merged).delete()


@admin.register(Brand)
class BrandAdmin(OnecOwnedAdmin[Brand]):
    """Brands with their 1C ids; staff own the address and may merge."""

    staff_fields = ("slug",)
    identifiers = ("sources__onec_id",)
    fieldsets = [
        (_("Set by the shop"), {"fields": ["slug"]}),
        (_("From 1C"), {"fields": ["name", "is_active"], "description": FROM_ONEC}),
    ]
    list_display = ["name", "slug", "is_active", "onec_ids"]
    list_filter = ["is_active"]
    search_fields = ["name"]
    search_help_text = _("Name, or a whole 1C id.")
    ordering = ["name"]
    inlines = [BrandSourceInline]
    actions = ["merge"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Brand]:
        """Count the 1C ids in the same query."""
        return super().get_queryset(request).annotate(source_count=Count("sources"))

    @admin.display(description=_("1C ids"), ordering="source_count")
    def onec_ids(self, brand: Any) -> int:
        """How many 1C ids mean this brand."""
        return int(brand.source_count)

    @admin.action(description=_("Merge the selected brands into one"), permissions=["change"])
    def merge(self, request: HttpRequest, brands: QuerySet[Brand]) -> HttpResponse | None:
        """Ask which brand stays; when told, merge the others into it."""
        brands = Brand.objects.filter(pk__in=brands.values("pk")).order_by("name")
        if brands.count() < 2:
            self.message_user(request, _("Select two brands or more."), messages.WARNING)
            return None
        form = MergeForm(brands, request.POST if "target" in request.POST else None)
        if form.is_valid():
            self._merge_into(request, form.cleaned_data["target"], brands)
            return None
        context = self.admin_site.each_context(request) | {
            "title": _("Merge brands"),
            "opts": self.opts,
            "form": form,
            "brands": brands,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return render(request, "admin/products/brand/merge.html", context)

    def _merge_into(self, request: HttpRequest, target: Brand, brands: QuerySet[Brand]) -> None:
        names = ", ".join(brand.name for brand in brands if brand.pk != target.pk)
        sentence = gettext("Merged into “%(target)s”: %(names)s.") % {
            "target": target.name,
            "names": names,
        }
        merge_brands(target, brands)
        self.log_change(request, target, sentence)
        self.message_user(request, sentence, messages.SUCCESS)
