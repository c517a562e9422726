#!/usr/bin/env python
"""Django's command-line entry point."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import DatabaseError, OperationalError

INTERRUPTED = 130


def main() -> None:
    """A wrong setting, a database or a folder that cannot be used, or Ctrl-C ends in one sentence at most."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic_site.settings")
    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, OSError) as error:
        sys.exit(f"{error}")
    except DatabaseError as error:
        if not isinstance(error, OperationalError) and not isinstance(error.__cause__, OperationalError):
            raise  # a fault of ours
        from clinic_site.database.faults import database_fault  # needs the settings, which may be what is wrong

        sys.exit(database_fault(error))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
