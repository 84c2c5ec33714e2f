"""compose.yaml says what regmap, nginx and the guide say; no engine is needed to see it."""

from __future__ import annotations

import re
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from regmap.cli import main as regmap
from regmap.http.front import MAX_BODY_BYTES
from regmap.settings import ROOT, Settings, variable
from tests.deploy.composed import COMPOSE, SITE, composed, regmap_calls, variables
from tests.deploy.image import DOCKERFILE, is_ignored, steps
from tests.deploy.proxy import CONFIGURATION

OURS = ("prepare", "node-1", "node-2")
NODES = ("node-1", "node-2")


@pytest.fixture
def services() -> dict[str, Any]:
    found: dict[str, Any] = composed(SITE)["services"]
    return found


@pytest.mark.parametrize("name", OURS)
def test_every_setting_is_one_of_regmap_and_good_for_serving(
    services: dict[str, Any], name: str
) -> None:
    environment = services[name]["environment"]

    assert set(environment) <= {variable(knob.name) for knob in fields(Settings)}
    settings = Settings.from_environment(environment).for_serving()
    assert settings.environment == "production"
    assert not settings.has_weak_key
    assert settings.https_only == "on"
    assert settings.rate_limits == "on"


def test_nodes_differ_in_nothing_but_their_volume(services: dict[str, Any]) -> None:
    first, second = ({**services[name], "volumes": []} for name in NODES)

    assert first == second
    # their workers count and keep files there: never one folder for two nodes
    volumes = [services[name]["volumes"] for name in NODES]
    assert volumes == [[f"{name}:/app/var"] for name in NODES]


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_one_that_regmap_has(services: dict[str, Any], name: str) -> None:
    calls = regmap_calls(services[name]["command"])

    assert calls
    for called, *arguments in calls:
        command = regmap.commands[called]
        command.make_parser(click.Context(command)).parse_args(arguments)


def test_what_has_to_be_done_once_is_done_before_any_node_starts(services: dict[str, Any]) -> None:
    assert [call[0] for call in regmap_calls(services["prepare"]["command"])] == ["init", "load"]
    assert services["prepare"]["restart"] == "no"
    for name in NODES:
        waits_for = services[name]["depends_on"]["prepare"]
        assert waits_for == {"condition": "service_completed_successfully"}


def test_whoever_is_waited_for_can_tell_that_it_is_well(services: dict[str, Any]) -> None:
    has_check = any(step.name == "HEALTHCHECK" for step in steps(DOCKERFILE.read_text()))
    waited = {
        other
        for service in services.values()
        for other, how in service.get("depends_on", {}).items()
        if how["condition"] == "service_healthy"
    }

    assert waited == {"postgres", "redis", *NODES}
    for name in waited:
        assert "healthcheck" in services[name] or (name in NODES and has_check)


def test_the_addresses_are_those_of_the_services(services: dict[str, Any]) -> None:
    proxied = re.findall(r"^    server (\S+):(\d+) ", CONFIGURATION.read_text(), re.MULTILINE)
    (exposed,) = (step.rest for step in steps(DOCKERFILE.read_text()) if step.name == "EXPOSE")
    settings = Settings.from_environment(services["node-1"]["environment"])

    assert proxied == [(name, exposed) for name in NODES]
    assert int(exposed) == settings.port
    assert "@postgres:5432/" in settings.database_url
    assert settings.redis_url.startswith("redis://redis:6379/")
    database = services["postgres"]["environment"]
    url = "postgresql://{POSTGRES_USER}:{POSTGRES_PASSWORD}@postgres:5432/{POSTGRES_DB}"
    assert settings.database_url == url.format(**database)


def test_regmap_believes_just_the_one_proxy(services: dict[str, Any]) -> None:
    assert Settings.from_environment(services["node-1"]["environment"]).trusted_proxies == 1
    told = re.findall(r"X-Forwarded-For (\S+);", CONFIGURATION.read_text())
    assert told == ["$remote_addr"]


def test_only_the_proxy_is_reached_from_outside(services: dict[str, Any]) -> None:
    document = composed(SITE)

    assert [name for name, one in services.items() if "ports" in one] == ["proxy"]
    assert services["proxy"]["ports"] == ["80:80", "443:443"]
    assert document["networks"]["inside"] == {"internal": True}
    for name, service in services.items():
        assert service["networks"] == (["inside", "outside"] if name == "proxy" else ["inside"])


def test_images_are_pinned_by_version_or_built_here(services: dict[str, Any]) -> None:
    for name, service in services.items():
        if name in OURS:
            assert service["image"] == services["prepare"]["image"]
        else:
            assert re.fullmatch(r"\w+:\d+\.\d+(\.\d+)?(-\w+)?", service["image"])
    assert services["prepare"]["build"] == "."


def test_what_regmap_runs_in_can_change_nothing_but_its_data(services: dict[str, Any]) -> None:
    for name in OURS:
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["security_opt"] == ["no-new-privileges:true"]


def test_every_volume_is_declared_and_used(services: dict[str, Any]) -> None:
    mounts = [mount.split(":")[0] for one in services.values() for mount in one.get("volumes", [])]

    declared = set(composed(SITE)["volumes"])
    assert {name for name in mounts if not name.startswith(".")} == declared
    files = [name for name in mounts if name.startswith(".")]
    assert files == ["./deploy/nginx.conf", "./var/tls"]
    assert (ROOT / files[0]).is_file()


def test_the_proxy_puts_in_nothing_but_the_name_of_the_site(services: dict[str, Any]) -> None:
    environment = services["proxy"]["environment"]
    wanted = set(re.findall(r"\$\{(\w+)\}", CONFIGURATION.read_text()))
    pattern = re.compile(environment["NGINX_ENVSUBST_FILTER"])

    assert wanted == {name for name in environment if pattern.search(name)} == {"SITE_NAME"}


def test_no_secret_stands_in_it_and_none_gets_into_git_or_the_image() -> None:
    secrets = {name for name, has_to in variables().items() if has_to}

    assert secrets == set(SITE)
    for name in secrets:
        with pytest.raises(KeyError, match=name):
            composed({key: value for key, value in SITE.items() if key != name})
    for path in ("var/site.env", "var/tls/privkey.pem"):
        assert subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT).returncode == 0
        assert is_ignored(Path(path))


def test_it_is_plain_yaml_without_doubled_keys() -> None:
    class Strict(yaml.SafeLoader):
        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            keys = [key.value for key, _ in node.value if key.value != "<<"]
            assert len(keys) == len(set(keys)), keys
            return super().construct_mapping(node, deep)

    assert yaml.load(COMPOSE.read_text(), Strict)  # it is a safe loader


def test_the_proxy_takes_as_large_a_body_as_regmap() -> None:
    (size,) = re.findall(r"client_max_body_size (\d+)m;", CONFIGURATION.read_text())
    assert int(size) << 20 == MAX_BODY_BYTES
