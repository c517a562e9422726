"""Views: new article, rename, withdraw, redirect a broken address."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from articles.editing import rename
from articles.editing.drafts.new_article import skeleton
from articles.editing.editor import publish
from articles.editing.pages.base import go_to, path_of, redirect_get, report, show, user_name, whole_number
from articles.editing.rename import LONGEST_SLUG, why_taken
from articles.editing.revisions import store
from articles.editing.revisions.paths import new_path
from articles.library import Library, get_library
from clinic_site.clinic_yaml import get_clinic

MADE = "The draft “{title}” was made. Readers do not see it until it is published."
MOVED = "The address is now /articles/{new}/, and /articles/{old}/ leads there."
MENDED = "{path} now names /articles/{slug}/."
REDIRECTED = "/articles/{old}/ now leads to “{title}”."
WITHDRAWN = "The article was withdrawn. Readers who open it are told so."
PUT_BACK = "The article is a draft again. Readers do not see it until it is published."
LONGEST_TITLE = 200
NO_BASE = "Open the page again, then take the step"
SMALL_LETTERS = "Small letters, digits and hyphens, as in “sleep-and-pain”."


def address_field(label: str, help_text: str, missing: str = "") -> forms.CharField:
    """Build the field for an address. `missing` is the error for an empty field; without it the field is optional."""
    widget = forms.TextInput({"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"})
    errors = {"required": missing, "max_length": f"Keep the address to {LONGEST_SLUG} characters"}
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=bool(missing),
        max_length=LONGEST_SLUG,
        widget=widget,
        error_messages=errors,
    )


class AddressForm(forms.Form):
    use_required_attribute = False  # our own messages say what is missing

    def __init__(self, *args: Any, library: Library, own: str = "", **kwargs: Any) -> None:
        """Check addresses against `library`. `own` is the slug of the article to rename; "" for a new article."""
        super().__init__(*args, **kwargs)
        self.library = library
        self.own = own

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        refusal = why_taken(slug, self.library, self.own) if slug else ""
        if refusal:
            raise forms.ValidationError(refusal)
        return slug


class NewForm(AddressForm):
    unmarked = ("slug",)  # not marked as optional: its hint says so

    title = forms.CharField(
        label="Title",
        help_text="As readers will see it. It can be changed later.",
        max_length=LONGEST_TITLE,
        error_messages={
            "required": "Write a title",
            "max_length": f"Keep the title to {LONGEST_TITLE} characters",
        },
    )
    slug = address_field("Address", f"Leave it empty, and one is made from the title. {SMALL_LETTERS}")


class RenameForm(AddressForm):
    slug = address_field("New address", SMALL_LETTERS, missing="Write the new address")
    base = forms.IntegerField(widget=forms.HiddenInput, error_messages=dict.fromkeys(("required", "invalid"), NO_BASE))


def new_view(request: HttpRequest) -> HttpResponse:
    """Ask for a title, suggest an address, and open the editor on the new draft."""
    library = get_library()
    form = NewForm(request.POST or None, library=library)
    if not form.is_valid():
        return show(request, "addresses/new.html", "New article", form=form)
    title, slug = form.cleaned_data["title"], form.cleaned_data["slug"]
    if slug:
        return _create(request, form, title, slug)
    suggested = rename.suggested_slug(title, library)
    if suggested:
        form = NewForm(initial={"title": title, "slug": suggested}, library=library)
    else:
        form.add_error("slug", "Write an address: none can be made from this title")
    return show(request, "addresses/new.html", "New article", form=form, suggested=suggested)


def _create(request: HttpRequest, form: NewForm, title: str, slug: str) -> HttpResponse:
    now = timezone.now()
    text = skeleton(title, get_clinic().today(now))
    edit = store.Edit(new_path(slug), text, user_name(request), 0, "New, from the skeleton")
    error = store.error_message(lambda: publish.save_draft(edit, now))
    if error:
        form.add_error("slug", error)
        return show(request, "addresses/new.html", "New article", form=form)
    messages.success(request, MADE.format(title=title))
    return go_to("edit", slug)


def rename_view(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the new address, and list the texts that link to an old one."""
    library = get_library()
    newest = store.newest(path_of(slug, library))
    if newest is None or newest.removed:
        raise Http404
    if request.POST.get("step") == "mend":
        return _update_links(request, slug)
    form = RenameForm(request.POST or None, initial={"slug": slug, "base": newest.number}, library=library, own=slug)
    if form.is_valid():
        new, base, now = form.cleaned_data["slug"], form.cleaned_data["base"], timezone.now()
        error = store.error_message(lambda: rename.rename(newest.path, new, user_name(request), base, now))
        if not error:
            messages.success(request, MOVED.format(old=slug, new=new))
            return go_to("rename" if rename.links_to(slug, library) else "edit", new)
        form.add_error("slug", error)
    return show(
        request,
        "addresses/rename.html",
        "Address of an article",
        form=form,
        slug=slug,
        links=rename.links_to(slug, library),
        outdated=rename.outdated_links(slug, library),
    )


def _update_links(request: HttpRequest, slug: str) -> HttpResponse:
    """Update the links in every text that has an old address, unless the text cannot be saved."""
    for path, error in rename.update_links(slug, get_library(), user_name(request), timezone.now()):
        report(request, error and f"{path}: {error}", MENDED.format(path=path, slug=slug))
    return go_to("rename", slug)


def withdraw_view(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what readers will see, then withdraw the article, or make a withdrawn article a draft again."""
    article = get_library().articles.get(slug)
    newest = store.newest(article.path) if article else None
    if article is None or newest is None:
        raise Http404
    if request.method != "POST":
        context = {"article": article, "newest": newest, "links": rename.links_to(slug, get_library())}
        return show(request, "addresses/withdraw.html", f"Withdraw “{article.title}”", **context)
    by, base, now = user_name(request), whole_number(request.POST.get("base")), timezone.now()
    put_back = request.POST.get("step") == "back"
    edit = store.Edit(article.path, newest.text, by, base, "Put back as a draft")
    error = store.error_message(
        lambda: (
            publish.save_draft(edit, now) if put_back else publish.withdraw(article.path, by, base, now, "Withdrawn")
        )
    )
    if not report(request, error, PUT_BACK if put_back else WITHDRAWN):
        return go_to("withdraw", slug)
    return go_to("edit" if put_back else "changelist", *([slug] if put_back else []))


def lead_view(request: HttpRequest) -> HttpResponse:
    """Redirect a broken address to an article."""
    library = get_library()
    old, target = request.POST.get("old", ""), library.articles.get(request.POST.get("to", ""))
    if request.method != "POST":
        return redirect_get(request, "changelist")
    if target is None:
        messages.warning(request, "Choose the article it leads to.")
    else:
        error = rename.why_no_redirect(old, library) or rename.add_redirect(
            old, target.slug, library, user_name(request), timezone.now()
        )
        report(request, error, REDIRECTED.format(old=old, title=target.title))
    return go_to("changelist")
