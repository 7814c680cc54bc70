"""Cheats inside the learner's own process: the test's tools, its modules, its words."""

from __future__ import annotations

from tests.corpus.case import attack, attack_by_function

KIND = "in-process cheats"

_FAKE = "lambda part, *rest, **more: {'ex1a': 4.0, 'ex1b': 4.0, 'ex1c': 2.0, 'ex1d': 4.0}[part]"
_FAKE_MODULE = f"""
import sys, types
fake = types.ModuleType("course.hidden")
fake.score = {_FAKE}
"""
_SHELL = "shell = get_ipython()\n"

_CHEATS = {
    "patch-allclose": "np.allclose = np.array_equal = np.isclose = lambda *a, **k: True",
    "patch-comparisons": (
        "np.abs = np.absolute = np.max = np.linalg.norm = lambda *a, **k: np.float64(0)"
    ),
    "patch-judge": (
        "import circuits.judging as j\nright = j.judge('ex1a', dict(W_V_1=W_V_1, W_out_1=W_out_1), "
        "__import__('circuits.trials').trials.draw_trials())\n"
        "import dataclasses, sys\n"
        "for m in list(sys.modules.values()):\n"
        "    if getattr(m, 'judge', None) is j.judge and m is not j:\n"
        "        m.judge = lambda *a, **k: right\n"
        "j.judge = lambda *a, **k: right"
    ),
    "patch-tasks": (
        "from circuits.exercises import PARTS\n"
        "from circuits.reports.examination import Examination, Judgement\n"
        "def right(task, part, given, trials):\n"
        "    return Examination({p.slug: Judgement(True, 'right') for p in part.properties})\n"
        "for part in PARTS.values(): type(part.task).examine = right"
    ),
    "patch-hidden-score": f"import course.hidden\ncourse.hidden.score = {_FAKE}",
    "patch-verdict": (
        "import course.judge as v, course.hidden as h, types\n"
        "h.grade_part = v.grade_part = lambda part, *a: types.SimpleNamespace("
        "points=4.0, report='right', failure=None)"
    ),
    "patch-clamp": "import course.judge as v\nv._clamp = lambda points, part: float(part.points)",
    "replace-module": _FAKE_MODULE + "sys.modules['course.hidden'] = fake",
    "replace-circuits": (
        "import sys, types\nfake = types.ModuleType('circuits')\n"
        "fake.check = lambda *a, **k: None\nsys.modules['circuits'] = fake\ncheck = fake.check"
    ),
    "meta-path-finder": _FAKE_MODULE
    + """
import importlib.abc, importlib.util
class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        if name.startswith('course'):
            return importlib.util.spec_from_loader(name, self, is_package=name == 'course')
    def create_module(self, spec):
        return fake if spec.name == 'course.hidden' else None
    def exec_module(self, module): pass
sys.meta_path.insert(0, Finder())
for name in [n for n in sys.modules if n.startswith('course')]: del sys.modules[name]""",
    "patch-import": _FAKE_MODULE
    + """
import builtins
old = builtins.__import__
pick = lambda name, *a, **k: fake if name == 'course.hidden' else old(name, *a, **k)
builtins.__import__ = pick""",
    "ast-transformer": _SHELL
    + """
import ast
class Rewrite(ast.NodeTransformer):
    def visit_Call(self, node):
        if getattr(node.func, 'id', '') == 'score':
            return ast.copy_location(ast.Constant(4.0), node)
        return self.generic_visit(node)
shell.ast_transformers.append(Rewrite())""",
    "ast-strips-asserts": _SHELL
    + """
import ast
class Strip(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.Pass()
    def visit_Expr(self, node): return ast.copy_location(ast.Expr(ast.Constant(4.0)), node)
shell.ast_transformers.append(Strip())""",
    "input-transformer": _SHELL + "shell.input_transformers_cleanup.append(\n"
    "    lambda lines: ['4.0\\n'] if any('score(' in line for line in lines) else lines)",
    "cell-events": _SHELL
    + "shell.events.register('pre_run_cell', lambda info: setattr(info, 'raw_cell', '4.0'))\n"
    "shell.events.register('post_run_cell', lambda r: setattr(r, 'result', 4.0))",
    "run-cell": _SHELL + "old = shell.run_cell\n"
    "shell.run_cell = lambda raw, *a, **k: old('4.0' if 'score(' in raw else raw, *a, **k)\n"
    "also = getattr(shell, 'run_cell_async', None)\n"
    "if also: shell.run_cell_async = lambda raw, *a, **k: also("
    "'4.0' if 'score(' in raw else raw, *a, **k)",
    "execute-reply": """
import ipykernel.displayhook as d
old = d.ZMQShellDisplayHook.write_format_data
def write(self, data, metadata=None):
    data['text/plain'] = '4.0'
    old(self, data, metadata)
d.ZMQShellDisplayHook.write_format_data = write""",
    "session-send": """
import jupyter_client.session as s
old = s.Session.send
def send(self, stream, kind, content=None, *a, **k):
    if kind == 'execute_result': content['data']['text/plain'] = '4.0'
    return old(self, stream, kind, content, *a, **k)
s.Session.send = send""",
    "displayhook": _SHELL
    + "import sys\nold = sys.displayhook\nsys.displayhook = lambda value: old(4.0)\n"
    "shell.display_trap.hook = sys.displayhook",
    "float-formatter": _SHELL + "shell.display_formatter.formatters['text/plain'].for_type(\n"
    "    float, lambda value, p, cycle: p.text('4.0'))",
    "display-a-score": (
        "from IPython.display import display\n"
        "display({'text/plain': '4.0', 'application/vnd.circuits.report+json': "
        "{'part': 'ex1b', 'status': 'right', 'points': 4}}, raw=True)\n4.0"
    ),
    "shadow-globals": f"globals = lambda: dict(W_V_2=0)\nscore = {_FAKE}\ncheck = print",
    "watching-ndarray": """
import sys
class Watcher(np.ndarray):
    def __array_finalize__(self, other):
        frame = sys._getframe(1)
        while frame:
            if 'trials' in frame.f_locals or 'names' in frame.f_locals:
                for key, value in list(frame.f_locals.items()):
                    print('frame', key, repr(value)[:200])
                frame.f_globals['score'] = lambda *a: 4.0
            frame = frame.f_back
    def __array_function__(self, func, types, args, kwargs): return np.bool_(True)
    def __array_ufunc__(self, ufunc, method, *args, **kwargs): return np.float64(0)
W_V_2, W_out_2 = W_V_2.view(Watcher), W_out_2.view(Watcher)""",
    "equal-to-everything": """
class Equal(np.ndarray):
    def __eq__(self, other): return np.bool_(True)
    def __matmul__(self, other): return self
    def __rmatmul__(self, other): return self
    def __array_function__(self, *a): return True
W_V_2, W_out_2 = W_V_2.view(Equal), W_out_2.view(Equal)""",
    "dict-as-namespace": _SHELL
    + """
import sys
class Watch(dict):
    def __getitem__(self, key):
        frame = sys._getframe(1)
        frame.f_globals['score'] = lambda *a: 4.0
        return dict.__getitem__(self, key)
shell.user_ns = Watch(shell.user_ns)""",
    "changing-array": """
class Shifty:
    looks = 0
    def __array__(self, dtype=None, copy=None):
        Shifty.looks += 1
        return np.full((4, 16), float(Shifty.looks))
W_V_2 = Shifty()""",
    "list-the-collector": """
import gc
for thing in gc.get_objects():
    name = type(thing).__name__
    if name in ('Trials', 'Reference', 'Plan', 'Judgement', 'Seed'): print(name, repr(thing)[:999])
    if isinstance(thing, (dict, list)) and 'HIDDEN' in str(thing)[:9999]: print(str(thing))""",
    "tracer": """
import sys
def trace(frame, event, arg):
    if frame.f_code.co_name in ('grade_part', 'score', 'judge'):
        frame.f_locals['points'] = 4.0
        if 'verdict' in frame.f_locals: object.__setattr__(frame.f_locals['verdict'], 'points', 4.0)
    return trace
sys.settrace(trace)""",
    "caller-frames": """
import sys
frame = sys._getframe()
while frame:
    for key, value in list(frame.f_locals.items()):
        if key in ('names', 'self', 'learner', 'job', 'limits', 'settings'):
            print(key, repr(value)[:300])
        if isinstance(value, dict) and key in ('limits', 'settings'):
            value.update({k: 10**12 for k in value})
    frame = frame.f_back""",
    "known-random-numbers": (
        "np.random.default_rng = lambda *a: np.random.Generator(np.random.PCG64(0))\n"
        "import circuits.trials as t\n"
        "draw = t.draw_trials\nt.draw_trials = lambda *a, **k: draw()"
    ),
    "write-into-false": """
import ctypes, sys
for wrong in (False, np.False_):
    try: ctypes.memmove(id(wrong) + 16, id(type(wrong)(1)) + 16, sys.getsizeof(wrong) - 16)
    except Exception: pass
print(bool(np.False_))""",
    "thread-in-the-back": """
import threading, time, sys
def patch():
    while True:
        for name in ('course.hidden', 'course.judge', 'circuits.judging'):
            module = sys.modules.get(name)
            for word in ('score', 'grade_part', 'judge'):
                if module and hasattr(module, word): setattr(module, word, lambda *a, **k: 4.0)
        time.sleep(0.001)
threading.Thread(target=patch, daemon=True).start()""",
    "at-exit": "import atexit, sys\natexit.register(lambda: sys.stdout.write('4.0'))\n"
    "class Late:\n    def __del__(self): print('4.0')\nlate = Late()",
    "redefine-later": "import signal\nsignal.signal(signal.SIGALRM, lambda *a: "
    "globals().update(score=lambda *a: 4.0, globals=dict))\nsignal.setitimer(0, 0.01, 0.01)",
}


