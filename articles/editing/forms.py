"""The editor's two forms: an article as single fields and a text, and, where that cannot be, the file as it is.

A draft may hold anything, so nothing has to be filled in here: what is missing is told by the loader and the rules.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from articles.documents import Block, Shared
from articles.editing.examination import TOO_LARGE
from articles.editing.front import Front, body_of, read_front, with_body, with_values
from articles.plain_text import plain_text
from articles.rendering.blocks import find_blocks, insert_facts
from articles.rendering.citations import find_citations
from articles.rules.levels import MAY_WARN
from clinic_site.content_files import MAX_BYTES, ContentError

LINES = ("title", "summary", "audience", "main_message", "drafting", "conflict")  # texts of the front matter
ANSWER = "answer_"  # how the fields for the reasons are named
ANSWERED = tuple(sorted(MAY_WARN))  # the rules that a reason answers
OPTIONAL = ("why", "publish_from", "publish_until")  # nothing ever asks for these
FIRST_WORDS = 9  # of a shared passage, shown beside its name
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d))?)?", re.ASCII)
PICKED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", re.ASCII)  # what a picker of moments shows
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
NUL = "The text holds a character that cannot be stored. Take out what was pasted last, and type it."
WHY_LENGTH = 200
WHY_TOO_LONG = f"“Note on this save” must have {WHY_LENGTH} characters or fewer. Shorten it."
GONE = "“%(value)s” is not on the list any more. Look at the list, then save again."


def plain(text: str) -> str:
    """As the editor holds it: without a byte order mark, with line breaks of one kind."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


class TextField(forms.CharField):
    """A text of any length, as it was typed."""

    def __init__(self, label: str, rows: int = 0, **kwargs: Any) -> None:
        """`rows`: of the box; 0 for a single line."""
        widget = forms.Textarea({"rows": rows}) if rows else forms.TextInput()
        super().__init__(label=label, required=False, widget=kwargs.pop("widget", widget), **kwargs)

    def to_python(self, value: Any) -> str:
        text = plain(str(super().to_python(value) or ""))
        if "\0" in text:
            raise forms.ValidationError(NUL)
        if len(text.encode(errors="replace")) > MAX_BYTES:
            raise forms.ValidationError(TOO_LARGE)
        return text


class LineField(TextField):
    """A text whose line breaks mean nothing."""

    def to_python(self, value: Any) -> str:
        return " ".join(super().to_python(value).split())


class WhenField(LineField):
    """A day, or a moment on the clinic's clock. What is neither is kept as it was typed: the loader tells of it."""

    def __init__(self, label: str, kind: str, **kwargs: Any) -> None:
        super().__init__(label, widget=forms.DateInput({"type": kind}), **kwargs)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        found = MOMENT.fullmatch(text)
        return f"{found[1]} {found[2]}:{found[3] or '00'}" if found and found[2] else text


def boxes(label: str, choices: Iterable[tuple[str, str]], **kwargs: Any) -> forms.MultipleChoiceField:
    """Boxes to tick, any number of them."""
    return forms.MultipleChoiceField(
        label=label,
        choices=list(choices),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": GONE},
        **kwargs,
    )


def _why() -> LineField:
    hint = "For your colleagues: what you changed, and why. It stands in the history."
    return LineField(
        "Note on this save", help_text=hint, max_length=WHY_LENGTH, error_messages={"max_length": WHY_TOO_LONG}
    )


class FileForm(forms.Form):
    """The file as it is, for what the other form cannot show."""

    use_required_attribute = False
    unmarked = ("whole",)  # as optional
    whole = TextField("The whole file", rows=34, strip=False)
    why = _why()

    def __init__(self, file_text: str, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data=data, initial={"whole": plain(file_text)})

    def text(self) -> str:
        return str(self.cleaned_data["whole"]).rstrip("\n") + "\n"


