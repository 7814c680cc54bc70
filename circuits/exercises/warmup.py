"""List the parts of the warm-up."""

from __future__ import annotations

from circuits.parts import Answer, Part, Property, Text
from circuits.tasks.functions.function import HeadFunction, MaxRank, SingularValues
from circuits.tasks.matrix_names import MatrixNames, PatternMatrices


def _text(
    part_id: str, title: str, objective: str, points: float, minutes: int, *hints: str
) -> Part:
    return Part(
        id=part_id,
        assignment="warmup",
        title=title,
        objective=objective,
        minutes=minutes,
        difficulty=1,
        answers=(Answer(part_id, "text", "a few sentences in your own words"),),
        properties=(Property("read", "A person reads the text against the rubric.", points),),
        hints=hints,
        task=Text(),
    )


def _output_properties() -> tuple[Property, ...]:
    return (
        Property("output", "The output is the head's, on streams and heads of every shape.", 3),
        Property("stable", "Scores of ten thousand give finite, right numbers.", 1),
        Property("unchanged", "The arrays it is given stay as they were.", 1),
    )


PARTS = (
    _text(
        "w1",
        "The transformer from above",
        "Describe the architecture in one short paragraph, with the residual stream at its centre.",
        4,
        10,
        "Follow one token from the input to the logits. What does each layer do to its vector?",
        "There are two kinds of layers, and each *adds* something to the residual stream. Only one "
        "of the two moves information between tokens.",
        "Begin with the embedding and end with the unembedding. In between, attention heads and "
        "MLPs read the stream, layer by layer, and add to it. Say what each of them reads, and "
        "what remains if a layer adds nothing.",
    ),
    Part(
        id="w2",
        assignment="warmup",
        title="One head, in code",
        objective="Write a single causal attention head from its four matrices.",
        minutes=15,
        difficulty=2,
        answers=(
            Answer(
                "attention_head",
                "function",
                "one causal head's output, `(n_tokens, d_model)`, not yet added to `x`",
                signature="x, W_Q, W_K, W_V, W_out",
            ),
        ),
        properties=_output_properties(),
        hints=(
            "There are four steps: queries and keys, scores, pattern, output. What is the shape of "
            "each?",
            "Rows of `x` are tokens, so all queries at once are `x @ W_Q.T`, of shape "
            "`(n_tokens, d_head)`. A score above the diagonal belongs to a token that comes later.",
            "Put $-\\infty$ where `j > i`, subtract each row's largest score, exponentiate, divide "
            "by the row's sum. Then `pattern @ (x @ W_V.T) @ W_out.T`.",
        ),
        task=HeadFunction(merged=False),
    ),
    _text(
        "w2-text",
        "One head, in words",
        "Give each of the four matrices its job, in words.",
        3,
        8,
        "Two matrices decide where to look, and two decide what to move.",
        "Say for each matrix which vector it meets (the token that looks, or the token looked at) "
        "and what comes out.",
        "$W_Q$: what the looking token asks for. $W_K$: what each token can be found by. For the "
        "other two, think of a parcel: who packs it, and who unpacks it?",
    ),
    Part(
        id="w3",
        assignment="warmup",
        title="Reading and writing",
        objective="Name the matrix that sets where a head reads, and the one that "
        "sets where it writes.",
        minutes=3,
        difficulty=1,
        answers=(
            Answer("reads_from", "name", "the matrix that sets which subspace is read"),
            Answer("writes_to", "name", "the matrix that sets which subspace is written to"),
        ),
        properties=(
            Property("reads", "`reads_from` names the matrix that meets the attended token.", 1),
            Property("writes", "`writes_to` names the matrix whose columns enter the stream.", 1),
        ),
        hints=(
            "The question is about what is moved, not about where the head looks.",
            "One of the two has `d_model` columns and is applied to the attended token's stream. "
            "The other has `d_model` rows and makes the result.",
            "A matrix cannot see a direction that is orthogonal to all its rows, and cannot write "
            "one that is not a sum of its columns. Which of the four acts first on "
            "$x_j$? Which last?",
        ),
        task=MatrixNames(
            ("W_V", "W_out"),
            next_step="Which of the four matrices touches the attended token's stream, and which "
            "makes what is added?",
        ),
    ),
    _text(
        "w3-text",
        "What the product means",
        "Say what the product of the two matrices does to a vector of the attended token.",
        2,
        5,
        "It takes a vector of the residual stream. What does it give?",
        "Its shape is `(d_model, d_model)`. What goes in is the stream of one token, and what "
        "comes out is a change to the stream of another.",
        "It is the whole map from *what stands at the attended token* to *what is added at the "
        "looking token*, if all attention goes there. Which of its parts can be told "
        "apart from outside?",
    ),
    Part(
        id="w4",
        assignment="warmup",
        title="Who decides where to look",
        objective="Name the two matrices that alone decide the attention pattern.",
        minutes=2,
        difficulty=1,
        answers=(Answer("attention_matrices", "names", "two names of matrices, in any order"),),
        properties=(
            Property("pattern", "The two named matrices fix the pattern by themselves.", 2),
        ),
        hints=(
            "Which of the four stand inside the softmax?",
            "Replace one of the four by zeros, in your mind. For which of them does every "
            "token still look where it looked?",
            "The score of $i$ and $j$ is a dot product of a vector made from $x_i$ and one made "
            "from $x_j$. Which two matrices make those?",
        ),
        task=PatternMatrices(),
    ),
    _text(
        "w4-text",
        "What the two products mean",
        "Say in words what $W_Q^T W_K$ means, and what $W_{\\mathrm{out}} W_V$ means.",
        3,
        5,
        "Which of the two takes two tokens and gives a number? Which takes one token and gives a "
        "vector?",
        "In the example, *saw* looks for *cat* and *cat* does not look for *saw*. Where in "
        "$W_{QK}$ do you see that? Where in $W_{OV}$ do you see what *saw* gets?",
        "$W_{QK}$: how much the looking token wants what stands at the other. A row belongs to "
        "the token that looks; to whom does a column belong? $W_{OV}$: what is added at the "
        "looking token. Then ask of each matrix what it does not know.",
    ),
    Part(
        id="w5",
        assignment="warmup",
        title="A head from two matrices",
        objective="Rewrite the head so that only W_QK and W_OV appear.",
        minutes=8,
        difficulty=2,
        answers=(
            Answer(
                "attention_head_qk_ov",
                "function",
                "the same output, `(n_tokens, d_model)`, from the two products",
                signature="x, W_QK, W_OV",
            ),
        ),
        properties=_output_properties(),
        hints=(
            "Go through the four steps of W2. In which of them do matrices appear in pairs?",
            "`W_QK` is not symmetric: one side is the query's, the other the key's.",
            "Scores are `x @ W_QK @ x.T`. Where `W_V` and then `W_out` acted, one product acts "
            "now. It has to be transposed, because the rows of `x` are tokens.",
        ),
        task=HeadFunction(merged=True),
    ),
    Part(
        id="w6",
        assignment="warmup",
        title="The rank of the two products",
        objective="Say how large the rank of W_QK and of W_OV can be.",
        minutes=4,
        difficulty=1,
        answers=(
            Answer(
                "max_rank",
                "function",
                "the greatest rank that `W_QK` or `W_OV` can have, an `int`",
                signature="d_model, d_head",
            ),
        ),
        properties=(
            Property("narrow", "Right where the head is narrower than the stream.", 1),
            Property("wide", "Right where the head is as wide as the stream, or wider.", 1),
        ),
        hints=(
            "A product cannot have a greater rank than either factor.",
            "`W_V` has `d_head` rows and `d_model` columns. How large can its rank be?",
            "Two numbers bound the rank from above. Try `d_model = 3, d_head = 5`: "
            "which one holds?",
        ),
        task=MaxRank(),
    ),
    Part(
        id="w7",
        assignment="warmup",
        title="Does one head read another?",
        objective="Measure how strongly a later head can read what an earlier head writes.",
        minutes=8,
        difficulty=2,
        answers=(
            Answer(
                "read_strengths",
                "function",
                "singular values of `W_V_2 @ W_out_1`, largest first",
                signature="W_V_2, W_out_1",
            ),
        ),
        properties=(
            Property("values", "The numbers are the singular values.", 2),
            Property("order", "The largest comes first.", 1),
        ),
        hints=(
            "The product maps the first head's value vector to the second head's value vector.",
            "Its shape is small, `(d_head of head 2, d_head of head 1)`, and NumPy has a routine "
            "that returns singular values alone.",
            "`np.linalg.svd` with `compute_uv=False`. In which order does it return them?",
        ),
        task=SingularValues(),
    ),
    _text(
        "w7-text",
        "What the singular values say",
        "Read the singular values: none, one large, all equal.",
        3,
        6,
        "A singular value is a gain. Of what, into what?",
        "Take the extreme cases: all singular values are zero, only one is not zero, or all of "
        "them are one.",
        "Each singular value belongs to one direction of the first head's values, and says how "
        "strongly the second head receives it. Count those that are not small, and then compare "
        "their sizes.",
    ),
)
