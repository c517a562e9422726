"""The rules check a text as readers see it, and report the line in the file."""

import itertools
import re
import time
from html import unescape

import pytest

from articles.rendering.page_cache import rendered
from articles.rules.text.visible_text import visible_text
from clinic_site.text.look_alikes import fold_look_alikes
from tests.articles.rules.judged import WHOLE, article, block, findings, messages, open_rules, page, read_article, whole
from tests.content_builders import make_article

# Each is visible as a word or figure that the rule reports; the tests of the rules have the plain forms.
HIDDEN = {
    "A01": ["## Fi\u00adll in: x", "&#70;ill in: x"],
    "A02": ["It is medically&nbsp;reviewed.", "It is doctor‑reviewed."],
    "A05": ["It helped １２ people.", "It helped &#49;2 people.", "It helped ½ of them.", "Stud\u00adies show it."],
    "A08": [
        "Some call it a _miracle_ [@cohen2018].",
        "Some call it a mir\u00adacle [@cohen2018].",
        "You will be *pain*-free [@cohen2018].",
        *(
            "mir\u200bacle",
            "mir\u200cacle",
            "mir\u2060acle",
            "mir&ZeroWidthSpace;acle",
            "mir&shy;acle",
            "mir&#x200B;acle",
        ),
        *("mir&#00000097;cle", "mir&#x0000061;cle", "mir&#X" + "0" * 4500 + "61;cle", "mir&#" + "0" * 4500 + "97;cle"),
        *("miracIe", "naturaI", "Iife-changing", "Ꮇiгaⲥle", "mi®acle"),
        *("mir&#0;acle", "mir&#x2065;acle"),
        *("mirасle", "ｍｉｒａｃｌｅ", "𝐦𝐢𝐫𝐚𝐜𝐥𝐞", "mirácle", "mıracle", "ᴍɪʀᴀᴄʟᴇ", "m\u0336iracle", "miracle™"),
        *("cure&#100;", "**cu**red", "__mir__acle", "mir`a`cle", "``mir``acle", "cu_r_ed", "guaran\\teed", "cu\\\\red"),
        *("cure<!-- -->d", "mir<b>acle</b>", "mir[^1]acle"),
        *("mir[acle](/x 'a title')", '[mir](/x "may not")acle', "mir[ac](/x_(y))le", "mir[acle]", "mir[ac][x]le"),
        *("![a cure](/pictures/x)", '![x](/pictures/x "A *cure*")', "<cure@clinic.example>", "](a cure)"),
        *(
            "pain–free",
            "pain—free",
            "pain − free",
            "pain\u2011free",
            "pain&#8209;free",
            "life‐changing",
            "side–effect–free",
        ),
        *("completely&nbsp;safe", "completely\u202fsafe", "100％ safe", "١٠٠% safe", "FDA&nbsp;approved for&#32;pain"),
        *("It helps—a miracle—so they say", "a cure–they say", "a cure--so", "miracle*drug", "miracle_drug", "a|cure"),
        *("\\*miracle", "\\_cure", "a cure {claim-ok: x", "the [cure][x]", "a [new][cure]", "mir\x08acle"),
    ],
    "A09": ["It is sa\u00adfe.", "It is *safe*.", "It is &#115;afe.", "It may help.&nbsp;_It_ is safe."],
    "A10": [
        "People got *0.5* mg/kg of it [@cohen2018].",
        "People got 0.5&nbsp;mg/kg of it [@cohen2018].",
        "Others had a 50–mg amount [@cohen2018].",
        *(
            "½ mg",
            "2½ mg",
            "٠٫٥ mg",
            "५ mg",
            "５０ｍｇ",
            "50 ㎎",
            "5 µg",
            "5 &micro;g",
            "5\u00admg",
            "5 **mg**",
            "5 мg",
            "①mg",
        ),
        *("50-100 mg", "50–100 mg", "-5 mg", ".5 mg", "5 mg∕kg", "5 mℓ", "twenty mg", "twenty‑five milligrams"),
    ],
    "A14": ["The FDA ap*prov*ed it for p\u00adain."],
    "A15": [
        "Stop *taking* your pills [@cohen2018].",
        "Stop&nbsp;taking your pills.",
        "Stop taking <!-- talk with your doctor --> your pills.",
        'Stop taking [your](/x "talk with your doctor") pills.',
    ],
    "A20": ["an add\u00adict", "an *add*ict", "wheelchair–bound"],
    "A23": ["C*all* today", "Call&nbsp;now"],
    "A24": ["&#9733; Great", "our&nbsp;patients say", "“It worked.” &mdash; Maria, 54"],
    "A26": ["See [_here_](/topics/ketamine/).", "See [click&nbsp;here](/topics/ketamine/).", "## &nbsp;"],
    "A28": ["Ketamine and *other* NMDA receptor ant\u00adagonists for chronic pain."],
    "A29": ["the HON\u00adcode seal", "an FDA‑approved badge", "![A badge](/pictures/fda-approved.png)"],
}
PIECES = (
    *(
        "cu",
        "re ",
        "*d*",
        "**no**",
        "_may_ ",
        "__x__",
        "*",
        "_",
        "`k`",
        "`",
        "&amp;",
        "&#100;",
        "&shy;",
        "\\*",
        "\\t",
        "\\",
    ),
    *('[li](/x "ti")', "[a](/y)", "[", "]", "!", "(q)", '![al](/z "to")', "<https://e.x/p>", "--"),
)


