"""The form for a new source. It writes references.yaml, of which staff need no syntax."""

import re
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import slugify

from articles.content.documents import Source
from articles.editing.pages.base import address, go_to, show, user_name, whole_number
from articles.editing.revisions import store
from articles.editing.shared_files.yaml_edits import Value, with_value
from articles.library import get_library
from articles.loading.shared_files import DOI, DOI_FORM, KEY, SOURCE_KINDS
from articles.models import Revision
from clinic_site.content.files import ContentError
from clinic_site.forms import LineField, NoteField

TITLE = "New source"
WHY = "New source: {key}"
SAVED = "The source is on the list. Cite it in a text as [@{key}]."
MEANWHILE = "{by} saved the list of sources meanwhile: look whether yours is on it, then save again"
IN_FILE = "Line {line} of the list of sources: {message} Mend that first."
FILE = "references.yaml"
DOI_PREFIX = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
AUTHORS = "Name at least one author: a person, or the body that published it"
SUPPORTS = "Write what the source may be cited for"
YEAR = "Write the year with four digits, like 2024, or leave it empty"
PMID = "Write the PubMed number in digits alone, like 29870445"
URL = "Write the address from its beginning: https://…"
NOT_A_DOI = f"That is not the form of a DOI. {DOI_FORM}"
KEY_FORM = "Use letters, digits, hyphens and underscores in the key, like cohen2018"
KEY_TAKEN = "“{key}” is the key of another source. Choose another one, or leave it empty"
KNOWN = "This source is on the list already: cite it as [@{key}]"
LEFT_OUT_IF_EMPTY = ("year", "volume_pages", "doi", "pmid", "url", "note")


