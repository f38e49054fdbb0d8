"""Django's admin classes with a type parameter for the model.

The type checker's stubs know `ModelAdmin[Product]`; at run time Django's classes take no parameter.
"""

from typing import TYPE_CHECKING, TypeVar

from django.contrib import admin
from django.db.models import Model

ModelT = TypeVar("ModelT", bound=Model)
ParentT = TypeVar("ParentT", bound=Model)

if TYPE_CHECKING:

    class TypedAdmin(admin.ModelAdmin[ModelT]):
        """`ModelAdmin` of a model."""

    class TypedInline(admin.TabularInline[ModelT, ParentT]):
        """`TabularInline` of a model on the page of its parent."""

else:

    class _Subscriptable:
        def __class_getitem__(cls, _models: object) -> type:
            return cls

    class TypedAdmin(_Subscriptable, admin.ModelAdmin):
        """`ModelAdmin` of a model."""

    class TypedInline(_Subscriptable, admin.TabularInline):
        """`TabularInline` of a model on the page of its parent."""
