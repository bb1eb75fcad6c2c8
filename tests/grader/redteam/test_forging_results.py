"""Forging results: whatever a worker says is data that may be wrong, and nothing more."""

import ctypes
import json
import re
import sys
import textwrap
from pathlib import Path

import nbformat.v4 as nbformat
import pytest

from grader import cli

pytestmark = pytest.mark.attack("Forging results")

ROOT = Path(__file__).parents[3]

FORGE = '''
import os, pickle, stat, sys, time
import msgspec
import numpy as np
packing, wire, worker = map(real, ("packing", "wire", "worker"))

def channel():
    """The descriptor of the socket that leads to the judge."""
    for fd in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                return fd
        except OSError:
            continue

def say(frame):
    """Send the judge a frame."""
    data = frame if isinstance(frame, bytes) else msgspec.msgpack.encode(frame)
    os.write(channel(), len(data).to_bytes(8, "big") + data)

def above(name):
    """A local variable of the nearest caller that has it."""
    frame = sys._getframe()
    while name not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals[name]

def reply_with(reply):
    """Have this sent as the reply to the call that is running."""
    honest = wire._encoder
    class Forger:
        def encode(self, _):
            wire._encoder = honest
            return honest.encode(reply)
    wire._encoder = Forger()

def answer_with(value):
    """Have this sent as the value of the call that is running."""
    if not isinstance(value, bytes):
        value = msgspec.msgpack.encode([msgspec.msgpack.encode(value), arrays])
    reply_with(wire.Answer(above("request").id, value))

arrays = []

def ext(code, content):
    if code in packing.NUMERIC_CODES and type(content[-1]) is bytes:
        arrays.append(content[-1])
        content = [*content[:-1], len(arrays) - 1]
    return msgspec.msgpack.Ext(code, msgspec.msgpack.encode(content))

def keep(thing):
    """Put an object on the desk and make a handle of it."""
    above("self").objects.append(thing)
    return ext(packing.HANDLE, [len(above("self").objects) - 1, "generator"])

class Thief:
    """Whoever unpickles this leaves a file behind."""
    def __reduce__(self):
        return open, (f"{DROP}/unpickled", "w")
'''


@pytest.fixture
def forge(strike):
    """Strike with an attack that has the tools above."""
    return lambda code, **options: strike(FORGE + textwrap.dedent(code), **options)


# Frames


@pytest.mark.parametrize("number", ["- 1", "+ 1", "+ 1000", "* -1"])
def test_a_reply_to_another_call(forge, number):
    struck = forge(f"""
        def sigmoid(z):
            say(wire.Answer(above("request").id {number}, wire.pack(0.5)))
            return 0 * z
    """)
    assert struck.status == "failed"
    assert "malformed reply and was stopped: a reply to another call" in struck.messages


def test_the_same_reply_twice(forge):
    struck = forge("""
        def sigmoid(z):
            z = np.asarray(z, float)
            for _ in range(2):
                say(wire.Answer(above("request").id, wire.pack(0 * z + 0.5)))
            return 0 * z + 0.5
    """)
    assert struck.status == "failed"
    assert "sigmoid gave a malformed reply and was stopped: a reply to ano" in struck.messages


def test_every_reply_before_it_is_asked_for(forge):
    struck = forge(
        """
        say(wire.Opened(1, ()))
        for number in range(2, 100):
            say(wire.Answer(number, wire.pack(0.5)))

        def sigmoid(z):
            return 0.5
        """,
        kills_module=True,
    )
    assert struck.status == "failed"
    assert "malformed reply and was stopped: a reply to another call" in struck.messages


