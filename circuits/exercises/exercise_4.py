"""List the parts of exercise 4, the circuit as a model that predicts words. d_model 48."""

from __future__ import annotations

from circuits.content import VOCABULARY
from circuits.exercises import exercise_3
from circuits.exercises.exercise_2 import D_MODEL
from circuits.parts import Answer, Part, Property, Text, matrix
from circuits.tasks.whole_model import GainForLoss, MixtureGuess, MoveFound, Rest, Unembedding

D_HEAD = 4
D_HEAD_REST = 5

_HEAD_1 = ("W_Q_1", "W_K_1", "W_V_1", "W_out_1")
_LOOKS = (*_HEAD_1, "W_Q_2", "W_K_2")
_BROUGHT = tuple(answer for part in exercise_3.PARTS for answer in part.answers)

PARTS = (
    Part(
        id="ex4a",
        assignment="exercise-4",
        title="Head 2 brings the word",
        objective="Let head 2 move the word that it has found to v_8, ..., v_11.",
        minutes=8,
        difficulty=1,
        answers=(
            matrix("W_V_2", D_HEAD, D_MODEL, "what head 2 reads from the token it has found"),
            matrix("W_out_2", D_MODEL, D_HEAD, "where head 2 writes it"),
        ),
        properties=(
            Property(
                "found",
                "The content of the word that was found can be read from the stream behind head 2.",
                3,
            ),
        ),
        hints=(
            "The token that head 2 has found holds its own word, its position, and a note. "
            "Which of these should be said next?",
            "Four content numbers tell all words apart, and a head of size 4 carries four.",
            "The rows of `W_V_2` are the four largest content directions. The columns of "
            "`W_out_2` are four scratch directions that are empty.",
        ),
        task=MoveFound(),
        builds_on=_LOOKS,
        brought=_BROUGHT,
    ),
    Part(
        id="ex4b",
        assignment="exercise-4",
        title="The unembedding",
        objective="Turn what head 2 has brought into a logit for each of the 64 words.",
        minutes=10,
        difficulty=2,
        answers=(matrix("W_U", VOCABULARY, D_MODEL, "row k reads the logit of word k + 1"),),
        properties=(
            Property("guess", "Every guess in the second half of a line is right.", 2),
            Property("sure", "The mean loss there is at most 0.05 nats.", 1),
        ),
        hints=(
            "A logit should say how well the word that was brought matches a word of the "
            "vocabulary. What compares two arrows?",
            "`stream.content[1:, :4]` has a row of four numbers for each of the words 1 to 64. "
            "`v[8:12]` reads the four numbers that were brought.",
            "Compose the two: first read four numbers off the stream, then take their dot product "
            "with each word's row. Then choose a gain: what the check calls too soft "
            "needs a larger one.",
        ),
        task=Unembedding(),
        builds_on=(*_LOOKS, "W_V_2", "W_out_2"),
        brought=_BROUGHT,
    ),
    Part(
        id="ex4c",
        assignment="exercise-4",
        title="How loudly to say it",
        objective="Find the gain of the unembedding that has a given loss.",
        minutes=12,
        difficulty=2,
        answers=(
            Answer(
                "gain_for", "function", "the gain that has this loss, in nats", signature="loss"
            ),
        ),
        properties=(
            Property("one", "For a loss of 1 nat, the gain's loss is within 10% of it.", 1),
            Property("others", "So it is for losses down to 0.01.", 1),
        ),
        hints=(
            "If the right word w has been found, the logit of word u is the gain times the dot "
            "product of the contents of u and w. What is the probability of w, then?",
            "The loss of one word is the logarithm of a sum of 64 exponentials, less the word's "
            "own logit. Average it over all 64 words: that is the loss for one gain.",
            "The loss falls as the gain grows, so the gain can be found by halving: begin with 0 "
            "and 1, try the middle, and keep the half in which the loss that is asked for lies. "
            "Forty rounds are plenty.",
        ),
        task=GainForLoss(),
    ),
    Part(
        id="ex4d",
        assignment="exercise-4",
        title="Knowing when not to speak",
        objective="Let head 2 rest at BOS where there is nothing to copy, and nowhere else.",
        minutes=20,
        difficulty=3,
        answers=(
            matrix("W_Q_rest", D_HEAD_REST, D_MODEL, "what a token asks for"),
            matrix("W_K_rest", D_HEAD_REST, D_MODEL, "what a token can be found by"),
            matrix("W_V_rest", D_HEAD_REST, D_MODEL, "what is read from the token found"),
            matrix("W_out_rest", D_MODEL, D_HEAD_REST, "where it is written"),
        ),
        properties=(
            Property(
                "rests",
                "The loss is at most 4.20 nats in the first half and 0.01 in the second.",
                4,
            ),
            Property("join", "At the last token of the first half it is at most 4.20 nats.", 1),
        ),
        hints=(
            "Give every query a key that it can always fall back on, with a score that beats "
            "a false match and loses to a true one. Which scores does it have to lie between?",
            "A true match scores $48^2$; the best false one scores $48^2$ times the largest cosine "
            "of two different words. The fifth row of the query can read `one`, which every token "
            "has, and the fifth row of the key `bos`.",
            "Both marks are 30 long. With $\\sqrt{\\tau}/30$ times `one` below the four rows of "
            "the query and $\\sqrt{\\tau}/30$ times `bos` below those of the key, the score of BOS "
            "is $\\tau$. Values and output get a fifth row and column of zeros.",
        ),
        task=Rest(),
        builds_on=(*_HEAD_1, "W_U"),
        brought=_BROUGHT,
    ),
    Part(
        id="ex4e",
        assignment="exercise-4",
        title="What a mixture of words says",
        objective="Guess the word that the mean of several words is most like.",
        minutes=6,
        difficulty=1,
        answers=(
            Answer(
                "mixture_guess",
                "function",
                "the row of the word that the mean of some rows is most like",
                signature="content, words",
            ),
        ),
        properties=(
            Property("several", "The guess is right for one word and for several.", 1),
            Property("repeated", "A word that went in three times counts three times.", 1),
        ),
        hints=(
            "Head 2 adds up what it attends to, each word by its share. If the shares are equal, "
            "what is the sum?",
            "`content[words]` holds the rows that go in. Their mean has as many numbers as one "
            "row.",
            "Take the dot product of the mean with *every* row of the table, and return the number "
            "of the row where it is largest.",
        ),
        task=MixtureGuess(),
    ),
    Part(
        id="ex4-text",
        assignment="exercise-4",
        title="Six paths through two heads",
        objective="Follow one token through all paths of the model, and say which reach W_U.",
        minutes=10,
        difficulty=2,
        answers=(Answer("ex4-text", "text", "a few sentences in your own words"),),
        properties=(Property("read", "A person reads the text against the rubric.", 3),),
        hints=(
            "Multiply $(I + A^2 W_{OV}^2)(I + A^1 W_{OV}^1)$ out, as in Exercise 1 (d). Each of "
            "the four terms is a path from the embedding to the end of the stream.",
            "A path that ends in the pattern $A^2$ carries no word to the end: it decides where "
            "head 2 looks. Through which two of its matrices could head 1 reach $A^2$?",
            "For each path, ask where it leaves what it carries, and whether `W_U` reads there.",
        ),
        task=Text(),
    ),
)
