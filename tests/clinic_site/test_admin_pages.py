"""Additions to the pages of Django admin: headings, names of fieldsets and tables, errors beside the fields."""

import pytest
from django.test import Client

from tests.appointments.pages import Page, words
from tests.clinic_site.accounts.builders import confirmed_owner
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
FORMS = ["/admin/articles/reviewerprofile/add/", "/admin/auth/user/add/", "/admin/auth/group/add/"]


def test_the_sign_in_page_has_a_heading(client: Client) -> None:
    page = Page(client.get("/admin/login/"))
    assert [words(heading) for heading in page.all("h1")] == ["Log in"]


@pytest.mark.parametrize("path", FORMS)
def test_fieldsets_have_names(path: str) -> None:
    groups = list(Page(confirmed_owner().get(path)).all("fieldset"))
    assert groups != []
    for group in groups:
        assert [bool(words(name)) for name in group.findall("legend")] == [True]


def test_a_list_has_a_caption() -> None:
    page = Page(confirmed_owner().get("/admin/auth/user/"))
    assert [words(caption) for caption in page.all("caption")] == ["Users"]


def test_the_first_cell_heads_its_row() -> None:
    page = Page(confirmed_owner().get("/admin/auth/user/"))
    assert [words(cell) for cell in page.all("th") if cell.get("scope") == "row"] == ["owner"]


def test_the_password_form_shows_its_errors_beside_the_fields(sign_in: Cast) -> None:
    colleague = sign_in("front desk")
    response = Page(colleague.post("/admin/password_change/", {}))
    assert response.title.startswith("Error: ")
    assert response.text.count("Error: This field is required.") == 3
    assert "Your old password shows that it is you." in response.text


def test_a_stale_form_says_what_to_do_and_whom_to_call() -> None:
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"login": "desk", "password": "wrong"})
    assert response.status_code == 403
    page = Page(response)
    assert "Copy what you need, load that page again, and send it from there." in page.text
    assert "911" in page.text
