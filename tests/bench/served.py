"""Run one application under Granian as `manage.py serve` does: `python -m tests.bench.served APPLICATION WORKERS`.

Address, threads and time limits are those of the product. The mail worker is omitted: it would use the
measured core.
"""

import sys

import django

django.setup()

from django.conf import settings  # noqa: E402

from clinic_site.management.commands import serve  # noqa: E402 (needs Django set up)
from clinic_site.server.web_process import BACKLOG, run_granian  # noqa: E402


def main(application: str, workers: int) -> None:
    serve.Command().prepare()
    with serve.open_address("127.0.0.1", settings.PORT) as listener:
        listener.listen(BACKLOG)
        run_granian(listener.detach(), application, workers)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
