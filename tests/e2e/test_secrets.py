"""No secret is in anything that the program writes: keys, session tokens, passwords of proxies, signatures.

Each run goes through a proxy that wants a password, and behind that through the one that disturbs.
"""

import json
import random
import re
import secrets
import subprocess
from urllib.parse import urlsplit

import pytest
from harness import buckets, make
from harness.buckets import address
from harness.disturbed_s3 import QUICK
from harness.program import wait, wait_for
from harness.s3 import exact, exact_client, proxied, versitygw, versitygw_client  # noqa: F401  pylint: disable=unused-import
from harness.secrets import Written
from servers.forward_proxy import ForwardProxy

NAME = "storage.invalid:9000"
# With what a URL or a log might write in another way.
ODD = "/+= %\"\\"
FAULTS = [{"id": "reads", "action": "reset", "method": "GET", "path": "/in/", "nth": [2, 9]},
          {"id": "writes", "action": "lose_reply", "method": "PUT", "path": "/(out|back|set)/", "nth": [2, 5, 8, 12, 20]},
          {"id": "flips", "action": "flip", "method": "PUT", "direction": "up", "path": r"part-\d+\.zip\?partNumber", "nth": [1], "offset": 40},
          {"id": "busy", "action": "storm", "path": "/out/", "nth": [12], "requests": 6},
          {"id": "inside", "action": "error_body_200", "method": "POST", "path": r"part-\d+\.zip\?uploadId", "nth": [1]},
          {"id": "pages", "action": "truncate", "method": "GET", "path": "list-type=2", "nth": [1], "after": 100}]
SIGNED, HEX = re.compile(rb"(?i)AWS4-HMAC|x-amz-signature|Credential=\w+/\d{8}/"), re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
LOUD = ["--json", "--log-level", "debug"]


class Scene:
    """One service behind both proxies, and what must be found nowhere."""

    def __init__(self, haul, client, disturbing, between, login, token):
        self.client, self.between, self.disturbing = client, between, disturbing
        self.written = Written(haul)
        self.secrets = {"secret key": client.env["AWS_SECRET_ACCESS_KEY"], "proxy's password": login.partition(":")[2],
                        "login of the proxy": login}
        env = {"AWS_ENDPOINT_URL": f"http://{NAME}", "http_proxy": f"http://{percent(login)}@{between.address}", **QUICK}
        if token:
            self.secrets["session token"] = env["AWS_SESSION_TOKEN"] = token
        haul.always |= client.env | env
        self.disturbing.plan(*FAULTS)

    def run(self, *arguments, **how):
        return self.written.run(*arguments, **how)

    def findings(self) -> list[str]:
        """Authorization headers as they went over the wire are secrets as well."""
        signatures = {found[1].encode() for head in self.between.heads
                      if (found := re.search(r"Signature=([0-9a-f]{64})", head.headers.get("authorization", "")))}
        assert len(signatures) > 50
        signed = [f"a signature in {where}" for where, data in self.written.pieces
                  if SIGNED.search(data) or signatures & set(HEX.findall(data))]
        return self.written.findings(self.secrets) + signed


def percent(login: str) -> str:
    return ":".join("".join(f"%{byte:02X}" for byte in word.encode()) for word in login.split(":"))


@pytest.fixture(name="scene", params=["versitygw", "exact with a session token"])
def behind_both_proxies(haul, proxied, request):  # noqa: F811
    client = request.getfixturevalue(f"{request.param.split()[0]}_client")
    token = ODD + secrets.token_urlsafe(30) if "token" in request.param else ""
    login = f"user-{secrets.token_hex(8)}:{ODD.replace(':', '')}{secrets.token_hex(8)}"
    chance = random.Random(6)
    buckets.upload(client, {f"f/{n:02}": chance.randbytes(4000) for n in range(40)} | {"large": bytes(18 << 20)}, "in/")
    disturbing = proxied(client)
    with ForwardProxy({NAME: urlsplit(disturbing.env["AWS_ENDPOINT_URL"]).netloc}, login) as between:
        yield Scene(haul, client, disturbing, between, login, token)


