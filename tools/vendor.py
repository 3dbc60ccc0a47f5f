"""Fetch the front-end packages, cut them down and write their manifest.

Run from the project folder with npm at hand: `python -m tools.vendor`. The result is committed, so
that the product runs without Node; `tests/common/test_vendor.py` re-hashes every file.
"""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.prune_css import prune

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A pinned npm package and where its files go below `static/vendor/`."""

    npm: str
    version: str
    folder: str
    licence: str

    @property
    def target(self) -> Path:
        """Return the folder of this version."""
        return VENDOR / self.folder / self.version


TABLER = Package(npm="@tabler/core", version="1.6.1", folder="tabler", licence="MIT")
ICONS = Package(npm="@tabler/icons", version="3.51.0", folder="tabler-icons", licence="MIT")
INTER = Package(
    npm="@fontsource-variable/inter", version="5.3.0", folder="inter", licence="OFL-1.1"
)

# Every icon a template names; a name that is missing here is missing on the screen, so the test of
# the templates compares the two lists.
_ICONS = """
adjustments alert-triangle archive arrow-back-up arrow-right building bulb calendar chart-line check
chevron-down chevron-left chevron-right chevron-up circle-check clock columns database dots download
edit file-text history inbox info-circle key keyboard layout-grid link list lock logout mail menu-2
moon pencil plus report route scale school search server-2 settings stack-2 sun table trash upload
user user-circle users world x
"""
ICON_NAMES = sorted(_ICONS.split())

# @tabler/core ships its licence only as a line in the stylesheet's banner.
TABLER_COPYRIGHT = (
    "Copyright (c) 2018-2026 The Tabler Authors\nCopyright (c) 2018-2026 codecalm.net Paweł Kuna"
)


def fetch(package: Package, into: Path) -> tuple[Path, str]:
    """Return the unpacked folder of `package` and the integrity npm states for its archive.

    Raises CalledProcessError when npm fails and ValueError when the archive is not what npm says.
    """
    npm = shutil.which("npm") or sys.exit("npm is needed to fetch the packages.")
    done = subprocess.run(
        [npm, "pack", "--json", "--ignore-scripts", f"{package.npm}@{package.version}"],
        cwd=into,
        check=True,
        capture_output=True,
        text=True,
    )
    [said] = json.loads(done.stdout)
    archive = into / str(said["filename"])
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if said["integrity"] != f"sha512-{digest}":
        message = f"{package.npm} does not have the integrity npm states."
        raise ValueError(message)
    folder = into / package.folder
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / "package", str(said["integrity"])


def write_tabler(source: Path, icons: Path) -> None:
    """Write the cut-down stylesheet; source maps are not vendored, so the link to them goes."""
    css = (source / "dist/css/tabler.min.css").read_text(encoding="utf-8")
    css = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)
    banner = "/*! Tabler 1.6.1, MIT; the parts Brygga uses, cut by tools/prune_css.py */\n"
    target = TABLER.target
    target.mkdir(parents=True, exist_ok=True)
    (target / "tabler.css").write_text(f"{banner}{prune(css)}\n", encoding="utf-8")
    licence = (icons / "LICENSE").read_text(encoding="utf-8")
    licence = re.sub(r"^Copyright.*$", TABLER_COPYRIGHT, licence, count=1, flags=re.MULTILINE)
    (target / "LICENSE").write_text(licence, encoding="utf-8")


def write_inter(source: Path) -> None:
    """Copy the Latin file with the weight axis; it covers å, ä, ö and the punctuation we use."""
    target = INTER.target
    target.mkdir(parents=True, exist_ok=True)
    name = "inter-latin-wght-normal.woff2"
    shutil.copyfile(source / "files" / name, target / name)
    shutil.copyfile(source / "LICENSE", target / "LICENSE")


def write_sprite(source: Path) -> None:
    """Write one sprite of the icons named above, a `symbol` each, drawn in `currentColor`."""
    symbols = "\n".join(symbol(source, name) for name in ICON_NAMES)
    (STATIC / "img").mkdir(parents=True, exist_ok=True)
    (STATIC / "img/icons.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n', encoding="utf-8"
    )
    ICONS.target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source / "LICENSE", ICONS.target / "LICENSE")


def symbol(source: Path, name: str) -> str:
    """Return the outline icon `name` as a `symbol`; FileNotFoundError when there is none."""
    drawing = (source / "icons/outline" / f"{name}.svg").read_text(encoding="utf-8")
    paths = re.findall(r"<(?:path|circle|rect|line|polyline|ellipse)[^>]*/>", drawing)
    kept = "".join(re.sub(r"\s*/>", "/>", path) for path in paths if 'stroke="none"' not in path)
    return (
        f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        f'stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round">{kept}</symbol>'
    )


def files_of(package: Package) -> Iterator[Path]:
    """Yield the files committed for `package`."""
    yield from sorted(path for path in package.target.iterdir() if path.is_file())
    if package is ICONS:
        yield STATIC / "img/icons.svg"


def manifest(integrity: dict[Package, str]) -> list[dict[str, object]]:
    """Return what is vendored: name, version, licence, npm integrity and each file's SHA-256."""
    return [
        {
            "name": package.npm,
            "version": package.version,
            "licence": package.licence,
            "integrity": integrity[package],
            "sha256": {
                path.relative_to(STATIC).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in files_of(package)
            },
        }
        for package in (TABLER, ICONS, INTER)
    ]


def main() -> None:
    """Refresh everything below `static/vendor/` and the icon sprite."""
    with tempfile.TemporaryDirectory() as name:
        into = Path(name)
        sources = {package: fetch(package, into) for package in (TABLER, ICONS, INTER)}
        icons = sources[ICONS][0]
        write_tabler(sources[TABLER][0], icons)
        write_inter(sources[INTER][0])
        write_sprite(icons)
        integrity = {package: said for package, (_, said) in sources.items()}
    text = json.dumps(manifest(integrity), indent=2, ensure_ascii=False)
    (VENDOR / "manifest.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
