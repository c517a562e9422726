"""What stopped a step, for the list on top of the page and beside the fields."""

from collections.abc import Iterable
from dataclasses import dataclass

from articles.editing.editor_context import Opened, Shown, check
from articles.editing.forms import Editor
from articles.editing.places import Told, anchor, told_problem
from articles.editing.publishing import NotReady
from articles.rules.levels import BLOCK
from clinic_site.content_files import ContentError

IN_TEXT = "Something in the text stops publication. The list on top of the page says what, and on which lines."
BUTTONS = "#buttons"


@dataclass(frozen=True)
class Fault:
    href: str  # where the page says more
    message: str
    field: str = ""  # of the form
    line: int = 0  # of the field, where it is about one


def of_fields(form: Editor) -> list[Fault]:
    """What the form itself could not take."""
    return [Fault(anchor(name), str(message), name) for name, said in form.errors.items() for message in said]


def of_refusal(opened: Opened, shown: Shown, refusal: Exception) -> list[Fault]:
    """What stopped a step. It is said beside the fields too."""
    found = _blocks(opened, shown, refusal)
    _say_beside(shown.form, found)
    return [_fault(each) for each in found] or [Fault(BUTTONS, str(refusal))]


def _blocks(opened: Opened, shown: Shown, refusal: Exception) -> list[Told]:
    if isinstance(refusal, NotReady):
        return [each for each in check(opened, shown).found if each.level == BLOCK]
    if isinstance(refusal, ContentError):
        return [told_problem(refusal.problem, shown.text, shown.form)]
    return []


def _fault(each: Told) -> Fault:
    """A line of a long text cannot be an address: the finding shows it."""
    message = f"{each.where}: {each.sentence} {each.mend}".rstrip()
    return Fault(f"#finding-{each.number}" if each.line and each.number else each.href, message, each.field, each.line)


def _say_beside(form: Editor, found: Iterable[Told]) -> None:
    for each in found:
        if each.field and not each.line:
            form.add_error(each.field, f"{each.sentence} {each.mend}".rstrip())
    in_text = next((each.field for each in found if each.line), "")
    if in_text:
        form.add_error(in_text, IN_TEXT)
