"""Pictures in a real browser: uploaded by keyboard, shown in an article, in a fitting width."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.articles.pictures import make_bytes
from tests.browser.pages import ERROR_TITLE, assert_accessible, open_signed_in
from tests.serving import Serving, Site
from tests.shipped import REAL_CONTENT

pytestmark = pytest.mark.slow

PICTURES = "/admin/articles/contentfile/pictures/"
ARTICLE = "ketamine-infusion-step-by-step"


@pytest.fixture(scope="module")
def pictures_site(tmp_path_factory: pytest.TempPathFactory, serving: Serving) -> Iterator[tuple[Site, Path]]:
    """Serve a site with a content folder of its own; yield the site and the folder."""
    folder = tmp_path_factory.mktemp("pictures")
    content = folder / "content"
    shutil.copytree(REAL_CONTENT, content)
    with serving(folder, web_only=True, CONTENT_DIR=str(content)) as site:
        site.fetch("/readyz")
        yield site, content


@pytest.fixture
def editor(browser: Browser, pictures_site: tuple[Site, Path]) -> Iterator[BrowserContext]:
    """Return a desk computer of 768 pixels, without a sign-in."""
    site, _ = pictures_site
    context = browser.new_context(base_url=site.url, viewport={"width": 768, "height": 900}, bypass_csp=True)
    yield context
    context.close()


def when_an_editor_opens_the_pictures(context: BrowserContext, site: Site) -> Page:
    page = context.new_page()
    open_signed_in(page, "demo-editor", site.password("demo-editor"), PICTURES)
    expect(page.get_by_role("heading", level=1)).to_have_text("Pictures")
    return page


def when_they_upload(page: Page, name: str) -> None:
    data = make_bytes(size=(2000, 1200))
    page.get_by_label("Picture", exact=True).set_input_files(
        {"name": "walk.jpg", "mimeType": "image/jpeg", "buffer": data}
    )
    page.get_by_label("Name (optional)").fill(name)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def given_an_article_that_shows(content: Path, name: str) -> None:
    file = content / "articles" / f"{ARTICLE}.md"
    line = f'![Two people on a path](/pictures/{name} "A walk of ten minutes.")'
    file.write_text(file.read_text().replace("\n## Common questions", f"\n{line}\n\n## Common questions", 1))


def test_an_editor_uploads_and_deletes_a_picture(editor: BrowserContext, pictures_site: tuple[Site, Path]) -> None:
    page = when_an_editor_opens_the_pictures(editor, pictures_site[0])
    assert_accessible(page)
    name = "path-of-the-editor"
    when_they_upload(page, "Not A Name")
    expect(page).to_have_title(ERROR_TITLE)
    expect(page.locator(".error-summary")).to_be_focused()
    assert_accessible(page)
    when_they_upload(page, name)
    expect(page.locator(".messagelist")).to_contain_text(f"The picture “{name}” is stored.")
    expect(page.get_by_text(f"(/pictures/{name})")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name=f"Delete the picture {name}").click()
    assert_accessible(page)
    page.get_by_role("button", name="Delete the picture").click()
    expect(page.locator(".messagelist")).to_contain_text(f"The picture “{name}” is deleted.")


@pytest.mark.parametrize(("width", "taken"), [(320, "480x288"), (1280, "960x576")])
def test_a_reader_gets_the_width_the_screen_needs(
    browser: Browser, pictures_site: tuple[Site, Path], width: int, taken: str
) -> None:
    site, content = pictures_site
    name = f"path-{width}"
    context = browser.new_context(base_url=site.url, viewport={"width": width, "height": 900}, bypass_csp=True)
    when_they_upload(when_an_editor_opens_the_pictures(context, site), name)
    given_an_article_that_shows(content, name)
    page = context.new_page()
    shown = page.locator(f"figure img[src*='{name}']")
    page.goto(f"/articles/{ARTICLE}/")
    while not shown.count():  # the library checks the folder once a second
        page.reload()
    shown.scroll_into_view_if_needed()
    expect(shown).to_have_js_property("complete", value=True)
    assert taken in shown.evaluate("image => image.currentSrc")
    assert_accessible(page)
    context.close()


def test_a_picture_is_put_into_a_text_with_words_for_those_who_cannot_see_it(
    editor: BrowserContext, pictures_site: tuple[Site, Path]
) -> None:
    page = when_an_editor_opens_the_pictures(editor, pictures_site[0])
    when_they_upload(page, "dialog-walk")
    expect(page.locator(".messagelist")).to_contain_text("The picture “dialog-walk” is stored.")
    page.goto(f"/admin/articles/contentfile/edit/{ARTICLE}/")
    while not page.locator("[data-picture=dialog-walk]").count():  # the library checks the folder once a second
        page.reload()
    page.get_by_role("button", name="Picture…").click()
    dialog = page.get_by_role("dialog", name="Put in a picture")
    assert_accessible(page)
    dialog.get_by_role("button", name="dialog-walk").click()
    expect(dialog.get_by_role("status")).to_have_text("Write what the picture shows first.")
    words = dialog.get_by_label("What the picture shows, for those who cannot see it")
    expect(words).to_be_focused()
    words.fill("Two people [on a path]")
    dialog.get_by_label("Caption (optional)").fill('A walk of "ten" minutes')
    dialog.get_by_label("Search by name, then choose").fill("dialog")
    expect(dialog.get_by_role("status")).to_have_text("1 found.")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    text = page.get_by_label("Text", exact=True).input_value()
    line = "![Two people on a path](/pictures/dialog-walk \"A walk of 'ten' minutes\")"
    assert text.startswith(f"{line}\n\n")
    shown = page.frame_locator("iframe[title='Preview of the page']").locator("img[src*='/dialog-walk']")
    expect(shown).to_be_visible()


def test_a_picture_that_is_uploaded_in_another_window_is_on_the_list(
    editor: BrowserContext, pictures_site: tuple[Site, Path]
) -> None:
    uploads = when_an_editor_opens_the_pictures(editor, pictures_site[0])
    page = editor.new_page()
    page.goto(f"/admin/articles/contentfile/edit/{ARTICLE}/")
    page.get_by_role("button", name="Picture…").click()
    when_they_upload(uploads, "late-walk")
    expect(uploads.locator(".messagelist")).to_contain_text("The picture “late-walk” is stored.")
    while not page.locator("[data-picture=late-walk]").count():  # the library checks the folder once a second
        page.evaluate("window.dispatchEvent(new Event('focus'))")
        page.wait_for_timeout(500)
    expect(page.get_by_role("dialog").get_by_role("button", name="late-walk")).to_be_visible()
