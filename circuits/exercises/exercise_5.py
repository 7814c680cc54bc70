"""List the parts of exercise 5, the circuit under rotary attention. d_model 48, d_head 16."""

from __future__ import annotations

from circuits.behaviours.heads.targets import after_previous_copy, previous_position
from circuits.exercises.exercise_2 import D_MODEL, ranks, sharp
from circuits.parts import Answer, Part, Property, matrix
from circuits.rotary import D_HEAD
from circuits.tasks.functions.rotary_functions import Probe, RotaryScores
from circuits.tasks.heads.rotary import RotaryLatest, RotaryNotes, RotaryPrevious

_PREV = ("W_Q_prev", "W_K_prev")
_SEARCH = RotaryNotes(after_previous_copy, masks=(True,))


def _query_and_key(suffix: str) -> tuple[Answer, Answer]:
    return (
        matrix(f"W_Q_{suffix}", D_HEAD, D_MODEL, "what a token asks for, before it is turned"),
        matrix(
            f"W_K_{suffix}", D_HEAD, D_MODEL, "what a token can be found by, before it is turned"
        ),
    )


PARTS = (
    Part(
        id="ex5a",
        assignment="exercise-5",
        title="Scores that see only distances",
        objective="Compute the scores of a head whose queries and keys turn with their position.",
        minutes=10,
        difficulty=1,
        answers=(
            Answer(
                "rotary_scores",
                "function",
                "the scores of all queries and keys, before the softmax",
                signature="x, W_Q, W_K",
            ),
        ),
        properties=(
            Property("scores", "The scores are right on streams of seven shapes.", 2),
            Property(
                "relative", "Tokens that are put in front change no score between the others.", 1
            ),
            Property("unchanged", "The arrays it is given stay as they were.", 1),
        ),
        hints=(
            "Begin with the scores of an ordinary head. What happens to its queries and keys "
            "before they meet?",
            "The token at position n turns pair p by n times `speeds[p]`. So the angles of all "
            "tokens are a table of `n_tokens` rows and 8 columns.",
            "`np.arange(len(x))[:, None] * speeds` is that table. Turn `x @ W_Q.T` and `x @ W_K.T` "
            "by it with `turn_pairs`, and take the dot products of all turned queries with all "
            "turned keys.",
        ),
        task=RotaryScores(),
    ),
    Part(
        id="ex5b",
        assignment="exercise-5",
        title="The previous token, from a constant",
        objective="Look at the previous token in a stream that says nothing about positions.",
        minutes=15,
        difficulty=2,
        answers=_query_and_key("prev"),
        properties=(ranks("The previous position", 3), sharp()),
        hints=(
            "A hand that is turned by the position must first be there. Which number is the same "
            "at every token?",
            "Let each pair of the key read the constant `one` into its first number and nothing "
            "into its second: all hands start by pointing to the right. Then the head turns them. "
            "By how much does the hand of the previous token lag behind your own?",
            "As in exercise 2 (c), turn the query back by one step of each pair before the head "
            "does the rest: row 2p of `W_Q_prev` is $\\cos(s_p)$ times `one`, and row 2p + 1 is "
            "$-\\sin(s_p)$ times `one`, with $s_p$ the speed of the pair.",
        ),
        task=RotaryPrevious(previous_position),
    ),
    Part(
        id="ex5c",
        assignment="exercise-5",
        title="The note, in slow pairs",
        objective="Find the token whose note says your own word, wherever it stands.",
        minutes=15,
        difficulty=2,
        answers=_query_and_key("next"),
        properties=(ranks("The token after the earlier copy", 4), sharp()),
        hints=(
            "This time the position should not matter. Which of the eight pairs turn so little "
            "that they hardly notice it?",
            "The query reads four content numbers and the key the four of the note, as in exercise "
            "3 (b). Four numbers are two pairs. After 63 tokens, how far has each pair turned?",
            "Put `u_cont[:4]` into rows 12 to 15 of `W_Q_next` and `v[:4]` into the same rows of "
            "`W_K_next`, and leave the other rows zero.",
        ),
        task=_SEARCH,
        builds_on=_PREV,
    ),
    Part(
        id="ex5d",
        assignment="exercise-5",
        title="What values can know",
        objective="Measure how much of a number can be read linearly from some features.",
        minutes=8,
        difficulty=1,
        answers=(
            Answer(
                "probe",
                "function",
                "the share of the target's variance that a linear fit explains, R2",
                signature="features, target",
            ),
        ),
        properties=(
            Property("fit", "The share is right where features and target lie about zero.", 2),
            Property("offset", "It is right where they lie far from zero.", 1),
        ),
        hints=(
            "The best linear fit comes from `np.linalg.lstsq`. What is left over after it?",
            "Compare the squares that are left with the squares of the target about its mean: if "
            "nothing is left the share is 1, and if all is left it is 0.",
            "Put a column of ones beside the features, so that the fit may have a constant. With "
            "`missed = target - fit`, the share is "
            "`1 - (missed ** 2).sum() / ((target - target.mean()) ** 2).sum()`.",
        ),
        task=Probe(),
    ),
    Part(
        id="ex5e",
        assignment="exercise-5",
        title="The latest copy",
        objective="Where a word has come several times, follow the latest copy.",
        minutes=15,
        difficulty=3,
        answers=_query_and_key("latest"),
        properties=(
            Property(
                "latest",
                "Where a word came several times, the guess follows the latest copy: in 80, 92 and "
                "97% of all cases, with 33, 65 and 129 tokens.",
                3,
            ),
            Property(
                "single",
                "Where a word has one earlier copy, what followed it gets 0.80 of the attention.",
                1,
            ),
        ),
        hints=(
            "Scores add. Begin with part (c), and let some pair that is still free give a bonus to "
            "keys that are near.",
            "If query and key both read the constant into one pair, that pair adds a number times "
            "$\\cos(s_p (i - j))$: most at distance 0, and less as the distance grows, until half "
            "a turn. Which pair makes no more than half a turn in 128 tokens, and yet turns "
            "enough?",
            "Pair 4 has speed 0.01. Put `size * one` into row 8 of both matrices, beside the rows "
            "of (c). What the bonus loses over 126 tokens is $900\\,size^2\\,(1 - \\cos 1.26)$, "
            "and it must stay well below the 531 by which the right word leads. Sizes of about "
            "three quarters do.",
        ),
        task=RotaryLatest(_SEARCH),
        builds_on=_PREV,
    ),
)
