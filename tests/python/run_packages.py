"""Builds the three packages and uses each from an empty folder; the wheel and the npm package without a compiler on the path."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
USE_PYTHON = """
import adbrain
result = adbrain.Brain.local("brain.db").run_sync("examples/brief.json", history="examples/history.csv", days=2)
print(result.report.markdown("en").splitlines()[0], adbrain.datasets.demo(days=1))
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
        venv.create(folder / "venv", with_pip=True)
        path = programs(folder / "bin")
        call(folder / "venv/bin/pip", "install", "--quiet", "--no-index", "--no-deps", found, cwd=folder, path=path)
        shutil.copytree(ROOT / "examples", folder / "use/examples")
        assert call(folder / "venv/bin/python", "-c", USE_PYTHON, cwd=folder / "use", path=path).strip()
        assert call(folder / "venv/bin/adbrain", "schema", "brief", cwd=folder / "use", path=path).startswith("{")
        return found.name


def tarball() -> str:
    """Packs the npm package and uses it in an empty folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        call("npm", "pack", "--silent", "--pack-destination", folder, cwd=ROOT / "adbrain-node")
        found = next(folder.glob("adbrain-*.tgz"))
        use = folder / "use"
        shutil.copytree(ROOT / "examples", use / "examples")
        (use / "package.json").write_text("{}")
        path = programs(folder / "bin", "node", "npm", "sh")
        call("npm", "install", "--silent", "--no-audit", "--no-fund", "--offline", found, cwd=use, path=path)
        (use / "use.cjs").write_text(USE_NODE)
        assert call("node", "use.cjs", cwd=use, path=path).strip()
        return found.name


def main() -> int:
    """Builds and uses all three."""
    failed = 0
    for build in (crate, wheel, tarball):
        try:
            print(f"{build.__name__}: {build()}")
        except (RuntimeError, AssertionError, subprocess.CalledProcessError, StopIteration) as error:
            failed += 1
            print(f"{build.__name__}: {error}")
    print(f"{3 - failed} passed, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
