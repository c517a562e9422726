"""HTML_CodeSniffer runs and finds what is planted, also what axe does not know."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.codesniffer import assert_nothing_sniffed

PAGE = '<!doctype html><html lang="en"><head><title>A page</title></head><body><h1>A page</h1>{part}</body></html>'
SOUND = [
    '<img src="data:," alt="A path">',
    '<form><label>Name <input name="name"></label><button>Send</button></form>',
    '<form method="post"><input type="hidden" name="token" value="1"></form>',
    '<a href="/" title="Home"><img src="data:," alt=""></a>',
    "<p><strong>A question whether this is a heading</strong></p>",
]
FAULTY = {
    '<img src="data:,">': "1_1_1.H37",
    '<div style="display: none"><img src="data:,"></div>': "1_1_1.H37",
    '<form><label>Name <input name="name"></label></form>': "3_2_2.H32.2",
    '<a href="/"><img src="data:," alt=""></a>': "1_1_1.H30.2",
    "<p>1. Call us<br>2. Come</p>": "1_3_1.H48.2",
    '<p style="color: #aaa; background-color: #fff">Pale</p>': "1_4_3.G18.Fail",
}


@pytest.fixture(scope="module")
def empty(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


@pytest.mark.parametrize("part", SOUND)
def test_a_sound_page_passes(empty: Page, part: str) -> None:
    empty.set_content(PAGE.format(part=part))
    assert_nothing_sniffed(empty)


@pytest.mark.parametrize(("part", "code"), FAULTY.items())
def test_a_planted_fault_is_found(empty: Page, part: str, code: str) -> None:
    empty.set_content(PAGE.format(part=part))
    with pytest.raises(AssertionError, match=code):
        assert_nothing_sniffed(empty)
