"""Recipes for GitHub, GitLab and Gradescope: their own steps, run here with the paths they use.

What would take minutes, an installation from nothing, is left to `tox -e recipes`.
"""

import base64
import importlib.util
import json
import os
import re
import shutil
import ssl
import stat
import subprocess
import sys
import threading
import xml.etree.ElementTree as ElementTree
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml

from grader import autograder, private_pack, release
from grader import course as courses
from grader.report import FORMATS

TOKEN = "a secret"
PIP = f"""#!{sys.executable}
import os, sys
with open(os.environ["PIP_TOLD"], "a") as told:
    print(os.getcwd(), *sys.argv[1:], sep="|", file=told)
"""
WANTED = {"classroom", "gradescope", "junit", "markdown"}
MARKED = pytest.mark.skipif(not FORMATS.keys() >= WANTED, reason="a format is missing")
BY_HAND = pytest.mark.skipif(
    "KATA_RECIPES" not in os.environ, reason="it installs TensorFlow; tox -e recipes"
)
WORK = "import numpy as np\n\n\ndef add(x, y):\n    return np.asarray(x) + np.asarray(y)\n"
LOUD = "raise SystemExit('the grader of a learner was imported')\n"


@pytest.fixture(scope="module")
def packed(plain_course):
    return private_pack.written(courses.read(plain_course))


@pytest.fixture
def repository(plain_course, tmp_path):
    """What a learner has pushed: a bundle with `add` written, and a grader that is not ours."""
    root = tmp_path / "checkout"
    release.release(release.bundle(courses.read(plain_course)), root)
    (root / "exercises/ch01_sums/sums.py").write_text(WORK)
    for name in ("grader/__init__.py", "sitecustomize.py", "conftest.py", "msgspec.py"):
        (root / name).write_text(LOUD)
    return root


@pytest.fixture
def commands(tmp_path):
    """A folder for PATH: `kata` as it is installed, and a pip that writes down what it is told."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "kata").symlink_to(Path(sys.executable).with_name("kata"))
    program(folder / "pip", PIP)
    program(folder / "pytest", PIP.replace("*sys.argv[1:]", "'pytest', *sys.argv[1:]"))
    return folder


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def surroundings(commands, tmp_path):
    """The variables of a job, with nothing of the ones around this test but where Python is."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return kept | {
        "PATH": f"{commands}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "PIP_TOLD": str(tmp_path / "pip.txt"),
    }


@pytest.fixture
def told_to_pip(tmp_path):
    def told():
        path = tmp_path / "pip.txt"
        return path.read_text().splitlines() if path.exists() else []

    return told


@pytest.fixture
def address(packed, tmp_path, surroundings):
    """Where the pack is fetched from: https, for those who have the token."""
    for tool in ("curl", "openssl"):
        if shutil.which(tool) is None:
            pytest.skip(f"there is no {tool} here")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subject = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    new = ("openssl", "req", "-x509", "-nodes", "-newkey", "rsa:2048", "-days", "1", *subject)
    subprocess.run([*new, "-keyout", key, "-out", certificate], check=True, capture_output=True)

    class Store(BaseHTTPRequestHandler):
        def do_GET(self):
            known = self.headers["Authorization"] == f"Bearer {TOKEN}"
            self.send_response(200 if known else 404)
            self.end_headers()
            self.wfile.write(packed if known else b"no such thing")

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Store)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    surroundings["CURL_CA_BUNDLE"] = str(certificate)
    yield f"https://localhost:{server.server_port}/course.kata"
    server.shutdown()
    server.server_close()


