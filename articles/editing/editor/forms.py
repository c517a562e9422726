"""The editor's two forms: an article as single fields and a text, or else the whole file as plain text.

No field is required, because a draft may be incomplete: the loader and the rules report what is missing.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from articles.content.documents import QUESTIONS, Block, Shared
from articles.content.rule_ids import ANSWERABLE
from articles.editing.drafts.front_matter import FrontMatter, body_of, read_front, with_body, with_values
from articles.editing.revisions.load_check import TOO_LARGE
from articles.editing.revisions.store import NOT_STORABLE
from articles.rendering.blocks import find_blocks, insert_facts
from articles.rendering.extensions.citations import find_citations
from articles.rendering.plain_text import plain_text
from clinic_site.content.files import MAX_BYTES, ContentError
from clinic_site.content.yaml_fields import UNSHOWABLE

LINES = ("title", "summary", "audience", "main_message", "drafting", "conflict")  # texts of the front matter
ANSWER = "answer_"  # prefix of the fields for reasons
OPTIONAL = ("why", "publish_from", "publish_until")  # neither loader nor rules require these
FIRST_WORDS = 9  # of a shared passage, shown beside its name
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d))?)?", re.ASCII)
PICKED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", re.ASCII)  # what a datetime-local input shows
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
WHY_LENGTH = 200
WHY_TOO_LONG = f"“Note on this save” must have {WHY_LENGTH} characters or fewer. Shorten it."
WHY_FOR_READERS = "Write in “Note on this save” what changed: readers will see it."
UNCLEAR = "unclear"
TELL = {
    "": "No, it is for colleagues alone",
    "changed": "Yes, under “What changed” on the page and in the feed",
    UNCLEAR: "Yes, and that readers found this part unclear",
}
INVALID_CHOICE = "“%(value)s” is not on the list any more. Look at the list, then save again."


def plain(text: str) -> str:
    """Return `text` as the editor holds it: without a byte order mark, with line breaks of one kind."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


class TextField(forms.CharField):
    """A text of any length, exactly as typed."""

    def __init__(self, label: str, rows: int = 0, **kwargs: Any) -> None:
        """Show a box of `rows` rows; a single-line input for 0."""
        widget = forms.Textarea({"rows": rows}) if rows else forms.TextInput()
        super().__init__(label=label, required=False, widget=kwargs.pop("widget", widget), **kwargs)

    def to_python(self, value: Any) -> str:
        text = plain(str(super().to_python(value) or ""))
        if "\0" in text:
            raise forms.ValidationError(NOT_STORABLE)
        if len(text.encode(errors="replace")) > MAX_BYTES:
            raise forms.ValidationError(TOO_LARGE)
        return text


class SingleLineField(TextField):
    """A text in which line breaks have no meaning, without control characters: pasted text may hold some."""

    def to_python(self, value: Any) -> str:
        return " ".join(UNSHOWABLE.sub(" ", super().to_python(value)).split())


class AnswerField(SingleLineField):
    """The short answer to one of the questions on top of the page, as the file holds it."""

    def __init__(self, key: str) -> None:
        hint = "At most 25 words, then how certain it is, like {certainty: low}."
        super().__init__(QUESTIONS[key], rows=2, help_text=hint)


class WhenField(SingleLineField):
    """A day, or a moment in the clinic's time zone. Anything else stays as typed, and the loader reports it."""

    def __init__(self, label: str, kind: str, **kwargs: Any) -> None:
        super().__init__(label, widget=forms.DateInput({"type": kind}), **kwargs)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        found = MOMENT.fullmatch(text)
        return f"{found[1]} {found[2]}:{found[3] or '00'}" if found and found[2] else text


def boxes(label: str, choices: Iterable[tuple[str, str]], **kwargs: Any) -> forms.MultipleChoiceField:
    """Build a field of checkboxes."""
    return forms.MultipleChoiceField(
        label=label,
        choices=list(choices),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": INVALID_CHOICE},
        **kwargs,
    )