class SourceForm(forms.Form):
    """A new source. with_entry() adds its entry to the file."""

    use_required_attribute = False
    unmarked = ()  # every optional field is marked as optional

    title = LineField(label="Title", short="“Title”", missing="Enter the title of the source", max_length=500)
    authors = NoteField(
        label="Authors",
        short="“Authors”",
        max_length=4000,
        missing=AUTHORS,
        help_text="One in a line, like “Cohen SP”; or the body that published it.",
        widget=forms.Textarea({"rows": 4}),
    )
    type = forms.ChoiceField(
        label="What it is",
        choices=[("", "Choose one"), *SOURCE_KINDS.items()],
        error_messages={"required": "Choose what the source is"},
    )
    container = LineField(
        label="Where it was published",
        short="“Where it was published”",
        missing="Enter the journal, the site or the publisher",
        max_length=300,
        help_text="The journal, the site, or the publisher.",
    )
    year = LineField(label="Year", short="“Year”", max_length=20)
    volume_pages = LineField(
        label="Volume and pages", short="“Volume and pages”", max_length=60, help_text="Like 43(5):521-546."
    )
    doi = LineField(
        label="DOI", short="“DOI”", help_text="Like 10.1097/AAP.0000000000000808. Its address outlives a publisher’s."
    )
    pmid = LineField(label="PubMed number", short="“PubMed number”", max_length=20)
    url = LineField(label="Address", short="“Address”", max_length=500, help_text="For a source without a DOI.")
    checked = forms.ChoiceField(
        label="Was it looked up?",
        choices=[
            ("", "Choose one"),
            ("seen", "Yes: a public record of it was seen"),
            ("from_memory", "No: from memory, and readers are told so"),
        ],
        error_messages={"required": "Say whether a public record of the source was seen"},
    )
    supports = NoteField(
        label="What it may be cited for",
        short="“What it may be cited for”",
        max_length=2000,
        missing=SUPPORTS,
        help_text="For editors and reviewers. A claim beyond this needs a new look at the source.",
        widget=forms.Textarea({"rows": 4}),
    )
    note = NoteField(
        label="Note", short="“Note”", max_length=1000, help_text="For staff.", widget=forms.Textarea({"rows": 2})
    )
    key = LineField(
        label="Key",
        short="“Key”",
        max_length=60,
        help_text="What stands in a text, like [@cohen2018]. Left empty, it is made from first author and year.",
    )

    def __init__(self, sources: Mapping[str, Source], data: Any = None) -> None:
        super().__init__(data)
        self.sources = sources

    def clean_year(self) -> str:
        return self._matching("year", r"\d{4}", YEAR)

    def clean_pmid(self) -> str:
        return self._matching("pmid", r"\d{1,9}", PMID)

    def clean_url(self) -> str:
        return self._matching("url", r"https://[^\s/]+\.\S+", URL)

    def clean_doi(self) -> str:
        """Return the bare DOI, without the address that people copy with it."""
        doi = DOI_PREFIX.sub("", self.cleaned_data["doi"], count=1)
        if doi and not DOI.fullmatch(doi):
            raise forms.ValidationError(NOT_A_DOI)
        address = f"https://doi.org/{doi}".lower()
        known = next((source.key for source in self.sources.values() if source.url.lower() == address), "")
        if doi and known:
            raise forms.ValidationError(KNOWN.format(key=known))
        return doi

    def clean_key(self) -> str:
        key = self._matching("key", KEY.pattern, KEY_FORM)
        if key in self.sources:
            raise forms.ValidationError(KEY_TAKEN.format(key=key))
        return key or next(name for name in self._suggested() if name not in self.sources)

    def with_entry(self, text: str) -> str:
        """Return the text of references.yaml with the new source at its end. Raises ContentError for its mistakes."""
        values = self.cleaned_data
        entry: dict[str, Value] = {
            "key": values["key"],
            "authors": [author for author in values["authors"].split("\n") if author],
            **{name: values[name] for name in self.fields if name not in ("key", "authors")},
        }
        kept = {name: value for name, value in entry.items() if value or name not in LEFT_OUT_IF_EMPTY}
        lines = {name: " ".join(value.split()) if isinstance(value, str) else value for name, value in kept.items()}
        return with_value(text, ("sources", values["key"]), lines)

    def _matching(self, name: str, pattern: str, message: str) -> str:
        value = str(self.cleaned_data[name])
        if value and not re.fullmatch(pattern, value, re.ASCII):
            raise forms.ValidationError(message)
        return value

    def _suggested(self) -> Iterator[str]:
        """Yield names from the first author and the year: cohen2018, cohen2018-2, …"""
        first = str(self.cleaned_data.get("authors", "")).partition(" ")[0].partition("\n")[0]
        stem = f"{slugify(first).replace('-', '') or 'source'}{self.cleaned_data.get('year', '')}"
        yield stem
        yield from (f"{stem}-{number}" for number in count(2))


def new_source_view(request: HttpRequest) -> HttpResponse:
    """Show the form. A save adds the source to the end of the list, or shows the error."""
    newest = store.newest(FILE)
    if newest is None or newest.removed:
        raise Http404
    if request.method != "POST":
        return _page(request, SourceForm(get_library().shared.sources), newest.number)
    form, base = SourceForm(get_library().shared.sources, request.POST), whole_number(request.POST.get("base"))
    return _save(request, form, newest, base) if form.is_valid() else _page(request, form, base)


def _save(request: HttpRequest, form: SourceForm, newest: Revision, base: int) -> HttpResponse:
    key = form.cleaned_data["key"]
    try:
        text = form.with_entry(newest.text)
        store.save_live(store.Edit(FILE, text, user_name(request), base, WHY.format(key=key)), timezone.now())
    except store.Stale as stale:
        return _page(request, form, stale.newest.number, MEANWHILE.format(by=stale.newest.who))
    except store.CannotWrite as error:
        return _page(request, form, base, str(error))
    except ContentError as error:
        problem = error.problem
        return _page(request, form, base, IN_FILE.format(line=problem.line, message=problem.message))
    messages.success(request, SAVED.format(key=key))
    return go_to("new_source")


def _page(request: HttpRequest, form: SourceForm, base: int, error: str = "") -> HttpResponse:
    context = {"form": form, "base": base, "error": error, "list_address": address("file", FILE)}
    return show(request, "shared_files/new_source.html", TITLE, **context)
