"""Mount an operation: `path("admin/", include(urls_for(operation)))`, before `admin.site.urls`.

After it, the admin's catch-all would answer 404.
"""

from django.urls import URLPattern, URLResolver, include, path

from . import views
from .operations import MOUNTED, Operation


def urls_for(*operations: Operation) -> list[URLResolver]:
    """Give the addresses of `operations`, each in a namespace of its slug, and remember them."""
    MOUNTED.update({operation.slug: operation for operation in operations})
    return [
        path(operation.path, include((_patterns(operation), operation.slug)))
        for operation in operations
    ]


def _patterns(operation: Operation) -> list[URLPattern]:
    return [
        path("", views.Start.as_view(operation=operation), name="start"),
        path("find/", views.Find.as_view(operation=operation), name="find"),
        path("sessions/", views.History.as_view(operation=operation), name="history"),
        path("sessions/export/", views.Export.as_view(operation=operation), name="export"),
        path("sessions/view/", views.ChooseView.as_view(operation=operation), name="view"),
        path("sessions/filters/", views.SaveFilter.as_view(operation=operation), name="filters"),
        path(
            "sessions/filters/<int:pk>/delete/",
            views.DeleteFilter.as_view(operation=operation),
            name="delete_filter",
        ),
        path("sessions/<int:pk>/", views.Session.as_view(operation=operation), name="session"),
        path("sessions/<int:pk>/status/", views.Status.as_view(operation=operation), name="status"),
        path("sessions/<int:pk>/issues/", views.Issues.as_view(operation=operation), name="issues"),
        path(
            "sessions/<int:pk>/changes/", views.Changes.as_view(operation=operation), name="changes"
        ),
        path("sessions/<int:pk>/cancel/", views.Cancel.as_view(operation=operation), name="cancel"),
        path(
            "sessions/<int:pk>/recover/", views.Recover.as_view(operation=operation), name="recover"
        ),
        path("sessions/<int:pk>/log/", views.Log.as_view(operation=operation), name="log"),
    ]