def _why() -> SingleLineField:
    hint = "For your colleagues: what you changed, and why. It stands in the history."
    return SingleLineField(
        "Note on this save", help_text=hint, max_length=WHY_LENGTH, error_messages={"max_length": WHY_TOO_LONG}
    )


def _tell() -> forms.ChoiceField:
    hint = "It counts when you publish a page that readers know. Write the note for them then, in one plain sentence."
    return forms.ChoiceField(
        label="Do readers see this note?", required=False, choices=list(TELL.items()), help_text=hint
    )


class SaveForm(forms.Form):
    """A form of the editor, with a note on the save."""

    use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("tell") and not self.cleaned_data.get("why"):
            self.add_error("why", WHY_FOR_READERS)
        return self.cleaned_data


class FileForm(SaveForm):
    """The file as plain text, for front matter that ArticleForm cannot show."""

    unmarked = ("whole", "tell")  # not marked as optional
    whole = TextField("The whole file", rows=34, strip=False)
    why = _why()
    tell = _tell()

    def __init__(self, file_text: str, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data=data, initial={"whole": plain(file_text)})

    def text(self) -> str:
        return str(self.cleaned_data["whole"]).rstrip("\n") + "\n"


class ArticleForm(SaveForm):
    """An article in fields. Keys without a field (status, dates, aliases, reviewer) stay as they are in the file."""

    title = SingleLineField("Title", help_text="The heading of the page.")
    summary = SingleLineField(
        "Summary", rows=3, help_text="What the page covers. Up to 60 words; lists and search show it too."
    )
    body = TextField(
        "Text",
        rows=34,
        strip=False,
        help_text="A blank line starts a new paragraph, “## ” a heading, “- ” an item of a list. [@key] cites.",
    )
    audience = SingleLineField("Audience", help_text="Who the page is for.")
    main_message = SingleLineField("Main message", help_text="The one sentence that a reader should remember.")
    works = AnswerField("works")
    safe = AnswerField("safe")
    for_me = AnswerField("for_me")
    topics = boxes("Topics", [])
    blocks = boxes("Shared passages", [])
    author_name = SingleLineField("Author")
    author_role = SingleLineField("What the author is", help_text="Like “writers, not clinicians”.")
    drafting = SingleLineField(
        "How it was drafted", rows=2, help_text="Who or what wrote the draft, and how it was checked."
    )
    conflict = SingleLineField("Who gains", rows=2, help_text="Who gains if a reader follows the page.")
    review_due = WhenField("Next check due", "date", help_text="Up to 6 months ahead for a page on ketamine, else 12.")
    publish_from = WhenField("On the site from", "datetime-local", help_text="On the clinic’s clock.")
    publish_until = WhenField("On the site until", "datetime-local", help_text="On the clinic’s clock.")
    why = _why()
    tell = _tell()

    def __init__(self, shared: Shared, file_text: str, data: Mapping[str, Any] | None = None) -> None:
        """Build the form, with a field for each answer that the file has or `data` brings.

        Raises ContentError if the front matter of `file_text` cannot be shown in fields.
        """
        self.shared = shared
        self.file_text = plain(file_text)
        self.front = read_front(self.file_text)
        super().__init__(data=data, initial=_initial(self.front, body_of(self.file_text)[0]))
        self.fields["topics"] = boxes("Topics", ((topic.slug, topic.title) for topic in shared.topics.values()))
        self.fields["blocks"] = boxes(
            "Shared passages",
            ((block.name, f"{name_of(block)}: “{_first_words(block, shared)} …”") for block in shared.blocks.values()),
            help_text="What stands in the text as {{ block: … }} is ticked by itself when you save.",
        )
        posted = data or {}
        self.add_answers(rule for rule in ANSWERABLE if rule in self.front.accepted or f"{ANSWER}{rule}" in posted)
        self._show_invalid_dates()

    def add_answers(self, rules: Iterable[str]) -> None:
        """Add a field for the reason to each of `rules` that has none yet."""
        for rule in rules:
            self.fields.setdefault(f"{ANSWER}{rule}", SingleLineField(f"Why may it stay? ({rule})", rows=2))
        self.unmarked = tuple(name for name in self.fields if name not in OPTIONAL)

    def _show_invalid_dates(self) -> None:
        """Show invalid dates in text inputs: a date picker would show nothing and erase them."""
        for name, pattern in (("review_due", DAY), ("publish_from", PICKED), ("publish_until", PICKED)):
            value = str(self[name].value() or "")
            if value and not pattern.fullmatch(value):
                self.fields[name].widget = forms.TextInput()

    def text(self) -> str:
        values = self.cleaned_data
        body = values["body"]
        author = {**self.front.author, "name": values["author_name"], "role": values["author_role"]}
        accepted = {rule: values[f"{ANSWER}{rule}"] for rule in ANSWERABLE if values.get(f"{ANSWER}{rule}")}
        answers = {**self.front.answers, **{key: values[key] for key in QUESTIONS}}
        placed = [block.name for block in find_blocks(body) if block.name in self.shared.blocks]
        changed = with_values(
            self.file_text,
            **{name: values[name] for name in LINES},
            answers={key: answer for key, answer in answers.items() if answer} or None,
            author=author,
            topics=_in_order(self.front.topics, values["topics"]),
            sources=self._sources(body, placed),
            blocks=_in_order(self.front.blocks, [*values["blocks"], *placed]),
            review_due=values["review_due"],
            publish_from=values["publish_from"] or None,
            publish_until=values["publish_until"] or None,
            accepted=accepted or None,
        )
        return with_body(changed, body)

    def _sources(self, body: str, placed: Iterable[str]) -> tuple[str, ...]:
        """Return the sources that the text cites, and those of the file that its shared passages cite."""
        known = self.shared.sources
        cited = [citation.key for citation in find_citations(body)]
        carried_keys = {key for name in placed for key in self.shared.blocks[name].cites}
        carried = [key for key in self.front.sources if key in carried_keys]
        if "references.yaml" not in self.shared.missing:
            cited = [key for key in cited if key in known]
        return _in_order(self.front.sources, [*cited, *carried])


