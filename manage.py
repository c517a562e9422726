#!/usr/bin/env python
"""Django's command-line entry point."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError

INTERRUPTED = 130


def main() -> None:
    """A wrong setting, a database or a folder that cannot be used, or Ctrl-C ends in one sentence at most."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic_site.settings")
    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, OSError) as error:
        sys.exit(f"{error}")
    except OperationalError as error:
        fault = str(error).partition("\n")[0]  # what follows may be long, and the log has said it
        sys.exit(f"The database cannot be used ({fault}). See that it runs, and that DATABASE_URL is right.")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
