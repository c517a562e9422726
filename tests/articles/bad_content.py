"""Ways to make an article invalid, each with words of the expected message."""

from pathlib import Path

from clinic_site.content.files import MAX_BYTES
from tests.content_builders import make_article


def bad_yaml(path: Path) -> None:
    path.write_text(make_article().replace("title:", "title: [", 1))


def unknown_key(path: Path) -> None:
    path.write_text(make_article(colour="blue"))


def unknown_topic(path: Path) -> None:
    path.write_text(make_article(topics=["flying"]))


def unknown_source(path: Path) -> None:
    path.write_text(make_article(sources=["nobody1999"]))


def unknown_block(path: Path) -> None:
    path.write_text(make_article(blocks=["banner"]))


def unlisted_source(path: Path) -> None:
    path.write_text(make_article(body="A claim [@walking2020].\n"))


def unknown_citation(path: Path) -> None:
    path.write_text(make_article(body="One.\n\nA claim [@nobody1999].\n"))


def unlisted_block(path: Path) -> None:
    path.write_text(make_article(body="{{ block: unknowns }}\n"))


def unknown_block_in_the_text(path: Path) -> None:
    path.write_text(make_article(body="{{ block: banner }}\n"))


def unknown_fact(path: Path) -> None:
    path.write_text(make_article(body="We are {{ clinic: motto }}.\n"))


def stray_braces(path: Path) -> None:
    path.write_text(make_article(body="See {{ block: unknowns }} here.\n", blocks=["unknowns"]))


def unknown_callout(path: Path) -> None:
    path.write_text(make_article(body="> [!PANIC] now\n> Run.\n"))


def phone_number(path: Path) -> None:
    path.write_text(make_article(body="Call (727) 555-0142.\n"))


def not_utf8(path: Path) -> None:
    path.write_bytes(make_article().encode() + b"\xff")


def too_large(path: Path) -> None:
    path.write_text(make_article(body="x" * MAX_BYTES))


def link_out(path: Path) -> None:
    outside = path.parent.parent.parent / "outside.md"
    outside.write_text(make_article())
    path.unlink(missing_ok=True)
    path.symlink_to(outside)


def dangling_link(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(path.parent / "gone.md")


BAD = {
    bad_yaml: "not valid YAML",
    unknown_key: "“colour” is not a known key",
    unknown_topic: "The topic “flying” is not in topics.yaml",
    unknown_source: "The source “nobody1999” is not in references.yaml",
    unknown_block: "The block “banner” is not in blocks/",
    unlisted_source: "“@walking2020” is cited but not listed under “sources”",
    unknown_citation: "“@nobody1999” is not in references.yaml",
    unlisted_block: "“unknowns” is placed in the text but not listed under “blocks”",
    unknown_block_in_the_text: "“banner” is not a block",
    unknown_fact: "“motto” is not a fact of the clinic. Use one of: name,",
    stray_braces: "“{{ block: unknowns }}” means nothing here",
    unknown_callout: "“[!PANIC]” is not a kind of call-out. Use one of: CARE, URGENT, EMERGENCY",
    phone_number: "A phone number stands in the text",
    not_utf8: "not saved as UTF-8",
    too_large: "larger than 1 MiB",
    link_out: "link to a file outside the content folder",
    dangling_link: "cannot be read",
}
