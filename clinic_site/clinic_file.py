"""Loads content/clinic.yaml into a Clinic, and keeps the last good one while the file is wrong."""

import dataclasses
import datetime as dt
import logging
import re
import zoneinfo
from contextlib import AbstractContextManager
from functools import cache
from itertools import pairwise
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from clinic_site import last_good
from clinic_site.clinic import ACCESS, WEEKDAYS, Clinic, Office, Span
from clinic_site.content_files import ContentError, Fields, faults_told, file_signature, parse_yaml, read_source
from clinic_site.folding import fold
from clinic_site.phones import e164, parse_number
from clinic_site.watched import Watched

FILE = "clinic.yaml"
LONGEST_KEPT = 3650  # days
logger = logging.getLogger(__name__)
NUMBER_TO_CALL = re.compile(r"(?:\d[ ().-]{0,2}){5,}|\b1-[89]\d\d-")
SPAN = re.compile(r"\d\d:\d\d-\d\d:\d\d")


def get_clinic() -> Clinic:
    """The clinic's facts as they stand now. Raises ContentError when they have never been right in this process."""
    return _watched(settings.CONTENT_DIR).get()


def held_clinic(clinic: Clinic) -> AbstractContextManager[None]:
    """Inside, `clinic` is what get_clinic() gives."""
    return _watched(settings.CONTENT_DIR).held(clinic)


@cache
def _watched(root: Path) -> Watched[Clinic]:
    return Watched(lambda: file_signature(root / FILE), lambda previous: load_clinic(root, previous))


def load_clinic(root: Path, previous: Clinic | None = None) -> Clinic:
    """Read the file below `root`. While it is wrong: the facts from before, with the problem.

    `previous`: those of this process. At its start it has none, and takes what another process saved. Raises
    ContentError where the file was never right.
    """
    try:
        with faults_told(FILE):
            source = read_source(root, root / FILE)
            clinic = parse_clinic(parse_yaml(source.path, source.text))
    except ContentError as error:
        before = previous or _saved_clinic(root)
        if before is None:
            raise
        logger.error("content/%s The facts from before are in use.", error.problem)  # noqa: TRY400 (a sentence says it)
        return dataclasses.replace(before, problem=error.problem)
    last_good.save(root, {FILE: source.digest})
    return clinic


def _saved_clinic(root: Path) -> Clinic | None:
    saved = last_good.load(root, FILE)
    try:
        return parse_clinic(parse_yaml(FILE, saved.text)) if saved else None
    except ContentError:  # saved by a version that asked for less
        return None


def parse_clinic(fields: Fields) -> Clinic:
    """Raises ContentError at the first thing that is wrong."""
    clinic = Clinic(
        name=fields.text("name"),
        demo=fields.flag("demo"),
        owner=fields.text("owner"),
        sells=fields.text("sells"),
        time_zone=_time_zone(fields),
        reply_within=_reply_within(fields),
        notices_email=_email(fields, "notices_email"),
        fallback_email=_email(fields, "fallback_email"),
        contact_email=_email(fields, "contact_email"),
        articles_email=_email(fields, "articles_email"),
        security_email=_email(fields, "security_email"),
        erase_led_nowhere_after=_days(fields, "erase_led_nowhere_after_days", default=90),
        erase_others_after=_days(fields, "erase_others_after_days", default=365),
        offices=tuple(_office(office) for office in fields.each("offices")),
    )
    fields.done()
    slugs = [office.slug for office in clinic.offices]
    if not slugs:
        raise fields.error("offices", "“offices” is empty. A clinic needs at least one office.")
    if len(set(slugs)) < len(slugs):
        raise fields.error("offices", "Two offices have the same slug. Give each its own.")
    return clinic


def _office(fields: Fields) -> Office:
    office = Office(
        slug=fields.slug("slug"),
        name=fields.text("name"),
        address=fields.texts("address"),
        phone=_phone(fields),
        hours=_hours(fields.fields("hours")),
        closures=_closures(fields),
        access=_access(fields),
        languages=fields.texts("languages", optional=True),
    )
    fields.done()
    return office


def _hours(fields: Fields) -> tuple[tuple[Span, ...], ...]:
    """Spans by weekday, each checked to run forward and after the one before."""
    week = tuple(tuple(_span(fields, day, text) for text in fields.texts(day, optional=True)) for day in WEEKDAYS)
    fields.done()
    for day, spans in zip(WEEKDAYS, week, strict=True):
        times = [time for span in spans for time in (span.opens, span.closes)]
        if any(earlier >= later for earlier, later in pairwise(times)):
            raise fields.error(day, f"The hours of {day} must run forward, like [“08:00-12:00”, “13:00-17:00”].")
    if not any(week):
        raise fields.error("monday", "This office has no hours at all. Give the days it is open.")
    return week


def _span(fields: Fields, day: str, text: str) -> Span:
    message = f"“{text}” is not a stretch of hours. Write it like “08:00-17:00”."
    if not SPAN.fullmatch(text):
        raise fields.error(day, message)
    opens, _, closes = text.partition("-")
    try:
        return Span(dt.time.fromisoformat(opens), dt.time.fromisoformat(closes))
    except ValueError as error:
        raise fields.error(day, message) from error


def _closures(fields: Fields) -> dict[dt.date, str]:
    closures = {}
    for entry in fields.each("closures", optional=True):
        reason = entry.text("reason")
        if NUMBER_TO_CALL.search(fold(reason)):  # whom to call is the owner's to say, a reason the staff's
            raise entry.error("reason", "Leave phone numbers out of the reason: patients call those of the office.")
        closures[entry.date("date")] = reason
        entry.done()
    return closures


def _access(fields: Fields) -> tuple[str, ...]:
    offered = fields.texts("access", optional=True)
    unknown = next((item for item in offered if item not in ACCESS), None)
    if unknown is not None:
        raise fields.error("access", f"“{unknown}” is not a known kind of access. Use: {', '.join(ACCESS)}.")
    return offered


def _phone(fields: Fields) -> str:
    text = fields.text("phone")
    number = parse_number(text)
    if number is None:
        raise fields.error("phone", f"“{text}” is not a phone number with an area code. Write it like +1 727 555 0142.")
    return e164(number)


def _email(fields: Fields, key: str) -> str:
    address = fields.text(key)
    try:
        validate_email(address)
    except ValidationError as error:
        raise fields.error(key, f"“{address}” is not an e-mail address.") from error
    return address


def _time_zone(fields: Fields) -> zoneinfo.ZoneInfo:
    name = fields.text("time_zone")
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise fields.error("time_zone", f"“{name}” is not a time zone. Use one like America/New_York.") from error


def _reply_within(fields: Fields) -> int:
    days = fields.number("reply_within_working_days", default=1)
    if not 1 <= days <= 10:
        raise fields.error("reply_within_working_days", "The reply time must be 1 to 10 working days.")
    return days


def _days(fields: Fields, key: str, default: int) -> dt.timedelta:
    days = fields.number(key, default=default)
    if not 1 <= days <= LONGEST_KEPT:
        raise fields.error(key, f"“{key}” must be 1 to {LONGEST_KEPT} days.")
    return dt.timedelta(days=days)