class Runner:
    """As much of GitHub's runner as our workflow needs."""

    def __init__(self, flow, workspace, folder, surroundings, variables, secrets):
        self._job = flow["jobs"]["grade"]
        self._workspace, self._temp = workspace, folder / "runner"
        self._temp.mkdir()
        self.summary, self._output = self._temp / "summary.md", self._temp / "output.txt"
        self.summary.touch()
        self._output.touch()
        self._known = {f"vars.{k}": v for k, v in variables.items()}
        self._known |= {f"secrets.{k}": v for k, v in secrets.items()}
        self._known["runner.temp"] = str(self._temp)
        self._known |= {f"env.{k}": self._filled(v) for k, v in self._job["env"].items()}
        self._env = surroundings | {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": str(self._output),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_WORKSPACE": str(workspace),
            "RUNNER_TEMP": str(self._temp),
        }
        self.ran = []

    def run(self):
        """Run the steps; returns the status of the one that failed, and what was printed."""
        printed = ""
        for step in self._job["steps"]:
            if "run" not in step or not self._is_due(step.get("if", "")):
                continue
            self.ran.append(step["name"])
            env = self._job["env"] | step.get("env", {})
            done = subprocess.run(
                ["bash", "-e", "-c", step["run"]],
                cwd=self._filled(step.get("working-directory", str(self._workspace))),
                env=self._env | {name: self._filled(value) for name, value in env.items()},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            printed += done.stdout
            if done.returncode:
                return done.returncode, printed
        return 0, printed

    @property
    def outputs(self):
        lines = self._output.read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def _filled(self, text):
        """Put values in for the expressions of a workflow."""

        def value(found):
            first, _, other = found[1].partition("||")
            return self._known.get(first.strip(), "") or other.strip(" '")

        return re.sub(r"\$\{\{(.*?)\}\}", value, text)

    def _is_due(self, condition):
        if not condition:
            return True
        name, sign, due = re.fullmatch(r"(\S+) (==|!=) '(.*)'", condition).groups()
        return (self._known.get(name, "") == due) == (sign == "==")


@pytest.fixture
def github(repository, tmp_path, surroundings):
    def runner(variables, secrets=()):
        flow = yaml.safe_load((repository / ".github/workflows/grade.yml").read_text())
        return Runner(flow, repository, tmp_path, surroundings, variables, dict(secrets))

    return runner


@pytest.fixture
def gitlab(repository, surroundings):
    """Run the job of the bundle's `.gitlab-ci.yml`; returns its status and what it printed."""

    def run(**variables):
        job = yaml.safe_load((repository / ".gitlab-ci.yml").read_text())["grade"]
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", "\n".join(job["script"])],
            cwd=repository,
            env=surroundings | {"CI_PROJECT_DIR": str(repository)} | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    return run


def test_the_formats_that_the_recipes_ask_for_are_there():
    assert FORMATS.keys() >= WANTED


@MARKED
def test_github_marks_with_the_pack_and_the_grader_that_is_in_it(github, address, told_to_pip):
    secrets = {"KATA_PACK_TOKEN": TOKEN}
    runner = github({"KATA_PACK_URL": address}, secrets)
    status, printed = runner.run()
    assert runner.ran == ["Fetch the pack", "Install the grader that is in it", "Marks"], printed
    assert status == 1, printed
    assert "2 of 6" in printed
    (installed,) = told_to_pip()
    temp = runner.summary.parent
    package = f"tensorkata[cpu] @ file://{temp}/course.kata#subdirectory=package"
    assert installed == f"{temp}|install|{package}"
    assert "add" in runner.summary.read_text()
    told = json.loads(base64.b64decode(runner.outputs["result"]))
    assert told["max_score"] == 6
    assert sum(test["score"] for test in told["tests"]) == 2
    assert "imported" not in printed


@MARKED
def test_github_is_content_with_the_share_that_was_set(github, address):
    wanted = {"KATA_PACK_URL": address, "KATA_MIN_SCORE": "0.3"}
    status, printed = github(wanted, {"KATA_PACK_TOKEN": TOKEN}).run()
    assert status == 0, printed


@pytest.mark.parametrize("also", ["json", "json=", "nope=marks.txt", "json=/nowhere/marks.json"])
def test_what_cannot_be_written_besides_is_said_before_any_marking(repository, also):
    done = subprocess.run(
        [Path(sys.executable).with_name("kata"), "grade", ".", "--also", also],
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("kata: ")
    assert "give FORMAT=FILE" in done.stderr or "there is no folder" in done.stderr


def test_github_marks_nothing_without_the_token(github, address, told_to_pip):
    runner = github({"KATA_PACK_URL": address}, {"KATA_PACK_TOKEN": "a guess"})
    status, printed = runner.run()
    assert (status, runner.ran) == (22, ["Fetch the pack"])
    assert "404" in printed
    assert told_to_pip() == []


def test_github_runs_the_visible_tests_where_there_is_no_pack(github, told_to_pip, repository):
    runner = github({})
    assert runner.run() == (0, "")
    assert runner.ran == ["Visible tests"]
    assert told_to_pip() == [f"{repository}|install|.[cpu]", f"{repository}|pytest|exercises/"]


def test_with_a_pack_no_step_runs_in_the_learners_folder_and_no_cache_is_shared(repository):
    flow = yaml.safe_load((repository / ".github/workflows/grade.yml").read_text())
    steps = flow["jobs"]["grade"]["steps"]
    with_pack = [step for step in steps if step.get("if") == "env.KATA_PACK_URL != ''"]
    assert [step["name"] for step in with_pack][-1] == "Marks"
    assert {step["working-directory"] for step in with_pack} == {"${{ runner.temp }}"}
    assert not any("cache" in step.get("with", {}) for step in steps)
    holders = [step["name"] for step in steps if "KATA_PACK_TOKEN" in str(step)]
    assert holders == ["Fetch the pack"], "the token is where a learner's code runs"


@MARKED
def test_gitlab_marks_with_the_pack_and_keeps_a_report(gitlab, address, repository, told_to_pip):
    (repository / "grade.xml").symlink_to("README.md")
    status, printed = gitlab(KATA_PACK_URL=address, KATA_PACK_TOKEN=TOKEN)
    assert status == 1, printed
    assert "2 of 6" in printed
    (installed,) = told_to_pip()
    folder, _, package = installed.split("|")
    assert not Path(folder).is_relative_to(repository)
    assert package == f"tensorkata[cpu] @ file://{folder}/course.kata#subdirectory=package"
    assert not Path(folder, "course.kata").exists(), "a runner may keep its folders"
    assert not (repository / "grade.xml").is_symlink(), "it was written where a learner wanted"
    assert ElementTree.parse(repository / "grade.xml").getroot().tag.startswith("testsuite")


@MARKED
def test_gitlab_is_content_with_the_share_that_was_set(gitlab, address):
    status, printed = gitlab(KATA_PACK_URL=address, KATA_PACK_TOKEN=TOKEN, KATA_MIN_SCORE="0.3")
    assert status == 0, printed


def test_gitlab_marks_nothing_without_the_token(gitlab, address, told_to_pip):
    status, printed = gitlab(KATA_PACK_URL=address, KATA_PACK_TOKEN="a guess")
    assert status == 22, printed
    assert told_to_pip() == []


def test_gitlab_runs_the_visible_tests_where_there_is_no_pack(gitlab, told_to_pip, repository):
    assert gitlab() == (0, "")
    visible = "pytest|exercises/|--junit-xml=grade.xml"
    assert told_to_pip() == [f"{repository}|install|.[cpu]", f"{repository}|{visible}"]


class Gradescope:
    """The folders of Gradescope below a root, and its two runs."""

    def __init__(self, root, zipped, surroundings):
        self.place = root / "autograder"
        self.results = self.place / "results/results.json"
        self._env = surroundings | {"KATA_ROOT": str(root)}
        for name in ("source", "submission", "results"):
            (self.place / name).mkdir(parents=True)
        with zipfile.ZipFile(zipped) as archive:
            archive.extractall(self.place / "source")
        shutil.move(self.place / "source/run_autograder", self.place)

    def set_up(self):
        return self._run("source/setup.sh")

    def grade(self):
        done = self._run("run_autograder")
        return json.loads(self.results.read_text()), done

    def _run(self, script):
        (self.place / script).chmod(0o755)
        return subprocess.run(
            [self.place / script],
            cwd=self.place,
            env=self._env,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )


@pytest.fixture
def gradescope(packed, tmp_path, surroundings):
    (tmp_path / "autograder.zip").write_bytes(autograder.zipped(packed))
    return Gradescope(tmp_path / "root", tmp_path / "autograder.zip", surroundings)


@pytest.fixture
def ready(gradescope):
    """Gradescope after its setup."""
    program(
        gradescope.place / "kata/bin/kata",
        f'#!/bin/sh\nexec "{Path(sys.executable).with_name("kata")}" "$@"\n',
    )
    return gradescope


@MARKED
def test_gradescope_gets_the_marks_of_what_was_handed_in(ready):
    (ready.place / "submission/sums.py").write_text(WORK)
    told, done = ready.grade()
    assert told["tests"], done.stderr
    assert sum(test["score"] for test in told["tests"]) == 2
    assert sum(test["max_score"] for test in told["tests"]) == 6
    assert os.listdir(ready.place / "results") == ["results.json"]


def test_only_the_chapters_are_marked_that_were_named(
    gradescope, github, gitlab, address, tmp_path
):
    """A course of one chapter has no other: what `kata` is asked is what there is to see."""
    asked = tmp_path / "asked.txt"
    told = f'#!/bin/bash\nprintf "%s " "$@" >>"{asked}"\nexit 1\n'
    named = "--chapter ch01_neuron --chapter ch02_tensors "

    (gradescope.place / "source/chapters").write_text("ch01_neuron\nch02_tensors\n")
    program(gradescope.place / "kata/bin/kata", told)
    gradescope.grade()
    assert named in asked.read_text()

    variables = {"KATA_PACK_URL": address, "KATA_CHAPTERS": "ch01_neuron ch02_tensors"}
    kata = tmp_path / "bin/kata"
    kata.unlink()
    program(kata, told)
    asked.unlink()
    github(variables, {"KATA_PACK_TOKEN": TOKEN}).run()
    assert named in asked.read_text()
    asked.unlink()
    gitlab(**variables, KATA_PACK_TOKEN=TOKEN)
    assert named in asked.read_text()


@MARKED
def test_gradescope_takes_a_whole_repository_too(ready, repository):
    shutil.rmtree(ready.place / "submission")
    shutil.copytree(repository, ready.place / "submission")
    told, done = ready.grade()
    assert sum(test["score"] for test in told["tests"]) == 2, done.stderr
    assert "imported" not in done.stderr


def test_gradescope_says_why_work_cannot_be_marked(ready):
    (ready.place / 'submission/essay "1".txt').write_text("not Python")
    told, _ = ready.grade()
    assert told["score"] == 0
    assert told["output"].startswith("This could not be marked. kata: ")


@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("exit 3", "The grader failed, and your work is not to blame."),
        ("echo 'Traceback: the hidden test' >&2; exit 3", "The grader failed"),
        ("kill -KILL $$", "The grader failed"),
        ("exit 0", "The grader failed"),
        ("exit 127", "The grader failed"),
        ("printf 'kata: \"a\\\\b\"\\t\\033[1mé\\xff\\n' >&2; exit 2", 'marked. kata: "a\\b"'),
        ("yes 'kata: ä' | head -c 99999 >&2; exit 2", "This could not be marked. kata: ä"),
    ],
)
def test_gradescope_has_a_result_whatever_happens(gradescope, does, said):
    program(gradescope.place / "kata/bin/kata", f"#!/bin/bash\n{does}\n")
    told, done = gradescope.grade()
    assert told["score"] == 0
    assert said in told["output"]
    assert len(told["output"]) < 1100
    assert "hidden test" not in told["output"]
    assert done.returncode == 0