@pytest.mark.parametrize(
    "frame",
    [
        'wire.Ready(("namespaces", "landlock", "seccomp"))',
        'wire.Opened(above("request").id, ())',
        'wire.Open(above("request").id, "neuron")',
        '{"status": "passed", "score": 3.0}',
        '["Answer", "1", "right", [], []]',
        '["Answer", 1, [0.5], [], [], "points", 3]',
        'b"sigmoid PASSED [100%]"',
        'b""',
        'b"\\x91" * 100_000',
        "pickle.dumps(Thief())",
    ],
)
def test_a_frame_that_is_no_answer(forge, frame):
    struck = forge(f"""
        def sigmoid(z):
            say({frame})
            return 0 * z
    """)
    assert struck.status == "failed"
    assert "sigmoid gave a malformed reply and was stopped: not a valid message" in struck.messages


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("(2**63).to_bytes(8)", "more than 33554432 bytes announced"),
        ("b'HTTP/1.1'", "bytes announced"),
        ("(10**6).to_bytes(8) + b'short'", "took longer than 1 s"),
        ("b'12345'", "took longer than 1 s"),
    ],
    ids=["more than there is memory", "another protocol", "half a frame", "half a length"],
)
def test_a_length_that_lies(forge, data, said):
    struck = forge(
        f"""
        def sigmoid(z):
            os.write(channel(), {data})
            time.sleep(2)
        """,
        seconds=1,
    )
    assert struck.status == "failed"
    assert said in struck.messages


def test_an_extra_reply_left_for_a_neighbour_to_find(forge):
    """The last call of the visible tests leaves a frame that the first call of relu would get."""
    struck = forge("""
        import threading
        def sigmoid(z):
            if type(z) is float and z == 1000:
                reply = wire.Answer(above("request").id, wire.pack(1.0))
                threading.Timer(0.02, say, [reply]).start()
            return 0.5
    """)
    assert struck.status == "failed"


# Values


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("wire.pack(np.full(np.shape(z), np.nan))", "gave nan"),
        ("wire.pack(np.full(np.shape(z), np.inf))", "gave inf"),
        ("wire.pack(-np.ones(np.shape(z)))", "gave the right shape, but wrong values"),
        ("wire.pack(np.full(np.shape(z), True))", "gave True or False where a number is due"),
        ("'3/3 points'", "gave a str where an array is due"),
        ("{'score': 3.0}", "cannot be read"),
        ("ext(packing.ARRAY, ['O', [3], bytes(24)])", "cannot be read"),
        ("ext(packing.ARRAY, ['V8', [3], bytes(24)])", "cannot be read"),
        ("ext(packing.ARRAY, ['U2', [3], bytes(24)])", "cannot be read"),
        ("ext(packing.ARRAY, ['f8', [-3], bytes(24)])", "cannot be read"),
        ("ext(packing.ARRAY, ['f8', [-1], bytes(24)])", "cannot be read"),
        ("ext(packing.ARRAY, ['f8', [2**32, 2**32], b''])", "cannot be read"),
        ("ext(packing.ARRAY, ['f8', [2**62, 4, 3], bytes(24)])", "cannot be read"),
        ("ext(packing.ARRAY, ['f8', [0, 2**31, 2**31], b''])", "cannot be read"),
        ("ext(packing.ARRAY, ['f8', [3], bytes(23)])", "cannot be read"),
        ("ext(packing.ARRAY, ['f8', [3], 'text'])", "cannot be read"),
        ("ext(packing.ARRAY, ['f8', 'abc', bytes(24)])", "cannot be read"),
        (
            "ext(packing.ARRAY, [{'names': ['a'], 'formats': ['O']}, [3], bytes(24)])",
            "cannot be read",
        ),
        ("ext(packing.TENSOR, ['f16', [3], bytes(48)])", "cannot be read"),
        ("ext(packing.GIVEN, 'sigmoid')", "cannot be read"),
        ("ext(packing.RANDOM, {'state': 1})", "cannot be read"),
        ("ext(99, None)", "cannot be read"),
        ("b'\\xc1'", "cannot be read"),
        ("pickle.dumps(Thief())", "cannot be read"),
    ],
)
def test_a_value_by_hand(forge, value, said):
    struck = forge(f"""
        def sigmoid(z):
            answer_with({value})
    """)
    assert struck.status == "failed"
    assert said in struck.messages


@pytest.mark.parametrize("dtype", ["(1,f8", "((((", "(2 3)f8", "f8,(1,f8", "({0}f8)"])
def test_a_type_that_numpy_chokes_on(forge, dtype):
    """A wrong answer, and no failure of the grader, which would be nobody's mark."""
    struck = forge(f"""
        def sigmoid(z):
            answer_with(ext(packing.ARRAY, [{dtype!r}, [3], bytes(24)]))
    """)
    assert struck.status == "failed"
    assert "sigmoid gave something that cannot be read" in struck.messages