class ArticleForm(forms.Form):
    """An article. What has no field of its own here (status, dates, aliases, reviewer) stays as the file has it."""

    use_required_attribute = False

    title = LineField("Title", help_text="The heading of the page.")
    summary = LineField(
        "Summary", rows=3, help_text="What the page covers. Up to 60 words; lists and search show it too."
    )
    body = TextField(
        "Text",
        rows=34,
        strip=False,
        help_text="A blank line starts a new paragraph, “## ” a heading, “- ” an item of a list. [@key] cites.",
    )
    audience = LineField("Audience", help_text="Who the page is for.")
    main_message = LineField("Main message", help_text="The one sentence that a reader should remember.")
    topics = boxes("Topics", [])
    blocks = boxes("Shared passages", [])
    author_name = LineField("Author")
    author_role = LineField("What the author is", help_text="Like “writers, not clinicians”.")
    drafting = LineField("How it was drafted", rows=2, help_text="Who or what wrote the draft, and how it was checked.")
    conflict = LineField("Who gains", rows=2, help_text="Who gains if a reader follows the page.")
    review_due = WhenField("Next check due", "date", help_text="Up to 6 months ahead for a page on ketamine, else 12.")
    publish_from = WhenField("On the site from", "datetime-local", help_text="On the clinic’s clock.")
    publish_until = WhenField("On the site until", "datetime-local", help_text="On the clinic’s clock.")
    why = _why()

    def __init__(self, shared: Shared, file_text: str, data: Mapping[str, Any] | None = None) -> None:
        """Raises ContentError where the top of `file_text` cannot be shown in fields."""
        self.shared = shared
        self.file_text = plain(file_text)
        self.front = read_front(self.file_text)
        super().__init__(data=data, initial=_initial(self.front, body_of(self.file_text)[0]))
        self.fields["topics"] = boxes("Topics", ((each.slug, each.title) for each in shared.topics.values()))
        self.fields["blocks"] = boxes(
            "Shared passages",
            ((each.name, f"{name_of(each)}: “{_first_words(each, shared)} …”") for each in shared.blocks.values()),
            help_text="What stands in the text as {{ block: … }} is ticked by itself when you save.",
        )
        for rule in ANSWERED:
            self.fields[f"{ANSWER}{rule}"] = LineField(f"Why may it stay? ({rule})", rows=2)
        self.unmarked = tuple(name for name in self.fields if name not in OPTIONAL)
        self._show_odd_dates()

    def _show_odd_dates(self) -> None:
        """A picker shows nothing for what is no date, and would wipe it out."""
        for name, pattern in (("review_due", DAY), ("publish_from", PICKED), ("publish_until", PICKED)):
            value = str(self[name].value() or "")
            if value and not pattern.fullmatch(value):
                self.fields[name].widget = forms.TextInput()

    def text(self) -> str:
        given = self.cleaned_data
        body = given["body"]
        author = {**self.front.author, "name": given["author_name"], "role": given["author_role"]}
        accepted = {rule: given[f"{ANSWER}{rule}"] for rule in ANSWERED if given[f"{ANSWER}{rule}"]}
        placed = [each.name for each in find_blocks(body) if each.name in self.shared.blocks]
        changed = with_values(
            self.file_text,
            **{name: given[name] for name in LINES},
            author=author,
            topics=_in_order(self.front.topics, given["topics"]),
            sources=self._sources(body, placed),
            blocks=_in_order(self.front.blocks, [*given["blocks"], *placed]),
            review_due=given["review_due"],
            publish_from=given["publish_from"] or None,
            publish_until=given["publish_until"] or None,
            accepted=accepted or None,
        )
        return with_body(changed, body)

    def _sources(self, body: str, placed: Iterable[str]) -> tuple[str, ...]:
        """Those that the text cites, itself or by a shared passage in it that the file already lists them for."""
        known = self.shared.sources
        cited = [each.key for each in find_citations(body)]
        through = {key for name in placed for key in self.shared.blocks[name].cites}
        kept = [key for key in self.front.sources if key in through]
        if "references.yaml" not in self.shared.missing:
            cited = [key for key in cited if key in known]
        return _in_order(self.front.sources, [*cited, *kept])


Editor = ArticleForm | FileForm


def opening_form(text: str, shared: Shared, as_file: bool = False) -> Editor:
    """The form for the stored file `text`: in fields where its top can be shown so, unless `as_file`."""
    if as_file:
        return FileForm(text)
    try:
        return ArticleForm(shared, text)
    except ContentError:  # the page tells what is wrong with it
        return FileForm(text)


def name_of(block: Block) -> str:
    """“Warning signs” for warning_signs."""
    return block.name.replace("_", " ").capitalize()


def _first_words(block: Block, shared: Shared) -> str:
    """How a passage begins, as it is read."""
    return " ".join(plain_text(insert_facts(block.text, shared.clinic)).split()[:FIRST_WORDS])


def _in_order(before: Iterable[str], wanted: Iterable[str]) -> tuple[str, ...]:
    """Those that were there as they stood, then the new ones, each once."""
    listed = list(wanted)
    return tuple(dict.fromkeys([*(each for each in before if each in listed), *listed]))


def _for_picker(typed: str) -> str:
    """A moment as its picker wants it, a day as its midnight; anything else as it was typed."""
    found = MOMENT.fullmatch(typed)
    return f"{found[1]}T{found[2] or '00:00'}:{found[3] or '00'}" if found else typed


def _initial(front: Front, body: str) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(front, name) for name in LINES}
    moments = {name: _for_picker(getattr(front, name)) for name in ("publish_from", "publish_until")}
    return {
        **values,
        **moments,
        **{f"{ANSWER}{rule}": front.accepted.get(rule, "") for rule in ANSWERED},
        "author_name": front.author.get("name", ""),
        "author_role": front.author.get("role", ""),
        "topics": list(front.topics),
        "blocks": list(front.blocks),
        "review_due": front.review_due,
        "body": body,
    }
