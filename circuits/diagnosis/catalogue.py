"""The one list of mistakes: a slug, what makes a head do it, and a question that helps.

The words never contain the answer. They say what kind of mistake was made, and where to
look next; the part's own sentence says what the head did, with a number and a place.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """One kind of mistake.

    Attributes:
        slug: Its name in reports.
        cause: What kind of mistake makes a head, product or function do this.
        question: A question, or a pointer to what helps.
    """

    slug: str
    cause: str
    question: str


_ROWS = (
    # What cannot be tried out.
    ("missing", "This name still has no value.", "Give it one in the cell above, and run it."),
    (
        "not-an-array",
        "This is another kind of thing than what is asked for.",
        "What is it, and which line made it? print and type tell.",
    ),
    (
        "wrong-shape",
        "A matrix of this shape does not fit the stream.",
        "How many numbers does the head work with, and how many dimensions has the stream?",
    ),
    (
        "transposed",
        "Rows and columns have changed places.",
        "What does a row stand for here, and what a column? (W_Q, W_K and W_V have a row for each "
        "number inside the head; W_out has a column for each.)",
    ),
    (
        "not-real",
        "Real numbers are wanted here, and there are complex ones.",
        "Where did an imaginary part come in?",
    ),
    (
        "not-finite",
        "A division by zero or a logarithm of zero leaves such entries.",
        "Which line made the first entry that is not finite?",
    ),
    (
        "overflow",
        "Products of numbers this large leave the range of floating point.",
        "How large do the scores have to be for a softmax to be sharp?",
    ),
    (
        "all-zero",
        "Nothing comes through: the matrices, or their product, are zero.",
        "Which entries of the product should not be zero?",
    ),
    (
        "rank-too-high",
        "More independent directions come through than a head has numbers to carry them.",
        "Through how many numbers does the head squeeze what it moves?",
    ),
    # Attention.
    (
        "too-soft",
        "The order of the scores is right, but their differences are too small for the softmax.",
        "What does doubling W_Q do to all scores, and to the pattern?",
    ),
    (
        "opposite-sign",
        "Every score has the wrong sign: the head likes least what it should like best.",
        "What happens to W_QK if one of the two matrices changes its sign?",
    ),
    (
        "attends-to-self",
        "Query and key meet without a turn, so every token finds its own position first.",
        "By how much should the query be turned before it meets the keys?",
    ),
    (
        "attends-to-next",
        "The head asks for the position after the token's own.",
        "Whose position should it ask with? Which way does a hand move from one token to the next, "
        "and which way back?",
    ),
    (
        "attends-two-back",
        "The turn is made twice: on both sides, or by double the angle.",
        "How large is the turn between a query and its key in all?",
    ),
    (
        "attends-to-copy-not-successor",
        "The head finds the earlier copy itself and not the token behind it.",
        "What tells the token behind a copy apart from the copy?",
    ),
    (
        "ignores-content",
        "The scores do not depend on which tokens stand there.",
        "Which of the named directions carry what a token is?",
    ),
    (
        "ignores-position",
        "The scores do not depend on where the tokens stand.",
        "Which of the named directions carry where a token stands?",
    ),
    (
        "one-frequency",
        "A single pair of position directions repeats itself after one turn.",
        "After how many tokens does this hand point the same way again?",
    ),
    (
        "frequencies-mixed-up",
        "Hands of different speeds are compared, or turned by one another's angle.",
        "Which angle belongs to which pair of directions?",
    ),
    (
        "wrong-angle",
        "The hands are turned by angles that do not lead to the position wanted.",
        "What is the angle between two neighbouring tokens on each clock? How many steps should "
        "the turn be, and which way?",
    ),
    (
        "cos-sin-swapped",
        "Cosine and sine have changed places on one side: a mirror image instead of a turn.",
        "Where does a mirror image send the hand of token 0, and where that of token 1?",
    ),
    (
        "cosines-only",
        "One number of a pair, its cosine or its sine, cannot tell a step forward from one back.",
        "Which second number fixes the direction of the hand?",
    ),
    (
        "wrong-components",
        "Smaller components are used, and larger ones left out.",
        "Which components are the largest? Can the ones that are used tell all tokens, or all "
        "positions, from each other?",
    ),
    (
        "different-bases",
        "Query and key express the same thing in different coordinates.",
        "If the same token stands at both ends, do query and key come out as the same numbers?",
    ),
    (
        "self-not-excluded",
        "The token itself has the content that is asked for, and nothing, or too little, counts "
        "against it.",
        "What can be asked for that only the token's own position has?",
    ),
    (
        "copies-not-alike",
        "Something besides the content enters the scores, so copies differ.",
        "Which directions other than the content do query and key both read?",
    ),
    (
        "beta-too-large",
        "The wish to avoid the own position outweighs the wish for the same content.",
        "How large can the position's part of the score be, compared with the content's?",
    ),
    (
        "beta-wrong-sign",
        "The position's part counts for the own position and not against it.",
        "Which sign should a score get that is to be avoided?",
    ),
    (
        "fitted-to-one-sequence",
        "The head is right on the sequence that is shown, and wrong on others.",
        "Which directions would still be right if the tokens were different?",
    ),
    # Values and composition.
    (
        "gain",
        "The right things arrive at the right places, but larger, smaller or with another sign.",
        "By what is a number multiplied on its way through both matrices?",
    ),
    (
        "roles-swapped",
        "What should be read is written, and what should be written is read; or query and key "
        "have changed places.",
        "Which matrix meets the token that looks, and which the token looked at?",
    ),
    (
        "wrong-order",
        "The right things are there, but at one another's places, or in the wrong order.",
        "Which should come first here, and which does?",
    ),
    (
        "wrong-dimensions",
        "Other dimensions are read or written than those asked for.",
        "Which columns of the product are not zero, and which rows?",
    ),
    (
        "too-few-dimensions",
        "Fewer numbers are used than the part asks for.",
        "What is the rank of the product, and what should it be?",
    ),
    (
        "leak",
        "Besides what is asked for, something else comes through.",
        "Which entries of the product should be zero and are not?",
    ),
    (
        "wrong-scratch",
        "The result of head 1 is written to other directions than those where it can be found, or "
        "looked for in others than those where it lies.",
        "To which directions does head 1 write, and what stands there already?",
    ),
    (
        "rereads-copied",
        "Head 2 reads dimensions that head 1 has already copied.",
        "Which dimensions has head 1 neither read nor written?",
    ),
    (
        "no-two-token-path",
        "Head 2 reads nothing that head 1 has written, so nothing comes from two tokens back.",
        "Where does head 1 leave what it has moved?",
    ),
    (
        "not-one-to-one",
        "Several dimensions meet in one place, or one is spread over several.",
        "From the result alone, could each of the dimensions be told?",
    ),
    (
        "factors-swapped",
        "The two factors of the product have changed places.",
        "Which matrix acts first, and on which side does it stand?",
    ),
    (
        "sum-not-product",
        "Two steps one after the other are a product; two ways side by side are a sum.",
        "Does the information pass through both heads, or through one of them?",
    ),
    # Functions.
    (
        "no-mask",
        "Tokens look at tokens that come after them.",
        "Which entries of the pattern does the causal mask forbid?",
    ),
    (
        "strict-mask",
        "The token itself is hidden as well as those after it.",
        "May a token look at itself?",
    ),
    (
        "masked-after-softmax",
        "The mask is put on after the softmax, so the rows no longer sum to one.",
        "What should a row of the pattern sum to, and when is that settled?",
    ),
    (
        "scaled",
        "The scores are divided by the square root of d_head, or of d_model.",
        "Where does the page on conventions say that this factor lives?",
    ),
    (
        "softmax-over-queries",
        "The softmax runs over the queries: columns sum to one instead of rows.",
        "Who shares out the attention, the token that looks or the token looked at?",
    ),
    (
        "unstable-softmax",
        "With large scores the exponential leaves the range of floating point.",
        "What can be subtracted from a row of scores without changing its softmax?",
    ),
    (
        "residual-added",
        "The stream itself has been added to the head's output.",
        "What does the part ask for, the stream after the head or what the head adds?",
    ),
    (
        "input-changed",
        "The function writes into an array that belongs to its caller.",
        "Which line changes an array in place?",
    ),
    (
        "circuit-transposed",
        "One of the two products acts from the wrong side.",
        "With a token in each row, on which side stands a matrix that acts on columns?",
    ),
    (
        "uses-d-model",
        "The head's own width also bounds the rank.",
        "Through how many numbers does everything pass?",
    ),
    (
        "ascending",
        "The values are right but run from small to large.",
        "Which one should a reader see first?",
    ),
    (
        "squared",
        "These are squares of the singular values.",
        "Singular values or eigenvalues of M^T M: what is the difference?",
    ),
)

MISTAKES: dict[str, Mistake] = {row[0]: Mistake(*row) for row in _ROWS}
"""All mistakes by slug, the most basic first."""
