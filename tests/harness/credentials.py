"""Credentials that end and are renewed."""

from pathlib import Path


def renewable(client, folder: Path) -> dict[str, str]:
    """The client's environment, with credentials that a program gives: another session token each time."""
    program, config = folder / "give", folder / "config"
    given = {"Version": 1, "AccessKeyId": client.env["AWS_ACCESS_KEY_ID"], "SecretAccessKey": client.env["AWS_SECRET_ACCESS_KEY"]}
    program.write_text("#!/usr/bin/python3\nimport json, secrets\n"
                       f"print(json.dumps({given!r} | {{'SessionToken': secrets.token_hex(8)}}))\n")
    program.chmod(0o700)
    config.write_text(f"[default]\ncredential_process = {program}\n")
    kept = {name: value for name, value in client.env.items() if not name.startswith(("AWS_ACCESS_KEY_ID", "AWS_SECRET"))}
    return {**kept, "AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
