"""Takes a step that may be refused, and puts into one sentence what stopped it."""

from collections.abc import Callable

from articles.editing.second_person import CannotConfirm
from articles.editing.store import CannotWrite, Stale
from clinic_site.content_files import ContentError


def attempt(step: Callable[[], object]) -> str:
    """Takes the step. The sentence to show where it was refused; "" once it is done."""
    try:
        step()
    except Stale as stale:
        return overtaken(stale)
    except (CannotConfirm, CannotWrite) as error:
        return str(error)
    except ContentError as error:
        where = f"{error.problem.path}, line" if error.problem.path else "Line"
        return f"{where} {error.problem.line}: {error.problem.message}"
    return ""


def overtaken(stale: Stale) -> str:
    newest = stale.newest
    return f"Nothing was changed: {newest.by} saved revision {newest.number} meanwhile. Look at it, then try again."
