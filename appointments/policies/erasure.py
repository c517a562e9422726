"""What remains of a request after its erasure."""

from typing import Any

from appointments.models import ConsultationRequest

# Fields that an erasure leaves: office, times, what the desk did and the outcome. All others are cleared.
REMAINING = frozenset(
    "id reference token idempotency_key created_at reply_by office status version due_at try_from assigned_to "
    "last_attempt last_attempt_at declined_because joined_to ended_at erased_at".split()
)


def erased_answers() -> dict[str, Any]:
    """Return the default value of each field that an erasure clears, by name."""
    fields = ConsultationRequest._meta.concrete_fields  # noqa: SLF001 (Django's documented way)
    return {field.name: field.get_default() for field in fields if field.name not in REMAINING}