def test_gradescope_has_a_result_even_where_nothing_is_installed(gradescope):
    told, _ = gradescope.grade()
    assert "The grader failed" in told["output"]


def test_gradescope_has_a_result_of_what_it_stops_in_the_middle(gradescope, tmp_path):
    program(gradescope.place / "kata/bin/kata", "#!/bin/bash\nkill -KILL $PPID\nsleep 1\n")
    told, done = gradescope.grade()
    assert done.returncode == -9
    assert "did not come to its end" in told["output"]


def test_gradescope_installs_the_grader_of_the_pack(gradescope, commands, told_to_pip):
    venv = (
        '#!/bin/sh\n[ "$3" = venv ] || exit 0\n'
        f'mkdir -p "$4/bin"; cp "{commands}/pip" "$4/bin"; ln -s /bin/true "$4/bin/kata"\n'
    )
    program(commands / "python3.13", "#!/bin/sh\nexit 1\n")
    program(commands / "python3.12", venv)
    done = gradescope.set_up()
    assert done.returncode == 0, done.stderr
    (installed,) = told_to_pip()
    package = f"file://{gradescope.place}/source/course.kata#subdirectory=package"
    assert installed == f"{gradescope.place}|install|--no-cache-dir|tensorkata[cpu] @ {package}"
    assert stat.S_IMODE((gradescope.place / "source").stat().st_mode) == 0o700


