"""New article, another address, withdrawing, and old addresses that lead nowhere."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import timezone

from articles.editing import moving, publishing, store
from articles.editing.addresses import new_path
from articles.editing.attempts import attempt
from articles.editing.front import skeleton
from articles.editing.moving_forms import NewForm, RenameForm
from articles.editing.pages.base import StaffPages
from articles.editing.pages.steps import go_to, not_taken, path_of, today_at, user_name, whole_number
from articles.library import get_library

MADE = "The draft “{title}” was made. Readers do not see it until it is published."
MOVED = "The address is now /articles/{new}/, and /articles/{old}/ leads there."
MENDED = "{path} now names /articles/{slug}/."
LED = "/articles/{old}/ now leads to “{title}”."
WITHDRAWN = "The article was withdrawn. Readers who open it are told so."
PUT_BACK = "The article is a draft again. Readers do not see it until it is published."


class MovingPages(StaffPages):
    def get_urls(self) -> list[URLPattern]:
        return [
            self.route("new/", self.new_view, "new"),
            self.route("rename/<slug:slug>/", self.rename_view, "rename"),
            self.route("withdraw/<slug:slug>/", self.withdraw_view, "withdraw"),
            self.route("lead/", self.lead_view, "lead"),
            *super().get_urls(),
        ]

    def new_view(self, request: HttpRequest) -> HttpResponse:
        """Asks for a title, suggests an address, and opens the editor on the new draft."""
        library = get_library()
        form = NewForm(request.POST or None, library=library)
        if not form.is_valid():
            return self.show(request, "new.html", "New article", form=form)
        title, slug = form.cleaned_data["title"], form.cleaned_data["slug"]
        if slug:
            return self._made(request, form, title, slug)
        suggested = moving.suggested_slug(title, library)
        if suggested:
            form = NewForm(initial={"title": title, "slug": suggested}, library=library)
        else:
            form.add_error("slug", "Write an address: none can be made from this title")
        return self.show(request, "new.html", "New article", form=form, suggested=suggested)

    def _made(self, request: HttpRequest, form: NewForm, title: str, slug: str) -> HttpResponse:
        now = timezone.now()
        text = skeleton(title, today_at(now))
        edit = store.Edit(new_path(slug), text, user_name(request), 0, "New, from the skeleton")
        refused = attempt(lambda: publishing.save_draft(edit, now))
        if refused:
            form.add_error("slug", refused)
            return self.show(request, "new.html", "New article", form=form)
        messages.success(request, MADE.format(title=title))
        return go_to("edit", slug)

    def rename_view(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Asks for the new address; the old one then leads there. Below it, which texts still name an old one."""
        library = get_library()
        newest = store.newest(path_of(slug, library))
        if newest is None or newest.removed:
            raise Http404
        if request.POST.get("step") == "mend":
            return self._mended(request, slug)
        form = RenameForm(
            request.POST or None, initial={"slug": slug, "base": newest.number}, library=library, own=slug
        )
        if form.is_valid():
            new, base, now = form.cleaned_data["slug"], form.cleaned_data["base"], timezone.now()
            refused = attempt(lambda: moving.rename(newest.path, new, user_name(request), base, now))
            if not refused:
                messages.success(request, MOVED.format(old=slug, new=new))
                return go_to("rename" if moving.links_to(slug, library) else "edit", new)
            form.add_error("slug", refused)
        return self.show(
            request,
            "rename.html",
            "Address of an article",
            form=form,
            slug=slug,
            links=moving.links_to(slug, library),
            outdated=moving.outdated_links(slug, library),
        )

    def _mended(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Every text that names an old address of the article names the new one, if nothing stops it."""
        for path, refused in moving.mend_links(slug, get_library(), user_name(request), timezone.now()):
            if refused:
                messages.warning(request, f"{path}: {refused}")
            else:
                messages.success(request, MENDED.format(path=path, slug=slug))
        return go_to("rename", slug)

    def withdraw_view(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Asks once more and says what readers will see; an article that was withdrawn can become a draft again."""
        article = get_library().articles.get(slug)
        newest = store.newest(article.path) if article else None
        if article is None or newest is None:
            raise Http404
        if request.method != "POST":
            context = {"article": article, "newest": newest, "links": moving.links_to(slug, get_library())}
            return self.show(request, "withdraw.html", f"Withdraw “{article.title}”", **context)
        by, base, now = user_name(request), whole_number(request.POST.get("base")), timezone.now()
        put_back = request.POST.get("step") == "back"
        edit = store.Edit(article.path, newest.text, by, base, "Put back as a draft")
        refused = attempt(
            lambda: (
                publishing.save_draft(edit, now)
                if put_back
                else publishing.withdraw(article.path, by, base, now, "Withdrawn")
            )
        )
        if refused:
            messages.warning(request, refused)
            return go_to("withdraw", slug)
        messages.success(request, PUT_BACK if put_back else WITHDRAWN)
        return go_to("edit" if put_back else "changelist", *([slug] if put_back else []))

    def lead_view(self, request: HttpRequest) -> HttpResponse:
        """Makes an address that leads nowhere lead to an article."""
        library = get_library()
        old, target = request.POST.get("old", ""), library.articles.get(request.POST.get("to", ""))
        if request.method != "POST":
            return not_taken(request, "changelist")
        refused = "Choose the article it leads to." if target is None else moving.why_not_led(old, library)
        if target and not refused:
            refused = moving.lead(old, target.slug, library, user_name(request), timezone.now())
        if target and not refused:
            messages.success(request, LED.format(old=old, title=target.title))
        else:
            messages.warning(request, refused)
        return go_to("changelist")
