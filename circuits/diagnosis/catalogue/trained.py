"""List the mistakes in measuring a trained model, finding its circuit and grafting heads."""

from __future__ import annotations

from circuits.diagnosis.catalogue.mistake import Mistake

MISTAKES = (
    Mistake(
        "bigram-transposed",
        "Present and next word have changed places in the table.",
        "Which word does a row of W_U belong to, and which a column of W_E?",
    ),
    Mistake(
        "bigram-softmax-axis",
        "The softmax runs over present words, or over the whole table.",
        "The present word is given: over which words is the probability shared out?",
    ),
    Mistake(
        "bigram-not-normalised",
        "These are logits, exponentials or logarithms, and not probabilities.",
        "What should a row of the table sum to?",
    ),
    Mistake(
        "bigram-sums-of-others",
        "Each entry is divided by the sum of another row: sums without keepdims are lined up with "
        "the columns.",
        "Which shape has `weights.sum(axis=1)`, and which with `keepdims=True`?",
    ),
    Mistake(
        "bigram-one-matrix",
        "Only one of the two matrices is used, so words are compared with themselves.",
        "Which matrix turns a word into a stream, and which a stream into logits?",
    ),
    Mistake(
        "previous-divided-by-n",
        "The sum is divided by the number of tokens, but the first token has no previous one.",
        "How many queries have a token before them?",
    ),
    Mistake(
        "previous-not-averaged",
        "The weights are added up, so a long line scores higher than a short one.",
        "What should a head score that always looks at the previous token, whatever the length?",
    ),
    Mistake(
        "previous-own-position",
        "The token's own position counts as well, or instead.",
        "Where in row i stands the weight on i - 1?",
    ),
    Mistake(
        "previous-looks-ahead",
        "The score is zero on every causal pattern: it reads above the diagonal, where the mask "
        "leaves nothing, or it reads nothing at all.",
        "In which triangle of the pattern do earlier keys stand?",
    ),
    Mistake(
        "previous-two-back",
        "It reads the weight on the token two places back.",
        "By how many places is the diagonal shifted that you read?",
    ),
    Mistake(
        "previous-argmax",
        "It counts how often the previous token gets the most, and not how much it gets.",
        "What does a head score that gives 0.4 to the previous token and 0.3 to two others?",
    ),
    Mistake(
        "previous-row-maximum",
        "It reads the greatest weight of each row, wherever it stands.",
        "What does a head score that always looks at itself?",
    ),
    Mistake(
        "induction-at-the-copy",
        "It reads the weight on the earlier copy itself.",
        "Where did the second head of exercise 3 look, at the copy or behind it?",
    ),
    Mistake(
        "induction-own-position",
        "It reads the weight on copies of the token, and the token itself is one of them.",
        "Where did the second head of exercise 3 look, at the copy or behind it?",
    ),
    Mistake(
        "induction-off-by-one",
        "It reads a token near the earlier copy, but not the one directly behind it.",
        "If the copy stands at position m, which key should count?",
    ),
    Mistake(
        "induction-wraps-around",
        "The first key counts as well, as if the line's last token stood before it: np.roll and an "
        "index of -1 lead round the corner.",
        "Which token stands before the first?",
    ),
    Mistake(
        "induction-all-queries",
        "The mean runs over all queries, also over those that have no earlier copy.",
        "What could a perfect induction head do at a word that is new?",
    ),
    Mistake(
        "induction-latest-only",
        "Only one of several earlier copies counts, the latest or the first: right on lists said "
        "twice, wrong where words come back more than once.",
        "If a word has come three times, behind which copies may the head look?",
    ),
    Mistake(
        "induction-no-copy",
        "Where no word has an earlier copy, a mean is taken of nothing.",
        "What should a line in which all words are new score?",
    ),
    Mistake(
        "induction-mean-of-copies",
        "The weights on several right keys are averaged, and not added up.",
        "What does a head score that shares all of its attention between two right keys?",
    ),
    Mistake(
        "induction-without-own-key",
        "A key is left out where the copy is the token just before: then the query itself is "
        "behind the copy.",
        "In a line that says one word twice in a row, which key stands behind the copy?",
    ),
    Mistake(
        "induction-fixed-period",
        "It looks a fixed distance back, whatever the tokens are.",
        "How would you find the keys that count in a text that does not repeat itself exactly?",
    ),
    Mistake(
        "induction-not-averaged",
        "The weights are added up, so a long line scores higher than a short one.",
        "Over which queries should the mean be taken?",
    ),
    Mistake(
        "copying-without-embedding",
        "W_OV is taken by itself, or between two copies of one matrix.",
        "From a word to a word: which three matrices does it pass, and in which order?",
    ),
    Mistake(
        "copying-transposed",
        "W_OV is transposed: what it writes is read, and what it reads is written.",
        "Which side of W_OV reads?",
    ),
    Mistake(
        "copying-singular-values",
        "The sizes below the fraction are singular values.",
        "Which values of a matrix can be negative or complex?",
    ),
    Mistake(
        "copying-symmetrised",
        "The matrix is taken for a symmetric one.",
        "Which NumPy function is for any square matrix, and which for symmetric ones?",
    ),
    Mistake(
        "copying-unsigned",
        "The sign is lost, so a head that avoids a word scores like one that copies it.",
        "What should -W_OV score?",
    ),
    Mistake(
        "copying-not-normalised",
        "The sum of the eigenvalues is not compared with their sizes.",
        "What does your score do if W_OV is doubled?",
    ),
    Mistake(
        "copying-real-parts",
        "Below the fraction stand the sizes of the real parts alone.",
        "How large is a complex number that has a small real part?",
    ),
    Mistake(
        "composition-q-k-swapped",
        "Query and key have changed places.",
        "Which token's stream stands to the right of W_QK, the one that looks or the other?",
    ),
    Mistake(
        "composition-order",
        "What the earlier head reads is compared, and not what it writes.",
        "Which of two factors acts first, the one on the left or the one on the right?",
    ),
    Mistake(
        "composition-wrong-circuit",
        "The W_QK of the earlier head takes part, but it moves nothing.",
        "Which circuit of the earlier head writes to the stream?",
    ),
    Mistake(
        "composition-not-normalised",
        "At least one of the two norms is missing below the fraction.",
        "What does your score do if all weights of one head are doubled?",
    ),
    Mistake(
        "composition-spectral",
        "The norm is the largest singular value.",
        "Which norm is the root of the sum of all squared entries?",
    ),
    Mistake(
        "cut-nothing",
        "All three are the whole head's output: nothing is taken out.",
        "Where does the lost output enter the query?",
    ),
    Mistake(
        "cut-everywhere",
        "The earlier head's output is taken from all three inputs at once.",
        "Which of the three streams does each of your outputs leave as it was?",
    ),
    Mistake(
        "cut-wrong-input",
        "Another input than the one that was asked for is cut.",
        "In which order are the three outputs wanted, and what does each of them leave out?",
    ),
    Mistake(
        "cut-from-stream",
        "The lost output is also taken away from the result.",
        "Does the question concern what the later head reads, or what the stream keeps?",
    ),
    Mistake(
        "cut-no-positions",
        "Queries and keys are not told their positions.",
        "What do W_Q and W_K read besides the stream?",
    ),
    Mistake(
        "cut-positions-in-values",
        "The values see positions, which this model gives to queries and keys alone.",
        "What does W_V read?",
    ),
    Mistake(
        "cut-mean-left",
        "The mean of the lost output is left in.",
        "How much of the earlier head's output should be gone?",
    ),
    Mistake(
        "cut-only-lost",
        "Where something should be taken out, nothing else is left.",
        "Which of `h`, `lost` and `h - lost` does the input hold that has been cut?",
    ),
    Mistake(
        "cut-one-after-another",
        "The cuts add up: the second and the third output also lack what an earlier one had lost.",
        "With which three streams should each of the three begin?",
    ),
    Mistake(
        "cut-added",
        "The lost output is added once more.",
        "Is it part of the stream already?",
    ),
    Mistake(
        "found-fixed-names",
        "The same two heads are named in every model.",
        "What in the patterns tells which head is the induction head?",
    ),
    Mistake(
        "found-no-control",
        "A circuit is named even where there is none.",
        "What would your function say of a model before its training? Which score shows it?",
    ),
    Mistake(
        "found-by-sharpness",
        "The heads with the sharpest patterns are named, wherever they look.",
        "What does an induction head look at?",
    ),
    Mistake(
        "found-strongest-pair",
        "The two heads with the strongest composition of all are named.",
        "Does the later of the two heads look behind earlier copies at all?",
    ),
    Mistake(
        "found-by-previous-score",
        "Of two earlier heads the one that looks back by one is named, and not the one that the "
        "induction head reads most.",
        "Was the first head of exercise 2 a previous-token head?",
    ),
    Mistake(
        "found-fixed-path",
        "The heads are right, but the path is the same in every model.",
        "Which of the three scores of composition is the largest, for this pair of heads?",
    ),
    Mistake(
        "graft-not-turned",
        "Query and key meet without a turn, so every token finds its own position.",
        "What did exercise 2 (c) do to the query?",
    ),
    Mistake(
        "graft-turned-forward",
        "The query is turned forward: it asks for a position that the mask hides.",
        "Which way does a hand move from one token to the next, and which way back?",
    ),
    Mistake(
        "graft-two-back",
        "The turn is made twice, on both sides or by double the angle.",
        "How large is the turn between a query and its key in all?",
    ),
    Mistake(
        "graft-one-speed",
        "All pairs are turned by one angle.",
        "By how much does each pair turn from one token to the next?",
    ),
    Mistake(
        "graft-slow-pairs",
        "The pairs that are read turn so slowly that neighbours look alike.",
        "Which pairs change most from one token to the next?",
    ),
    Mistake(
        "graft-too-soft",
        "The head looks the right way, but not sharply enough.",
        "How many pairs do you read, and what does doubling W_Q do to the pattern?",
    ),
    Mistake(
        "graft-sides-swapped",
        "The note is read from where the next head looks, and written to where it asks.",
        "A note is found if it lies where the next head's keys are read: which matrix reads them?",
    ),
    Mistake(
        "graft-one-side-twice",
        "One matrix of the next head serves for reading and for writing.",
        "What does the next head compare: two keys, two queries, or one of each?",
    ),
    Mistake(
        "graft-wrong-reader",
        "The note is made for the other head of layer 1.",
        "Which head is the induction head?",
    ),
    Mistake(
        "graft-wrong-sign",
        "The note has the wrong sign, so the next head looks away from it.",
        "Is the match score of your note positive?",
    ),
    Mistake(
        "graft-too-quiet",
        "The note is right, but too quiet to be found among the words.",
        "How large is your match score beside that of the trained head, which has 10?",
    ),
    Mistake(
        "graft-too-loud",
        "The note is right, but so loud that it drowns the rest of the model.",
        "How large is your match score beside that of the trained head, which has 10?",
    ),
    Mistake(
        "graft-overheard",
        "The note is found, but it is heard elsewhere as well.",
        "Which other matrices of the next head read the stream, and how much of your note does "
        "each of them pick up?",
    ),
    Mistake(
        "graft-trained-head",
        "This is the head that was trained, or nearly.",
        "What did exercise 2 (c) and exercise 3 build by hand?",
    ),
)
