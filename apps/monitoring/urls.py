"""Addresses of the monitoring; included at `admin/monitoring/`, before the admin's own."""

from django.urls import path

from .views import dashboard

app_name = "monitoring"

urlpatterns = [path("dashboard/", dashboard, name="dashboard")]
