"""Which status may follow which. workflow.py enforces the table, and the front-desk guide's diagram shows it."""

from appointments.choices import WAITING, Status

ENDS = frozenset(Status) - frozenset(WAITING)
MAY_BE_JOINED_TO = (*WAITING, Status.SCHEDULED)
# Every transition can be reversed, so that staff can correct a mistake.
TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.NEW: ENDS | {Status.CONTACTING},
    Status.CONTACTING: ENDS | {Status.NEW},
    Status.SCHEDULED: frozenset(WAITING),
    Status.DECLINED: frozenset(WAITING),
    Status.WITHDRAWN: frozenset(WAITING),
    Status.CLOSED: frozenset(WAITING),
    Status.SPAM: frozenset(WAITING),
}
