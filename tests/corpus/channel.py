"""Attacks on the channel through which answers leave the sandbox.

Stock nbgrader has no such channel: of these, only odd values can be tried there.
"""

from __future__ import annotations

from tests.corpus.case import DIES, LIVES, attack, attack_by_function

KIND = "the channel"

_START = """
import os, struct
def send(kind, payload, size=None):
    data = kind + struct.pack('<I', len(payload) if size is None else size) + payload
    try:
        while data: data = data[os.write(200, data):]
    except OSError: pass
def array(place, values):
    values = np.asarray(values, dtype='<f8')
    head = bytes([0, 11, values.ndim]) + struct.pack(f'<{values.ndim}Q', *values.shape)
    return struct.pack('<H', place) + head + values.tobytes()
"""

# Places: W_V_1, W_out_1, W_V_2, W_out_2, W_net_1, W_net_2, two_token_copy, one_token_copy.
_FATAL = {
    "frame-of-unknown-kind": "send(b'?', b'x')",
    "frame-too-large": "send(b'a', b'', size=0xFFFFFFFF)",
    "frame-cut-short": "send(b'a', b'', size=1000)\nos._exit(0)",
    "answer-of-wrong-length": "send(b'a', array(2, np.ones((4, 16)))[:-8])",
    "answer-with-forged-name": "send(b'a', array(999, np.ones((4, 16))))",
    "answer-of-unknown-dtype": "send(b'a', struct.pack('<H', 2) + bytes([0, 99, 0]))",
    "answer-of-objects": "send(b'a', struct.pack('<H', 2) + bytes([77]) + b'cos\\nsystem\\n')",
    "answer-with-huge-axes": (
        "send(b'a', struct.pack('<HBBBQQ', 2, 0, 11, 2, 2**63, 2) + bytes(8))"
    ),
    "answer-with-many-axes": "send(b'a', struct.pack('<HBBB', 2, 0, 11, 255) + bytes(2040))",
    "text-without-end": "send(b'a', struct.pack('<HBI', 2, 1, 2**31) + b'x')",
    "begin-again": "send(b'b', struct.pack('<I', 0))",
    "end-of-another-cell": "send(b'e', struct.pack('<II', 40, 1))",
    "done-too-early": "send(b'd', b'')",
    "ready-again": "send(b'h', b'')",
    "result-unasked": "send(b'r', struct.pack('<II', 1, 1) + bytes([5]))",
    "output-of-unknown-kind": "send(b'o', bytes([9]))",
    "output-of-unknown-type": (
        "send(b'o', bytes([2]) + b''.join(struct.pack('<I', len(t)) + t "
        "for t in (b'application/javascript', b'alert(1)')))"
    ),
    "garbage": "os.write(200, np.random.default_rng(0).bytes(100_000))",
    "close-the-channel": "os.close(200)\nprint(1)",
    "flood-of-answers": "while True: send(b'a', array(2, np.zeros(1)))",
    "flood-of-outputs": "while True: send(b'o', bytes([0]) + struct.pack('<I', 6) + b'stdout' "
    "+ bytes(4))",
}
_HARMLESS = {
    "several-bundles": (
        "for n in range(50): send(b'a', array(2, np.full((4, 16), n)))\n"
        "send(b'a', array(3, np.eye(16)[:, :4]))"
    ),
    "answer-for-a-later-part": "send(b'a', array(6, np.ones((16, 16))))",
    "odd-names-of-streams": (
        "import sys\nsys.stdout.name = '../../x'\nsys.stdout._sink.left = 10**12"
    ),
    "child-that-writes": (
        "if os.fork() == 0:\n    send(b'o', bytes([0]) + struct.pack('<I', 6) + b'stdout' "
        "+ struct.pack('<I', 2) + b'hi')\n    os._exit(0)\nos.wait()"
    ),
    "reads-what-is-sent": "try: print(os.read(200, 0))\nexcept OSError: pass",
}
_FORGED = attack(
    KIND,
    "forged-values",
    "import sys\nrunner = sys.modules.get('inside.runner')\n"
    "if runner:\n    old = runner.pack_value\n"
    "    runner.pack_value = lambda value, most: old(np.ones((4, 16)), most)",
    dict.fromkeys(LIVES, 0.0),
    stock=False,
)

