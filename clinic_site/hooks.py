"""What an app registers with the site in `AppConfig.ready()`: the site itself imports no app."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from clinic_site.clinic import Clinic
from clinic_site.delivery.internal_request import Application

DeclinedByArticle = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class StrandedVisit:
    """A visit to come whose time no longer lies in open hours, without anything about the patient."""

    reference: str
    when_and_where: str
    url: str  # of the request at the desk


@dataclass
class Hooks:
    """The functions that the apps of this process registered."""

    # /readyz: each returns in words what is missing before the site can answer, or "".
    ready_checks: list[Callable[[], str]] = field(default_factory=list)
    # `serve`, before it answers: each returns sentences for the operator.
    start_checks: list[Callable[[], Iterable[str]]] = field(default_factory=list)
    # /readyz?all, desk_health and the admin's start page: name of a part -> sentences about what is wrong with it.
    health_checks: dict[str, Callable[[], Iterable[str]]] = field(default_factory=dict)
    # doctor, which has the health checks as well: name of a part -> sentences.
    doctor_checks: dict[str, Callable[[], Iterable[str]]] = field(default_factory=dict)
    # 404: each returns the path of the public page that a mistyped path means, or None.
    address_finders: list[Callable[[str], str | None]] = field(default_factory=list)
    # A serving process: each wraps the application.
    wsgi_wrappers: list[Callable[[Application], Application]] = field(default_factory=list)
    # A serving process: each is called once and starts its own thread.
    background_jobs: list[Callable[[], None]] = field(default_factory=list)
    # After a restore, in its transaction: each makes the past of the backup safe for the present, and returns sentences
    # for the operator.
    after_restore: list[Callable[[dt.datetime], Iterable[str]]] = field(default_factory=list)
    # Provided by appointments: whether nothing may write mail by itself, because a restore waits for an answer.
    mail_is_on_hold: Callable[[], bool] = lambda: False
    # Provided by appointments and used by articles: slug -> reason in words -> number of requests that
    # came from the article and were declined for that reason, as known at an aware moment.
    declined_by_article: Callable[[dt.datetime], DeclinedByArticle] = lambda now: {}
    # Provided by appointments and used by articles: the visits after an aware moment that the facts strand.
    stranded_visits: Callable[[Clinic, dt.datetime], Sequence[StrandedVisit]] = lambda clinic, now: ()
    # When somebody leaves: each gives back what is assigned to a user (the first name), on behalf of an owner (the
    # second), at an aware moment, and returns the number of things.
    hand_backs: list[Callable[[str, str, dt.datetime], int]] = field(default_factory=list)


hooks = Hooks()
