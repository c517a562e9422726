import pytest

from appointments.audit_text import SENTENCES, sentence
from appointments.choices import Action
from tests.appointments.builders import VISIT_WORDS


def test_every_action_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Action)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (("submitted", "", "", "new", ""), "The patient sent the request; status New"),
        (("transition", "dana", "new", "closed", ""), "dana changed the status from New to Closed"),
        (("transition", "", "new", "withdrawn", ""), "The patient changed the status from New to Withdrawn"),
        (
            ("transition", "dana", "new", "declined", "no_room"),
            "dana changed the status from New to Declined (no room at present)",
        ),
        (
            ("transition", "dana", "new", "scheduled", "2026-12-01T20:00:00+00:00 port-alder"),
            f"dana changed the status from New to Scheduled (visit: {VISIT_WORDS})".replace("3 p", "3\u00a0p"),
        ),
        (("transition", "dana", "new", "scheduled", ""), "dana changed the status from New to Scheduled"),
        (
            ("moved", "dana", "scheduled", "scheduled", "2026-07-01T20:00:00+00:00 gone"),
            "dana set the visit to Wednesday, July 1, 2026, 4\u00a0p.m. EDT, gone",
        ),
        (("attempt", "dana", "new", "contacting", "voicemail"), "dana tried to reach the patient: left a voicemail"),
        (("assigned", "dana", "new", "new", ""), "dana gave the request to nobody"),
        (("opened", "dana", "new", "new", ""), "dana opened the request"),
        (("undone", "dana", "new", "new", "attempt"), "dana undid a step (tried to reach the patient); status New"),
        (
            ("mailed_again", "dana", "new", "new", "confirmation"),
            "dana had a mail sent again: confirmation to the patient",
        ),
        (("erased", "dana", "new", "withdrawn", ""), "dana erased what the patient sent; status Withdrawn"),
    ],
)
def test_an_event_is_described_in_a_sentence(event: tuple[str, str, str, str, str], expected: str) -> None:
    assert sentence(*event) == expected
