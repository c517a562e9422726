"""The project's own app (checks, commands, shared tags) and the desk's admin site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class ClinicSiteConfig(AppConfig):
    name = "clinic_site"

    def ready(self) -> None:
        from clinic_site import checks  # noqa: F401 (importing registers them)
        from clinic_site.database.append_only import install
        from clinic_site.database.sqlite_queue import limit_waits

        connection_created.connect(limit_waits)
        post_migrate.connect(install)  # of every app: install() picks the AppendOnly models


class DeskAdminConfig(AdminConfig):
    default_site = "clinic_site.admin.DeskAdminSite"
