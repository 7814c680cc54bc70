"""List what is wrong with an answer before anything is tried out with it."""

from __future__ import annotations

from circuits.diagnosis.catalogue.mistake import Mistake

MISTAKES = (
    Mistake(
        "missing", "This name still has no value.", "Give it one in the cell above, and run it."
    ),
    Mistake(
        "returned-none",
        "None is what a function gives back that ends without return; print shows a value, and "
        "gives back None as well.",
        "Does every way through the function end with return and the result?",
    ),
    Mistake(
        "not-an-array",
        "This is another kind of thing than what is asked for.",
        "What is it, and which line made it? print and type tell.",
    ),
    Mistake(
        "wrong-shape",
        "This is not the shape that is asked for.",
        "What should each row stand for, and what each column? How many are there of each?",
    ),
    Mistake(
        "transposed",
        "Rows and columns have changed places.",
        "What does a row stand for here, and what a column? (W_Q, W_K and W_V have a row for each "
        "number inside the head; W_out has a column for each.)",
    ),
    Mistake(
        "not-real",
        "Real numbers are wanted here, and there are complex ones.",
        "Where did an imaginary part come in?",
    ),
    Mistake(
        "not-finite",
        "A division by zero or a logarithm of zero leaves such entries.",
        "Which line made the first entry that is not finite?",
    ),
    Mistake(
        "overflow",
        "Products of numbers this large leave the range of floating point.",
        "How large do the scores have to be for a softmax to be sharp?",
    ),
    Mistake(
        "all-zero",
        "Nothing comes through: the matrices, their product or the result is zero.",
        "What should come through, and which row of which matrix takes it up?",
    ),
    Mistake(
        "rank-too-high",
        "More independent directions come through than a head has numbers to carry them.",
        "Through how many numbers does the head squeeze what it moves?",
    ),
)