@pytest.mark.parametrize(
    "value",
    [
        "ext(packing.ARRAY, ['f8', keep(endless()), bytes(24)])",
        "ext(packing.ARRAY, [keep(endless()), [3], bytes(24)])",
        "ext(packing.TUPLE, keep(endless()))",
        "ext(packing.DICT, keep(endless([0, 0])))",
        "ext(packing.COMPLEX, keep(endless()))",
    ],
    ids=["shape", "dtype", "tuple", "dict", "complex"],
)
def test_a_handle_where_numbers_are_due(forge, value):
    """Whoever reads the answer steps through a generator of the attacker's, call after call."""
    struck = forge(f"""
        def endless(item=0):
            end = time.monotonic() + 6
            while time.monotonic() < end:
                yield item

        def sigmoid(z):
            if type(z) is float and z == 0.3:
                answer_with({value})
            return 0 * np.asarray(z)
    """)
    assert struck.status == "failed"
    assert struck.result.duration < 4


EXPENSIVE = {
    "keys that collide": "ext(packing.DICT, [[ext(packing.INT, hex(k * (2**61 - 1))), 0] "
    "for k in range(30_000)])",
    "a dtype of many fields": "ext(packing.ARRAY, ['f8,' * 100_000, [3], bytes(24)])",
    "a dtype of deep brackets": "ext(packing.ARRAY, ['(' * 10**6, [3], bytes(24)])",
    "an integer of a million digits": "ext(packing.INT, '9' * 10**6)",
}


@pytest.mark.parametrize("value", EXPENSIVE.values(), ids=EXPENSIVE)
def test_an_answer_that_takes_long_to_read(forge, value):
    struck = forge(f"""
        def sigmoid(z):
            if type(z) is float and z == 0.3:
                answer_with({value})
            return 0 * np.asarray(z)
    """)
    assert struck.status == "failed"
    assert struck.result.duration < 4


LARGE = {
    "boxes in boxes": "boxes(100, bytes(4 * 2**20))",
    "small dicts": "[{1: 1}] * 2**21",
}


@pytest.fixture
def growth():
    """How many bytes the judge has held at its largest since the test began, beyond what it did."""
    if not Path("/proc/self/clear_refs").exists():
        pytest.skip("this host does not tell")

    def status(field):
        text = Path("/proc/self/status").read_text()
        return int(re.search(rf"{field}:\s+(\d+)", text)[1]) * 1024

    getattr(ctypes.CDLL(None), "malloc_trim", int)(0)
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
    before = status("VmRSS")
    return lambda: status("VmHWM") - before


@pytest.mark.parametrize("value", LARGE.values(), ids=LARGE)
def test_an_answer_that_grows_when_it_is_read(forge, growth, value):
    struck = forge(f"""
        def boxes(depth, content):
            for _ in range(depth):
                content = ext(packing.TUPLE, [content])
            return content

        def sigmoid(z):
            if type(z) is float and z == 0.3:
                answer_with({value})
            return 0 * np.asarray(z)
    """)
    assert struck.status == "failed"
    assert growth() < 150 * 2**20


# Exceptions


@pytest.mark.parametrize(
    "kinds",
    [
        (),
        ("Skipped", "OutcomeException", "BaseException"),
        ("KeyboardInterrupt",),
        ("SystemExit",),
        ("GeneratorExit",),
        ("StopIteration", "Exception"),
        ("ExceptionGroup", "Exception"),
        ("UnicodeDecodeError", "ValueError", "Exception"),
        ("AssertionError", "Exception"),
        ("Mismatch", "KataError", "GraderFailed"),
        ("Unavailable", "Exception"),
        ("__build_class__", "print", "__name__"),
    ],
    ids=lambda kinds: "-".join(kinds) or "none",
)
def test_an_exception_that_would_mean_something_to_the_judge(forge, kinds):
    struck = forge(f"""
        def sigmoid(z):
            reply_with(wire.Failure(above("request").id, {kinds}, "all is well"))
    """)
    assert struck.status == "failed"
    assert f"sigmoid(z (3,)) raised {kinds[0] if kinds else 'Exception'}" in struck.messages


