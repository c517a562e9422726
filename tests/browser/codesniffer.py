"""HTML_CodeSniffer, the second engine beside axe: errors, and those warnings that a program can decide.

It also reads what a page holds but does not show, such as dialogs that are closed. It runs once for a state of a page,
in light colors.
"""

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

from tests.tools import NO_CODESNIFFER, find_codesniffer, need

# Warnings that ask a person, or that another test answers.
QUESTIONS = [
    "1_1_1.H67.2",  # whether a picture without words is decoration
    "1_3_1.H39.3.NoCaption",  # another test looks for the names of tables: they may come from aria-labelledby, too
    "1_3_1.H42",  # whether a bold sentence is a heading
    "1_3_1.H48",  # whether links beside each other are a navigation
    "1_3_1.H71.SameName",  # whether boxes of one name need a group; another test looks for the names of groups
    "1_3_1.H85.2",  # whether options fall into groups
    "1_3_1_A.G141",  # whether h2 may come before h1: what went wrong or was saved is said first
    "1_3_5.H98",  # whether "one-time-code" is a kind of field: HTML says so
    "1_4_10.C32,C31,C33,C38,SCR34,G206",  # whether something fixed hinders scrolling: another test scrolls
    "1_4_3.G18.Abs",  # the contrast of positioned text, which axe measures
    "1_4_3.G145.Abs",
    "1_4_3.G18.BgImage",  # the contrast on stripes and gradients, which no program measures
    "1_4_3.G145.BgImage",
    "4_1_2.H91.A.Empty",  # whether a link without an address is a place to jump to: a script may give it one
    "4_1_2.H91.Select.Value",  # whether a list may begin with the choice of nothing
]
# A form without anything to fill in or to press needs no button: Django puts one around each list.
# A link may have its name from its title: Django's beside the choice of a record.
FAULTS = """questions => new Promise((done, failed) => HTMLCS.process("WCAG2AA", document, () => {
    const inOrder = {
        "H32.2": form => !form.matches(":has(input:not([type=hidden]), select, textarea, button)"),
        "H30.2": link => link.title.trim() !== "",
    };
    const faults = HTMLCS.getMessages().filter(({type, code, element}) => type === HTMLCS.ERROR
        ? !Object.entries(inOrder).some(([end, isInOrder]) => code.endsWith("." + end) && isInOrder(element))
        : type === HTMLCS.WARNING && !questions.some(question => code.endsWith("." + question)));
    done(faults.map(({code, msg, element}) => `${code}: ${msg} ${(element.outerHTML ?? "").slice(0, 200)}`));
}, failed))"""


@cache
def _script() -> str:
    return Path(need(find_codesniffer, NO_CODESNIFFER)).read_text()


def assert_nothing_sniffed(page: Page) -> None:
    if not page.evaluate("'HTMLCS' in window"):
        page.evaluate(_script())
    faults = page.evaluate(FAULTS, QUESTIONS)
    assert faults == [], "\n".join(faults)
