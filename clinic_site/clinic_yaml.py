"""Load content/clinic.yaml into a Clinic; the last good facts stay in use while the file has an error."""

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

from clinic_site.clinic import ACCESS, QUARTER_MINUTES, WEEKDAYS, Calendar, Clinic, Office, Span, VisitKind, Week
from clinic_site.content import last_good
from clinic_site.content.files import ContentError, as_content_error, file_signature, read_source
from clinic_site.content.reloading import Reloading
from clinic_site.content.yaml_fields import Fields, parse_yaml
from clinic_site.text.folding import fold
from clinic_site.text.phones import e164, parse_number

FILE = "clinic.yaml"
LONGEST_RETENTION = 3650  # days
LONGEST_VISIT = 8 * 60  # minutes
LONGEST_SLUG = 50  # of what is stored with visits
LONGEST_LEAD = 30 * 24  # hours
LONGEST_HORIZON = 365  # days
MOST_A_DAY = 90  # fewer than the quarters of an hour of the shortest day
CRISIS_ALARM = range(5, 481)  # minutes
logger = logging.getLogger(__name__)
NUMBER_TO_CALL = re.compile(r"(?:\d[ ().-]{0,2}){5,}|\b1-[89]\d\d-")
WORDS = {"bring": "list of what to bring"}  # of keys in a sentence
SPAN = re.compile(r"\d\d:\d\d-\d\d:\d\d")


def get_clinic() -> Clinic:
    """Return the clinic's current facts. Raises ContentError if the file was never valid."""
    return _watched(settings.CONTENT_DIR).get()


def pinned_clinic(clinic: Clinic) -> AbstractContextManager[None]:
    """Make get_clinic() return `clinic` inside the block."""
    return _watched(settings.CONTENT_DIR).pinned(clinic)


@cache
def _watched(root: Path) -> Reloading[Clinic]:
    return Reloading(lambda: file_signature(root / FILE), lambda previous: load_clinic(root, previous))


def load_clinic(root: Path, previous: Clinic | None = None) -> Clinic:
    """Read the file below `root`. While the file has an error, return the previous facts with the problem.

    `previous` are the facts of this process; None at its start, which then uses the copy that another process saved.
    Raises ContentError if the file was never valid.
    """
    try:
        with as_content_error(FILE):
            source = read_source(root, root / FILE)
            clinic = read_clinic(source.text)
    except ContentError as error:
        last_facts = previous or _saved_clinic(root)
        if last_facts is None:
            raise
        logger.error("content/%s The facts from before are in use.", error.problem)  # noqa: TRY400 (the sentence suffices)
        return dataclasses.replace(last_facts, problem=error.problem)
    last_good.save(root, {FILE: source.digest})
    return clinic


def _saved_clinic(root: Path) -> Clinic | None:
    saved = last_good.load(root, FILE)
    try:
        return read_clinic(saved.text) if saved else None
    except ContentError:  # saved by a version with fewer required fields
        return None


def read_clinic(text: str) -> Clinic:
    """Return the clinic that the text of the file describes. Raises ContentError at the first fault."""
    return parse_clinic(parse_yaml(FILE, text))


def parse_clinic(fields: Fields) -> Clinic:
    """Return the clinic that `fields` describe. Raises ContentError at the first fault."""
    kinds = tuple(_visit_kind(kind) for kind in fields.each("visits", optional=True))
    if len({kind.slug for kind in kinds}) < len(kinds):
        raise fields.error("visits", "Two kinds of visit have the same slug. Give each its own.")
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
        crisis_alarm_after=_crisis_alarm(fields),
        offices=tuple(_office(office, kinds) for office in fields.each("offices")),
        visit_kinds=kinds,
        scheduling=fields.flag("scheduling", default=False),
    )
    fields.done()
    _check_calendars(fields, clinic)
    slugs = [office.slug for office in clinic.offices]
    if not slugs:
        raise fields.error("offices", "“offices” is empty. A clinic needs at least one office.")
    if len(set(slugs)) < len(slugs):
        raise fields.error("offices", "Two offices have the same slug. Give each its own.")
    return clinic


def _check_calendars(fields: Fields, clinic: Clinic) -> None:
    """Raise ContentError if two calendars share a slug, or if patients should choose times and there are none."""
    slugs = [calendar.slug for office in clinic.offices for calendar in office.calendars]
    if len(set(slugs)) < len(slugs):
        raise fields.error("offices", "Two calendars have the same slug. Give each its own, in all offices.")
    if clinic.scheduling and not (slugs and clinic.visit_kinds):
        message = "“scheduling” is on, but nothing can be booked. Give “visits”, and “calendars” of an office."
        raise fields.error("scheduling", message)


