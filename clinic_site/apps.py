"""The project's own app (checks, commands, shared tags) and the desk's admin site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ClinicSiteConfig(AppConfig):
    name = "clinic_site"

    def ready(self) -> None:
        from clinic_site import checks  # noqa: F401 (importing registers them)


class DeskAdminConfig(AdminConfig):
    default_site = "clinic_site.desk.DeskAdminSite"
