"""The front door: small, listed, lazy."""

import json
import subprocess
import sys

import pytest

import ketaprogram

_LOADED_BY_IMPORT = """
import sys
before = set(sys.modules)
import ketaprogram
import json
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def _loaded_by_import():
    done = subprocess.run([sys.executable, "-c", _LOADED_BY_IMPORT], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def test_importing_the_package_loads_the_standard_library_at_most():
    packages = {name.partition(".")[0] for name in _loaded_by_import()}
    assert packages - sys.stdlib_module_names == {"ketaprogram"}


def test_importing_the_package_opens_no_room():
    opened = {name for name in _loaded_by_import() if name.startswith("ketaprogram.")}
    assert opened <= {"ketaprogram._version"}


def test_the_public_names_are_listed_once_and_dir_shows_them_alone():
    assert len(set(ketaprogram.__all__)) == len(ketaprogram.__all__)
    assert dir(ketaprogram) == sorted(ketaprogram.__all__)


@pytest.mark.parametrize("name", sorted(ketaprogram.__all__))
def test_a_public_name_resolves(name):
    assert getattr(ketaprogram, name) is not None


def test_a_name_that_is_not_public_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = ketaprogram.no_such_name
