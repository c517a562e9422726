"""Readers' feedback on an article: whether it helped, and what is unclear. It is not public, unlike comments.

A plain form post: no sign-in, no cookie, no token, so that the article is the same bytes for every reader. Nothing
stored identifies the sender: see store_feedback().
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from articles.content.documents import Article
from articles.library import get_library
from articles.models import SECTION_LENGTH, TEXT_LENGTH, ReaderFeedback
from articles.rendering.page_cache import rendered
from articles.rendering.sections import KEY_POINTS
from clinic_site.clinic_yaml import get_clinic
from clinic_site.crisis_words import speaks_of_crisis
from clinic_site.http.responses import see_other, unlisted
from clinic_site.http.same_origin import same_origin_posts
from clinic_site.text.folding import without_invisible

MOST_A_DAY = 200  # votes, and as many texts, about one article; concurrent requests may add a few more
KEEP_TEXTS_FOR = dt.timedelta(days=180)
KEEP_VOTES_FOR = dt.timedelta(days=400)  # as long as the counts of searches
VOTES = {"yes": True, "no": False}
WHOLE_PAGE = "The whole page"
HINT = "No health details please: staff read this, and nobody can answer you here."
NOT_STORED = (
    "We could not store this: our computer is busy. Nothing you typed is lost. Press the button again in a minute."
)
REMOVED = "[removed]"
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
# An e-mail address, five or more digits in a row, or seven digits with separators: a phone number, a date of birth.
TRACEABLE = re.compile(r"\S+[@＠]\S+|[+(]?\d(?:[\s().\-–/]{0,3}\d){6,}|\d{5,}")
View = Callable[..., HttpResponse]


class WordsField(forms.CharField):
    """Free text as one paragraph. Text that is too long is an error, never cut off."""

    widget = forms.Textarea({"rows": 4})

    def to_python(self, value: Any) -> str:
        return " ".join(CONTROLS.sub(" ", without_invisible(str(value or ""))).split())

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}  # no maxlength: browsers silently cut pasted text


class UnclearForm(forms.Form):
    """The form “Something here is unclear”, the same for every reader of the article."""

    use_required_attribute = False
    unmarked = ("section",)  # not marked as optional: it always has a value

    section = forms.CharField(label="Which part?", required=False, widget=forms.Select)
    text = WordsField(
        label="What is unclear?",
        help_text=f"{HINT} Up to {TEXT_LENGTH} characters.",
        max_length=TEXT_LENGTH,
        error_messages={
            "required": "Enter what is unclear",
            "max_length": f"What is unclear must be {TEXT_LENGTH} characters or fewer",
        },
    )
    subject_line = forms.CharField(
        label="Leave this box empty",
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, article: Article, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="feedback_%s")
        self.headings = headings(article)
        choices = [("", WHOLE_PAGE), *((heading, heading) for heading in self.headings)]
        self.fields["section"].widget = forms.Select(choices=choices)

    def clean_section(self) -> str:
        """Return the section if the page still has it; otherwise "", without an error."""
        section = str(self.cleaned_data["section"])
        return section if section in self.headings else ""

    @property
    def speaks_of_crisis(self) -> bool:
        return speaks_of_crisis(str(self.data.get("text", "")))


def headings(article: Article) -> list[str]:
    """Return the names of the page's sections, without duplicates."""
    page = rendered(article)
    first = [KEY_POINTS] if page.key_points else []
    return list(dict.fromkeys([*first, *(heading.text[:SECTION_LENGTH] for heading in page.contents)]))


def section_address(article: Article, section: str) -> str:
    """Return the URL of the section on the site; "" if the page has no such section any more.

    Raises ContentError if the page cannot be rendered.
    """
    page = rendered(article)
    places = {heading.text[:SECTION_LENGTH]: heading.id for heading in reversed(page.contents)}
    if page.key_points:
        places[KEY_POINTS] = "page-key-points"
    return f"{article.url}#{places[section]}" if section in places else ""


@same_origin_posts
@require_http_methods(["GET", "HEAD", "POST"])
@unlisted
def feedback(request: HttpRequest, slug: str) -> HttpResponse:
    """Store a vote or a text, or show the form. Answer 404 for an article that readers may not see."""
    now = timezone.now()
    article = _article(slug, now)
    if request.method != "POST":
        return _form_page(request, article, UnclearForm(article))
    helpful = VOTES.get(request.POST.get("helpful", ""))
    if helpful is None:
        return _handle_text(request, article, UnclearForm(article, request.POST), now)
    if not store_feedback(article, now, helpful=helpful):
        return _thanks_page(request, article, enough=True)
    return _redirect_to_thanks(article, "" if helpful else "?helpful=no")


