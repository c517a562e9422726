"""The bill of materials names every package of the lock file, with its hashes."""

import re

from tests.sbom import ROOT, bill_of_materials

LOCK = (ROOT / "requirements.txt").read_text()


def test_every_package_of_the_lock_file_is_a_component_with_its_hashes() -> None:
    components = {part["name"]: part for part in bill_of_materials(LOCK, "1.0")["components"]}
    assert set(components) == set(re.findall(r"^([a-z][\w.-]*)", LOCK, re.MULTILINE))
    assert sum(len(part["hashes"]) for part in components.values()) == LOCK.count("--hash=sha256:")
    assert all(part["hashes"] for part in components.values())


def test_a_component_has_the_name_by_which_scanners_look_it_up() -> None:
    lock = "psycopg[binary,pool]==3.2.1 \\\n    --hash=sha256:" + "a" * 64 + "\n    # via clinic-site\n"
    [component] = bill_of_materials(lock, "1.0")["components"]
    assert component["purl"] == "pkg:pypi/psycopg@3.2.1"
    assert component["hashes"] == [{"alg": "SHA-256", "content": "a" * 64}]
