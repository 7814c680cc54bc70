"""The decoder, fed by the learner: whatever comes, it is data or a `ChannelError`."""

import contextlib
import struct

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from circuits.judging.answers import is_stub
from grader.sandbox import Limits, Refusal
from grader.sandbox.inside import wire
from grader.sandbox.inside.wire import pack_value, unpack_arguments
from grader.sandbox.process import MessageOrder
from grader.sandbox.protocol import (
    Begin,
    ChannelError,
    Decoder,
    Done,
    End,
    Given,
    Marker,
    Output,
    Raised,
    pack_call,
    read_value,
)
from grader.sandbox.run_cells import CellOutputs

LIMITS = Limits(answer_bytes=4096, output_bytes=4096, channel_bytes=65536, channel_messages=50)
KINDS = [wire.READY, wire.BEGIN, wire.END, wire.DONE, wire.OUTPUT, wire.ANSWER, wire.RESULT]
NAMES = 3


def decode(data, limits=LIMITS):
    return list(Decoder(limits, NAMES).feed(data))


def answer(value, place=0):
    return wire.frame(wire.ANSWER, struct.pack("<H", place) + pack_value(value, 4096))


@settings(max_examples=500)
@given(st.binary(max_size=400))
def test_any_bytes_are_messages_or_a_channel_error(data):
    with contextlib.suppress(ChannelError):
        decode(data)


@settings(max_examples=1000)
@given(st.sampled_from(KINDS), st.binary(max_size=200))
@example(wire.ANSWER, b"\0\0" + bytes([wire.ARRAY, 11, 2]) + struct.pack("<2Q", 2**63, 2))
@example(wire.ANSWER, b"\0\0" + bytes([wire.ARRAY, 11, 2]) + struct.pack("<2Q", 0, 2**64 - 1))
@example(wire.RESULT, struct.pack("<II", 1, 2**32 - 1))
@example(wire.OUTPUT, b"")
def test_any_payload_is_a_message_or_a_channel_error(kind, payload):
    try:
        (message,) = decode(wire.frame(kind, payload))
    except ChannelError:
        return
    if isinstance(message, Given):
        assert message.place < NAMES
        assert not isinstance(message.value, np.ndarray) or message.value.nbytes <= 4096


@settings(max_examples=500)
@given(
    st.sampled_from([np.eye(3), [1, 2], "W_Q", ("a", "b"), len, ..., None, object()]),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=4),
    st.integers(0, 200),
)
def test_a_changed_or_shortened_answer_is_still_data_or_an_error(value, changes, keep):
    data = bytearray(answer(value))
    for at, byte in changes:
        data[at % len(data)] = byte
    with contextlib.suppress(ChannelError):
        decode(bytes(data[: max(keep, 1)]))


@given(st.data())
def test_the_cuts_between_reads_do_not_matter(data):
    stream = b"".join(map(answer, ["a", np.arange(5), None, ["x"]]))
    decoder, messages = Decoder(LIMITS, NAMES), []
    while stream:
        cut = data.draw(st.integers(1, len(stream)))
        messages += decoder.feed(stream[:cut])
        stream = stream[cut:]
    assert [type(message.value) for message in messages] == [str, np.ndarray, type(None), tuple]


@given(
    hnp.arrays(
        dtype=st.sampled_from(wire.DTYPES),
        shape=hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
    )
)
def test_every_array_arrives_as_it_was(array):
    arrived = read_value(pack_value(array, 1 << 20), 1 << 20)
    assert arrived.dtype == array.dtype
    assert arrived.shape == array.shape
    assert arrived.tobytes() == array.tobytes()
    assert arrived.flags.writeable
    assert type(arrived) is np.ndarray


@given(
    st.lists(
        st.one_of(
            st.integers(-(2**60), 2**60),
            st.floats(allow_nan=False),
            st.booleans(),
            hnp.arrays(np.float64, (2, 3), elements=st.floats(-1, 1)),
        ),
        max_size=4,
    )
)
def test_arguments_arrive_as_they_were(arguments):
    arrived = unpack_arguments(pack_call(1, 0, arguments)[wire.HEADER.size + 6 :])
    assert [type(value) for value in arrived] == [type(value) for value in arguments]
    for got, sent in zip(arrived, arguments, strict=True):
        assert np.array_equal(got, sent)


class Watching(np.ndarray):
    def __array_finalize__(self, other):
        self.seen = True


@pytest.mark.parametrize(
    "value",
    [
        [[1.0, 2.0], [3.0, 4.0]],
        ((1, 2), (3, 4)),
        np.array([[1, 2], [3, 4]], dtype=np.float32),
        np.matrix([[1, 2], [3, 4]]),
        np.array([[1, 2], [3, 4]], dtype=">f8"),
        np.array([[1, 3], [2, 4]]).T,
        np.array([[1, 2], [3, 4]]).view(Watching),
        np.ma.masked_array([[1, 2], [3, 4]]),
        np.array([[1, 2], [3, 4]], dtype=np.longdouble),
    ],
)
def test_a_matrix_in_any_honest_form_leaves_as_a_plain_array(value):
    arrived = read_value(pack_value(value, 4096), 4096)
    assert type(arrived) is np.ndarray
    assert arrived.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (np.array([[1, None]]), "dtype object"),
        ([[1, 2], [3]], "different lengths"),
        (np.zeros(10_000), "80000 bytes"),
        (np.array([["1", "2"]]), "dtype"),
        ("x" * 2000, "1000 bytes"),
        ({"a": 1, 2: 3}, "dict"),
        (b"bytes", "bytes"),
        (np.zeros((1,) * 9), "9 axes"),
        ([2**70], "dtype object"),
        ("é" * 501, "1000 bytes"),
    ],
)
def test_what_is_no_data_is_refused_with_a_reason(value, word):
    arrived = read_value(pack_value(value, 4096), 4096)
    assert isinstance(arrived, Refusal), arrived
    assert word in arrived.reason


