"""libyaml and Python read the same; what libyaml cannot explain or survive is Python's."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from clinic_site import yaml_text
from clinic_site.yaml_text import compose
from tests.conftest import REAL_CONTENT

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


def told(node: yaml.Node | None) -> Any:
    """All that the site asks a node."""
    if node is None or isinstance(node, yaml.ScalarNode):
        return node and (node.tag, node.value, node.start_mark.line)
    pairs = isinstance(node, yaml.MappingNode)
    return node.tag, node.start_mark.line, [tuple(map(told, each)) if pairs else told(each) for each in node.value]


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Any:
    """compose() where PyYAML was built without libyaml."""

    def composed(text: str) -> yaml.Node | None:
        with monkeypatch.context() as patch:
            patch.setattr(yaml_text, "FAST_LOADER", None)
            return compose(text)

    return composed


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_both_read_the_same_in_what_ships(path: Path, slow: Any) -> None:
    assert told(compose(path.read_text())) == told(slow(path.read_text()))


@pytest.mark.parametrize("text", ODD)
def test_both_read_the_same_in_odd_texts(text: str, slow: Any) -> None:
    assert told(compose(text)) == told(slow(text))


@pytest.mark.parametrize("text", WRONG)
def test_a_fault_is_explained_in_the_same_words_at_the_same_place(text: str, slow: Any) -> None:
    faults = []
    for read in (compose, slow):
        with pytest.raises(yaml.YAMLError) as caught:
            read(text)
        faults.append(str(caught.value))
    assert faults[0] == faults[1]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_text_so_deep_that_libyaml_would_end_the_process_is_a_fault(opening: str) -> None:
    with pytest.raises(RecursionError):
        compose(f"a:\n  {opening * 200_000}")
