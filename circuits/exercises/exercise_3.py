"""List the parts of exercise 3, the induction head by K-composition. d_model 48, d_head 4."""

from __future__ import annotations

from circuits.behaviours.first_head import note_map, write_note
from circuits.behaviours.heads.targets import after_previous_copy, previous_position
from circuits.diagnosis.heads.mechanisms import Note, PositionSteps
from circuits.exercises.exercise_2 import D_MODEL, ranks, sharp
from circuits.parts import Part, Property, matrix
from circuits.tasks.heads.attention import Attention, Predecessor
from circuits.tasks.heads.note import NoteOfPrevious

D_HEAD = 4

_HEAD_1 = ("W_Q_1", "W_K_1", "W_V_1", "W_out_1")

_TAKES_NOTE = NoteOfPrevious(
    previous_position,
    PositionSteps(-1),
    masks=(True,),
    questions={
        "wrong-dimensions": "Which of the named directions do the rows of W_V_1 read? "
        "W_V_1 @ u_cont.T and W_V_1 @ u_cos.T show a part of it."
    },
)

PARTS = (
    Part(
        id="ex3a",
        assignment="exercise-3",
        title="Head 1 takes down the previous token",
        objective="Leave at every token a note that says which token came before it.",
        minutes=15,
        difficulty=2,
        answers=(
            matrix("W_Q_1", D_HEAD, D_MODEL, "what a token asks for in head 1"),
            matrix("W_K_1", D_HEAD, D_MODEL, "what a token can be found by in head 1"),
            matrix("W_V_1", D_HEAD, D_MODEL, "what head 1 reads from the previous token"),
            matrix("W_out_1", D_MODEL, D_HEAD, "where head 1 writes it"),
        ),
        properties=(
            ranks("The previous position", 2),
            sharp(),
            Property(
                "note",
                "The previous token's content can be read back from the stream after the head.",
                2,
            ),
            Property(
                "values", "The values see what the attended token is, not where it stands.", 1
            ),
        ),
        hints=(
            "You have built a head that looks at the previous token. What should it bring along?",
            "Numbers that tell the position will not do here, so read what the token *is*. Four "
            "numbers are enough.",
            "The pattern is that of exercise 2 (c). Read the four largest content directions, and "
            "write them to four directions that are still free.",
        ),
        task=_TAKES_NOTE,
    ),
    Part(
        id="ex3b",
        assignment="exercise-3",
        title="Head 2 looks for the note",
        objective="Find the token whose note says that a copy of the present token came before it.",
        minutes=15,
        difficulty=3,
        answers=(
            matrix("W_Q_2", D_HEAD, D_MODEL, "what a token asks for in head 2"),
            matrix("W_K_2", D_HEAD, D_MODEL, "what a token can be found by in head 2"),
        ),
        properties=(ranks("The token after the earlier copy", 4), sharp()),
        hints=(
            "The token you want has a note from head 1. What does the note say?",
            "One side reads the token's own content, and the other reads the scratch space. Which "
            "is which?",
            "The present token looks for a note that says what it is itself. So the query reads "
            "what the token is, and the key reads what head 1 wrote.",
        ),
        task=Attention(
            after_previous_copy,
            Note(),
            kinds=("pairs",),
            masks=(True,),
            behind=Predecessor(
                "1",
                write_note,
                note_map,
                right="a head 1 that writes its note to v_0 to v_3",
                own="your own head 1",
                circuit="notes",
                binds=_TAKES_NOTE.holds,
            ),
        ),
        builds_on=_HEAD_1,
    ),
)
