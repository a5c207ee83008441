"""Ad accounts that a mapping names."""

from pathlib import Path
from typing import Any

import pytest

import adbrain

EXAMPLES = Path(__file__).parents[2] / "examples"
META = {"platform": "meta", "account": "act_123", "token": "EAAB-canary", "page_id": "77"}


def run(account: dict[str, Any], folder: Path) -> None:
    brain = adbrain.Brain.local(folder / "brain.db", connectors=[account])
    brain.run_sync(EXAMPLES / "brief.json", days=1, mode="dry_run")


@pytest.mark.parametrize(
    ("account", "told"),
    [
        ({**META, "platform": "myspace"}, "myspace"),
        ({**META, "pagge": "77"}, "pagge"),
        ({**META, "account": "x"}, "account"),
        ({**META, "base_url": "http://graph.facebook.com"}, "base_url"),
        ({"platform": "google", "account": "123"}, "missing field"),
    ],
)
def test_a_wrong_account_names_its_field_and_never_its_token(
    account: dict[str, Any], told: str, tmp_path: Path
) -> None:
    with pytest.raises(adbrain.InvalidInputError, match=told) as caught:
        run(account, tmp_path)
    assert "canary" not in repr(caught.value)


def test_an_account_that_cannot_be_reached_is_told(tmp_path: Path) -> None:
    with pytest.raises(adbrain.UnavailableError) as caught:
        run({**META, "base_url": "http://127.0.0.1:1"}, tmp_path)
    assert "canary" not in repr(caught.value)


def test_the_schema_names_each_platform() -> None:
    kinds = [kind["properties"]["platform"]["const"] for kind in adbrain.schema("account")["oneOf"]]
    assert sorted(kinds) == ["google", "linkedin", "meta", "tiktok"]
