"""The steps of the Dockerfile, run as scripts in a fresh folder: no container engine is needed.

``python -m tests.deploy`` runs them all. What a folder is not, is left out: another user, other
system packages, a file system of its own.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import venv
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from regmap.settings import ROOT

DOCKERFILE = ROOT / "Dockerfile"
IGNORED = ROOT / ".dockerignore"

# What scripts/setup looks at before it installs what browsers load.
_BROWSERS = ("package-lock.json", "scripts/vendor.py")

# They change the machine, not the folder: who runs this is the image's user, and owns its files.
_LEFT_OUT = ("useradd", "chown")


@dataclass(frozen=True)
class Step:
    """An instruction and what it is given, on one line."""

    name: str
    rest: str

    @property
    def command(self) -> list[str]:
        """The program that CMD or HEALTHCHECK … CMD runs."""
        parts: list[str] = json.loads(self.rest[self.rest.index("[") :])
        return parts


@dataclass
class Image:
    """What came of the last stage: its folder, its environment, and how it starts."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    start: list[str] = field(default_factory=list)
    check: list[str] = field(default_factory=list)
    port: int = 0


def steps(text: str) -> list[Step]:
    """The instructions of a Dockerfile."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines()
    return [Step(*line.split(maxsplit=1)) for line in joined]


def context() -> list[Path]:
    """The files that an engine would be given: those of a clean clone, less what is ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = [Path(name) for name in listed.stdout.decode().split("\0") if name]
    return [name for name in names if (ROOT / name).is_file() and not is_ignored(name)]


def is_ignored(name: Path) -> bool:
    """Whether ``.dockerignore`` keeps a file out; the last pattern that fits decides."""
    ignored = False
    for line in IGNORED.read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!")
        if line and not line.startswith("#") and _fits(name, pattern):
            ignored = not line.startswith("!")
    return ignored


def build(folder: Path, virtual_environment: Path | None = None) -> Image:
    """Run every step.

    :param folder: an empty one.
    :param virtual_environment: one whose packages are taken instead of installing them: takes
        seconds, and no network.
    """
    building = _Building(folder, virtual_environment)
    for step in steps(DOCKERFILE.read_text(encoding="utf-8")):
        building.take(step)
    return building.image


class _Building:
    """The present stage; all stand at the same place, one after the other, as they do in
    containers: what is installed knows its path.
    """

    def __init__(self, folder: Path, virtual_environment: Path | None) -> None:
        self._folder = folder
        self._borrowed = virtual_environment
        self._here = folder / "stage"
        self._name = ""
        self._stages: dict[str, Path] = {}
        self.image = Image(self._here)

    @property
    def _work(self) -> Path:
        return self.image.folder

    def take(self, step: Step) -> None:
        """Do one step; one that is not known here is an error, never passed over."""
        match step.name:
            case "FROM":
                self._begin(step.rest.partition(" AS ")[2])
            case "WORKDIR":
                self._go_to(step.rest)
            case "COPY":
                self._copy(step.rest)
            case "RUN":
                _run(step.rest, self._work)
            case _:
                self._note(step)

    def _note(self, step: Step) -> None:
        match step.name:
            case "ENV":
                name, _, value = step.rest.partition("=")
                self.image.environment[name] = value
            case "EXPOSE":
                self.image.port = int(step.rest)
            case "HEALTHCHECK":
                self.image.check = step.command
            case "CMD":
                self.image.start = step.command
            case other:
                assert other in ("USER", "VOLUME"), (
                    f"the Dockerfile has a step unknown here: {other}"
                )

    def _begin(self, name: str) -> None:
        if self._here.exists():
            self._stages[self._name] = self._here.rename(self._folder / f"stage-{self._name}")
        self._name = name
        self._here.mkdir(parents=True)

    def _go_to(self, path: str) -> None:
        self.image.folder = self._here / path.lstrip("/")
        self._work.mkdir(parents=True, exist_ok=True)
        if self._borrowed is not None and self._name:
            _borrow(self._borrowed, self._work)

    def _copy(self, rest: str) -> None:
        *sources, target = rest.split()
        if sources[0].startswith("--from="):
            stage = self._stages[sources.pop(0).removeprefix("--from=")]
            for source in sources:
                _take_over(stage / source.lstrip("/"), self._work / target)
            return
        offered = context()
        for source in sources:
            inside = [name for name in offered if Path(source) in (name, *name.parents)]
            assert inside, f"COPY {source}: a clean clone has no such file"
            for name in inside:
                file = self._work / _placed(name, source, target)
                file.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, file)


def _borrow(lender: Path, work: Path) -> None:
    """A new virtual environment that finds the packages of another one, and cannot change it.

    pip leaves alone what lies outside of its own environment.
    """
    own = work / ".venv"
    venv.create(own, symlinks=True)
    (packages,) = own.glob("lib/*/site-packages")
    (lent,) = lender.glob("lib/*/site-packages")
    (packages / "lent.pth").write_text(f"{lent}\n", encoding="utf-8")
    (own / "bin" / "pybabel").symlink_to(lender / "bin" / "pybabel")
    shutil.copytree(ROOT / "static" / "vendor", work / "static" / "vendor")
    named = b"".join((ROOT / name).read_bytes() for name in _BROWSERS)
    summed = subprocess.run(["cksum"], input=named, capture_output=True, check=True)
    (own / "assets-run.stamp").write_bytes(summed.stdout)


def _placed(name: Path, source: str, target: str) -> Path:
    """Where COPY puts a file: what is in a folder into the target, a file into one with a slash."""
    if name != Path(source):
        return target / name.relative_to(source)
    return Path(target) / name.name if target.endswith("/") else Path(target)


def _take_over(source: Path, to: Path) -> None:
    if source.is_symlink():
        to.symlink_to(source.readlink())
    else:
        shutil.copytree(source, to, symlinks=True, dirs_exist_ok=True)


def _run(command: str, work: Path) -> None:
    left_out = "".join(f"{name}() {{ :; }}\n" for name in _LEFT_OUT)
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    subprocess.run(["sh", "-euc", left_out + command], cwd=work, env=environment, check=True)


def _fits(name: Path, pattern: str) -> bool:
    """Whether a pattern names a file or a folder above it; ``**/`` stands for any folders."""
    anywhere = pattern.removeprefix("**/")
    for part in _and_above(name):
        if fnmatch(part.as_posix(), pattern) and part.as_posix().count("/") == pattern.count("/"):
            return True
        if anywhere != pattern and fnmatch(part.name, anywhere):
            return True
    return False


def _and_above(name: Path) -> Iterator[Path]:
    yield name
    yield from (above for above in name.parents if above != Path())