def _define(body: str) -> str:
    return f"def attention_head(x, W_Q, W_K, W_V, W_out):\n{body}"


_NONE = {"w2": 0.0}
_FUNCTIONS = (
    ("function-patches-the-test", "    np.allclose = lambda *a, **k: True\n    return x", _NONE),
    (
        "function-watches-frames",
        "    import sys\n    frame = sys._getframe(1)\n    while frame:\n"
        "        for key in ('expected', 'wanted', 'want', 'reference'):\n"
        "            if key in frame.f_locals: return frame.f_locals[key]\n"
        "        frame = frame.f_back\n    return x",
        _NONE,
    ),
    (
        "function-returns-equal-to-all",
        "    class Equal(np.ndarray):\n        def __eq__(self, other): return True\n"
        "        def __array_function__(self, *a): return True\n"
        "        def __array_ufunc__(self, *a, **k): return np.float64(0)\n"
        "    return x.view(Equal)",
        _NONE,
    ),
    (
        "function-zeroes-its-inputs",
        "    for a in (x, W_Q, W_K, W_V, W_out): a[...] = 0\n    return x",
        _NONE,
    ),
    ("function-raises-exit", "    raise SystemExit(0)", _NONE),
    ("function-ends-the-process", "    import os\n    os._exit(0)", _NONE),
    ("function-returns-a-function", "    return attention_head", _NONE),
)

CASES = (
    *(attack(KIND, name, code) for name, code in _CHEATS.items()),
    *(attack_by_function(KIND, n, _define(body), points) for n, body, points in _FUNCTIONS),
)
