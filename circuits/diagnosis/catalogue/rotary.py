"""List the mistakes under rotary attention, and with a probe."""

from __future__ import annotations

from circuits.diagnosis.catalogue.mistake import Mistake

MISTAKES = (
    Mistake(
        "nothing-turned",
        "The scores are those of an ordinary head: they do not depend on the distance.",
        "By which angle is pair p of the token at position n turned?",
    ),
    Mistake(
        "turned-the-other-way",
        "Queries and keys are both turned backwards.",
        "Which way does turn_pairs turn for a positive angle, and which is asked for?",
    ),
    Mistake(
        "one-side-turned",
        "Queries are turned and keys are not, or the other way round.",
        "Which of the two stands still, and what do the scores then depend on?",
    ),
    Mistake(
        "turned-apart",
        "Queries and keys are turned in opposite directions, so the angles add up.",
        "What should the scores depend on, the sum of two positions or their difference?",
    ),
    Mistake(
        "one-speed",
        "All pairs are turned at the same speed.",
        "Which angle belongs to which pair?",
    ),
    Mistake(
        "other-pairs",
        "The pairs are made of other numbers: the first half of the numbers with the second.",
        "Which two numbers make pair p here? (Some libraries pair them otherwise.)",
    ),
    Mistake(
        "pattern-not-scores",
        "The softmax has been taken already.",
        "What does the part ask for, scores or attention?",
    ),
    Mistake(
        "hand-changes",
        "What is turned differs from token to token, so the hands do not start at one place.",
        "Which direction holds the same number at every token?",
    ),
    Mistake(
        "pairs-too-slow",
        "Only slow pairs are used, and in one step a slow hand hardly moves.",
        "By how much does the cosine of each pair fall within one step?",
    ),
    Mistake(
        "pairs-too-fast",
        "What should match wherever it stands is compared in pairs that turn far on the way.",
        "How far has each pair turned after 60 tokens, and what is the cosine of that?",
    ),
    Mistake(
        "no-preference",
        "The score of a copy does not depend on how far back it stands.",
        "Which direction holds the same at every token, and what does its score with itself do as "
        "the distance grows?",
    ),
    Mistake(
        "prefers-earliest",
        "The score grows with the distance, so the earliest copy wins.",
        "At which distance is the cosine of a pair largest if query and key read the same?",
    ),
    Mistake(
        "preference-comes-back",
        "The bonus falls and then rises again, so that far copies get as much as near ones.",
        "How far has the pair that gives the bonus turned after 126 tokens, and where does its "
        "cosine stop falling?",
    ),
    Mistake(
        "preference-too-weak",
        "The latest copy is preferred, but by so little that others keep a share.",
        "By how many nats must one copy be ahead of the next for nine tenths of the attention?",
    ),
    Mistake(
        "preference-too-strong",
        "Being near outweighs being the right word where the copy is far away.",
        "By how much does the right word lead by its content at least, and what does the distance "
        "take away at most?",
    ),
    Mistake(
        "no-constant",
        "The fit passes through zero: it has no constant.",
        "What should a fit without any features predict?",
    ),
    Mistake(
        "error-not-share",
        "This is the error that is left, and not the share that is explained.",
        "What should come out where the fit is perfect, and what where nothing can be read?",
    ),
    Mistake(
        "not-squared",
        "This is the correlation of fit and target, and not its square.",
        "What is the square for?",
    ),
)
