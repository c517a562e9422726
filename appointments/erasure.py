"""What is left of a request when a person asks to be erased, or when nobody needs it any more."""

from typing import Any

from appointments.models import ConsultationRequest

# That there was one, for which office, when, what the desk did and how it ended. A field that is not named here goes.
KEPT = frozenset(
    "id reference token idempotency_key created_at reply_by office status version due_at try_from assigned_to "
    "last_attempt last_attempt_at declined_because joined_to ended_at erased_at".split()
)


def erased_answers() -> dict[str, Any]:
    """Field -> its value as if nothing had been answered."""
    fields = ConsultationRequest._meta.concrete_fields  # noqa: SLF001 (Django's documented way)
    return {field.name: field.get_default() for field in fields if field.name not in KEPT}
