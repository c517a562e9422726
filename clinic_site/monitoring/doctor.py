"""Checks for whoever runs the site: a name for each, and sentences about what is wrong and what to do."""

import datetime as dt
import socket
import ssl
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from smtplib import SMTPException
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from clinic_site.database.append_only import tables_without_triggers
from clinic_site.database.faults import database_fault
from clinic_site.hooks import hooks
from clinic_site.monitoring import backup_ages, health
from clinic_site.monitoring.disk_encryption import is_encrypted
from clinic_site.var_folder import VAR_FOLDER

RENEWED_BEFORE = dt.timedelta(days=20)  # certbot renews 30 days before the end
HTTPS = 443
ANSWERS_WITHIN = 10  # seconds


def findings() -> dict[str, list[str]]:
    """Return the sentences of each check; an empty list if all is well. The checks of health.py are among them."""
    return health.run_checks(CHECKS | hooks.doctor_checks | hooks.health_checks | health.PARTS)


def _settings() -> Iterator[str]:
    for message in checks.run_checks(include_deployment_checks=not settings.DEMO, databases=["default"]):
        if message.level >= checks.WARNING and not message.is_silenced():
            yield f"{message.msg} {message.hint or ''}".strip()


def _database() -> Iterator[str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        yield database_fault(error)


def _migrations() -> Iterator[str]:
    executor = MigrationExecutor(connection)
    if pending := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield f"Migrations that are not applied: {len(pending)}. Restart the app, or run clinic-manage migrate."


def _triggers() -> Iterator[str]:
    for table in tables_without_triggers():
        yield f"The database lets rows of {table} be changed: run clinic-manage migrate, which installs its triggers."


def _mail_server() -> Iterator[str]:
    """Sign in, and send nothing."""
    if settings.EMAIL_BACKEND != settings.SMTP_BACKEND:
        return
    server = get_connection()
    try:
        server.open()
    except (OSError, SMTPException) as error:
        yield f"The mail server lets nobody sign in ({type(error).__name__}): see that it runs, and check EMAIL_URL."
    finally:
        server.close()


def _permissions() -> Iterator[str]:
    for folder in _private_folders():
        if stat.S_IMODE(folder.stat().st_mode) & stat.S_IRWXO:
            yield f"Everybody on this machine may look into {folder}: run chmod o-rwx {folder}."


def _encryption() -> Iterator[str]:
    if settings.DEMO or settings.DISK_IS_ENCRYPTED:
        return
    for folder in _private_folders():
        if not is_encrypted(folder):
            yield (
                f"{folder} is on a disk that this machine does not encrypt: move it to one with LUKS, or write "
                "DISK_IS_ENCRYPTED=on into the environment if whoever runs the machine encrypts the disk."
            )


def _private_folders() -> list[Path]:
    folders = {VAR_FOLDER}
    if connection.vendor == "sqlite":
        folders.add(Path(settings.DATABASES["default"]["NAME"]).parent)
    return sorted(folder for folder in folders if folder.exists())


def _certificate() -> Iterator[str]:
    address = urlsplit(settings.SITE_URL)
    if address.scheme != "https":
        return
    host = str(address.hostname)
    try:
        ends = certificate_end(host, address.port or HTTPS)
    except OSError as error:
        yield f"{host} does not answer over HTTPS ({error}): see that nginx runs, and run certbot renew."
    else:
        if ends - timezone.now() < RENEWED_BEFORE:
            yield f"The certificate of {host} ends on {ends:%Y-%m-%d}: run certbot renew, and see its timer."


def certificate_end(host: str, port: int) -> dt.datetime:
    """Return when the certificate that readers get ends. Raises OSError, also for a certificate that is not valid."""
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, port), ANSWERS_WITHIN) as plain,
        context.wrap_socket(plain, server_hostname=host) as secured,
    ):
        certificate = secured.getpeercert() or {}
    return dt.datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), dt.UTC)


CHECKS: dict[str, Callable[[], Iterable[str]]] = {
    "settings": _settings,
    "database": _database,
    "migrations": _migrations,
    "triggers": _triggers,
    "mail server": _mail_server,
    "permissions": _permissions,
    "encryption": _encryption,
    "certificate": _certificate,
    "first backup": backup_ages.never,
}
