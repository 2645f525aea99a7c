"""
What an installed ketaprogram holds, be it the checkout (an editable install) or a wheel.

The file stands alone: copied elsewhere, it examines the wheel in an environment that has no checkout.
"""

import importlib.util
import json
import subprocess
import sys
import sysconfig
import tomllib
from importlib import metadata, resources
from pathlib import Path

import pytest

import ketaprogram

_DISTRIBUTION = metadata.distribution("ketaprogram")
_ORIGIN = json.loads(_DISTRIBUTION.read_text("direct_url.json") or "{}")
_EDITABLE = _ORIGIN.get("dir_info", {}).get("editable", False)
_PACKAGE = resources.files("ketaprogram")


def _files(folder, suffix):
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _files(entry, suffix)
        elif entry.name.endswith(suffix):
            yield entry


def _schemas():
    if _EDITABLE:
        return Path(ketaprogram.__file__).parents[2] / "schemas"
    return _PACKAGE / "schemas"


def _run(*arguments):
    return subprocess.run([sys.executable, *arguments], check=False, capture_output=True, text=True)


def test_the_version_is_the_one_of_the_installed_distribution():
    assert ketaprogram.__version__ == _DISTRIBUTION.version


def test_type_checkers_are_told_that_the_package_is_typed():
    assert (_PACKAGE / "py.typed").is_file()


def test_every_knowledge_file_is_there_and_readable():
    found = list(_files(_PACKAGE / "knowledge", ".toml"))
    assert found
    for file in found:
        assert tomllib.loads(file.read_text("utf-8")), file.name


def test_every_catalogue_of_translations_travels_with_its_word_list():
    for file in _files(_PACKAGE / "knowledge" / "locales", ".mo"):
        assert file.read_bytes()[:4] == b"\xde\x12\x04\x95"
    assert {each.name for each in (_PACKAGE / "knowledge" / "locales").iterdir()} == {"en", "es"}
    assert (_PACKAGE / "knowledge" / "locales" / "es" / "LC_MESSAGES" / "ketaprogram.mo").is_file()


def test_the_published_schemas_are_there_and_readable():
    found = list(_files(_schemas(), ".json"))
    assert found
    for file in found:
        assert json.loads(file.read_text("utf-8"))["$id"], file.name


def test_the_license_travels_with_the_package():
    assert _DISTRIBUTION.metadata["License-Expression"] == "Apache-2.0"
    assert _DISTRIBUTION.metadata.get_all("License-File") == ["LICENSE"]


def test_nothing_but_the_package_is_installed():
    outside = {
        file.parts[0]
        for file in _DISTRIBUTION.files or ()
        if file.parts[0] != "ketaprogram" and not file.parts[0].startswith(("ketaprogram-", "_", ".."))
    }
    assert not outside


def test_no_tests_hide_in_the_package():
    assert not [file.name for file in _files(_PACKAGE, ".py") if file.name.startswith(("test_", "conftest"))]


_EVERY_MODULE_WITHOUT_EXTRAS = """
import importlib, pkgutil, sys
sys.modules.update(dict.fromkeys(("hypothesis", "pytest", "click", "rich", "simple_icd_10_cm", "textstat")))
import ketaprogram
for name in ketaprogram.__all__:
    getattr(ketaprogram, name)
rooms = {module.name for module in pkgutil.iter_modules(ketaprogram.__path__, "ketaprogram.")}
for room in sorted(rooms - {"ketaprogram.__main__", "ketaprogram.cli", "ketaprogram.testing"}):
    for module in pkgutil.iter_modules(getattr(importlib.import_module(room), "__path__", ()), room + "."):
        importlib.import_module(module.name)
"""


def test_the_package_works_where_no_extra_is_installed():
    done = _run("-c", _EVERY_MODULE_WITHOUT_EXTRAS)
    assert done.returncode == 0, done.stderr


def test_hypothesis_finds_our_strategies_by_itself():
    (ours,) = (entry for entry in metadata.entry_points(group="hypothesis") if entry.dist.name == "ketaprogram")
    pytest.importorskip("hypothesis")
    assert callable(ours.load())


def test_the_command_is_installed():
    (ours,) = metadata.entry_points(group="console_scripts", name="ketaprogram")
    assert ours.value == "ketaprogram.cli:main"
    folder = Path(sysconfig.get_path("scripts"))
    assert [file for file in folder.iterdir() if file.stem == "ketaprogram"]


@pytest.mark.skipif(importlib.util.find_spec("click") is None, reason="needs the extra cli")
def test_the_command_explains_itself():
    done = _run("-m", "ketaprogram", "--help")
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout


@pytest.mark.skipif(importlib.util.find_spec("click") is None, reason="needs the extra cli")
def test_the_walkthrough_runs_with_what_is_installed():
    done = _run("-m", "ketaprogram", "walkthrough")
    assert done.returncode == 0, done.stderr
    assert "CANDIDATE" in done.stdout


def test_a_schema_is_found_by_its_name():
    from ketaprogram.published import DOCUMENTS, schema_path  # noqa: PLC0415

    for name in DOCUMENTS:
        assert json.loads(schema_path(name).read_text("utf-8"))["$id"] == f"urn:ketaprogram:schema:{name}:1"