Editor = ArticleForm | FileForm


def opening_form(text: str, shared: Shared, as_file: bool = False) -> Editor:
    """Return the form for the stored file `text`: in fields if possible, unless `as_file`."""
    if as_file:
        return FileForm(text)
    try:
        return ArticleForm(shared, text)
    except ContentError:  # the page shows the problem
        return FileForm(text)


def name_of(block: Block) -> str:
    """Return “Warning signs” for warning_signs."""
    return block.name.replace("_", " ").capitalize()


def _first_words(block: Block, shared: Shared) -> str:
    """Return the first words of a passage as readers see it."""
    return " ".join(plain_text(insert_facts(block.text, shared.clinic)).split()[:FIRST_WORDS])


def _in_order(before: Iterable[str], wanted: Iterable[str]) -> tuple[str, ...]:
    """Return `wanted` without duplicates: first what was there, in its old order, then the new items."""
    items = list(wanted)
    return tuple(dict.fromkeys([*(item for item in before if item in items), *items]))


def _for_picker(typed: str) -> str:
    """Return a moment as a date picker needs it, a day as its midnight; anything else unchanged."""
    found = MOMENT.fullmatch(typed)
    return f"{found[1]}T{found[2] or '00:00'}:{found[3] or '00'}" if found else typed


def _initial(front: FrontMatter, body: str) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(front, name) for name in LINES}
    moments = {name: _for_picker(getattr(front, name)) for name in ("publish_from", "publish_until")}
    return {
        **values,
        **moments,
        **{key: front.answers.get(key, "") for key in QUESTIONS},
        **{f"{ANSWER}{rule}": reason for rule, reason in front.accepted.items()},
        "author_name": front.author.get("name", ""),
        "author_role": front.author.get("role", ""),
        "topics": list(front.topics),
        "blocks": list(front.blocks),
        "review_due": front.review_due,
        "body": body,
    }
