"""Reads a page the way a person or a browser would: labels, values that would be sent, links, errors."""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib

LIST = "/admin/appointments/consultationrequest/"  # the desk's queue
FIELDS = ("input", "select", "textarea")


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def cells(row: Element) -> list[str]:
    """What stands in a table's row, without the empty cells."""
    return [text for each in row if (text := words(each))]


class Page:
    def __init__(self, response: Any) -> None:
        self.tree: Element = html5lib.parse(response.content.decode(), namespaceHTMLElements=False)

    def all(self, *names: str) -> Iterator[Element]:
        return (each for each in self.tree.iter() if each.tag in names)

    @property
    def text(self) -> str:
        return words(self.tree)

    @property
    def title(self) -> str:
        return words(next(self.all("title")))

    @property
    def links(self) -> dict[str, str]:
        return {words(each): each.get("href", "") for each in self.all("a")}

    @property
    def labels(self) -> list[str]:
        return [words(each) for each in self.all("label", "legend")]

    @property
    def ids(self) -> set[str]:
        found = [each.get("id", "") for each in self.tree.iter() if each.get("id")]
        assert len(found) == len(set(found)), "an id stands twice"
        return set(found)

    @property
    def descriptions(self) -> set[str]:
        return {name for each in self.tree.iter() for name in each.get("aria-describedby", "").split()}

    @property
    def fields_without_label(self) -> list[str]:
        labelled = {each.get("for") for each in self.all("label")}
        fields = [each for each in self.all(*FIELDS) if each.get("type") != "hidden"]
        return [str(each.get("name")) for each in fields if each.get("id") not in labelled]

    @property
    def values(self) -> dict[str, list[str]]:
        """What the browser would send."""
        sent: dict[str, list[str]] = {}
        for field in self.all(*FIELDS):
            for value in _values(field):
                sent.setdefault(field.get("name", ""), []).append(value)
        return sent


def _values(field: Element) -> list[str]:
    if field.tag == "textarea":
        return ["".join(field.itertext())]
    if field.tag == "select":
        return [each.get("value", "") for each in field.iter("option") if each.get("selected") is not None]
    if field.get("type") in ("checkbox", "radio"):
        return [field.get("value", "on")] if field.get("checked") is not None else []
    return [field.get("value", "")]


def errors_on(response: Any) -> dict[str, str]:
    """Field id -> message, after checking that the page tells its errors wholly: title, summary, focus, field."""
    page = Page(response)
    html = response.content.decode()
    assert response.status_code == 200
    assert page.title.startswith("Error: ")
    assert html.index("error-summary") < html.index("<h1")
    summary = next(each for each in page.tree.iter() if each.get("class") == "error-summary")
    assert summary.get("tabindex") == "-1"
    assert summary.get("autofocus") is not None
    errors = {each.get("href", "").removeprefix("#"): words(each) for each in summary.iter("a")}
    assert set(errors) <= page.ids
    for target, message in errors.items():
        if target != "send":
            _told_beside(page, re.sub(r"_0$", "", target), message)
    return errors


def _told_beside(page: Page, field: str, message: str) -> None:
    beside = next(each for each in page.tree.iter() if each.get("id") == f"{field}_error")
    assert words(beside) == f"Error: {message}"
    assert f"{field}_error" in page.descriptions
