"""Addresses: the portal below the admin, and before it."""

from django.contrib import admin
from django.urls import include, path

from ops_portal.urls import urls_for

from .operations import OPERATIONS

urlpatterns = [
    path("admin/", include(urls_for(*OPERATIONS))),
    path("admin/", admin.site.urls),
]