def test_strings_leave_as_text_and_collections_of_them_as_tuples():
    assert read_value(pack_value(np.str_("W_Q"), 99), 99) == "W_Q"
    assert read_value(pack_value(np.array(["W_Q", "W_K"]), 99), 99) == ("W_Q", "W_K")
    assert set(read_value(pack_value({"W_Q", "W_K"}, 99), 99)) == {"W_Q", "W_K"}


def test_markers_of_unattempted_answers_and_functions_arrive():
    def stub(x): ...

    for value, wanted in [
        (..., ...),
        (None, None),
        (len, Marker.FUNCTION),
        (lambda x: print(x), Marker.FUNCTION),
        (stub, Marker.STUB),
    ]:
        assert read_value(pack_value(value, 99), 99) is wanted


def test_the_sandbox_and_the_check_agree_on_what_a_stub_is():
    def stub(x):
        # return x, doubled
        ...

    def described(x):
        """Return x, doubled."""

    def described_stub(x):
        """Return x, doubled."""
        ...  # noqa: PIE790 - a stub may say what it is for

    def without_return(x):
        x = 2 * x

    def passes(x):
        pass

    def stops(x):
        return

    nothing = [described, passes, stops, lambda x: None]
    answered = [*nothing, without_return, lambda x: x, lambda x: 4, lambda x: print(x), len]
    untouched = [stub, described_stub, lambda x: ...]
    for value in (*answered, *untouched):
        assert wire.is_stub(value) == is_stub(value) == (value in untouched)


def test_a_class_that_fails_to_be_read_is_refused():
    class Broken:
        def __array__(self, *args, **kwargs):
            raise SystemError("no")

    assert "no" in read_value(pack_value(Broken(), 99), 99).reason


def test_a_truth_value_that_numpy_never_makes_becomes_true():
    raw = bytes([wire.ARRAY, 0, 1]) + struct.pack("<Q", 2) + b"\x00\xff"
    assert read_value(raw, 99).view(np.uint8).tolist() == [0, 1]


@pytest.mark.parametrize(
    "data",
    [
        b"?" + bytes(4),
        wire.HEADER.pack(wire.ANSWER, 2**32 - 1),
        answer(1, place=NAMES),
        wire.frame(wire.BEGIN, b"123"),
        wire.frame(wire.DONE, b"x"),
        wire.frame(wire.ANSWER, b"\0\0\xff"),
        wire.frame(wire.OUTPUT, bytes([wire.STREAM]) + wire.pack_texts(["other", "x"])),
        wire.frame(wire.OUTPUT, bytes([wire.DISPLAY]) + wire.pack_texts(["text/javascript", "x"])),
        wire.frame(wire.ANSWER, b"\0\0" + bytes([wire.STRING]) + struct.pack("<I", 99)),
        wire.frame(wire.ANSWER, b"\0\0" + bytes([wire.STRING]) + wire.pack_texts(["x" * 1001])),
    ],
)
def test_what_no_honest_process_sends_is_an_error(data):
    with pytest.raises(ChannelError):
        decode(data)


def test_floods_end_by_bytes_and_by_messages():
    with pytest.raises(ChannelError, match="65536 bytes"):
        decode(b"\0" * 65537)
    with pytest.raises(ChannelError, match="50 messages"):
        decode(wire.frame(wire.DONE, b"") * 51)


def test_messages_before_a_bad_frame_still_come():
    decoder = Decoder(LIMITS, NAMES)
    stream = decoder.feed(answer("kept") + b"garbage!!")
    assert next(stream) == Given(0, "kept")
    with pytest.raises(ChannelError):
        next(stream)


@given(
    st.lists(
        st.one_of(
            st.builds(Begin, st.integers(0, 3)),
            st.builds(End, st.integers(0, 3), st.just(1)),
            st.just(Done()),
            st.just(Given(0, None)),
            st.just(Output(0, ("stdout", ""))),
        ),
        max_size=12,
    )
)
def test_cells_only_ever_begin_in_order_and_speak_while_they_run(messages):
    order, begun = MessageOrder(3), []
    for message in messages:
        inside = order.inside
        if order.accept(message):
            if isinstance(message, Begin):
                begun.append(message.place)
            elif isinstance(message, Done):
                assert begun == [0, 1, 2]
            else:
                assert inside
    assert begun == [0, 1, 2][: len(begun)]


@given(st.lists(st.tuples(st.sampled_from(["stdout", "stderr"]), st.text(max_size=80))))
def test_recorded_output_never_exceeds_its_bound(texts):
    record = CellOutputs()
    for name, text in texts:
        record.add(Output(wire.STREAM, (name, text)), 300)
    record.finish(10_000)
    assert sum(len(output["text"]) for output in record.outputs) <= 300 + len(wire.CUT) + 10


def test_a_raised_error_is_told_apart_from_a_refusal():
    raised = bytes([wire.RAISED]) + wire.pack_texts(["ValueError: no"])
    assert read_value(raised, 99) == Raised("ValueError: no")
