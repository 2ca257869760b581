"""Where other systems send their webhooks: authentic ones are stored and answered at once."""

import logging

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.actors import Actor
from core.api.problems import problem
from integrations.actions.inbox import receive_message
from integrations.models import System
from integrations.queries.credentials import live_secrets
from integrations.signatures import NotAuthentic, Signed, check, read_headers
from integrations.states import CredentialPurpose, InboxState

MOST = 1024 * 1024
KEPT = ("webhook-id", "webhook-timestamp", "webhook-signature", "content-type", "user-agent")
log = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, system: str) -> JsonResponse:
    """Store a message whose signature one of the system's live secrets made; 202, processed later."""
    body = request.read(MOST + 1)
    if len(body) > MOST:
        return _refused(413, "too_large", "A message has at most 1 MiB.")
    sender = System.objects.filter(code=system).first()
    try:
        signed = read_headers(request.headers)
        _check(sender, signed, body)
    except NotAuthentic as error:
        log.warning("webhook of %s refused: %s", system[:30], error)
        return _refused(401, "not_authentic", "The signature, its timestamp or the system is not right.")
    assert sender is not None
    headers = {name: request.headers[name][:400] for name in KEPT if name in request.headers}
    actor = Actor.system(f"webhook {sender.code}")
    message = receive_message(sender.pk, event_id=signed.event_id, body=body, headers=headers, actor=actor)
    if message.state == InboxState.CONFLICT:
        return _refused(409, "event_id_reused", "This event came before with another body.")
    return JsonResponse({"accepted": signed.event_id}, status=202)


def _check(sender: System | None, signed: Signed, body: bytes) -> None:
    """Refuse as not authentic, with an unknown system like a wrong signature."""
    secrets = live_secrets(sender, CredentialPurpose.WEBHOOK_SECRET) if sender else []
    check(signed, body, secrets, now=timezone.now())


def _refused(status: int, code: str, sentence: str) -> JsonResponse:
    body = problem(status, code, sentence)
    return JsonResponse(body, status=status, content_type="application/problem+json")