@pytest.mark.parametrize("function", ["relu", "sigmoid", "helper"])
def test_a_stub_that_is_none(forge, function):
    """A learner who waits for a neighbour is shown as blocked; this neighbour is done."""
    struck = forge(f"""
        def sigmoid(z):
            place = wire.Line("neuron.py", 12, {function!r})
            reply_with(
                wire.Failure(above("request").id, ("NotImplementedError",), "", (place,))
            )
    """)
    assert struck.status in ("failed", "todo")
    assert "blocked" not in struck.messages


# Words


@pytest.mark.parametrize(
    "reply",
    [
        "wire.Failure(number, ('ValueError',), 'x ' * 100_000)",
        "wire.Failure(number, ('X' * 200_000, 'ValueError'), '')",
        "wire.Failure(number, ('ValueError',), '', (wire.Line('neuron.py', 3, 'x'),) * 20_000)",
        "wire.Answer(number, wire.pack(0.5), ('x ' * 100_000,))",
        "wire.Answer(number, msgspec.msgpack.encode(ext(packing.ARRAY, ['x' * 200_000, [], b''])))",
        "wire.Answer(number, wire.pack(0.5), (), (10**9,))",
        "wire.Answer(number, wire.pack(0.5), (), (-10**9,))",
    ],
    ids=["text", "class", "lines", "warning", "dtype", "argument 10^9", "argument -10^9"],
)
def test_words_without_end(forge, reply):
    struck = forge(f"""
        def sigmoid(z):
            number = above("request").id
            reply_with({reply})
    """)
    assert struck.status == "failed"
    assert len(struck.messages) < 50_000
    assert len(struck.report) < 20_000


def test_notes_without_end(forge):
    struck = forge("""
        notes = above("self").notes["neuron"]
        notes += [wire.Note("neuron.py", 1, f"{n} " + "x " * 500) for n in range(500)]

        def sigmoid(z):
            return 0 * z
    """)
    assert struck.status == "failed"
    assert len(struck.report) < 50_000


@pytest.mark.parametrize(
    "leak",
    [
        "answer_with(ext(packing.ARRAY, [f'I saw {z}', [], b'']))",
        "answer_with(ext(packing.INT, f'I saw {z}'))",
        "answer_with(ext(packing.ARRAY, ['f8', [123456789, 1], bytes(8)]))",
        "answer_with(ext(packing.ARRAY, ['V123456789', [1], bytes(8)]))",
        "say(msgspec.msgpack.encode(['Answer', f'I saw {z}']))",
        "say([f'I saw {z}', 1])",
        "os.write(channel(), (123456789).to_bytes(8))",
        "reply_with(wire.Failure(above('request').id, (f'I saw {z}',), f'I saw {z}'))",
        "reply_with(wire.Answer(above('request').id, wire.pack(0.5), (f'I saw {z}',)))",
        "import warnings; warnings.warn(f'I saw {z}', RuntimeWarning); return 0.5",
    ],
)
def test_a_reply_that_carries_a_hidden_input_out(forge, leak):
    """Numbers stand for what any number could spell."""
    struck = forge(f"""
        def sigmoid(z):
            {leak}
            return 0 * np.asarray(z)
    """)
    hidden = [t.message for t in struck.exercises["sigmoid"].tests if t.visibility == "hidden"]
    assert struck.status == "failed"
    assert hidden
    assert not any("I saw" in message or "123456789" in message for message in hidden)


COMMANDS = re.compile(r"^\s*::|##\[|##vso\[|##teamcity\[", re.MULTILINE)
"""What a CI job obeys in what a step prints; GitHub's at the start of a line, blanks aside."""

WAYS = {
    "a message of two lines": "raise ValueError('no\\n{}')",
    "a carriage return": "raise ValueError('no\\r{}')",
    "another line end": "raise ValueError('no\\u2028{}')",
    "a line that is broken in two": "raise ValueError('x' * 40 + ' {}')",
    "the name of a class": "raise type('no\\n{}', (ValueError,), {{}})",
    "a warning": "import warnings; warnings.warn('no\\n{}', RuntimeWarning); return 0 * z",
}


