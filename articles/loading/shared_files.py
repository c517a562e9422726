"""Parsers of the files that every page draws on: topics, sources, glossary terms, search words, blocks."""

import re
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import TypeVar

from articles.content.documents import Block, OnTop, SearchWords, Source, Term, Topic
from articles.rendering.extensions.citations import find_citations
from articles.rendering.limits import check_limits
from articles.rendering.raw_html import without_html
from clinic_site.content.files import SourceFile
from clinic_site.content.yaml_fields import Fields, parse_yaml

SOURCE_KINDS = {
    "drug_label": "drug label",
    "drug_information": "drug information for patients",
    "patient_information": "information for patients",
    "regulator_notice": "notice from a regulator",
    "regulation": "regulation",
    "guidance": "guidance from a regulator",
    "case": "court decision",
    "service": "public service",
    "guideline": "guideline",
    "position_statement": "position statement",
    "society_news": "news from a medical society",
    "news": "news report",
    "systematic_review": "review of studies",
    "technology_assessment": "review of studies for a health service",
    "review": "review article",
    "randomized_trial": "randomized trial",
    "cohort": "follow-up study",
    "case_series": "case reports",
    "experimental": "experiment with volunteers",
    "history": "history of medicine",
    "statistics": "statistics",
    "report": "report",
    "classification": "classification of diseases",
    "payer_policy": "insurer's policy",
    "instrument": "tool for judging health information",
    "standard": "technical standard",
}
KEY = re.compile(r"[\w-]+")
DOI = re.compile(r"10\.\d{4,9}/[^\s\"“”]+", re.ASCII)
DOI_FORM = "Write “10.”, four digits or more, a slash and the rest, like 10.1097/AAP.0000000000000808."
OWN_ADDRESS = re.compile(r"/(?![/\\])")  # “//name” and “/\name” lead to another site
T = TypeVar("T")


def parse_topics(source: SourceFile) -> Mapping[str, Topic]:
    """Return topics by slug, in the file's order. Raises ContentError."""
    return _by_key(source, "topics", "slug", _topic)


def parse_sources(source: SourceFile) -> Mapping[str, Source]:
    """Return sources by key. Raises ContentError."""
    return _by_key(source, "sources", "key", _source)


def parse_terms(source: SourceFile) -> Mapping[str, Term]:
    """Return glossary terms by slug. Raises ContentError."""
    return _by_key(source, "terms", "slug", _term)


def parse_search_words(source: SourceFile) -> SearchWords:
    """Return search words; synonyms go one way: who types the word also finds the others. Raises ContentError."""
    file = parse_yaml(source.path, source.text)
    synonyms = {}
    for fields in file.each("synonyms"):
        also = fields.texts("also")
        if any('"' in word for word in also):
            raise fields.error("also", "A quotation mark stands inside a word. Remove it.")
        synonyms[fields.text("word").lower()] = also
        fields.done()
    words = SearchWords(
        stop_words=frozenset(file.texts("stop_words")),
        synonyms=synonyms,
        on_top=tuple(map(_on_top, file.each("on_top", optional=True))),
        beside=frozenset(file.texts("beside", optional=True)),
    )
    file.done()
    return words


def _on_top(fields: Fields) -> OnTop:
    found = OnTop(frozenset(fields.texts("words")), fields.text("title"), fields.text("text"), fields.text("to"))
    if not OWN_ADDRESS.match(found.to):
        raise fields.error("to", f"“{found.to}” is no address of this site. Begin it with “/”.")
    fields.done()
    return found


def parse_block(source: SourceFile) -> Block:
    """Return a block: Markdown alone, named as its file. Raises ContentError."""
    check_limits(source.path, 1, source.text)
    text, html = without_html(source.text)
    cites = frozenset(citation.key for citation in find_citations(text))
    return Block(PurePosixPath(source.path).stem, text, cites, html)


def _by_key(source: SourceFile, name: str, key: str, parse: Callable[[Fields], T]) -> Mapping[str, T]:
    file = parse_yaml(source.path, source.text)
    found: dict[str, T] = {}
    for fields in file.each(name):
        value = fields.text(key)
        if value in found:
            raise fields.error(key, f"“{value}” stands twice in this file. Keep one of the entries.")
        found[value] = parse(fields)
        fields.done()
    file.done()
    return found


def _topic(fields: Fields) -> Topic:
    return Topic(fields.slug("slug"), fields.text("title"), fields.text("description"))


def _term(fields: Fields) -> Term:
    return Term(
        slug=fields.slug("slug"),
        name=fields.text("term"),
        aliases=fields.texts("aliases", optional=True),
        definition=fields.text("definition"),
        sources=fields.texts("sources", optional=True),
    )


def _source(fields: Fields) -> Source:
    key, authors = fields.text("key"), fields.texts("authors")
    if not KEY.fullmatch(key):
        raise fields.error("key", f"“{key}” cannot be cited. Use letters, digits, hyphens and underscores.")
    if not authors:
        raise fields.error("authors", "“authors” is empty. Name at least one person or body.")
    source = Source(
        key=key,
        authors=authors,
        title=fields.text("title"),
        container=fields.text("container"),
        year=fields.text("year", default=""),
        kind=SOURCE_KINDS[fields.choice("type", tuple(SOURCE_KINDS))],
        volume_pages=fields.text("volume_pages", default=""),
        url=_best_url(fields),
        checked=fields.choice("checked", ("seen", "from_memory")) == "seen",
    )
    fields.text("supports")  # for editors and reviewers, who read it in the file
    fields.text("note", default="")
    return source


def _best_url(fields: Fields) -> str:
    """Return the DOI's address, which outlives a publisher's; then the index entry; then the given address."""
    doi, pmid, url = (fields.text(key, default="") for key in ("doi", "pmid", "url"))
    if url and not url.startswith("https://"):
        raise fields.error("url", "“url” must start with https://.")
    if doi and not DOI.fullmatch(doi):
        raise fields.error("doi", f"“{doi}” has not the form of a DOI. {DOI_FORM}")
    if doi:
        return f"https://doi.org/{doi}"
    return f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else url