def test_no_secret_is_written(haul, space, scene, full):
    client = scene.client
    source, there = address(client, "in"), address(client, "out")
    pack = ["pack", source, there, "--part-size", "30MB", *LOUD]
    wrong = scene.secrets["wrong key"] = secrets.token_hex(20)
    scene.run(*pack, "--name", "wrong", env={"AWS_SECRET_ACCESS_KEY": wrong}, code=6)
    scene.run("doctor", there, env={"AWS_SECRET_ACCESS_KEY": wrong}, code=6)
    in_url = scene.secrets["password in an address"] = secrets.token_hex(20)
    scene.run("pack", f"{source}?endpoint=http://me:{in_url}@127.0.0.1:9", there, code=2)
    lost = scene.secrets["password of a proxy that refuses it"] = secrets.token_hex(20)
    scene.run(*pack, "--name", "lost", env={"http_proxy": f"http://me:{lost}@{scene.between.address}"}, code=6)

    scene.run(*pack, env={"HAUL_FAULT": "kill:pack.part.before_publish:1"}, code=-9)
    scene.written.take_bucket("after a kill", client)
    watched_at_work(haul, scene, pack)
    scene.run(*pack)
    job = next(one["id"] for line in scene.run("jobs", "--json").out.splitlines() if "id" in (one := json.loads(line)))
    for more in (["jobs"], ["status", job], ["status", job, "--json"], ["estimate", source, address(client, "other"), "--json"],
                 ["verify", f"{there}/in", "--json"], ["ls", f"{there}/in", "--json"],
                 ["unpack", f"{there}/in", address(client, "back"), *LOUD], ["unpack", f"{there}/in", space / "back", *LOUD]):
        scene.run(*more)
    if full:  # thousands of requests
        scene.run("doctor", there, "--json", env={**client.env, "http_proxy": ""})
    fired = scene.disturbing.fired()
    assert all(fired[rule["id"]] for rule in FAULTS), fired
    scene.written.take_bucket("at the end", client)
    found = scene.findings()
    assert not found, "\n".join(found)


def watched_at_work(haul, scene, pack):
    """Its control socket is asked while it is held in the middle."""
    hold = haul.space / "held"
    child = haul.start(*pack, env={"HAUL_FAULT": "hold:pack.part.before_publish:1", "HAUL_FAULT_HOLD": hold})
    try:
        wait_for(hold.exists, child)
        folder, = [path.parent for path in haul.state.glob("jobs/*/control")]
        for ask in ("status", "limit", "nonsense"):
            scene.written.ask(folder, {"ask": ask})
        scene.written.take_folder("at work", haul.state_home)
    finally:
        hold.unlink(missing_ok=True)
    finished = wait(child)
    scene.written.add("held run", (finished.out + finished.err).encode())
    assert finished.code == 0, finished


def test_a_program_that_gives_credentials(haul, space, scene):
    """What it says is repeated nowhere, also where it says nonsense."""
    env = scene.client.env
    said = {"Version": 1, "AccessKeyId": env["AWS_ACCESS_KEY_ID"], "SecretAccessKey": env["AWS_SECRET_ACCESS_KEY"]}
    make.file(space / "said", json.dumps(said).encode())
    make.file(space / "config", f"[default]\nregion = us-east-1\ncredential_process = cat {space / 'said'}\n".encode())
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        haul.always[name] = ""
    haul.always["AWS_CONFIG_FILE"] = space / "config"
    pack = ["pack", address(scene.client, "in"), address(scene.client, "out"), *LOUD]
    scene.run(*pack)
    for nonsense in (json.dumps(said)[:-1], json.dumps(said | {"Version": 2}), json.dumps(said | {"AccessKeyId": 3}), said["SecretAccessKey"]):
        make.file(space / "said", nonsense.encode())
        finished = scene.run("pack", address(scene.client, "in"), space / "elsewhere", *LOUD, code=None)
        assert finished.code in (2, 6), finished
    found = scene.findings()
    assert not found, "\n".join(found)


def test_the_search_finds(haul, space, scene):
    """What leaks in each place, and in each form, is seen."""
    written, secret = scene.written, ODD + secrets.token_hex(8)
    make.file(haul.state / "log", f"key={secret}".encode())
    make.file(haul.state / "quoted", json.dumps({"key": secret}).encode())
    written.haul.binary, binary = "/bin/sh", written.haul.binary
    written.run("-c", 'sh -c "sleep 0.3; true" "$0"; exit 3', secret, code=3)
    written.haul.binary = binary
    written.add("frame", b"head" + subprocess.run(["zstd", "-c"], input=secret.encode(), capture_output=True, check=True).stdout)
    found = written.findings({"it": secret})
    for where in ("haul/log", "haul/quoted", "argument list", "frame, frame 0"):
        assert any(where in one for one in found), (where, found)
