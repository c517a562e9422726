"""Make a desk with thirty requests of every kind, as on a Monday morning: `python -m tests.browser.desk_data`.

With the word `few` there is one waiting request of each kind. For the browser tests and the pictures in the guide; the
database is that of the environment.
"""

import datetime as dt
import sys
from typing import Any

import django

django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402 (the models need Django set up)
from django.utils import timezone  # noqa: E402

from appointments.choices import Action, Attempt, DeclineReason, MailStatus, Status  # noqa: E402
from appointments.models import NOTE_LENGTH, ConsultationRequest  # noqa: E402
from appointments.workflow import assign, join, note, record, record_attempt, transition  # noqa: E402
from clinic_site.database.group_permissions import FRONT_DESK  # noqa: E402
from tests.appointments.builders import make_request, move  # noqa: E402

NAMES = (
    "Ana Torres", "Bo Li", "Chidi Okafor", "Dolores Muñoz", "Eli Marsh", "Fatima Noor", "Greta Lind", "Hugo Brandt",
    "Ines Duarte", "Jo Park", "Kaito Mori", "Lena Fischer", "Mateo Ruiz", "Nadia Petrova", "Omar Haddad", "Priya Rao",
    "Quinn Doyle", "Rosa Vidal", "Sam Whitefeather", "Tala Reyes", "Uma Clarke", "Viktor Novak", "Wren Abbott",
    "Ximena Flores", "Yusuf Demir", "Zoë Jansen", "Ada Example",
)  # fmt: skip
NOW = timezone.now()
FEW = sys.argv[1:] == ["few"]
COLLEAGUE = "dana"
# Every answer at its greatest length.
LONGEST: dict[str, Any] = {
    **dict.fromkeys(("name", "access_note", "note", "phone_typed"), "W" * 200),
    "email": f"{'e' * 240}@example.com",
    "phone_extension": "1" * 20,
    "interpreter": "L" * 150,
    "access": ("step_free", "asl", "large_print", "relay", "extra_time"),
    "best_times": ("morning", "midday", "afternoon"),
    "article": "a" * 100,
    "reason": "new_patient",
    "for_whom": "someone_else",
    "office": "lake-wren",
    "voicemail": True,
    "texts": True,
}


def ago(**span: float) -> dt.datetime:
    return NOW - dt.timedelta(**span)


def sent(number: int, now: dt.datetime, **answers: Any) -> ConsultationRequest:
    """Make a request of the person `number`, with a phone number of their own."""
    phone = f"+1727555{100 + number:04}"
    typed = f"(727) 555-{100 + number:04}"
    return make_request(now=now, **{"name": NAMES[number], "phone": phone, "phone_typed": typed, **answers})


def alike(first: int, end: int) -> range:
    """Return the numbers of persons whose requests are of one kind."""
    return range(first, first + 1 if FEW else end)


def make_waiting() -> None:
    for number in alike(0, 3):
        sent(number, ago(days=6, hours=number), office="port-alder", best_times=("morning",))
    sent(3, ago(days=4), office="lake-wren", access=("step_free",), interpreter="Spanish", for_whom="someone_else")
    for number in alike(4, 9):
        sent(number, ago(hours=number), email=f"person{number}@example.com", voicemail=number % 2 == 0)
    sent(9, ago(minutes=20), contact_way="no_calls", texts=True, email="jo@example.com")
    sent(10, ago(minutes=9), note="I do not want to live like this", best_times=("afternoon",))
    sent(11, ago(minutes=3), phone="", phone_typed="", email="lena@example.com", contact_way="email")


def make_called() -> None:
    for number in alike(12, 16):
        request = sent(number, ago(days=1), voicemail=True, best_times=("morning", "midday"))
        assign(request, COLLEAGUE, COLLEAGUE, ago(hours=20))
        record_attempt(request, Attempt.NO_ANSWER, COLLEAGUE, ago(hours=19))
        record_attempt(request, Attempt.VOICEMAIL, COLLEAGUE, ago(hours=2))
        note(request, "Asks for a call after lunch.", COLLEAGUE, ago(hours=2))
    wrong = sent(16, ago(days=1))
    record_attempt(wrong, Attempt.WRONG_NUMBER, COLLEAGUE, ago(hours=3))


def make_ended() -> None:
    ends = (Status.SCHEDULED, Status.SCHEDULED, Status.CLOSED, Status.WITHDRAWN)
    for number, end in enumerate(ends, 17):
        request = sent(number, ago(days=3 + number))
        record(request, Action.OPENED, COLLEAGUE, ago(days=2 + number))
        record_attempt(request, Attempt.REACHED, COLLEAGUE, ago(days=2 + number))
        move(request, end, "" if end == Status.WITHDRAWN else COLLEAGUE, ago(days=2))
    for number, reason in enumerate((DeclineReason.NO_ROOM, DeclineReason.OTHER_STATE), 21):
        declined = sent(number, ago(days=9), article="ketamine-and-chronic-pain-basics")
        transition(declined, Status.DECLINED, COLLEAGUE, ago(days=8), reason)
    sent(23, ago(days=2), trapped=True, status=Status.SPAM)


def make_twins() -> None:
    older = sent(24, ago(days=1, hours=3), office="port-alder")
    sent(24, ago(hours=1), office="port-alder", email="yusuf@example.com")
    again = sent(25, ago(days=1))
    join(again, sent(25, ago(days=2)), COLLEAGUE, ago(hours=5))
    assign(older, COLLEAGUE, COLLEAGUE, ago(hours=4))


def make_undelivered() -> None:
    request = sent(26, ago(hours=30), email="typo@example.invalid")
    request.messages.update(status=MailStatus.FAILED, attempts=30, last_error="SMTPRecipientsRefused")


def make_longest() -> None:
    request = make_request(ago(hours=2), **LONGEST)
    for number in range(10):
        note(request, f"Note {number + 1} ".ljust(NOTE_LENGTH, "n"), COLLEAGUE, ago(hours=1))


def main() -> None:
    """Make the requests, and a colleague to assign them to."""
    User.objects.create_user(COLLEAGUE, is_staff=True).groups.add(Group.objects.get(name=FRONT_DESK))
    for make in (make_waiting, make_called, make_ended, make_twins, make_undelivered, make_longest):
        make()


if __name__ == "__main__":
    main()
