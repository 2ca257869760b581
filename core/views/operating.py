"""What load balancers and monitoring ask; none of it needs a person."""

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from core.observing.exposition import exposition
from core.observing.readiness import readiness


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that this process answers; asks nothing else, so that a database's fault restarts nobody."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether requests may be sent here: 503 while the database is away or not migrated."""
    ready, parts = readiness()
    return JsonResponse({"ready": ready, **parts}, status=200 if ready else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Give the figures in Prometheus' format to whoever holds the token; the demo asks for none."""
    token = settings.METRICS_TOKEN
    if not token and not settings.DEMO:
        raise Http404
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and not hmac.compare_digest(given.encode(), token.encode()):
        return HttpResponse("A bearer token is needed.\n", status=401, content_type="text/plain")
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)