def _handle_text(request: HttpRequest, article: Article, form: UnclearForm, now: dt.datetime) -> HttpResponse:
    """Store what a reader finds unclear.

    Answer words of a crisis at once, without a redirect, so that they never appear in a URL.
    """
    if not form.is_valid():
        return _form_page(request, article, form)
    data = form.cleaned_data
    try:
        stored = bool(data["subject_line"]) or store_feedback(article, now, section=data["section"], text=data["text"])
    except OperationalError:
        form.add_error(None, NOT_STORED)
        return _form_page(request, article, form)
    if form.speaks_of_crisis or not stored:
        return _thanks_page(request, article, crisis=form.speaks_of_crisis, enough=not stored)
    return _redirect_to_thanks(article)


@require_safe
@unlisted
def thanks(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what happens now. A reader whom the page did not help gets the form for what was unclear."""
    article = _article(slug, timezone.now())
    form = UnclearForm(article) if request.GET.get("helpful") == "no" else None
    return _thanks_page(request, article, form=form)


def _article(slug: str, now: dt.datetime) -> Article:
    """Return the article by its current or a former slug: the page may have been open for days."""
    library = get_library()
    found = library.articles.get(library.aliases.get(slug, slug))
    if found is None or not found.visible(now):
        raise Http404
    return found


def _redirect_to_thanks(article: Article, query: str = "") -> HttpResponse:
    address = reverse("articles:feedback_thanks", args=[article.slug])
    return see_other(f"{address}{query}")


def _thanks_page(request: HttpRequest, article: Article, **context: Any) -> HttpResponse:
    return render(request, "articles/feedback_thanks.html", {"article": article, **context})


def _form_page(request: HttpRequest, article: Article, form: UnclearForm) -> HttpResponse:
    """Answer 200 even with errors, so that every browser and screen reader treats the answer as a normal page."""
    return render(request, "articles/feedback_unclear.html", {"article": article, "form": form})


def store_feedback(
    article: Article, now: dt.datetime, *, helpful: bool | None = None, section: str = "", text: str = ""
) -> bool:
    """Store the answer with article, section and day, and without what could identify a person.

    Return False, and store nothing, if the article has MOST_A_DAY answers today. Votes and texts are counted
    separately.
    """
    answers, day = ReaderFeedback.objects, get_clinic().today(now)
    with transaction.atomic():
        if answers.of([article.slug]).on(day).votes(helpful is not None).count() >= MOST_A_DAY:
            return False
        answers.create(article=article.slug, section=section, helpful=helpful, text=untraceable(text), day=day)
    return True


def untraceable(text: str) -> str:
    """Remove what looks like an e-mail address, a phone number or another long number."""
    return TRACEABLE.sub(REMOVED, text)[:TEXT_LENGTH]


@dataclass(frozen=True)
class FeedbackCounts:
    """Counts of readers' feedback on one article."""

    yes: int = 0  # votes that the page was helpful
    no: int = 0
    open: int = 0  # texts that nobody has handled

    @property
    def votes(self) -> int:
        return self.yes + self.no

    @property
    def share(self) -> int | None:
        """The percentage of votes that say yes; None without votes."""
        return round(100 * self.yes / self.votes) if self.votes else None


def counts() -> Mapping[str, FeedbackCounts]:
    """Return counts by slug; feedback under a former slug counts for the current one."""
    aliases = get_library().aliases
    totals: dict[str, Counter[str]] = {}
    for slug, yes, no, unhandled in ReaderFeedback.objects.tally():
        counter = totals.setdefault(aliases.get(slug, slug), Counter())
        counter.update(yes=yes, no=no, open=unhandled)
    return {slug: FeedbackCounts(**counter) for slug, counter in totals.items()}


def names_of(slug: str) -> Iterable[str]:
    """Return the current and the former slugs of an article."""
    return (slug, *(old for old, current in get_library().aliases.items() if current == slug))


def forget(now: dt.datetime) -> None:
    """Erase texts after KEEP_TEXTS_FOR, and everything else after KEEP_VOTES_FOR. Runs in the background."""
    local = get_clinic().local
    ReaderFeedback.objects.with_text().before(local(now - KEEP_TEXTS_FOR).date()).update(text="")
    ReaderFeedback.objects.before(local(now - KEEP_VOTES_FOR).date()).delete()