def _visit_kind(fields: Fields) -> VisitKind:
    kind = VisitKind(
        slug=_stored_slug(fields),
        name=_without_number(fields, "name", fields.text("name")),
        minutes=_quarters(fields, "minutes", least=QUARTER_MINUTES),
        buffer_minutes=_quarters(fields, "buffer_minutes", default=0),
        lead_hours=_within(fields, "lead_hours", default=24, most=LONGEST_LEAD),
        horizon_days=_within(fields, "horizon_days", default=42, least=1, most=LONGEST_HORIZON),
        most_a_day=_within(fields, "most_a_day", default=MOST_A_DAY, least=1, most=MOST_A_DAY),
        needs_answer=fields.choice("confirm", ("desk", "auto")) == "desk",
        by_phone=fields.flag("by_phone", default=False),
        bring=tuple(_without_number(fields, "bring", text) for text in fields.texts("bring", optional=True)),
    )
    fields.done()
    return kind


def _stored_slug(fields: Fields) -> str:
    slug = fields.slug("slug")
    if len(slug) > LONGEST_SLUG:
        raise fields.error("slug", f"“{slug}” is longer than {LONGEST_SLUG} characters. Choose a shorter one.")
    return slug


def _quarters(fields: Fields, key: str, default: int | None = None, least: int = 0) -> int:
    minutes = fields.number(key, default)
    if minutes % QUARTER_MINUTES or not least <= minutes <= LONGEST_VISIT:
        raise fields.error(key, f"“{key}” must be a multiple of {QUARTER_MINUTES}, from {least} to {LONGEST_VISIT}.")
    return minutes


def _within(fields: Fields, key: str, *, default: int, least: int = 0, most: int) -> int:
    number = fields.number(key, default)
    if not least <= number <= most:
        raise fields.error(key, f"“{key}” must be {least} to {most}.")
    return number


def _calendar(fields: Fields, office_hours: Week, kinds: tuple[VisitKind, ...]) -> Calendar:
    """Return the calendar. Without hours it has those of its office; without kinds it takes all kinds of visit."""
    slugs = fields.texts("kinds", optional=True)
    if unknown := set(slugs) - {kind.slug for kind in kinds}:
        raise fields.error("kinds", f"“{min(unknown)}” is no kind of visit. Use slugs of “visits”.")
    calendar = Calendar(
        slug=_stored_slug(fields),
        name=_without_number(fields, "name", fields.text("name")),
        hours=_hours(fields.fields("hours")) if "hours" in fields.keys() else office_hours,  # noqa: SIM118 (not a dict)
        kinds=tuple(kind for kind in kinds if kind.slug in slugs) if slugs else kinds,
    )
    fields.done()
    return calendar


def _office(fields: Fields, kinds: tuple[VisitKind, ...]) -> Office:
    hours = _hours(fields.fields("hours"))
    office = Office(
        slug=_stored_slug(fields),
        name=fields.text("name"),
        address=fields.texts("address"),
        phone=_phone(fields),
        hours=hours,
        closures=_closures(fields),
        access=_access(fields),
        languages=fields.texts("languages", optional=True),
        calendars=tuple(_calendar(calendar, hours, kinds) for calendar in fields.each("calendars", optional=True)),
    )
    fields.done()
    return office


def _hours(fields: Fields) -> Week:
    """Return spans by weekday. Raises ContentError if the times of a day do not ascend."""
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
        closures[entry.date("date")] = _without_number(entry, "reason", entry.text("reason"))
        entry.done()
    return closures


def _without_number(fields: Fields, key: str, text: str) -> str:
    """Return the text, which staff write. Raises ContentError for a number to call: those are up to the owner."""
    if NUMBER_TO_CALL.search(fold(text)):
        raise fields.error(
            key, f"Leave phone numbers out of the {WORDS.get(key, key)}: patients call those of the office."
        )
    return text


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


def _crisis_alarm(fields: Fields) -> dt.timedelta:
    key = "crisis_alarm_after_minutes"
    minutes = fields.number(key, default=30)
    if minutes not in CRISIS_ALARM:
        raise fields.error(key, f"“{key}” must be {CRISIS_ALARM[0]} to {CRISIS_ALARM[-1]} minutes.")
    return dt.timedelta(minutes=minutes)


def _days(fields: Fields, key: str, default: int) -> dt.timedelta:
    days = fields.number(key, default=default)
    if not 1 <= days <= LONGEST_RETENTION:
        raise fields.error(key, f"“{key}” must be 1 to {LONGEST_RETENTION} days.")
    return dt.timedelta(days=days)
