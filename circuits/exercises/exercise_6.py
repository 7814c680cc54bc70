"""List the parts of exercise 6, a trained model. d_model 64, two layers of two heads of 16."""

from __future__ import annotations

from circuits.behaviours.functions.measurement_cases import (
    BIGRAM_TABLE,
    COMPOSITION,
    COPYING,
    CUT,
    INDUCTION,
    PREVIOUS,
)
from circuits.diagnosis.functions.measurements import (
    BIGRAM_MISTAKES,
    COMPOSITION_MISTAKES,
    COPYING_MISTAKES,
    CUT_MISTAKES,
    INDUCTION_MISTAKES,
    PREVIOUS_MISTAKES,
)
from circuits.parts import Answer, Part, Property, Text, matrix
from circuits.tasks.functions.circuit_search import FindCircuit
from circuits.tasks.functions.measuring import Measuring
from circuits.tasks.whole_model.grafting import Graft

D_MODEL, D_HEAD = 64, 16


def _function(name: str, meaning: str, signature: str) -> tuple[Answer]:
    return (Answer(name, "function", meaning, signature=signature),)


PARTS = (
    Part(
        id="ex6a",
        assignment="exercise-6",
        title="What the direct path says",
        objective="Read the bigram table that stands in the embedding and the unembedding.",
        minutes=12,
        difficulty=1,
        answers=_function(
            "bigram_table",
            "probabilities, `(n_words, n_words)`: a row for each present word, a column for each "
            "next one",
            "W_E, W_U",
        ),
        properties=(
            Property("rows", "Each row shares out a probability of 1.", 1),
            Property("table", "The table is right, for large logits as well.", 2),
        ),
        hints=(
            "A word enters by a column of $W_E$ and leaves by a row of $W_U$. Which of the two "
            "products of these matrices has a row and a column for each word?",
            "Each row of the result belongs to a present word and must sum to 1. In which order "
            "do rows and columns stand in `W_U @ W_E`?",
            "Take the softmax of `(W_U @ W_E).T` along its last axis. Subtract the greatest logit "
            "of each row before the exponential.",
        ),
        task=Measuring(BIGRAM_TABLE, BIGRAM_MISTAKES),
    ),
    Part(
        id="ex6b",
        assignment="exercise-6",
        title="A score for looking back by one",
        objective="Measure how much of its attention a head gives to the previous token.",
        minutes=6,
        difficulty=1,
        answers=_function("previous_token_score", "one number from 0 to 1", "pattern"),
        properties=(Property("score", "The score is right for patterns of any length.", 2),),
        hints=(
            "In row $i$ of a pattern, where does the weight on the previous token stand?",
            "These entries lie on a diagonal. The first token has no previous one, so it does not "
            "count.",
            "`np.diagonal(pattern, -1)` is the diagonal below the main one. Take its mean.",
        ),
        task=Measuring(PREVIOUS, PREVIOUS_MISTAKES),
    ),
    Part(
        id="ex6c",
        assignment="exercise-6",
        title="A score for induction",
        objective="Measure how much of its attention a head gives to what followed earlier copies.",
        minutes=15,
        difficulty=2,
        answers=_function(
            "induction_score",
            "one number from 0 to 1; 0 if no word has an earlier copy",
            "pattern, tokens",
        ),
        properties=(
            Property("twice", "Right where every word comes exactly twice.", 1),
            Property("often", "Right where words come back any number of times, or not at all.", 3),
        ),
        hints=(
            "Where did the second head of exercise 3 look: at the earlier copy, or behind it?",
            "Key $j$ counts for query $i$ if `tokens[j - 1] == tokens[i]` and $1 \\le j \\le i$. A "
            "word that has come three times has more than one such key.",
            "For each query, add the weights of all keys that count. Take the mean of these sums "
            "over the queries that have at least one such key.",
        ),
        task=Measuring(INDUCTION, INDUCTION_MISTAKES),
    ),
    Part(
        id="ex6d",
        assignment="exercise-6",
        title="A score for copying",
        objective="Measure whether a head makes the word that it looks at more likely, or less.",
        minutes=10,
        difficulty=2,
        answers=_function("copying_score", "one number from -1 to 1", "W_U, W_OV, W_E"),
        properties=(
            Property("copies", "Right for heads that copy.", 2),
            Property("avoids", "The negated head has the negated score.", 1),
        ),
        hints=(
            "From the word that is looked at to the logits of the next one, which three matrices "
            "are passed?",
            "A matrix that maps words to themselves has positive eigenvalues. Eigenvalues may be "
            "complex, and `np.linalg.eigvals` finds them.",
            "Take the eigenvalues of `W_U @ W_OV @ W_E`. Divide the sum of their real parts by the "
            "sum of their absolute values.",
        ),
        task=Measuring(COPYING, COPYING_MISTAKES),
    ),
    Part(
        id="ex6e",
        assignment="exercise-6",
        title="Q-, K- and V-composition",
        objective="Measure how strongly a later head reads an earlier one, through each input.",
        minutes=10,
        difficulty=2,
        answers=_function(
            "composition",
            "three numbers from 0 to 1: through the query, the key and the values",
            "W_QK_1, W_OV_1, W_QK_2, W_OV_2",
        ),
        properties=(
            Property("q", "Q-composition is right.", 1),
            Property("k", "K-composition is right.", 1),
            Property("v", "V-composition is right.", 1),
        ),
        hints=(
            "What the earlier head writes is $W_{OV}^1$ times what it read. Which matrices of the "
            "later head read it? One of the four arguments is not needed at all.",
            "In $x_i^\\top W_{QK}\\, x_j$ the key's stream stands on the right, and the query's on "
            "the left. Transpose to bring the query to the right.",
            "Divide the norms of `W_QK_2.T @ W_OV_1`, `W_QK_2 @ W_OV_1` and `W_OV_2 @ W_OV_1` each "
            "by the norms of their two factors. `np.linalg.norm` is the right norm.",
        ),
        task=Measuring(COMPOSITION, COMPOSITION_MISTAKES),
    ),
    Part(
        id="ex6f",
        assignment="exercise-6",
        title="Cut one path",
        objective="Take an earlier head out of one input of a later head, and leave all else as "
        "it is.",
        minutes=15,
        difficulty=3,
        answers=_function(
            "cut_paths",
            "the later head's output, `(3, n_tokens, d_model)`: with its query, its key, its "
            "values cut",
            "h, lost, positions, W_Q, W_K, W_V, W_out",
        ),
        properties=(
            Property("whole", "With nothing lost, all three are the head's own output.", 1),
            Property("query", "The first has lost its query's input, and no other.", 1),
            Property("key", "The second has lost its key's input, and no other.", 1),
            Property("values", "The third has lost its values' input, and no other.", 1),
        ),
        hints=(
            "A head reads the stream three times. Write it as a function of three streams first, "
            "one for the query, one for the key and one for the values.",
            "Queries and keys read `h + positions`, and values read `h`. To cut a path, subtract "
            "`lost` from one of the three. The output is not changed otherwise.",
            "With `attend(for_query, for_key, for_values)` as in the first hint, the second output "
            "is `attend(h + positions, h + positions - lost, h)`.",
        ),
        task=Measuring(CUT, CUT_MISTAKES),
    ),
    Part(
        id="ex6g",
        assignment="exercise-6",
        title="Find the circuit",
        objective="Find the induction circuit in models that you have never seen, or say that "
        "there is none.",
        minutes=12,
        difficulty=2,
        answers=_function(
            "find_circuit",
            'three strings, the earlier head, the induction head and the path, as in `("0.1", '
            '"1.0", "Q")`; or `None`',
            "patterns, tokens, W_QK, W_OV",
        ),
        properties=(
            Property("heads", "Both heads are right wherever there is a circuit.", 1),
            Property("path", "The path between them is right.", 1),
            Property("none", "Where there is no circuit, the answer is None.", 1),
        ),
        hints=(
            "You have written all the scores already. Which of them tells the induction head from "
            "the other head of its layer, whatever their names?",
            "Begin at the end: find the induction head by its pattern, then ask which earlier head "
            "it reads, and through which input. What would your function say of a model that "
            "was never trained?",
            "If the better induction score of the two heads of layer 1 is below 0.4, return "
            "`None`. Otherwise work out `composition` of both heads of layer 0 with that head, and "
            "take the largest of the six numbers.",
        ),
        task=FindCircuit(),
    ),
    Part(
        id="ex6h",
        assignment="exercise-6",
        title="The graft",
        objective="Cut a trained head out of the model and let your own do its work.",
        minutes=25,
        difficulty=3,
        answers=(
            matrix("W_Q_graft", D_HEAD, D_MODEL, "what a token asks for: its previous position"),
            matrix("W_K_graft", D_HEAD, D_MODEL, "what a token can be found by: its position"),
            matrix("W_V_graft", D_HEAD, D_MODEL, "what is read from the previous token"),
            matrix("W_out_graft", D_MODEL, D_HEAD, "where it is written for the next head"),
        ),
        properties=(
            Property(
                "looks",
                "The previous token gets at least 0.90 of the attention, and with the trained W_V "
                "and W_out the model keeps 0.95 of its accuracy.",
                1.5,
            ),
            Property("arrives", "With all four matrices, it keeps half of its accuracy.", 1),
            Property("clean", "With all four matrices, it keeps 0.90 of its accuracy.", 1.5),
        ),
        hints=(
            "Where to look is exercise 2 (c) once more. The pairs of `positions` are entries "
            "$2k$ and $2k + 1$, and pair $k$ turns by `turn[k]` a token. Eight pairs fill 16 rows.",
            "The note is for head 1.1. What does it ask for? That is what your $W_V$ should read. "
            "And where does it look for that? There your $W_{\\mathrm{out}}$ should write.",
            "`W_V_graft = reader.W_Q` and `W_out_graft` a multiple of `reader.W_K.T`. Choose the "
            "multiple so that `match_score` is about 10.",
            "The last fifth is missing, because 1.1 hears the note in its query and its values "
            "too. Take the rows of its `W_Q` and `W_V` out of what you write: with these 32 rows "
            "stacked to `R`, multiply by `np.eye(64) - np.linalg.pinv(R) @ R` from the left, and "
            "choose the multiple anew, for a match score of about 12.",
        ),
        task=Graft(),
    ),
    Part(
        id="ex6-text",
        assignment="exercise-6",
        title="Present, necessary, sufficient",
        objective="Say what the scores, the cuts and the graft each show, and what none of them "
        "shows.",
        minutes=10,
        difficulty=2,
        answers=(Answer("ex6-text", "text", "a few sentences in your own words"),),
        properties=(Property("read", "A person reads the text against the rubric.", 3),),
        hints=(
            "Which of the three needs a run of the model with something changed?",
            "The strongest composition of the whole model does nothing when it is cut. What does "
            "that say about the score, and what about the cut?",
            "Take the three words of the title one by one. For each, name the measurement of this "
            "chapter that shows it, and one thing that it leaves open.",
        ),
        task=Text(),
    ),
)
