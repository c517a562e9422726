"""One application under Granian as `manage.py serve` sets it up: `python -m tests.bench.served APPLICATION WORKERS`.

Address, threads and time limits are those of the product, and follow it. The mail worker is left out: it would work on
the core that is measured.
"""

import sys
from typing import Any
from unittest.mock import patch

import django
import granian
from granian.server.common import AbstractServer

django.setup()

from clinic_site.management.commands import serve  # noqa: E402 (needs Django set up)


def main(application: str, workers: int) -> None:
    def server(_target: str, **options: Any) -> "AbstractServer[Any]":
        return granian.Granian(application, **{**options, "workers": workers})

    serve.Command().prepare()
    with patch.object(serve, "Granian", server):
        serve.serve_until_stopped("127.0.0.1")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
