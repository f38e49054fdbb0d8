"""Addresses of the whole project."""

from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView

from ops_portal.urls import urls_for

from .operations import OPERATIONS

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("", include("apps.monitoring.health_urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    # What hangs below the admin comes before it: its catch-all answers 404 to what it knows not.
    path("admin/monitoring/", include("apps.monitoring.urls")),
]

if settings.OPS_PORTAL_ENABLED:
    urlpatterns.append(path("admin/", include(urls_for(*OPERATIONS))))

admin.site.site_header = admin.site.site_title = _("FREESPORT administration")
urlpatterns.append(path("admin/", admin.site.urls))

if settings.DEBUG:
    # In production the web server gives out what was uploaded and imported.
    urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)
