"""The yardstick for a consultation request: a view that inserts the same rows in one transaction, and no more."""

import os
import secrets
import uuid

from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.bare_settings")
application = get_wsgi_application()

from appointments.models import AuditEvent, ConsultationRequest, OutboxMessage  # noqa: E402 (needs Django set up)

MAIL = "We have your request. " * 30
CONSENTS = [{"what": "A sentence that was agreed to, word for word. " * 3, "at": "2026-11-21T12:00:00Z"}] * 3


def accept(request: HttpRequest) -> HttpResponse:
    """Insert the request, its audit event, the notice to the desk and the confirmation to the patient."""
    now, token, name, email = timezone.now(), secrets.token_urlsafe(32), request.POST["name"], request.POST["email"]
    reference = secrets.token_urlsafe(5)  # longer than ours, so that no reference collides
    with transaction.atomic():
        stored = ConsultationRequest(
            reference=reference, token=token, idempotency_key=uuid.uuid4().hex * 2, created_at=now, reply_by=now,
            due_at=now, name=name, name_key=name.lower(), email=email, email_key=email, phone="+17275550111",
            phone_typed=request.POST["phone"], consents=CONSENTS,
        )  # fmt: skip
        stored.save(force_insert=True)
        AuditEvent(request=stored, at=now, action="submitted", after="new").save()
        for kind, recipient in (("notice", "desk@clinic.example"), ("confirmation", email)):
            message = OutboxMessage(
                request=stored, kind=kind, recipient=recipient, subject="A request", body=MAIL, created_at=now,
                next_try_at=now,
            )  # fmt: skip
            message.save(force_insert=True)
    return HttpResponseRedirect(f"/consultation/received/{token}/", status=303)


urlpatterns = [path("consultation/", accept)]
