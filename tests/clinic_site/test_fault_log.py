"""A fault that lasts is one line in the log, not one at each try."""

import logging

import pytest

from clinic_site.fault_log import FaultLog

logger = logging.getLogger(__name__)


def fail(faults: FaultLog, kind: str, times: int = 1) -> None:
    for _ in range(times):
        faults.failed("The mail", kind, logging.WARNING, "No mail leaves (%s).", kind)


def test_logs_a_fault_once_while_it_lasts(caplog: pytest.LogCaptureFixture) -> None:
    fail(FaultLog(logger), "Refused", times=1971)
    assert caplog.messages == ["No mail leaves (Refused)."]


def test_logs_each_kind_of_fault_once_though_they_take_turns(caplog: pytest.LogCaptureFixture) -> None:
    faults = FaultLog(logger)
    for _ in range(3):
        fail(faults, "Refused")
        fail(faults, "Timeout")
    assert caplog.messages == ["No mail leaves (Refused).", "No mail leaves (Timeout)."]


def test_logs_the_end_of_a_fault_and_the_next_one_anew(caplog: pytest.LogCaptureFixture) -> None:
    faults = FaultLog(logger)
    faults.works("The mail")
    fail(faults, "Refused")
    faults.works("The mail")
    faults.works("The mail")
    fail(faults, "Refused")
    assert caplog.messages == ["No mail leaves (Refused).", "The mail works again.", "No mail leaves (Refused)."]
