"""List the mistakes in functions."""

from __future__ import annotations

from circuits.diagnosis.catalogue.mistake import Mistake

MISTAKES = (
    Mistake(
        "no-mask",
        "Tokens look at tokens that come after them.",
        "Which entries of the pattern does the causal mask forbid?",
    ),
    Mistake(
        "strict-mask",
        "The token itself is hidden as well as those after it.",
        "May a token look at itself?",
    ),
    Mistake(
        "mask-reversed",
        "The mask is upside down: it hides the tokens that came before and shows those that come "
        "after.",
        "Write down the pattern of three tokens. On which side of its diagonal do the later "
        "keys stand?",
    ),
    Mistake(
        "looks-one-ahead",
        "The mask is one off: each token also sees the one directly after it.",
        "Which keys may the first token see? Print the mask of three tokens and count.",
    ),
    Mistake(
        "masked-after-softmax",
        "The mask is put on after the softmax, so the rows no longer sum to one.",
        "What should a row of the pattern sum to, and when is that settled?",
    ),
    Mistake(
        "scaled",
        "The scores are divided by the square root of d_head, or of d_model.",
        "Where does the page on conventions say that this factor lives?",
    ),
    Mistake(
        "softmax-over-queries",
        "The softmax runs over the queries: columns sum to one instead of rows.",
        "Who shares out the attention, the token that looks or the token looked at?",
    ),
    Mistake(
        "unstable-softmax",
        "With large scores the exponential leaves the range of floating point.",
        "What can be subtracted from a row of scores without changing its softmax?",
    ),
    Mistake(
        "residual-added",
        "The stream itself has been added to the head's output.",
        "What does the part ask for, the stream after the head or what the head adds?",
    ),
    Mistake(
        "input-changed",
        "The function writes into an array that belongs to its caller.",
        "Which line changes an array in place?",
    ),
    Mistake(
        "circuit-transposed",
        "One of the two products acts from the wrong side.",
        "With a token in each row, on which side stands a matrix that acts on columns?",
    ),
    Mistake(
        "uses-d-model",
        "The width of the stream comes back, whatever the width of the head.",
        "Through how many numbers does everything pass?",
    ),
    Mistake(
        "uses-d-head",
        "The width of the head comes back, even where the stream is narrower.",
        "Can a product have a higher rank than the matrix has rows?",
    ),
    Mistake(
        "too-many-values",
        "The values are right, but there are more than the product has: the others are zero, "
        "or a rounding error.",
        "How many singular values has a matrix of three rows and five columns?",
    ),
    Mistake(
        "ascending",
        "The values are right but run from small to large.",
        "Which one should a reader see first?",
    ),
    Mistake(
        "squared",
        "These are squares of the singular values.",
        "Singular values or eigenvalues of M^T M: what is the difference?",
    ),
)
