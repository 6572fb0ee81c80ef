"""A real clinic behind the local API of a real server, shared by the tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.unit.agent.local_api.api_case import Api


@pytest.fixture(scope="package")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """The API over a clinic with one patient and one paired device of each kind."""
    made = Api(tmp_path_factory.mktemp("api"))
    yield made
    made.close()
