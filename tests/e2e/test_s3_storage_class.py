"""--storage-class with a class that must be restored before it can be read: the parts alone take it."""

import shutil

import pytest
from harness import make
from harness.buckets import address
from harness.s3 import exact, exact_client  # noqa: F401  pylint: disable=unused-import

COLD = ("--storage-class", "GLACIER")


def classes(client, prefix: str) -> dict[str, str]:
    """Key behind the prefix -> class, where it is another than the default one."""
    found = {key.removeprefix(prefix): client.head(key)["x-amz-storage-class"] for key in client.list(prefix)}
    return {key: one for key, one in found.items() if one is not None}


@pytest.mark.parametrize("state", ["kept", "lost"])
@pytest.mark.parametrize("point", ["pack.upload.after_id", "pack.part.before_manifest", "pack.set.before_record"])
def test_a_killed_pack_is_continued(haul, space, exact_client, point, state):  # noqa: F811
    haul.always |= exact_client.env
    make.files(space / "in", 12)
    pack = ("pack", space / "in", address(exact_client, "out"), *COLD)
    haul.killed_at(point, *pack, code=-9)
    left = exact_client.list("out/in/.haul/")
    assert "out/in/.haul/claim-000001.json" in left and "out/in/.haul/parts/part-00001.r1.list.zst" in left
    assert set(classes(exact_client, "out/in/")) <= {"part-00001.zip"}
    if state == "lost":
        shutil.rmtree(haul.state)
    haul.run(*pack, code=0)
    assert classes(exact_client, "out/in/") == {"part-00001.zip": "GLACIER"}
    assert exact_client.uploads() == [] and exact_client.list("out/in/.haul/") == {}
    haul.run("verify", "--quick", address(exact_client, "out/in"), code=0)
    assert haul.run(*pack, code=0) and haul.run("ls", address(exact_client, "out/in"), code=0).out
