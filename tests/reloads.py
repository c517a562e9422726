"""Reload a site under load, and count failed requests; `make soak` reloads more often.

Several senders send the form all the while, each request over a connection of its own.
"""

import subprocess
import sys
from dataclasses import dataclass, field
from http.client import HTTPException

import pytest
from django.conf import settings

from tests.appointments.http_clients import SEE_OTHER, Senders
from tests.serving import ROOT, Site, site_environment

SENDERS = 4


@dataclass
class StrictSenders(Senders):
    """`failed`: the error or status of each request that was not confirmed."""

    failed: list[str] = field(default_factory=list)

    def _post(self, form: dict[str, object]) -> int:
        try:
            status = super()._post(form)
        except (OSError, HTTPException) as error:
            self.failed.append(repr(error))
            raise
        if status != SEE_OTHER:
            self.failed.append(f"status {status}")
        return status


def run_command(site: Site, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of `site`, as the operator does."""
    environment = site_environment(site.var, site.database_url) | {"PORT": str(site.port)}
    return subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, capture_output=True, text=True
    )


def reload_under_load(site: Site, reloads: int) -> StrictSenders:
    """Reload `site` `reloads` times while forms are sent. Return the senders, with their results."""
    site.wait_for_the_port()
    senders = StrictSenders(port=site.port)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "SECRET_KEY", (site.var / "secret_key").read_text())  # it signs the forms
        with senders.at_work(SENDERS):
            for _ in range(reloads):
                done = run_command(site, "reload")
                assert done.returncode == 0, done.stderr
    return senders
