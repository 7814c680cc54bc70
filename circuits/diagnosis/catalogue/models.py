"""List the mistakes in a whole model: what it reads off the stream, how loudly, and when."""

from __future__ import annotations

from circuits.diagnosis.catalogue.mistake import Mistake

MISTAKES = (
    Mistake(
        "reads-present-word",
        "What is read is the word that stands at the token, not the one that was found.",
        "Which directions hold the token's own word, and which what head 2 has brought?",
    ),
    Mistake(
        "reads-note",
        "What is read is a note, which says which word came before, not which word is there.",
        "Which directions did head 1 write to, and which word does it tell of?",
    ),
    Mistake(
        "overwrites",
        "The word is written where something stands already, and the two run together.",
        "Which scratch directions are still empty?",
    ),
    Mistake(
        "rows-shifted",
        "Each row stands for a neighbour of the word that it should stand for.",
        "Which word does the first row stand for? (stream.content begins with BOS; a table without "
        "BOS begins with word 1.)",
    ),
    Mistake(
        "gain-off-by-a-factor",
        "All gains are too large, or too small, by about the same factor.",
        "How large is the logit of the right word if the gain is 1? How long is a word's content?",
    ),
    Mistake(
        "gain-of-one-word",
        "The gains are right for one word, but other words have neighbours that are nearer or "
        "farther.",
        "Over which words should the mean be taken?",
    ),
    Mistake(
        "gain-too-coarse",
        "The gains come near, but the loss changes so fast that they are not near enough.",
        "By how much does the loss change from one of the gains that you try to the next?",
    ),
    Mistake(
        "same-gain-for-all",
        "The gain is the same whatever loss is asked for.",
        "Where in the function does the loss come in? If you search, does the search end at the "
        "border where it began?",
    ),
    Mistake(
        "gain-grows-with-loss",
        "A larger loss gets a larger gain.",
        "What becomes of the loss of a right guess as the model gets surer of it?",
    ),
    Mistake(
        "nats-and-bits",
        "The gains fit losses that are counted in bits.",
        "Which logarithm is a nat counted with?",
    ),
    Mistake(
        "no-rest",
        "BOS scores no higher than it did without the fifth row.",
        "What does the fifth row of the queries find at every token, and that of the keys at BOS?",
    ),
    Mistake(
        "rest-too-low",
        "BOS scores, but a note of some other word scores higher, or nearly as high.",
        "How high can the score of a word get with a note that tells of another word?",
    ),
    Mistake(
        "rest-too-high",
        "BOS scores so high that it keeps attention which belongs to the note that is looked for.",
        "How high is the score of a word with the note that tells of that same word?",
    ),
    Mistake(
        "rest-at-every-token",
        "The fifth row raises the scores of all keys alike, which changes no pattern.",
        "What does BOS carry that no other token carries?",
    ),
    Mistake(
        "rest-wrong-sign",
        "The fifth row lowers the score of BOS.",
        "Which sign has the product of the two numbers that meet in the fifth row?",
    ),
    Mistake(
        "rest-says-something",
        "The head rests at BOS, but what it brings from there still enters the guess.",
        "What should the head bring back from BOS? What do its values read there?",
    ),
    Mistake(
        "guess-among-the-mixed",
        "Only words that went into the mixture are taken into account.",
        "With how many words does the unembedding compare what it is given?",
    ),
    Mistake(
        "copies-counted-once",
        "A word that went in several times counts only once.",
        "What does attention to three copies of one word add up to?",
    ),
    Mistake(
        "least-alike",
        "The word that is least like the mixture is returned.",
        "Is the best match the largest dot product, or the smallest?",
    ),
)
