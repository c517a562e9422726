"""One application under Granian as `manage.py serve` sets it up: `python -m tests.bench.served APPLICATION WORKERS`.

Address, threads and time limits are those of the product, and follow it. The mail worker is left out: it would work on
the core that is measured.
"""

import sys

import django

django.setup()

from clinic_site.management.commands import serve  # noqa: E402 (needs Django set up)


def main(application: str, workers: int) -> None:
    serve.Command().prepare()
    serve.serve_until_stopped("127.0.0.1", application, workers)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
