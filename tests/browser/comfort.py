"""What axe does not look at: text set further apart (WCAG 1.4.12), a visible focus (2.4.7, 2.4.11), forced colors."""

from playwright.sync_api import Page

# The sheet is made by script, which the strict policy for styles lets pass. Text that scrolls is not cut.
CUT_WHEN_SPACED = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
        word-spacing: .16em !important } p { margin-block-end: 2em !important }`);
    document.adoptedStyleSheets = [sheet];
    const clips = (style, axis) => ["hidden", "clip"].includes(style["overflow" + axis]);
    const cut = [...document.querySelectorAll("body *")].filter(part => {
        const style = getComputedStyle(part);
        return part.checkVisibility() && part.innerText && !part.closest(".trap") && style.position !== "absolute"
            && (clips(style, "X") && part.scrollWidth > part.clientWidth + 1
                || clips(style, "Y") && part.scrollHeight > part.clientHeight + 1);
    });
    const wide = document.documentElement.scrollWidth > document.documentElement.clientWidth ? [document.body] : [];
    const found = [...cut, ...wide].map(part => part.outerHTML.slice(0, 120));
    document.adoptedStyleSheets = [];
    return found;
}"""
STOPS = """[...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")].filter(
    stop => stop.checkVisibility({visibilityProperty: true}) && stop.tabIndex >= 0 && !stop.disabled
        && stop.type !== "hidden" && !stop.closest(".trap"))"""
FOCUS_HIDDEN = f"""() => {{
    const look = stop => {{
        const {{outlineStyle, outlineWidth, boxShadow, borderColor}} = getComputedStyle(stop);
        return [outlineStyle === "none" ? 0 : outlineWidth, boxShadow, borderColor].join();
    }};
    const isOnTop = stop => {{
        const {{left, right, top, bottom}} = stop.getClientRects()[0];
        const middle = (from, to, most) => (Math.max(from, 0) + Math.min(to, most)) / 2;
        const there = document.elementFromPoint(middle(left, right, innerWidth), middle(top, bottom, innerHeight));
        return there && (stop.contains(there) || there.contains(stop));
    }};
    return {STOPS}.filter(stop => {{
        const before = look(stop);
        stop.focus();
        const shows = document.activeElement === stop && look(stop) !== before && isOnTop(stop);
        stop.blur();
        return !shows;
    }}).map(stop => stop.outerHTML.slice(0, 120));
}}"""
WITHOUT_EDGE = f"""() => {STOPS}.filter(stop => {{
    const {{borderTopStyle, borderTopWidth, textDecorationLine, appearance}} = getComputedStyle(stop);
    const hasEdge = borderTopStyle !== "none" && parseFloat(borderTopWidth) >= 1;
    return stop.matches("button, .button, input, select, textarea") && appearance === "none"
        && !hasEdge && textDecorationLine === "none";
}}).map(stop => stop.outerHTML.slice(0, 120))"""


def assert_comfortable(page: Page) -> None:
    """Check that spaced text is whole, each stop of the keyboard shows the focus, and forced colors leave edges."""
    page.emulate_media(reduced_motion="reduce")  # scroll at once
    assert page.evaluate(CUT_WHEN_SPACED) == []
    assert page.evaluate(FOCUS_HIDDEN) == []
    page.emulate_media(forced_colors="active")
    assert page.evaluate(FOCUS_HIDDEN) == []
    assert page.evaluate(WITHOUT_EDGE) == []
    page.emulate_media(forced_colors="none", reduced_motion="no-preference")
