"""Faults of the site and the ages of its backups, on the start page of the admin."""

from typing import Any

from django import template

from clinic_site.hooks import hooks
from clinic_site.monitoring.backup_ages import BACKUP, DRILL, last
from clinic_site.monitoring.health import sentences

ON_HOLD = (
    "A backup was restored: mails that waited in it are on hold, and no reminder or alarm is written, until somebody "
    "runs clinic-manage release_mail."
)

register = template.Library()


@register.inclusion_tag("admin/faults.html")
def site_faults() -> dict[str, list[str]]:
    return {"faults": [*sentences(), *([ON_HOLD] if hooks.mail_is_on_hold() else [])]}


@register.inclusion_tag("admin/backup_ages.html", takes_context=True)
def backup_ages(context: dict[str, Any]) -> dict[str, Any]:
    """Show when the last backup was made and proven, to administrators alone."""
    administrator = context["request"].user.is_superuser
    return {"shown": administrator, "backup": last(BACKUP), "drill": last(DRILL)}