def test_gradescope_looks_for_a_python_and_says_so_where_there_is_none(gradescope, commands):
    for version in ("3.11", "3.12", "3.13"):
        program(commands / f"python{version}", "#!/bin/sh\nexit 1\n")
    program(commands / "apt-get", '#!/bin/sh\necho "apt-get $*"\n[ "$1" = update ]\n')
    done = gradescope.set_up()
    assert done.returncode == 1
    asked = re.findall(r"apt-get install --yes (.*)", done.stdout)
    assert asked == [f"python{v} python{v}-venv" for v in ("3.13", "3.12", "3.11")]
    assert "needs Python 3.11 to 3.13: choose a newer base image" in done.stderr


def test_the_autograder_is_the_same_for_the_same_pack_and_its_scripts_can_run(packed, tmp_path):
    zipped = autograder.zipped(packed)
    assert zipped == autograder.zipped(packed)
    (tmp_path / "a.zip").write_bytes(zipped)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert {*archive.namelist()} == {"chapters", "course.kata", "run_autograder", "setup.sh"}
        for name in autograder.NAMES:
            assert archive.getinfo(name).external_attr >> 16 & 0o777 == 0o755
            assert b"\r" not in archive.read(name)
            assert archive.read(name).startswith(b"#!/usr/bin/env bash\n")