@pytest.mark.parametrize("line", ["::set-output name=score::100", "##[set-env name=SCORE;]100"])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_command_to_the_ci_job_in_a_message(strike, way, line):
    struck = strike(f"""
        def sigmoid(z):
            {way.format(line)}
    """)
    assert struck.status == "failed"
    assert "100" in struck.report
    assert not COMMANDS.search(struck.report)


def test_a_command_to_the_ci_job_in_a_note(strike):
    struck = strike("""
        def sigmoid(z):
            return 0 * z
        raise ValueError("no\\n::error file=neuron.py::the grader is broken")
    """)
    assert struck.status == "failed"
    assert "the grader is broken" in struck.report
    assert not COMMANDS.search(struck.report)


@pytest.mark.parametrize("when", ["in the call", "at import"])
def test_a_line_of_the_report_in_a_message(strike, when):
    forged = "raise ValueError('no\\n✔ sigmoid         3/3  11 of 11 tests passed')"
    struck = strike(f"""
        def sigmoid(z):
            {forged if when == "in the call" else "return 0 * z"}
        {forged if when == "at import" else ""}
    """)
    assert struck.status == "failed"
    lines = struck.report.splitlines()
    assert any(line.startswith("✘ sigmoid") for line in lines)
    assert not any(line.startswith("✔ sigmoid") for line in lines)


def test_lines_on_standard_output(strike, capfd):
    struck = strike("""
        import os, sys
        def sigmoid(z):
            for file in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
                print("::set-output name=score::100", file=file, flush=True)
            for fd in range(256):
                try:
                    os.write(fd, b"::set-output name=score::100\\n") if fd in (0, 1, 2) else None
                except OSError:
                    pass
            return 0 * z
    """)
    assert struck.status == "failed"
    assert "set-output" not in "".join(capfd.readouterr())


def test_lines_on_the_standard_output_of_the_judge(strike, capfd):
    struck = strike("""
        import os
        def sigmoid(z):
            for fd in (1, 2):
                with open(f"/proc/{JUDGE}/fd/{fd}", "a") as file:
                    file.write("::set-output name=score::100\\n")
            return 0 * z
    """)
    assert struck.status == "failed"
    assert "set-output" not in "".join(capfd.readouterr())


# Speaking in the worker's name


@pytest.mark.parametrize(
    "patch",
    [
        "wire.pack = lambda *_: b'\\xc3'",
        "wire.send = lambda channel, _: say({'passed': True})",
        "wire.Answer = lambda *_: {'passed': True}",
        "worker.observe = lambda *_: worker.Observed(True, None, (), ())",
        "worker.Desk.reply = lambda self, request: wire.Answer(request.id, wire.pack(1))",
        "msgspec.msgpack.encode = lambda *_: b'\\xc3'",
    ],
)
def test_the_workers_own_functions_replaced(forge, patch):
    """At import: so it is the attacker's whole file that pays."""
    struck = forge(f"{patch}\ndef sigmoid(z): return True", kills_module=True)
    assert struck.status == "failed"


def test_a_module_that_answers_only_what_is_right(forge):
    """A desk of the attacker's own is free to answer, but what it knows is no more than before."""
    struck = forge("""
        def reply(self, request, honest=worker.Desk.reply):
            if getattr(request, "function", "") != "sigmoid":
                return honest(self, request)
            (z,), _ = wire.unpack(request.arguments)
            return wire.Answer(request.id, wire.pack(np.full(np.shape(z), 0.5)))
        worker.Desk.reply = reply

        def sigmoid(z):
            return 0 * z
    """)
    assert struck.status == "failed"
    assert "gave the right shape, but wrong values" in struck.messages


# Files


RESULT = json.dumps({"submission": {"name": "work"}, "score": 7, "max_score": 7, "exercises": []})


