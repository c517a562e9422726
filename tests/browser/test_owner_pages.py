"""The owner's pages, which are mostly Django's own: accounts, groups, sign-in events, reviewers."""

from playwright.sync_api import BrowserContext

from tests.browser.comfort import assert_comfortable
from tests.browser.pages import assert_accessible
from tests.inside import run_inside
from tests.serving import Site

PAGES = (
    "auth/user/add/",
    "auth/user/{user}/change/",
    "auth/user/{user}/password/",
    "auth/user/{user}/delete/",
    "auth/group/{group}/change/",
    "accounts/accountevent/",
    "articles/reviewerprofile/{profile}/change/",
)


def test_every_page_is_accessible(desk: BrowserContext, site: Site) -> None:
    found = run_inside(site.var, site.database_url, "tests.browser.owner_data")
    desk.add_cookies([{"name": "sessionid", "value": found["session"], "url": site.url}])
    page = desk.new_page()
    for path in PAGES:
        answer = page.goto(f"/admin/{path.format(**found)}")
        assert answer
        assert answer.status == 200
        assert_accessible(page, also_at=390)
    page.goto(f"/admin/{PAGES[0]}")
    assert_comfortable(page)
