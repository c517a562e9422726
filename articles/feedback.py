"""What readers say of an article: whether it helped, and what is unclear. In place of comments that all could read.

A plain form post: no sign-in, no cookie, no token, so that the article is the same bytes for every reader. What is
stored says nothing of who sent it: see keep().
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django import forms
from django.db import OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from articles.documents import Article
from articles.library import get_library
from articles.models import SECTION_LENGTH, TEXT_LENGTH, ReaderFeedback
from articles.rendering.sections import KEY_POINTS
from clinic_site.clinic_file import get_clinic
from clinic_site.crisis import speaks_of_crisis
from clinic_site.folding import without_invisible
from clinic_site.same_origin import same_origin_posts

MOST_A_DAY = (
    200  # votes, and as many words, about one article; where many come at the same moment, it may be a few more
)
TEXTS_KEPT = dt.timedelta(days=180)
VOTES_KEPT = dt.timedelta(days=400)  # as long as the counts of reads
SEE_OTHER = 303
VOTES = {"yes": True, "no": False}
WHOLE_PAGE = "The whole page"
HINT = "No health details please: staff read this, and nobody can answer you here."
NOT_STORED = (
    "We could not store this: our computer is busy. Nothing you typed is lost. Press the button again in a minute."
)
REMOVED = "[removed]"
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
# An address, a number of five digits or more, or seven digits with something between them: a phone, a date of birth.
TRACEABLE = re.compile(r"\S+[@＠]\S+|[+(]?\d(?:[\s().\-–/]{0,3}\d){6,}|\d{5,}")
View = Callable[..., HttpResponse]


class WordsField(forms.CharField):
    """Free text as one paragraph. Nothing is cut off in typing or pasting: too long a text is told."""

    widget = forms.Textarea({"rows": 4})

    def to_python(self, value: Any) -> str:
        return " ".join(CONTROLS.sub(" ", without_invisible(str(value or ""))).split())

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}  # no maxlength: browsers cut a pasted text without a word


class UnclearForm(forms.Form):
    """Something here is unclear. The same for every reader of the article."""

    use_required_attribute = False
    unmarked = ("section",)  # not "(optional)": one of the answers always stands

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
        shown = [("", WHOLE_PAGE), *((heading, heading) for heading in self.headings)]
        self.fields["section"].widget = forms.Select(choices=shown)

    def clean_section(self) -> str:
        """A heading of the page as it is now. Any other is no error: the words count, not the place."""
        section = str(self.cleaned_data["section"])
        return section if section in self.headings else ""

    @property
    def speaks_of_crisis(self) -> bool:
        return speaks_of_crisis(str(self.data.get("text", "")))


def headings(article: Article) -> list[str]:
    """What the page's sections are called, each once."""
    page = article.rendered
    first = [KEY_POINTS] if page.key_points else []
    return list(dict.fromkeys([*first, *(each.text[:SECTION_LENGTH] for each in page.contents)]))


def section_address(article: Article, section: str) -> str:
    """Return where the section of that name stands on the site; "" for one that is not there any more.

    Raises ContentError where the page cannot be made.
    """
    page = article.rendered
    places = {heading.text[:SECTION_LENGTH]: heading.id for heading in reversed(page.contents)}
    if page.key_points:
        places[KEY_POINTS] = "page-key-points"
    return f"{article.url}#{places[section]}" if section in places else ""


