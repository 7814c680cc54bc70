"""List the mistakes in where a head looks."""

from __future__ import annotations

from circuits.diagnosis.catalogue.mistake import Mistake

MISTAKES = (
    Mistake(
        "too-soft",
        "The order of the scores is right, but their differences are too small for the softmax.",
        "What does doubling W_Q do to all scores, and to the pattern?",
    ),
    Mistake(
        "opposite-sign",
        "Every score has the wrong sign: the head likes least what it should like best.",
        "What happens to W_QK if one of the two matrices changes its sign?",
    ),
    Mistake(
        "attends-to-self",
        "Query and key meet without a turn, so every token finds its own position first.",
        "By how much should the query be turned before it meets the keys?",
    ),
    Mistake(
        "attends-to-next",
        "The head asks for the position after the token's own.",
        "Whose position should it ask with? Which way does a hand move from one token to the next, "
        "and which way back?",
    ),
    Mistake(
        "attends-two-back",
        "The turn is made twice: on both sides, or by double the angle.",
        "How large is the turn between a query and its key in all?",
    ),
    Mistake(
        "attends-to-copy-not-successor",
        "The head finds the earlier copy itself and not the token behind it.",
        "What tells the token behind a copy apart from the copy?",
    ),
    Mistake(
        "attends-before-copy",
        "The head finds the token in front of the earlier copy: the hands are turned the wrong "
        "way.",
        "Which way does a hand move from one token to the next, and which side is turned here, "
        "query or key?",
    ),
    Mistake(
        "axes-not-directions",
        "A matrix reads or writes single entries of the stream, but nothing that has a name lies "
        "along one axis.",
        "Along which vectors do the content and the position lie in the stream, and what are "
        "they called here?",
    ),
    Mistake(
        "data-not-directions",
        "A matrix is made of the streams of some tokens. Each of these holds content, position "
        "and noise at once.",
        "What is the same on every sequence: the tokens, or the directions in which their "
        "content and position lie?",
    ),
    Mistake(
        "words-not-directions",
        "A matrix is made of the contents of some words. They are not at right angles to each "
        "other, and a token that is like several of them scores high, whoever asks.",
        "Should a row be one word, or one of the directions that all words are made of?",
    ),
    Mistake(
        "ignores-content",
        "The scores do not depend on which tokens stand there.",
        "Which of the named directions carry what a token is?",
    ),
    Mistake(
        "ignores-position",
        "The scores do not depend on where the tokens stand.",
        "Which of the named directions carry where a token stands?",
    ),
    Mistake(
        "one-frequency",
        "A single pair of position directions repeats itself after one turn.",
        "After how many tokens does this hand point the same way again?",
    ),
    Mistake(
        "frequencies-mixed-up",
        "Hands of different speeds are compared, or turned by one another's angle.",
        "Which angle belongs to which pair of directions?",
    ),
    Mistake(
        "wrong-angle",
        "The hands are turned by angles that do not lead to the position wanted.",
        "What is the angle between two neighbouring tokens on each clock? How many steps should "
        "the turn be, and which way?",
    ),
    Mistake(
        "not-a-rotation",
        "Cosine and sine are combined with a wrong sign: the hand is not turned, but stretched "
        "one way and squeezed the other.",
        "What does a rotation leave as it is? Try yours on two hands, and measure them before "
        "and after.",
    ),
    Mistake(
        "cos-sin-swapped",
        "Cosine and sine have changed places on one side: a mirror image instead of a turn.",
        "Where does a mirror image send the hand of token 0, and where that of token 1?",
    ),
    Mistake(
        "cosines-only",
        "One number of a pair, its cosine or its sine, cannot tell a step forward from one back.",
        "Which second number fixes the direction of the hand?",
    ),
    Mistake(
        "wrong-components",
        "Smaller components are used, and larger ones left out.",
        "Which components are the largest? Can the ones that are used tell all tokens, or all "
        "positions, from each other?",
    ),
    Mistake(
        "different-bases",
        "Query and key express the same thing in different coordinates.",
        "Row k of W_Q is multiplied with row k of W_K: which directions do the two belong to?",
    ),
    Mistake(
        "self-not-excluded",
        "The token itself has the content that is asked for, and nothing counts against it.",
        "What can be asked for that only the token's own position has?",
    ),
    Mistake(
        "copies-not-alike",
        "Something besides the content enters the scores, so copies differ.",
        "Which directions other than the content do query and key both read?",
    ),
    Mistake(
        "beta-too-small",
        "A token's position counts against the token itself, but so little that it keeps a good "
        "part of the attention.",
        "By how much does a token's position lower its own score? How much does a softmax need?",
    ),
    Mistake(
        "beta-too-large",
        "The wish to avoid the token's own position outweighs the wish for the same content.",
        "How large can the position's part of the score be, compared with the content's?",
    ),
    Mistake(
        "beta-wrong-sign",
        "The position's part counts for the token's own position and not against it.",
        "Which sign should a score get that is to be avoided?",
    ),
    Mistake(
        "fitted-to-one-sequence",
        "The head is right on the sequence that is shown, and wrong on others.",
        "Which directions would still be right if the tokens were different?",
    ),
)
