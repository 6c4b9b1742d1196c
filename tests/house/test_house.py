"""The rules of the house that no linter knows: sizes, what the wheel holds, pins, one version."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILE_LINES, FUNCTION_LINES = 400, 60


def tracked(*patterns: str) -> list[Path]:
    """Files that git knows or would add, so that a file counts before its commit."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    out = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / line for line in out.splitlines() if (ROOT / line).is_file()]


def own_python() -> list[Path]:
    return [path for path in tracked("*.py") if "migrations" not in path.parts]


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    long = {
        str(p.relative_to(ROOT)): n
        for p in own_python()
        if (n := len(p.read_text().splitlines())) > FILE_LINES
    }
    assert long == {}


def statements(node: ast.AST) -> Iterator[ast.stmt]:
    """All of them, however deep; what is inside of expressions is a lambda at most."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        if not isinstance(child, ast.expr):
            yield from statements(child)


def test_no_function_is_longer_than_a_screen() -> None:
    long = {}
    for path in own_python():
        for node in statements(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                lines = node.end_lineno - node.lineno + 1
                if lines > FUNCTION_LINES:
                    long[f"{path.relative_to(ROOT)}:{node.name}"] = lines
    assert long == {}


def test_the_version_is_the_newest_heading_of_the_changelog() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    heading = re.search(r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert heading is not None
    assert heading[1] == version


def test_lock_files_carry_versions_and_hashes_and_no_host() -> None:
    for lock in tracked("requirements/*.lock"):
        text = lock.read_text()
        assert "://" not in text, f"{lock.name} names a host"
        pins = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip()
        for block in re.split(r"\n(?=[A-Za-z0-9])", pins):
            assert re.match(r"[A-Za-z0-9._\[\],-]+==\S+", block), block[:60]
            assert "--hash=sha256:" in block, block[:60]


def test_nothing_names_this_machine_or_a_package_index() -> None:
    host = re.compile(r"--(extra-)?index-url|pypi\.org/simple|registry\.npmjs|" + re.escape(str(ROOT)) + "/")
    this_file = Path(__file__)
    texts = [p for p in tracked() if p != this_file and p.suffix not in {".png", ".ico", ".mo"}]
    assert [str(p) for p in texts if host.search(p.read_text(errors="ignore"))] == []


def test_the_readme_stays_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 120


def test_a_part_that_listens_stays_itself_when_it_is_read_again() -> None:
    """A part that htmx replaces takes its queue with it: what it heard meanwhile would be lost."""
    listening = [
        (path.name, tag)
        for path in tracked("*.html")
        for tag in re.findall(r"<\w[^<>]*hx-trigger=\"[^\"]*live:[^<]*", path.read_text())
    ]
    assert len(listening) > 10
    replaced = [each for each in listening if "outerHTML" in each[1] and 'hx-target="#' not in each[1]]
    assert replaced == []


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    out = tmp_path_factory.mktemp("wheel")
    source = out / "source"
    for path in tracked():
        target = source / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(source)]
    subprocess.run(build, check=True, capture_output=True, cwd=out)
    with zipfile.ZipFile(next(out.glob("*.whl"))) as wheel:
        return set(wheel.namelist())


def test_the_wheel_holds_every_template_and_static_file(wheel_names: set[str]) -> None:
    apps = ("helpdesk", "tickets", "agents", "sessions")
    wanted = {
        str(p.relative_to(ROOT))
        for p in tracked(*apps)
        if {"templates", "static", "locale"} & set(p.parts) or p.suffix == ".py"
    }
    assert wanted - wheel_names == set()


def test_the_wheel_holds_neither_tests_nor_the_agent(wheel_names: set[str]) -> None:
    tops = {name.split("/")[0] for name in wheel_names if ".dist-info" not in name}
    assert tops == {"helpdesk", "tickets", "agents", "sessions"}
