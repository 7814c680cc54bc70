"""List the parts of exercise 2, the induction head by pointer arithmetic. d_model 48."""

from __future__ import annotations

from circuits.behaviours.first_head import pointer_map, write_pointer
from circuits.behaviours.heads.targets import (
    after_previous_copy,
    other_copies,
    own_position,
    previous_position,
    same_token,
)
from circuits.diagnosis.heads.mechanisms import (
    ContentAgainstPosition,
    Pointer,
    PositionSteps,
    SameContent,
)
from circuits.parts import Answer, Part, Property, matrix
from circuits.tasks.copying.position_copy import PositionCopy
from circuits.tasks.heads.attention import Attention, Predecessor

D_MODEL = 48

_SAME = ("W_Q_same", "W_K_same", "W_V_same", "W_out_same")


def _query_and_key(suffix: str, rows: int | str) -> tuple[Answer, Answer]:
    return (
        matrix(f"W_Q_{suffix}", rows, D_MODEL, "what a token asks for"),
        matrix(f"W_K_{suffix}", rows, D_MODEL, "what a token can be found by"),
    )


def ranks(wanted: str, points: float) -> Property:
    """Return the property that the wanted tokens have the highest scores."""
    return Property("ranks", f"{wanted} scores above all other visible tokens.", points)


def sharp() -> Property:
    """Return the property that the wanted tokens get nearly all of the attention."""
    return Property(
        "sharp",
        "The wanted tokens get at least 0.80 of the attention at every query, and 0.95 on average.",
        1,
    )


PARTS = (
    Part(
        id="ex2a",
        assignment="exercise-2",
        title="Attend to the same content",
        objective="Select all tokens with the content of the present one, itself included.",
        minutes=10,
        difficulty=1,
        answers=_query_and_key("content", 4),
        properties=(
            ranks("Every copy of the present token, itself included,", 2),
            sharp(),
            Property("alike", "All copies of a token score alike, wherever they stand.", 1),
        ),
        hints=(
            "When is the dot product of two tokens' contents large?",
            "Queries and keys have four numbers each. The content has eight "
            "components, largest first.",
            "If query and key are the same four numbers, the score is their dot "
            "product. Which four "
            "rows, of the ones you are given, read those numbers off the stream?",
        ),
        task=Attention(same_token, SameContent()),
    ),
    Part(
        id="ex2b",
        assignment="exercise-2",
        title="Attend to the present position",
        objective="Select the token's own position by its position embedding.",
        minutes=8,
        difficulty=1,
        answers=_query_and_key("self", 4),
        properties=(ranks("The present position", 2), sharp()),
        hints=(
            "The idea is the same as for content, in another subspace. Which directions carry the "
            "position?",
            "A cosine alone cannot tell $n$ from $-n$, so take whole pairs of cosine and sine. "
            "Four rows hold two pairs.",
            "With a whole pair $k$ on both sides the score is $\\lambda_k^2 "
            "\\cos(\\alpha_k(i - j))$, which is "
            "largest at $j = i$. Use the two pairs of largest $\\lambda$.",
        ),
        task=Attention(
            own_position,
            PositionSteps(0),
            questions={"wrong-angle": "How many steps lie between a token and itself?"},
        ),
    ),
    Part(
        id="ex2c",
        assignment="exercise-2",
        title="Attend to the previous position",
        objective="Turn the query by one step, so that it matches the position before.",
        minutes=15,
        difficulty=2,
        answers=_query_and_key("prev", 4),
        properties=(ranks("The previous position", 3), sharp()),
        hints=(
            "Think of the position as a hand on a clock. Where does the hand of the previous token "
            "point?",
            "A turn by $\\theta$ takes $(c, s)$ to "
            "$(c\\cos\\theta - s\\sin\\theta,\\; c\\sin\\theta + s\\cos\\theta)$. "
            "Each pair turns at its own speed.",
            "Build `W_Q_prev` from your `W_Q_self`: replace each pair of rows by the "
            "same two rows, "
            "turned back by that pair's own $\\alpha_k$. Keep the keys.",
        ),
        task=Attention(previous_position, PositionSteps(-1)),
    ),
    Part(
        id="ex2d",
        assignment="exercise-2",
        title="Same content, but not itself",
        objective="Combine two selections in one head: seek the same content, but avoid the "
        "token's own position.",
        minutes=15,
        difficulty=2,
        answers=_query_and_key("same", 8),
        properties=(ranks("Every other copy of the present token", 3), sharp()),
        hints=(
            "Scores add, so four dimensions of the queries and keys can serve one aim, and four "
            "the other.",
            "You already have a head for each aim. One of them should now count *against* a token.",
            "Stack the rows of (a) over the rows of (b), and multiply the second "
            "block by $-\\beta$ on one side only. If $\\beta$ is too large, a token with another "
            "content can win because its position is far from yours on the clocks; try a half.",
        ),
        task=Attention(other_copies, ContentAgainstPosition()),
    ),
    Part(
        id="ex2e",
        assignment="exercise-2",
        title="Copy the position",
        objective="Move the eight largest position numbers of the attended token to scratch space.",
        minutes=8,
        difficulty=1,
        answers=(
            matrix("W_V_same", 8, D_MODEL, "what is read from the token attended to"),
            matrix("W_out_same", D_MODEL, 8, "where it is written"),
        ),
        properties=(
            Property(
                "pointer", "Position number k arrives at v_k with gain 1, for k from 0 to 7.", 2
            ),
            Property("clean", "Nothing else is read, and nothing else is written.", 1),
        ),
        hints=(
            "Read first and write second, as in exercise 1, with named directions in place of "
            "axes.",
            "Begin with cosine 0 alone. Which row reads it off the stream, and which column writes "
            "it along $v_0$? Then do the same with sine 0.",
            "The rows of `W_V_same` are directions of the position, in that order. The columns of "
            "`W_out_same` are directions of `v`, which `v` itself holds as rows.",
        ),
        task=PositionCopy(),
    ),
    Part(
        id="ex2f",
        assignment="exercise-2",
        title="Attend to the token after",
        objective="Use the copied position as a pointer, moved on by one.",
        minutes=15,
        difficulty=3,
        answers=_query_and_key("next", "d_head"),
        properties=(ranks("The token after the earlier copy", 3), sharp()),
        hints=(
            "Behind head 1 a token holds the position of its earlier copy. Where "
            "should it look now?",
            "The query reads `v`, the key reads the position. Start without a turn: where does the "
            "head look then?",
            "It would look at the copy itself. Turn the query as in (c), the other way round: each "
            "pair of rows of `v` by $+\\alpha_k$.",
        ),
        task=Attention(
            after_previous_copy,
            Pointer(),
            kinds=("pairs",),
            masks=(True,),
            behind=Predecessor(
                "same",
                write_pointer,
                pointer_map,
                right="the head that (d) and (e) ask for",
                own="your own head of (d) and (e)",
                circuit="pointer",
            ),
            questions={
                "attends-to-self": "What does a query have to read to know where the copy stood?"
            },
        ),
        builds_on=_SAME,
    ),
)