@pytest.mark.parametrize(("rule", "typed"), [(rule, typed) for rule, texts in HIDDEN.items() for typed in texts])
def test_a_rule_sees_through_markup_entities_and_look_alikes(rule: str, typed: str) -> None:
    text = article(f"Text.\n\n{typed}\n")
    assert text.first_line + 2 in {finding.line for finding in findings(text, rule)}


def test_every_kind_of_passage_is_checked_as_visible() -> None:
    banned = ["block: “miracle” promises too much."]
    for typed in (
        "## A mir&shy;acle",
        "- a mir*a*cle",
        "> [!CARE] a ｍiracle",
        "| a | mir_a_cle |",
        "Table: a mir\u200bacle",
    ):
        assert messages(article(typed), "A08") == banned, typed
    assert messages(article("Text.", title="A mir\u200bacle"), "A08") == banned
    assert messages(page("A mirасle."), "A08") == banned
    assert messages(block("A mir&#97;cle."), "A08") == banned


def test_front_matter_is_checked_as_visible() -> None:
    assert "block: “title” still holds a placeholder." in messages(article("Text.", title="Ｌorem ipsum"), "A01")


LEGITIMATE = """\
## Words from elsewhere

Guillain–Barré, Ménière’s and Sjögren’s are names of illnesses. α-blockers, β-endorphin, κ and μ receptors, Δ9 and NF-κB
are names from chemistry. A naïve reader may meet a résumé, a café and a fiancée. **Zoë** and _Łukasz_ ask:
¿Habla español? La señora no sabe si mañana habrá más dolor. El niño preguntó cuánto cuesta, y la clínica contestó.
Сегодня врач говорит по-русски. Η γιατρός μιλάει ελληνικά. 今日は。 مرحبا بكم.
"""


def test_foreign_words_and_greek_letters_raise_no_finding() -> None:
    text = whole(WHOLE.replace("## Common questions", f"{LEGITIMATE}\n## Common questions"))
    assert open_rules(text) <= {"A16", "A17"}  # its long words and sentences still count


@pytest.mark.parametrize(
    "typed",
    [
        "Bring a list\\. Use 2 * 3 cups, or a_b.",
        "A [page](/topics/ketamine/ 'cure') and <!-- a miracle --> more.",
        "See <https://a.example/>.",
        "Less p-a-i-n, free parking; cur ed; s\u3000afe.",
    ],
)
def test_text_that_readers_do_not_see_raises_no_finding(typed: str) -> None:
    assert messages(article(typed), "A08") == messages(article(typed), "A09") == []


def letters(text: str) -> str:
    return re.sub("[^a-z0-9]", "", fold_look_alikes(text).lower())


def test_the_letters_are_those_of_the_rendered_page() -> None:
    typed = ["y" + "".join(pieces) + "z" for pieces in itertools.permutations(PIECES, 2)]
    shown = re.findall("<p>(.*?)</p>", rendered(read_article(make_article("\n\n".join(typed)))).body, re.DOTALL)
    page_letters = [letters(unescape(re.sub("<[^>]*>", "", html))) for html in shown]
    assert [letters(visible_text(markdown).text) for markdown in typed] == page_letters


def test_sentences_have_lines_sources_and_claim_marks() -> None:
    text = "One [a\nb](/x\n'c') is. *Two* is\nsafe [@a; @b]. {claim-ok: why} _Three_ <!-- \n --> goes. Four [@c]"
    found = [
        (sentence.line, sentence.text, sentence.keys, sentence.claim_ok)
        for sentence in visible_text(text, 11).sentences
    ]
    assert found == [
        (11, "One a b is.", frozenset(), None),
        (13, "Two is safe.", frozenset({"a", "b"}), "why"),
        (14, "Three goes.", frozenset(), None),
        (15, "Four", frozenset({"c"}), None),
    ]


def test_a_citation_in_a_comment_does_not_count() -> None:
    assert visible_text("It is safe <!-- [@a] -->.").cites == frozenset()
    assert visible_text("It is safe [@a, @b].").cites == {"a", "b"}


@pytest.mark.parametrize(
    "piece",
    [
        *("[", "![", "[a](", "](", "](()", "[a][b", "{{ block:", "{claim-ok:", "<!--", "<a", "<a@", "&#", "[^", "[@a;"),
        *("\\", "*", "_", "`", "`` ", "--", "a_b*c", "“", "1,", ". “", "a.m. ", "½", "\u00ad"),
    ],
)
@pytest.mark.timed
def test_the_time_is_linear_in_the_length(piece: str) -> None:
    before = time.process_time()
    text = visible_text(piece * 20_000)
    assert text.text is not None
    assert len(tuple(text.sentences)) <= 20_000
    assert time.process_time() - before < 2.0  # seconds of this process; most take a hundredth of that
