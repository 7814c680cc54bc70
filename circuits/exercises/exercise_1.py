"""List the parts of exercise 1, the virtual head. d_model 16, d_head 4."""

from __future__ import annotations

from circuits.diagnosis.directions.values import Expansion
from circuits.parts import Answer, Part, Property, Text, matrix
from circuits.tasks.copying.copying import Copying, CopyingBehind
from circuits.tasks.copying.products import Products

D_MODEL = 16
D_HEAD = 4

_VALUES_1 = ("W_V_1", "W_out_1")
_VALUES_2 = ("W_V_2", "W_out_2")

_HEAD_1 = Copying("head 1", read=(0, 1, 2, 3), written=(8, 9, 10, 11), d_model=D_MODEL)

PARTS = (
    Part(
        id="ex1a",
        assignment="exercise-1",
        title="Head 1 copies four dimensions",
        objective="Write the value and output matrices of a head that moves "
        "dimensions 0-3 to 8-11.",
        minutes=8,
        difficulty=1,
        answers=(
            matrix("W_V_1", D_HEAD, D_MODEL, "what head 1 reads from the previous token"),
            matrix("W_out_1", D_MODEL, D_HEAD, "where head 1 writes it"),
        ),
        properties=(
            Property("reads", "The head reads dimensions 0-3 and no others.", 1),
            Property("writes", "The head writes to dimensions 8-11 and no others.", 1),
            Property("copies", "Dimension k arrives at 8 + k with gain 1.", 2),
        ),
        hints=(
            "A head reads first and writes second. What should the four numbers inside it be?",
            "`W_V_1` has four rows, one for each number inside the head. A row with a single 1 "
            "reads one dimension.",
            "Let row k of `W_V_1` hold a 1 in column k. Then column k of `W_out_1` says where that "
            "number goes: which row should hold the 1?",
        ),
        task=_HEAD_1,
    ),
    Part(
        id="ex1b",
        assignment="exercise-1",
        title="Head 2 copies three and one",
        objective="Let one head bring three dimensions from one token back and one "
        "from two tokens back.",
        minutes=12,
        difficulty=2,
        answers=(
            matrix("W_V_2", D_HEAD, D_MODEL, "what head 2 reads from the previous token"),
            matrix("W_out_2", D_MODEL, D_HEAD, "where head 2 writes it"),
        ),
        properties=(
            Property("four", "The head reads exactly four dimensions.", 1),
            Property(
                "gain", "Each dimension it reads arrives in a dimension of its own, with gain 1.", 1
            ),
            Property("two-back", "Exactly one of the four is a dimension that head 1 writes.", 1),
            Property("one-back", "Three of the four are dimensions that head 1 does not touch.", 1),
        ),
        hints=(
            "Head 2, too, looks only at the previous token. How can anything from two tokens back "
            "be found there?",
            "After layer 1, dimensions 8-11 of a token hold what its previous token had in 0-3.",
            "Read one of 8-11 and three of the dimensions that head 1 neither reads nor writes. "
            "Write the four to any four different dimensions.",
        ),
        task=CopyingBehind(
            "head 2", first=_HEAD_1, right="the head 1 of part (a)", own="your own head 1"
        ),
        builds_on=_VALUES_1,
    ),
    Part(
        id="ex1c",
        assignment="exercise-1",
        title="The net matrices",
        objective="Expand each head's two matrices into the one map that moves information.",
        minutes=5,
        difficulty=1,
        answers=(
            matrix("W_net_1", D_MODEL, D_MODEL, "head 1 from stream to stream"),
            matrix("W_net_2", D_MODEL, D_MODEL, "head 2 from stream to stream"),
        ),
        properties=(
            Property("net-1", "`W_net_1` is the product of your head 1.", 1),
            Property("net-2", "`W_net_2` is the product of your head 2.", 1),
        ),
        hints=(
            "The vector is read first and written second, and matrices act from right to left.",
            "A (16, 4) and a (4, 16) matrix can be multiplied in two orders. "
            "Which of the two products acts on a stream?",
            "`W_out` stands on the left, because it acts last.",
        ),
        task=Products(
            (
                Expansion("net", ("1",), "your head 1 from (a) moves"),
                Expansion("net", ("2",), "your head 2 from (b) moves"),
            ),
            d_head=D_HEAD,
        ),
        builds_on=(*_VALUES_1, *_VALUES_2),
    ),
    Part(
        id="ex1c-text",
        assignment="exercise-1",
        title="What the net matrices tell",
        objective="Say what a row, a column and the rank of a net matrix tell you.",
        minutes=6,
        difficulty=1,
        answers=(Answer("ex1c-text", "text", "a few sentences in your own words"),),
        properties=(Property("read", "A person reads the text against the rubric.", 3),),
        hints=(
            "Put your finger on a 1 in `W_net_1`. Which dimension does its column stand for, and "
            "which its row?",
            "Columns are read and rows are written. How many independent columns can there be?",
            "The output at a token is the pattern-weighted sum of the net matrix "
            "times the attended streams. Which part of this does the net matrix leave open?",
        ),
        task=Text(),
    ),
    Part(
        id="ex1d",
        assignment="exercise-1",
        title="One token back and two tokens back",
        objective="Split what two heads do together into a one-token copy and a two-token copy.",
        minutes=10,
        difficulty=2,
        answers=(
            matrix("two_token_copy", D_MODEL, D_MODEL, "the path through both heads"),
            matrix("one_token_copy", D_MODEL, D_MODEL, "the paths through one head"),
        ),
        properties=(
            Property("two-token", "`two_token_copy` is the path through head 1, then head 2.", 2),
            Property("one-token", "`one_token_copy` is the sum of both paths through one head.", 2),
        ),
        hints=(
            "A vector can pass head 1 and head 2, head 1 alone, head 2 alone, or neither.",
            "Passing a head multiplies by its net matrix; staying in the stream multiplies by $I$.",
            "Through both heads there is one path, and the head that acts last stands on the left. "
            "Through one head there are two paths, which add.",
        ),
        task=Products(
            (
                Expansion(
                    "chain",
                    ("1", "2"),
                    "your heads from (a) and (b), one after the other, move",
                ),
                Expansion(
                    "sum",
                    ("1", "2"),
                    "your heads from (a) and (b), each on its own and added up, move",
                ),
            ),
            d_head=D_HEAD,
        ),
        builds_on=(*_VALUES_1, *_VALUES_2),
    ),
)