def scripts(folder):
    """Every script of the recipes, each in a file."""
    flow = yaml.safe_load((release.HANDOUT / "grade.yml").read_text())
    steps = [step["run"] for step in flow["jobs"]["grade"]["steps"] if "run" in step]
    job = yaml.safe_load((release.HANDOUT / "gitlab-ci.yml").read_text())["grade"]
    own = [(autograder.SCRIPTS / name).read_text() for name in autograder.NAMES]
    for number, text in enumerate([*steps, "\n".join(job["script"]), *own]):
        path = folder / f"{number}.sh"
        path.write_text(text)
        yield path


def test_bash_can_read_every_script(tmp_path):
    found = [*scripts(tmp_path)]
    assert len(found) >= 7
    for path in found:
        subprocess.run(["bash", "-n", path], check=True)


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="no shellcheck; tox -e recipes")
def test_shellcheck_finds_nothing(tmp_path):
    done = subprocess.run(
        ["shellcheck", "--shell=bash", *scripts(tmp_path)], capture_output=True, text=True
    )
    assert done.stdout == ""


@pytest.mark.skipif(
    importlib.util.find_spec("check_jsonschema") is None,
    reason="no check-jsonschema; tox -e recipes",
)
@pytest.mark.parametrize(
    ("name", "schema"), [("grade.yml", "github-workflows"), ("gitlab-ci.yml", "gitlab-ci")]
)
def test_they_are_what_the_published_schemas_say(name, schema):
    words = ["--builtin-schema", f"vendor.{schema}", "--data-transform", "gitlab-ci"]
    words = words if schema == "gitlab-ci" else words[:2]
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", *words, release.HANDOUT / name],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@BY_HAND
def test_gradescope_from_nothing(tmp_path, course):
    """The scripts as they are, with a Python, pip and network of their own, on this course."""
    (tmp_path / "autograder.zip").write_bytes(autograder.zipped(private_pack.written(course)))
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    own = Gradescope(tmp_path / "root", tmp_path / "autograder.zip", surroundings)
    done = own.set_up()
    assert done.returncode == 0, done.stdout + done.stderr
    for chapter in course.chapters[:2]:
        shutil.copy(course.solution(chapter), own.place / "submission")
    told, done = own.grade()
    due = sum(exercise.points for chapter in course.chapters[:2] for exercise in chapter.exercises)
    assert sum(test["score"] for test in told["tests"]) == due, done.stderr


@BY_HAND
def test_github_from_nothing(github, address, repository, surroundings, commands):
    """Every step with a pip that installs, into an environment that has nothing."""
    subprocess.run([sys.executable, "-m", "venv", commands.parent / "venv"], check=True)
    for name in ("kata", "pip", "pytest"):
        (commands / name).unlink()
    surroundings["PATH"] = f"{commands.parent}/venv/bin:{surroundings['PATH']}"
    surroundings |= {k: v for k, v in os.environ.items() if k.startswith(("PIP_", "UV_", "http"))}
    with Path(surroundings["CURL_CA_BUNDLE"]).open("ab") as bundle:  # pip heeds it as curl does
        bundle.write(Path(ssl.get_default_verify_paths().cafile).read_bytes())
    if (mirror := Path.home() / ".config/pip/pip.conf").is_file():
        surroundings["PIP_CONFIG_FILE"] = str(mirror)
    runner = github({"KATA_PACK_URL": address}, {"KATA_PACK_TOKEN": TOKEN})
    status, printed = runner.run()
    assert status == 1, printed
    assert "2 of 6" in printed
    assert "imported" not in printed