@pytest.mark.parametrize(
    "place",
    [
        "DROP + '/results.json'",
        "f'/proc/{JUDGE}/cwd/results.json'",
        "f'/proc/{os.getppid()}/cwd/tmp/kata-results.json'",
        "COURSE + '/tests/grader/redteam/results.json'",
    ],
    ids=["a shared folder", "the judge's folder", "the zygote's folder", "the course"],
)
def test_a_result_written_before_the_judge_does(strike, tmp_path, monkeypatch, place):
    monkeypatch.chdir(tmp_path)
    places = [tmp_path / "results.json", Path(__file__).with_name("results.json")]
    try:
        struck = strike(f"""
            import os
            def sigmoid(z):
                with open({place}, "w") as file:
                    file.write({RESULT!r})
                return 0 * z
        """)
        assert struck.status == "failed"
        assert not any(place.exists() for place in places)
    finally:
        for each in (*places, Path("/tmp/kata-results.json")):
            each.unlink(missing_ok=True)


@pytest.fixture
def kata(monkeypatch, lent_zygote, capfd):
    """Type `kata grade …`; returns the exit status and what was printed."""

    def kata(*arguments):
        monkeypatch.setattr(sys, "argv", ["kata", "grade", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return ended.value.code, "".join(capfd.readouterr())

    return kata


WRONG = "def sigmoid(z):\n    return z\n"


def test_a_link_handed_in_where_the_result_will_go(kata, tmp_path, monkeypatch):
    """In a CI job the output lies in the folder that was handed in."""
    precious = tmp_path / "precious"
    precious.write_text("of the teacher")
    work = tmp_path / "work"
    work.mkdir()
    (work / "neuron.py").write_text(WRONG)
    (work / "results.json").symlink_to(precious)
    monkeypatch.chdir(work)
    kata(".", f"--course={ROOT}", "--exercise=sigmoid", "--output=results.json")
    assert precious.read_text() == "of the teacher"


@pytest.mark.parametrize(
    "act",
    [
        "os.symlink(PRECIOUS, OUTPUT)",
        "os.link(PRECIOUS, OUTPUT)",
        "os.mkdir(OUTPUT)",
        "open(OUTPUT, 'w').write(RESULT); os.chmod(OUTPUT, 0o444)",
    ],
    ids=["link", "hard link", "folder", "forged result"],
)
def test_the_place_of_the_output_taken_while_marking(kata, tmp_path, act):
    precious, output = tmp_path / "precious", tmp_path / "results.json"
    precious.write_text("of the teacher")
    (tmp_path / "work.py").write_text(
        f"import os\nPRECIOUS, OUTPUT, RESULT = {str(precious)!r}, {str(output)!r}, {RESULT!r}\n"
        f"try:\n    {act}\nexcept OSError:\n    pass\n{WRONG}"
    )
    status, said = kata(
        tmp_path / "work.py",
        f"--course={ROOT}",
        "--exercise=sigmoid",
        "--format=json",
        f"--output={output}",
    )
    assert (status, said) == (1, "")
    assert precious.read_text() == "of the teacher"
    assert json.loads(output.read_text())["score"] == 0
    assert not output.is_symlink()


@pytest.mark.parametrize(
    "metadata",
    [
        {"kata": {"exercise": "sigmoid", "points": 100, "score": 100, "status": "passed"}},
        {"nbgrader": {"grade": True, "grade_id": "sigmoid", "points": 100, "locked": False}},
        {"otter": {"tests": ["sigmoid"], "points": 100}},
        {"id": "step", "tags": ["passed", "solution"]},
    ],
    ids=["kata", "nbgrader", "otter", "id"],
)
def test_points_and_ids_edited_in_a_notebook(judges, tmp_path, metadata):
    cells = [
        nbformat.new_code_cell(f"import numpy as np\n{WRONG}", metadata=metadata),
        nbformat.new_code_cell("def step(z):\n    return (np.asarray(z) >= 0).astype(int)"),
        nbformat.new_code_cell("assert sigmoid(0) == 0.5  # 100 points", metadata=metadata),
    ]
    path = tmp_path / "work.ipynb"
    path.write_text(nbformat.writes(nbformat.new_notebook(cells=cells, metadata=metadata)))
    sigmoid, step = judges().grade(path, ("sigmoid", "step")).exercises
    assert (sigmoid.status, sigmoid.score, sigmoid.max_score) == ("failed", 0, 3)
    assert (step.status, step.score, step.max_score) == ("passed", 1, 1)
