"""The queue of readers' feedback, by article and section. Staff cannot add or change feedback."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from articles.content.documents import Article
from articles.library import get_library
from articles.models import ReaderFeedback
from articles.models.readers import FeedbackQuerySet
from articles.readers.feedback import KEEP_TEXTS_FOR, WHOLE_PAGE, names_of, section_address
from clinic_site.content.files import ContentError
from clinic_site.dates import day_and_clock

LOOKUPS = ("article", "says", "state")
NO_VOTE = "unclear"
KINDS = {NO_VOTE: "Unclear", "yes": "Helpful", "no": "Not helpful"}
HELPFUL = {NO_VOTE: None, "yes": True, "no": False}


class ArticleFilter(SimpleListFilter):
    """Filter by article. Feedback under a former slug is found under the current one."""

    title = "article"
    parameter_name = "article"

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> list[tuple[str, str]]:
        library = get_library()
        slugs = {library.aliases.get(slug, slug) for slug in ReaderFeedback.objects.articles()}
        titles = {slug: library.articles[slug].title if slug in library.articles else slug for slug in slugs}
        return sorted(titles.items(), key=lambda item: item[1].lower())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        slug = self.value()
        return queryset.of(names_of(slug)) if slug else queryset


class KindFilter(SimpleListFilter):
    title = "what it says"
    parameter_name = "says"

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> list[tuple[str, str]]:
        return list(KINDS.items())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        kind = self.value()
        return queryset.saying(HELPFUL[kind]) if kind in HELPFUL else queryset


class StateFilter(SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> list[tuple[str, str]]:
        return [("open", "Open"), ("handled", "Handled")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        filtered = {"open": queryset.open, "handled": queryset.handled}.get(self.value() or "")
        return filtered() if filtered else queryset


@admin.register(ReaderFeedback)
class ReaderFeedbackAdmin(ModelAdmin[ReaderFeedback]):
    actions = ["mark_as_handled"]
    list_display = ["article_link", "section_name", "says", "words", "on_day", "state"]
    list_display_links = None
    list_filter = [StateFilter, KindFilter, ArticleFilter]
    list_per_page = 50
    list_max_show_all = list_per_page
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()  # fixed order: open ones first, then by article and section

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {"title": "Words from readers", "texts_kept": KEEP_TEXTS_FOR.days}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def get_queryset(self, request: HttpRequest) -> FeedbackQuerySet:
        return ReaderFeedback.objects.queue()

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ("-is_open", "article", "section", "-pk")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Allow only the filters on the page: Django would let a URL filter by any column."""
        return lookup in LOOKUPS

    @admin.action(description="Mark as handled", permissions=["change"])
    def mark_as_handled(self, request: HttpRequest, queryset: FeedbackQuerySet) -> None:
        """Mark open rows only: what a colleague has handled meanwhile stays theirs."""
        handled = queryset.open().update(handled_by=request.user.get_username(), handled_at=timezone.now())
        self.message_user(request, f"Marked as handled: {handled}.")

    @admin.display(description="Article")
    def article_link(self, obj: ReaderFeedback) -> str:
        """Return a link to the article's editor, if the article still exists."""
        found = _article(obj)
        if found is None:
            return f"{obj.article} (not there any more)"
        address = reverse("admin:articles_contentfile_edit", args=[found.slug])
        return format_html('<a href="{}">{}</a>', address, found.title)

    @admin.display(description="Section")
    def section_name(self, obj: ReaderFeedback) -> str:
        """Return a link to the section, if the page still has it."""
        found = _article(obj)
        try:
            address = section_address(found, obj.section) if found and found.visible(timezone.now()) else ""
        except ContentError:  # the list of articles reports it
            address = ""
        name = obj.section or WHOLE_PAGE
        return format_html('<a href="{}">{}</a>', address, name) if address else name

    @admin.display(description="Says")
    def says(self, obj: ReaderFeedback) -> str:
        return next(KINDS[kind] for kind, helpful in HELPFUL.items() if helpful is obj.helpful)

    @admin.display(description="Text", empty_value="–")
    def words(self, obj: ReaderFeedback) -> str | None:
        return obj.text or None

    @admin.display(description="Day")
    def on_day(self, obj: ReaderFeedback) -> str:
        return f"{obj.day:%b} {obj.day.day}, {obj.day.year}"

    @admin.display(description="State", empty_value="–")
    def state(self, obj: ReaderFeedback) -> str | None:
        """Return the state of a text; a vote has no state."""
        if obj.handled_at:
            return f"Handled by {obj.handled_by}, {day_and_clock(obj.handled_at)}"
        return "Open" if obj.helpful is None and obj.text else None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ReaderFeedback | None = None) -> bool:
        """Allow marking rows in the list, but not changing a row."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: ReaderFeedback | None = None) -> bool:
        return False


def _article(feedback: ReaderFeedback) -> Article | None:
    """Return the article that the feedback is about, by its current or a former slug."""
    library = get_library()
    return library.articles.get(library.aliases.get(feedback.article, feedback.article))
