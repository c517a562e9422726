"""libyaml and the Python loader agree; what libyaml cannot explain or survive goes to the Python loader."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from clinic_site.content import yaml_fields
from clinic_site.content.yaml_fields import compose
from tests.shipped import REAL_CONTENT

FILES = sorted(REAL_CONTENT.rglob("*.yaml"))
ODD = [
    "", "a: &name b", "a: [b, {c: d}]", "- a\n- - b", "? a\n: b", "a: |\n  b\n  c\nd: e", "a: \"x\\u00e9\"", "a: 1e3",
    "a: 2026-11-21", "a: ~", "a: 'b''c' # d", "a:\n- b\n- c", "{a: b}", "a: !!str 1", "%YAML 1.1\n---\na: b",
    "{a:*name}", "a: [cure*, 'heal*', \"b*c\"]", "a: b*", "a: 2 * 3", "a: '* b'", "a: |\n  * b\n", "# *\na: b",
    'a: ["off the *", "*"]',
]  # fmt: skip
ALIASES = [
    "a: *name", "*name", "a: [*name]", "a: [b,*name]", "a: {b: *name}", "- *name", "? *name\n: b",
    "a: &name b\nc: *name",
    "{*name: a}", "a: !!str *name", "a:\n *name", "a: &name *name",
]  # fmt: skip
WRONG = [*ALIASES, "a: [", "a: b: c", "a: 'b", "\ta: b", "a: \x00", "a: b\n--- \nc: d", "a: @b", "a: !odd! b"]


def read_by_the_site(node: yaml.Node | None) -> Any:
    """Return everything that the site reads from a node: tag, value and line, recursively."""
    if node is None or isinstance(node, yaml.ScalarNode):
        return node and (node.tag, node.value, node.start_mark.line)
    pairs = isinstance(node, yaml.MappingNode)
    children = [tuple(map(read_by_the_site, child)) if pairs else read_by_the_site(child) for child in node.value]
    return node.tag, node.start_mark.line, children


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return `compose` as it works where PyYAML was built without libyaml."""

    def composed(text: str) -> yaml.Node | None:
        with monkeypatch.context() as patch:
            patch.setattr(yaml_fields, "FAST_LOADER", None)
            return compose(text)

    return composed


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_both_loaders_agree_on_the_shipped_files(path: Path, slow: Any) -> None:
    assert read_by_the_site(compose(path.read_text())) == read_by_the_site(slow(path.read_text()))


@pytest.mark.parametrize("text", ODD)
def test_both_loaders_agree_on_unusual_texts(text: str, slow: Any) -> None:
    assert read_by_the_site(compose(text)) == read_by_the_site(slow(text))


def test_both_loaders_read_past_a_byte_order_mark(slow: Any) -> None:
    without = read_by_the_site(compose("a: b\nc: d"))
    assert read_by_the_site(compose("\ufeffa: b\nc: d")) == read_by_the_site(slow("\ufeffa: b\nc: d")) == without


@pytest.mark.parametrize("text", WRONG)
def test_both_loaders_report_the_same_error_at_the_same_place(text: str, slow: Any) -> None:
    faults = []
    for read in (compose, slow):
        with pytest.raises(yaml.YAMLError) as caught:
            read(text)
        faults.append(str(caught.value))
    assert faults[0] == faults[1]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_text_nested_too_deep_for_libyaml_is_an_error(opening: str) -> None:
    with pytest.raises(RecursionError):
        compose(f"a:\n  {opening * 200_000}")
