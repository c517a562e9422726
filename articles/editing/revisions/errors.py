"""Run a step that may be refused, and word its error for the user."""

from collections.abc import Callable

from articles.editing.revisions.store import CannotConfirm, CannotWrite, Stale
from clinic_site.content.files import ContentError


def error_message(step: Callable[[], object]) -> str:
    """Run `step`. Return the error message if it was refused; "" if it succeeded."""
    try:
        step()
    except Stale as stale:
        return stale_message(stale)
    except (CannotConfirm, CannotWrite) as error:
        return str(error)
    except ContentError as error:
        where = f"{error.problem.path}, line" if error.problem.path else "Line"
        return f"{where} {error.problem.line}: {error.problem.message}"
    return ""


def stale_message(stale: Stale) -> str:
    newest = stale.newest
    return f"Nothing was changed: {newest.who} saved revision {newest.number} meanwhile. Look at it, then try again."
