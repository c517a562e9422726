"""Characters that look alike are the same to the rules."""

import pytest

from clinic_site.text.look_alikes import fold_look_alikes


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("ｍｉｒａｃｌｅ ５０％", "miracle 50%"),
        ("𝐦𝐢𝐫𝐚𝐜𝐥𝐞 ﬁne ⓞk", "miracle fine ok"),
        ("mir\u00ada\u200bc\u200dl\ufeffe\u2060 \u034fx\x08", "miracle x"),
        ("m\u2065i\ufff5r\U0001d159a\U000e0ffff\ufffcl\ufffde\U0001bca0\u17b4", "mirafle"),
        ("мirасlе ϲurе օr ᴍıʀａcłe 🅰", "miracle cure or MiRacle A".replace("MiRa", "mira")),
        ("Ꮇiгаⲥⅼҽ ꮇ⍳ꭇ⍺ꮯle ꓟꓲꓣꓮꓚꓡꓰ ᗰIᖇᗅCᒪE ռաք ꬲꬵᴑ", "Miracle miracle MIRACLE MIRACLE nwf efo"),
        ("mi®acle ®\u00adelief ©ure © 2026 Ketalar®, x®2", "miracle relief cure © 2026 Ketalar®, x®2"),
        ("αΒο ɡɑ ℮ œ Æ ß 🇺🇸", "aBo ga e oe AE ss US"),
        ("mirácle c\u0301ure m\u0336i", "miracle cure mi"),
        ("½ 2½ ⅓ ٠٫٥ ५ ① ➊ x²", " 1/2 2 1/2  1/3 0.5 5 1 1 x2"),
        ("㎎ mg⁄kg µg μg ㏄ mℓ", "mg mg/kg μg μg cc ml"),
        ("a‐b a‑b a−b a⁃b a﹣b", "a-b a-b a-b a-b a-b"),
        ("a–b a—b a‒b a―b", "a - b a - b a - b a - b"),
        ("don’t don‘t donʼt don´t", "don't don't don't don't"),
        ("a\u00a0b\u2003c\u3000d\u202fe\u2028f\u2800g\x1ch", "a b c d e f g h"),
        ("Spravato™ Ketalar®", "Spravato Ketalar®"),
        ("“Yes” ★ 愛 β ω", "“Yes” ★ 愛 β ω"),
    ],
)
def test_look_alikes_are_folded(typed: str, read: str) -> None:
    assert fold_look_alikes(typed) == read


def test_every_printable_character_of_a_keyboard_is_unchanged() -> None:
    keys = "\t\n" + "".join(map(chr, range(ord(" "), ord("~") + 1)))
    assert fold_look_alikes(keys) == keys
    assert fold_look_alikes(f"{keys}…") == f"{keys}..."
