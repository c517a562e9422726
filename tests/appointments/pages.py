"""Parsing of pages: labels, form values, links and errors."""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from lxml import etree

LIST = "/admin/appointments/consultationrequest/"  # the desk's queue
FIELDS = ("input", "select", "textarea")


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def cells(row: Element) -> list[str]:
    """Return the text of the cells of a table row, without empty ones."""
    return [text for cell in row if (text := words(cell))]


class Page:
    def __init__(self, response: Any) -> None:
        parser = etree.HTMLParser(encoding="utf-8", remove_comments=True)
        self.tree: Element = etree.fromstring(response.content, parser)

    def all(self, *names: str) -> Iterator[Element]:
        return (element for element in self.tree.iter() if element.tag in names)

    @property
    def text(self) -> str:
        return words(self.tree)

    @property
    def title(self) -> str:
        return words(next(self.all("title")))

    @property
    def links(self) -> dict[str, str]:
        return {words(link): link.get("href", "") for link in self.all("a")}

    @property
    def labels(self) -> list[str]:
        return [words(label) for label in self.all("label", "legend")]

    @property
    def ids(self) -> set[str]:
        found = [element.get("id", "") for element in self.tree.iter() if element.get("id")]
        assert len(found) == len(set(found)), "an id stands twice"
        return set(found)

    @property
    def descriptions(self) -> set[str]:
        return {name for element in self.tree.iter() for name in element.get("aria-describedby", "").split()}

    @property
    def fields_without_label(self) -> list[str]:
        labelled = {label.get("for") for label in self.all("label")}
        fields = [field for field in self.all(*FIELDS) if field.get("type") != "hidden"]
        return [str(field.get("name")) for field in fields if field.get("id") not in labelled]

    @property
    def values(self) -> dict[str, list[str]]:
        """Return the form values that a browser would send."""
        sent: dict[str, list[str]] = {}
        for field in self.all(*FIELDS):
            for value in _values(field):
                sent.setdefault(field.get("name", ""), []).append(value)
        return sent


def _values(field: Element) -> list[str]:
    if field.tag == "textarea":
        return ["".join(field.itertext()).removeprefix("\n")]  # browsers drop the first line break, too
    if field.tag == "select":
        return [option.get("value", "") for option in field.iter("option") if option.get("selected") is not None]
    if field.get("type") in ("checkbox", "radio"):
        return [field.get("value", "on")] if field.get("checked") is not None else []
    return [field.get("value", "")]


def errors_on(response: Any) -> dict[str, str]:
    """Map field ids to messages; check that title, summary, focus and field show the errors."""
    page = Page(response)
    html = response.content.decode()
    assert response.status_code == 200
    assert page.title.startswith("Error: ")
    assert html.index("error-summary") < html.index("<h1")
    summary = next(element for element in page.tree.iter() if element.get("class") == "error-summary")
    assert summary.get("tabindex") == "-1"
    assert summary.get("autofocus") is not None
    errors = {link.get("href", "").removeprefix("#"): words(link) for link in summary.iter("a")}
    assert set(errors) <= page.ids
    for target, message in errors.items():
        if target != "send":
            _message_beside(page, re.sub(r"_0$", "", target), message)
    return errors


def _message_beside(page: Page, field: str, message: str) -> None:
    beside = next(element for element in page.tree.iter() if element.get("id") == f"{field}_error")
    assert words(beside) == f"Error: {message}"
    assert f"{field}_error" in page.descriptions
