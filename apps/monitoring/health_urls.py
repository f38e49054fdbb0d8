"""Addresses of the probes; included at the root."""

from django.urls import path

from .health_views import healthz, readyz

urlpatterns = [
    path("healthz/", healthz, name="healthz"),
    path("readyz/", readyz, name="readyz"),
]
