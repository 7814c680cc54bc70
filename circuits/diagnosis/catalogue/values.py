"""List the mistakes in what a head moves, and in how two heads work together."""

from __future__ import annotations

from circuits.diagnosis.catalogue.mistake import Mistake

MISTAKES = (
    Mistake(
        "gain",
        "The right things arrive at the right places, but larger, smaller or with another sign.",
        "By what is a number multiplied on its way through both matrices?",
    ),
    Mistake(
        "roles-swapped",
        "What should be read is written, and what should be written is read; or query and key "
        "have changed places.",
        "Which matrix meets the token that looks, and which the token looked at?",
    ),
    Mistake(
        "wrong-order",
        "The right things are there, but at one another's places, or in the wrong order.",
        "Which should come first here, and which does?",
    ),
    Mistake(
        "wrong-dimensions",
        "Other dimensions are read or written than those asked for.",
        "Which columns of the product are not zero, and which rows?",
    ),
    Mistake(
        "too-few-dimensions",
        "Fewer numbers are used than the part asks for.",
        "What is the rank of the product, and what should it be?",
    ),
    Mistake(
        "leak",
        "Besides what is asked for, something else comes through.",
        "Which entries of the product should be zero and are not?",
    ),
    Mistake(
        "values-see-position",
        "What head 1 brings along depends on where the attended token stands.",
        "Which directions may the rows of W_V_1 read, and which other ones do they read as well?",
    ),
    Mistake(
        "wrong-scratch",
        "The result of head 1 is written to other directions than those where it can be found, or "
        "looked for in others than those where it lies.",
        "To which directions does head 1 write, and what stands there already?",
    ),
    Mistake(
        "rereads-copied",
        "Head 2 reads dimensions that head 1 has already copied.",
        "Which dimensions has head 1 neither read nor written?",
    ),
    Mistake(
        "no-two-token-path",
        "Head 2 reads nothing that head 1 has written, so nothing comes from two tokens back.",
        "Where does head 1 leave what it has moved?",
    ),
    Mistake(
        "not-one-to-one",
        "Several dimensions meet in one place, or one is spread over several.",
        "From the result alone, could each of the dimensions be told?",
    ),
    Mistake(
        "factors-swapped",
        "The two factors of the product have changed places.",
        "Which matrix acts first, and on which side does it stand?",
    ),
    Mistake(
        "path-missing",
        "Only one of the two heads is in it: a path, or a step of a path, is missing.",
        "Along which paths can a token's content travel this far, and through which heads does "
        "each of them go?",
    ),
    Mistake(
        "same-head-twice",
        "This is what a head multiplied with itself gives, and not the product of the two heads.",
        "Through which head does a token's content go first, and through which one next?",
    ),
    Mistake(
        "pointer-turned",
        "The position arrives, but turned. Nothing is lost, since a turn can be undone: it is a "
        "choice, and the head that follows could be built for it. This part asks for the "
        "position as it is.",
        "Where would the pointer point: at the copy itself, or at another token?",
    ),
    Mistake(
        "sum-not-product",
        "Two steps one after the other are a product; two ways side by side are a sum.",
        "Does the information pass through both heads, or through one of them?",
    ),
)