def not_kept(view: View) -> View:
    """Keeps what the view answers out of every cache and every search engine."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    return wrapped


@same_origin_posts
@require_http_methods(["GET", "HEAD", "POST"])
@not_kept
def feedback(request: HttpRequest, slug: str) -> HttpResponse:
    """Takes a vote or words, or shows the form for words. 404 for an article that readers may not see."""
    now = timezone.now()
    article = _article(slug, now)
    if request.method != "POST":
        return _form_page(request, article, UnclearForm(article))
    helpful = VOTES.get(request.POST.get("helpful", ""))
    if helpful is None:
        return _told(request, article, UnclearForm(article, request.POST), now)
    if not keep(article, now, helpful=helpful):
        return _thanks_page(request, article, enough=True)
    return _thank(article, "" if helpful else "?helpful=no")


def _told(request: HttpRequest, article: Article, form: UnclearForm, now: dt.datetime) -> HttpResponse:
    """What a reader finds unclear. Words of a crisis are answered at once, and never by way of an address."""
    if not form.is_valid():
        return _form_page(request, article, form)
    given = form.cleaned_data
    try:
        kept = bool(given["subject_line"]) or keep(article, now, section=given["section"], text=given["text"])
    except OperationalError:
        form.add_error(None, NOT_STORED)
        return _form_page(request, article, form)
    if form.speaks_of_crisis or not kept:
        return _thanks_page(request, article, crisis=form.speaks_of_crisis, enough=not kept)
    return _thank(article)


@require_safe
@not_kept
def thanks(request: HttpRequest, slug: str) -> HttpResponse:
    """What happens now. Whoever said that the page did not help may say what was unclear."""
    article = _article(slug, timezone.now())
    form = UnclearForm(article) if request.GET.get("helpful") == "no" else None
    return _thanks_page(request, article, form=form)


def _article(slug: str, now: dt.datetime) -> Article:
    """By its address or an old one: the page may have been open for days."""
    library = get_library()
    found = library.articles.get(library.aliases.get(slug, slug))
    if found is None or not found.visible(now):
        raise Http404
    return found


def _thank(article: Article, query: str = "") -> HttpResponse:
    address = reverse("articles:feedback_thanks", args=[article.slug])
    return HttpResponseRedirect(f"{address}{query}", status=SEE_OTHER)


def _thanks_page(request: HttpRequest, article: Article, **context: Any) -> HttpResponse:
    return render(request, "articles/feedback_thanks.html", {"article": article, **context})


def _form_page(request: HttpRequest, article: Article, form: UnclearForm) -> HttpResponse:
    """Status 200 with errors too: every browser and screen reader then treats it as the page it is."""
    return render(request, "articles/feedback_unclear.html", {"article": article, "form": form})


def keep(article: Article, now: dt.datetime, *, helpful: bool | None = None, section: str = "", text: str = "") -> bool:
    """Stores the answer: the article, the section, the day and the words, without what could lead to a person.

    False where the article has had enough of them today: nothing is stored then. Votes leave room for words.
    """
    answers, day = ReaderFeedback.objects, get_clinic().local(now).date()
    with transaction.atomic():
        if answers.of([article.slug]).on(day).votes(helpful is not None).count() >= MOST_A_DAY:
            return False
        answers.create(article=article.slug, section=section, helpful=helpful, text=untraceable(text), day=day)
    return True


def untraceable(text: str) -> str:
    """Without what looks like an e-mail address, a phone number or another long number."""
    return TRACEABLE.sub(REMOVED, text)[:TEXT_LENGTH]


@dataclass(frozen=True)
class FeedbackCounts:
    """What readers said of one article."""

    yes: int = 0  # votes that it was helpful
    no: int = 0
    open: int = 0  # words that nobody has dealt with

    @property
    def votes(self) -> int:
        return self.yes + self.no

    @property
    def share(self) -> int | None:
        """Percent of the votes that say yes; None without any."""
        return round(100 * self.yes / self.votes) if self.votes else None


def counts() -> Mapping[str, FeedbackCounts]:
    """By slug; what was said under an old address counts for the new one."""
    now_called = get_library().aliases
    totals: dict[str, Counter[str]] = {}
    for slug, yes, no, unhandled in ReaderFeedback.objects.tally():
        found = totals.setdefault(now_called.get(slug, slug), Counter())
        found.update(yes=yes, no=no, open=unhandled)
    return {slug: FeedbackCounts(**found) for slug, found in totals.items()}


def names_of(slug: str) -> Iterable[str]:
    """The slug of an article and those it had before."""
    return (slug, *(old for old, present in get_library().aliases.items() if present == slug))


def forget(now: dt.datetime) -> None:
    """Erases texts after TEXTS_KEPT, and all that is left after VOTES_KEPT. A chore of the house."""
    local = get_clinic().local
    ReaderFeedback.objects.with_text().before(local(now - TEXTS_KEPT).date()).update(text="")
    ReaderFeedback.objects.before(local(now - VOTES_KEPT).date()).delete()
