"""One commit is one site: a second build gives the same bytes."""

import os
import shutil

import pytest

from book.dates import commit_date


@pytest.mark.skipif(
    "MATHNET_BUILDS" not in os.environ,
    reason="builds the book twice, which takes minutes: .ci/properdocs does, or MATHNET_BUILDS=1 uv run pytest tests/book/test_builds.py",
)
def test_a_build_elsewhere_from_nothing_gives_the_same_bytes(site, mkdocs_build, tmp_path, request):
    """In another folder, with another hash seed and time zone, and nothing kept from the first build."""
    root, copy = request.config.rootpath, tmp_path / "project"
    left_out = shutil.ignore_patterns("__pycache__")
    for part in ("docs", "mathnet", "book"):
        shutil.copytree(root / part, copy / part, ignore=left_out)
    for name in ("mkdocs.yml", "pyproject.toml", "README.md", "CITATION.cff", "LICENSE"):
        shutil.copy(root / name, copy)
    if (root / "node_modules").exists():
        (copy / "node_modules").symlink_to(root / "node_modules")
    again = tmp_path / "again"
    build = mkdocs_build(
        copy / "mkdocs.yml",
        again,
        cwd=copy,
        PYTHONHASHSEED="2",
        TZ="Pacific/Auckland",
        SOURCE_DATE_EPOCH=str(commit_date()),
    )
    assert build.returncode == 0, build.stdout
    first, second = (
        {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }
        for folder in (site, again)
    )
    assert len(first) > 100
    assert first.keys() == second.keys()
    assert not [name for name in first if first[name] != second[name]]