# Values that are data, and nothing that a judge would wish for.
_VALUES = {
    "answer-not-a-number": "W_V_2 = np.full((4, 16), np.nan)",
    "answer-infinite": "W_V_2, W_out_2 = np.full((4, 16), np.inf), np.full((16, 4), -np.inf)",
    "answer-enormous": "W_V_2, W_out_2 = W_V_2 * 1e308, W_out_2 * 1e308",
    "answer-tiny": "W_V_2, W_out_2 = W_V_2 * 5e-324, W_out_2 * 5e-324",
    "answer-complex": "W_V_2 = W_V_2 * 1j",
    "answer-empty": "W_V_2, W_out_2 = np.zeros((0, 16)), np.zeros((16, 0))",
    "answer-of-no-axes": "W_V_2, W_out_2 = 5, np.float64(5)",
    "answer-of-eight-axes": "W_V_2 = np.zeros((1,) * 8)",
    "answer-of-dates": "W_V_2 = np.zeros((4, 16), 'datetime64[s]')",
    "answer-of-fields": "W_V_2 = np.zeros((4, 16), [('a', float), ('b', int)])",
    "answer-ragged": "W_V_2 = [[1.0], [1.0, 2.0]]",
    "answer-of-large-ints": "W_V_2 = [[10**400] * 16] * 4",
    "answer-is-a-class": "W_V_2 = type('W', (), {'__array__': 5})",
    "answer-is-a-generator": "W_V_2 = (row for row in np.eye(4, 16))",
    "answer-is-a-module": "W_V_2 = np",
    "answer-is-a-process": "import subprocess\nW_V_2 = subprocess.Popen(['sleep', '1'])",
    "answer-lies-about-its-class": "class Lie:\n    @property\n"
    "    def __class__(self): return np.ndarray\n    shape, dtype = (4, 16), np.dtype(float)\n"
    "W_V_2 = Lie()",
    "answer-raises-exit": "class Leave:\n    def __array__(self, *a, **k): raise SystemExit\n"
    "W_V_2 = Leave()",
}

_CALL = "def attention_head(x, W_Q, W_K, W_V, W_out):\n    import os, struct\n"
_NONE = {"w2": 0.0}
_FUNCTIONS = (
    ("call-answered-with-garbage", _CALL + "    os.write(200, b'?' * 99)\n    return x", _NONE),
    (
        "call-answered-twice",
        _CALL + "    os.write(200, b'r' + struct.pack('<III', 9, 1, 1) + bytes([5]))\n    return x",
        _NONE,
    ),
    (
        "call-changes-what-is-not-there",
        _CALL + "    for n in range(999):\n        try: os.write(200, b'r' + struct.pack("
        "'<III', 10, n, 1) + bytes([5, 77]))\n        except OSError: pass\n    return x",
        _NONE,
    ),
    ("call-answered-by-silence", _CALL + "    os.close(200)\n    return x", _NONE),
    ("call-answered-with-much", _CALL + "    return np.zeros(10**7)", _NONE),
    ("call-answered-with-objects", _CALL + "    return np.array([object()])", _NONE),
)

CASES = (
    *(attack(KIND, name, _START + code, DIES, stock=False) for name, code in _FATAL.items()),
    *(attack(KIND, name, _START + code, stock=False) for name, code in _HARMLESS.items()),
    _FORGED,
    *(attack(KIND, name, code) for name, code in _VALUES.items()),
    *(attack_by_function(KIND, *one, stock=False) for one in _FUNCTIONS),
)
