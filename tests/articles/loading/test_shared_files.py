"""Topics, sources, terms and search words are parsed strictly."""

from collections.abc import Callable

import pytest

from articles.loading.shared_files import parse_search_words, parse_sources, parse_terms, parse_topics
from articles.templatetags.articles import authors
from clinic_site.content.files import ContentError, SourceFile

SOURCE = 'key: k, authors: [A], title: T, container: C, type: report, checked: seen, supports: "S"'


@pytest.mark.parametrize(
    ("parse", "text", "words"),
    [
        (parse_topics, "topics: [{slug: a, title: A}]", "“description” is missing"),
        (
            parse_topics,
            "topics:\n- {slug: a, title: A, description: d}\n- {slug: a, title: B, description: d}",
            "twice",
        ),
        (parse_topics, "topics: []\nextra: 1", "“extra” is not a known key"),
        (parse_terms, "terms: [{term: A, slug: a, definition: d, colour: red}]", "“colour” is not a known key"),
        (parse_sources, f"sources: [{{{SOURCE.replace('report', 'rumour')}}}]", "“type” is “rumour”. Use one of"),
        (parse_sources, f"sources: [{{{SOURCE}, url: 'http://x.example'}}]", "must start with https://"),
        (parse_sources, f"sources: [{{{SOURCE.replace('key: k', 'key: a b')}}}]", "“a b” cannot be cited"),
        (parse_sources, f"sources: [{{{SOURCE.replace('[A]', '[]')}}}]", "“authors” is empty"),
        (parse_topics, "topics: [{slug: pain & sleep, title: A, description: d}]", "cannot be part of an address"),
        (parse_sources, f"sources: [{{{SOURCE}, doi: 10.1000}}]", "“10.1000” has not the form of a DOI."),
        (parse_search_words, "stop_words: []\nsynonyms: [{word: a, also: ['b\"']}]", "A quotation mark"),
        *(
            (
                parse_search_words,
                f"stop_words: []\nsynonyms: []\non_top: [{{words: [a], title: A, text: B, to: {elsewhere}}}]",
                "no address of this site",
            )
            for elsewhere in ("a.b", "//a.b/", "/\\a.b/")
        ),
    ],
)
def test_mistakes_are_reported(parse: Callable[[SourceFile], object], text: str, words: str) -> None:
    with pytest.raises(ContentError) as caught:
        parse(SourceFile("shared.yaml", text, ""))
    assert words in caught.value.problem.message


@pytest.mark.parametrize(
    ("names", "shown"),
    [("[A]", "A"), ("[A, B, C]", "A, B, C"), ("[A, B, C, D]", "A, B, C, and others"), ("[A, et al.]", "A, and others")],
)
def test_long_lists_of_authors_are_shortened(names: str, shown: str) -> None:
    text = f"sources: [{{{SOURCE.replace('[A]', names)}}}]"
    assert authors(parse_sources(SourceFile("references.yaml", text, ""))["k"]) == shown
