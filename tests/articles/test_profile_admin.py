"""Credentials of clinicians: only the owner edits them."""

import pytest
from django.contrib.auth.models import User

from articles.models import ReviewerProfile
from tests.articles.editing.review.review_desk import ROSA, make_profile
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
URL = "/admin/articles/reviewerprofile/"


def test_the_owner_sets_the_credentials_of_a_clinician(sign_in: Cast) -> None:
    sign_in("reviewer")
    owner = sign_in("owner")
    fields = {"user": str(User.objects.get(username="reviewer").pk), "credentials": "MD", "license_state": "fl"}
    refused = owner.post(f"{URL}add/", fields)
    assert "Use the two letters of the state, like FL." in refused.content.decode()
    owner.post(f"{URL}add/", {**fields, "license_state": "FL"})
    assert ReviewerProfile.objects.get().license_state == "FL"
    assert "reviewer (full name is missing)" in owner.get(URL).content.decode()


def test_the_list_shows_who_can_sign(sign_in: Cast) -> None:
    sign_in("reviewer")
    make_profile()
    page = sign_in("owner").get(URL).content.decode()
    assert "Rosa Name" in page
    assert 'alt="True"' in page
    assert str(ReviewerProfile.objects.get()) == f"{ROSA.name}, {ROSA.credentials}"


@pytest.mark.parametrize("who", ["editor", "reviewer", "front desk"])
def test_nobody_else_sets_credentials(sign_in: Cast, who: str) -> None:
    assert sign_in(who).get(URL).status_code == 403
