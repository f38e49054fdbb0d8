"""Probes for container platforms and load balancers. Anyone may ask; nothing secret is told."""

from http import HTTPStatus

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .health import IntegrationHealthCheck


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """Say that this process answers: 200, whatever is wrong elsewhere."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """Say whether imports could run: 200 or 503, with names and states of the components."""
    check = IntegrationHealthCheck()
    ready = check.ready()
    return JsonResponse(
        {
            "status": "ok" if ready else "down",
            "components": {part.name: str(part.state.value) for part in check.readiness()},
        },
        status=HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE,
    )
