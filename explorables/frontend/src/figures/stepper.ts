/** Step through two heads that continue a repeated line, and predict each step: exercises 2 and 3. */
import { html } from "lit-html";
import { makeModule } from "../core/figure";
import type { Matrix } from "../maths/attention";
import type { Parameters } from "../core/parameters";
import { percent, rounded } from "../core/words";
import { drawCircuit, type Content, type Drawing, type Look } from "../draw/circuit";
import { choice } from "../draw/controls";
import { buildCircuit, embed, findAlike, pick, placesOf, runHeads, type Alike, type CircuitName, type Head, type NamedStream, type Pass } from "../maths/circuit";
import { completeHeads, embedWhole, moveRows, requireOwn, type Own } from "../maths/own-circuit";
import { nameToken, readLine } from "../maths/vocabulary";

/** The line of the book, whose arrows point well apart. */
export const LINE = ["BOS", "star", "fish", "swims", "past", "star"] as const;

const LAST = LINE.length - 1;
const SURE = 0.8; // the share that a check wants on the right token
const SPREAD = "spread";
const NO_WORD = "no word";
const NUMBERS = 4; // of a word, that are drawn as bars
const SHOWN_CLOCKS = 2; // the two largest, which tell the positions apart

export const STEPS = 4;

export interface State {
  circuit: CircuitName;
  /** The learner's heads, where a check has handed them over. */
  own: Own | null;
  /** Whose heads are run, where there is a choice. */
  whose: "own" | "book";
  /** The token that looks: BOS sees only itself, and is left out. */
  token: number;
  step: number;
  /** How many steps have been shown. */
  shown: number;
  /** What the reader said at each step, before it was shown; "" for nothing. */
  guesses: readonly string[];
}

interface Option {
  readonly id: string;
  readonly label: string;
}

export interface Question {
  readonly ask: string;
  readonly options: readonly Option[];
  /** The id of the right one. */
  readonly right: string;
  /** What happens at this step, and why. */
  readonly why: string;
}

/** A circuit that has run over the line. */
interface Walk {
  readonly passes: readonly [Pass, Pass];
  readonly places: ReturnType<typeof placesOf>;
  readonly stream: NamedStream;
  readonly tokens: readonly number[];
  /** What head 1 would write of each word alone, and of each place alone; and head 2 of each word. */
  readonly noted: { readonly word: Matrix; readonly place: Matrix };
  readonly found: Matrix;
  /** Which looks and which notes are the learner's, head by head. */
  readonly mine: { readonly looks: readonly boolean[]; readonly moves: readonly boolean[] };
}

const walks = new WeakMap<object, Partial<Record<CircuitName, Walk>>>();

function walkOf({ circuit, own, whose }: State, parameters: Parameters): Walk {
  const mine = whose === "own" ? own : null;
  const stream: NamedStream = own?.stream ?? parameters;
  const from = mine ?? stream;
  const kept = walks.get(from) ?? {};
  walks.set(from, kept);
  return (kept[circuit] ??= walk(circuit, mine, stream));
}

function walk(circuit: CircuitName, own: Own | null, whole: NamedStream): Walk {
  const stream: NamedStream = { ...whole, content: whole.content.map((row) => row.slice(0, NUMBERS)) };
  const heads: readonly [Head, Head] = own === null ? buildCircuit(circuit, stream) : completeHeads(circuit, own);
  const embedLine = (tokens: readonly number[]) => (own === null ? embed(tokens, stream) : embedWhole(tokens, own.stream));
  const { tokens } = readLine(LINE.slice(1).join(" "), whole.words);
  const blank = embedLine(LINE.map(() => 0)); // places without words
  const words = whole.content.map((_row, word) => embedLine([word])[0] ?? []);
  const places = placesOf(stream);
  const nowhere = words.map((row) => row.map((value, i) => (places.position.includes(i) ? 0 : value)));
  return {
    passes: runHeads(embedLine(tokens), heads),
    places,
    stream,
    tokens,
    noted: { word: moveRows(nowhere, heads[0]), place: moveRows(blank, heads[0]) },
    found: moveRows(nowhere, heads[1]),
    mine: { looks: [0, 1].map((i) => own?.heads[i]?.W_Q !== undefined), moves: [0, 1].map((i) => own?.heads[i]?.W_V !== undefined) },
  };
}

const wordAt = (place: number): string => LINE[place] ?? "";
const quoted = (word: string) => `“${word}”`;
const named = (place: number) => `${place === 0 ? "BOS" : quoted(wordAt(place))} at ${place}`;
const YOURS = "Here your own queries and keys decide.";
const list = (numbers: readonly number[]) => `(${numbers.map((value) => rounded(value)).join(", ")})`;

/** A word of the vocabulary by its name. */
const spell = (word: number, { stream }: Walk) => nameToken(word, stream.words);

/** Where the same word stood before, if it did. */
function copyOf(token: number): number | null {
  const first = LINE.findIndex((word) => word === LINE[token]);
  return first < token ? first : null;
}

interface Sight {
  readonly shares: readonly number[];
  readonly scores: readonly number[];
  /** The token that gets most. */
  readonly at: number;
  readonly sure: boolean;
}

function sightOf({ passes }: Walk, layer: 0 | 1, token: number): Sight {
  const shares = passes[layer].pattern[token] ?? [];
  const most = Math.max(...shares);
  return { shares, scores: passes[layer].scores[token] ?? [], at: shares.indexOf(most), sure: most >= SURE };
}

/** What can stand in scratch space: a place of the line, a word of the vocabulary, or nothing. */
interface Note {
  readonly kind: "word" | "place" | "nothing";
  readonly value: number;
}

const NOTHING: Note = { kind: "nothing", value: 0 };
const KINDS = ["word", "place", "nothing"] as const;

function sayNote({ kind, value }: Note, walk: Walk): string {
  if (kind === "nothing") return "nothing";
  return kind === "place" ? `position ${value}` : `the word ${quoted(spell(value, walk))}`;
}

interface Written {
  readonly note: Note;
  /** How like it is to what it is taken for; 0 for nothing. */
  readonly cosine: number;
}

/** What head 1 has written at a token, read as what it writes of a place or of a word. */
function noteOf(circuit: CircuitName, { passes, noted }: Walk, token: number): Written {
  const kind = circuit === "pointer" ? "place" : "word";
  const alike = findAlike(passes[0].output[token] ?? [], noted[kind]);
  return alike === null ? { note: NOTHING, cosine: 0 } : { note: { kind, value: alike.row }, cosine: alike.cosine };
}

/** The numbers that head 1 has written, as the book's heads write them. */
function numbersOf({ passes, places }: Walk, token: number, kind: Note["kind"]): number[] {
  return pick(passes[0].after[token] ?? [], kind === "place" ? places.noted : places.noted.slice(0, NUMBERS));
}

/** The word that head 2 has brought. */
function foundBy({ passes, found }: Walk, token: number): Alike | null {
  return findAlike(passes[1].output[token] ?? [], found);
}

/** At most `count` different tokens that the query sees, the first ones first, in the order of the line. */
function chooseTokens(wanted: readonly (number | null)[], token: number, count: number): Option[] {
  const seen = wanted.filter((place): place is number => place !== null && place >= 0 && place <= token);
  return [...new Set(seen)].slice(0, count).sort((a, b) => a - b).map((place) => ({ id: `token ${place}`, label: named(place) }));
}

function sayScores({ scores, at, shares }: Sight, token: number): string {
  const others = scores.map((score, i) => ({ score, i })).filter(({ i }) => i !== at && i <= token);
  const next = others.reduce((a, b) => (b.score > a.score ? b : a));
  return `${named(at)} scores ${rounded(scores[at] ?? 0)}, the next best, ${named(next.i)}, ${rounded(next.score)}: it gets ${percent(shares[at] ?? 0)} of the attention.`;
}

function askHeadOne({ circuit, token }: State, walk: Walk): Question {
  const sight = sightOf(walk, 0, token);
  const copy = copyOf(token);
  const options = chooseTokens([sight.at, token, token - 1, copy, copy === null ? 0 : copy + 1, 0], token, 4);
  const reason = walk.mine.looks[0]
    ? YOURS
    : circuit === "notes"
      ? "Its query is its own position turned back by one step, so it looks at the token just before, whatever the words are."
      : copy === null
        ? `Nothing earlier has the content of ${quoted(wordAt(token))}, so it finds only itself.`
        : "It compares contents, and takes off a little where the positions agree: the same word, but not here.";
  return { ask: `Where will ${walk.mine.looks[0] ? "your " : ""}head 1 look from ${named(token)}?`, options, right: `token ${sight.at}`, why: `${reason} In numbers: ${sayScores(sight, token)}` };
}

function askNote({ circuit, token }: State, walk: Walk): Question {
  const { at } = sightOf(walk, 0, token);
  const written = noteOf(circuit, walk, token);
  const { note } = written;
  const word = (place: number): Note => (place === 0 ? NOTHING : { kind: "word", value: walk.tokens[place] ?? 0 });
  const place = (value: number): Note => ({ kind: "place", value });
  const after = at < LAST ? at + 1 : at - 1;
  const other = at === token ? place(token - 1) : circuit === "pointer" ? word(after) : word(token);
  const offered = [note, word(at), place(at), other, place(token)].map((option) => ({ ...option, id: idOf(option), label: sayNote(option, walk) }));
  const options = [...new Map(offered.map((option) => [option.id, option])).values()]
    .slice(0, 4)
    .sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || a.value - b.value);
  return {
    ask: `What will head 1 write into the scratch space of ${named(token)}?`,
    options,
    right: idOf(note),
    why: explainNote(written, walk, at, token),
  };
}

const idOf = ({ kind, value }: Note) => `${kind} ${value}`;

function explainNote({ note, cosine }: Written, walk: Walk, at: number, token: number): string {
  const likeness = `${cosine.toFixed(2)}, where 1 is the same direction`;
  if (note.kind === "place" && walk.mine.moves[0])
    return `Your head 1 brings no word. What it has written at ${named(token)} is most like what it writes of position ${note.value} (cosine ${likeness}).`;
  if (note.kind === "place")
    return `Head 1 brings no word. Its values read the hands of four clocks and nothing of the content, so the scratch space of ${named(token)} now holds ${list(numbersOf(walk, token, "place"))}, the hands of position ${note.value}. Find the same clocks in the row of positions.`;
  if (note.kind === "nothing") return `${named(at)} has no content to read, so the note of ${named(token)} stays blank.`;
  if (walk.mine.moves[0])
    return `What your head 1 has written at ${named(token)} is most like what it writes of ${quoted(spell(note.value, walk))} (cosine ${likeness}). It has written a note for every other token, too.`;
  return `Its values read the content of ${named(at)}, ${list(numbersOf(walk, token, "word"))}. So the note of ${named(token)} says what stood before it, and the same head has written a note for every other token.`;
}

function askHeadTwo({ circuit, token }: State, walk: Walk): Question {
  const sight = sightOf(walk, 1, token);
  const copy = copyOf(token);
  const tokens = chooseTokens([sight.sure ? sight.at : null, copy === null ? null : copy + 1, token, copy, token - 1, 0], token, 3);
  const reason = walk.mine.looks[1] ? YOURS : circuit === "pointer" ? sayPointed(walk, token) : sayMatch(sight, token);
  const shared = sight.scores
    .map((_score, i) => i)
    .filter((i) => (sight.shares[i] ?? 0) >= 1 - SURE)
    .map((i) => `${named(i)} gets ${percent(sight.shares[i] ?? 0)}`);
  return {
    ask: `Where will ${walk.mine.looks[1] ? "your " : ""}head 2 look from ${named(token)}?`,
    options: [...tokens, { id: SPREAD, label: "at several alike" }],
    right: sight.sure ? `token ${sight.at}` : SPREAD,
    why: `${reason} In numbers: ${sight.sure ? sayScores(sight, token) : `${shared.join(", ")}.`}`,
  };
}

function sayPointed(walk: Walk, token: number): string {
  const next = noteOf("pointer", walk, token).note.value + 1;
  const asked = `Its query reads the pointer and turns each hand on by one step of its clock, to position ${next}; its keys read positions.`;
  return next <= token ? asked : `${asked} Position ${next} lies ahead and is hidden, so the hands that agree best are those of a token that it sees.`;
}

function sayMatch({ at, sure, scores }: Sight, token: number): string {
  const asked = `Its query reads its own word, ${quoted(wordAt(token))}, and its keys read the notes.`;
  if (!sure) {
    const least = Math.min(...scores.slice(0, token + 1));
    const others = least < 0 ? ", and notes of other words, which point away, score less" : "";
    return `${asked} No note says ${quoted(wordAt(token))}. Blank notes score 0${others}; so the blank ones share the attention.`;
  }
  const note = wordAt(at - 1);
  if (note !== wordAt(token)) return `${asked} No note says ${quoted(wordAt(token))}; the nearest to it is the note of ${named(at)}.`;
  return `${asked} The note of ${named(at)} says ${quoted(note)}.`;
}

function askGuess({ circuit, token }: State, walk: Walk): Question {
  const found = foundBy(walk, token);
  const guess = found === null ? NO_WORD : spell(found.row, walk);
  const others = [...new Set(LINE.slice(1))].filter((word) => word !== guess);
  const say = (word: string) => (word === NO_WORD ? word : quoted(word));
  const options = [guess, ...others].slice(0, 4).sort().map((word) => ({ id: word, label: say(word) }));
  const copy = copyOf(token);
  const after = copy === null ? null : wordAt(copy + 1);
  const verdict =
    after === null
      ? `${sayLuck(guess, wordAt(token + 1))} A word that has come only once tells the circuit nothing about what follows.`
      : `${guess === after ? "And" : "But"} ${quoted(after)} did follow ${quoted(wordAt(token))} before. ${circuit === "pointer" ? "Head 1 brought a place; only head 2 brought a word." : "Head 1 wrote the note; head 2 brought the word."}`;
  const brought =
    found === null
      ? "What head 2 brings is next to nothing, and like no word."
      : `${walk.mine.moves[1] ? "What your head 2 brings" : "Head 2 brings the content of what it looks at. That"} is most like ${quoted(guess)} (cosine ${found.cosine.toFixed(2)}; the next most like is ${quoted(spell(found.next, walk))}, with ${found.nextCosine.toFixed(2)}).`;
  return { ask: "Which word will the circuit guess to come next?", options, right: guess, why: `${brought} ${verdict}` };
}

function sayLuck(guess: string, next: string): string {
  return guess === next ? `The line does go on with ${quoted(next)}, but by luck.` : `The line goes on with ${quoted(next)}.`;
}

/** The question of a step, computed from what the circuit does. */
export function makeQuestion(state: State, parameters: Parameters, step = state.step): Question {
  const walk = walkOf(state, parameters);
  const ask = [askHeadOne, askNote, askHeadTwo, askGuess][step];
  if (ask === undefined) throw new RangeError(`there is no step ${step}`);
  return ask(state, walk);
}

const answerOf = ({ options, right }: Question) => options.find(({ id }) => id === right)?.label ?? "";

/** What the picture shows of the steps, in words. */
export function tellSteps(state: State, parameters: Parameters): string {
  const answers = Array.from({ length: stageOf(state) }, (_, step) => answerOf(makeQuestion(state, parameters, step)));
  if (answers.length === 0) return "No head has run yet.";
  const told = ["Head 1 looks at", "Head 1 writes", "Head 2 looks at", "The guess is"];
  return answers.map((answer, step) => `${told[step] ?? ""} ${answer.replace(/^at /, "")}.`).join(" ");
}

/** What a token begins with: nothing shown, nothing guessed. */
const AFRESH = { step: 0, shown: 0, guesses: ["", "", "", ""] };

const isShown = ({ step, shown }: State) => shown > step;

/** Say something at a step before it is shown; it is shown then. */
export function guess(state: State, asked: number, id: string): Partial<State> {
  if (isShown(state) || asked !== state.step) return {};
  return { guesses: state.guesses.map((said, step) => (step === state.step ? id : said)), shown: state.step + 1 };
}

/** Show this step if it is not shown, else go to the next; after the last, begin anew. */
export function goOn({ step, shown }: State): Partial<State> {
  if (shown <= step) return { shown: step + 1 };
  return step + 1 < STEPS ? { step: step + 1 } : AFRESH;
}

export const goBack = ({ step }: State): Partial<State> => ({ step: Math.max(0, step - 1) });

/** How many steps the picture shows: none that comes later than the present one. */
const stageOf = ({ step, shown }: State) => Math.min(shown, step + 1);

function describe(state: State, parameters: Parameters): Drawing {
  const walk = walkOf(state, parameters);
  const { passes, places, stream: { content, lam } } = walk;
  const stage = stageOf(state);
  const unit = (numbers: readonly number[], size = Math.hypot(...(content[1] ?? []))) => numbers.map((value) => value / size);
  const clocks = (numbers: readonly number[]) =>
    numbers.slice(0, 2 * SHOWN_CLOCKS).map((value, i) => value / (lam[i >> 1] ?? 1));
  const stream = passes[0].after;
  const scratch = (i: number): Content => {
    const { note } = noteOf(state.circuit, walk, i);
    if (note.kind === "nothing") return { name: "blank" };
    const numbers = numbersOf(walk, i, note.kind);
    if (note.kind === "place") return { name: `→ ${note.value}`, hands: clocks(numbers) };
    if (!walk.mine.moves[0]) return { name: spell(note.value, walk), bars: unit(numbers) };
    const values = passes[0].values; // a note of the learner's may stand anywhere: what it says are the values
    return { name: spell(note.value, walk), bars: unit(values[i] ?? [], Math.max(...values.map((row) => Math.hypot(...row)))) };
  };
  const look = (layer: 0 | 1, moved: string | null): Look => {
    const { shares, scores } = sightOf(walk, layer, state.token);
    return { shares, scores, moved };
  };
  const { note } = noteOf(state.circuit, walk, state.token);
  const found = foundBy(walk, state.token);
  const guessed = found === null ? NO_WORD : spell(found.row, walk);
  return {
    words: LINE,
    query: state.token,
    content: stream.map((token, i) => (i === 0 ? { name: "none" } : { name: wordAt(i), bars: unit(pick(token, places.content)) })),
    position: stream.map((token, i) => ({ name: String(i), hands: clocks(pick(token, places.position)) })),
    scratch: stage >= 2 ? stream.map((_token, i) => scratch(i)) : null,
    looks: [
      stage >= 1 ? look(0, stage >= 2 ? sayNote(note, walk).replace("the ", "") : null) : null,
      stage >= 3 ? look(1, stage >= 4 ? (found === null ? guessed : quoted(guessed)) : null) : null,
    ],
    guess: stage >= 4 ? guessed : null,
    asked: isShown(state) ? null : state.step,
  };
}

const isWhole = (value: unknown, least: number, most: number) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most;

/** Throw unless the state is one that the controls could have led to; it may come from a cell's output. */
export function requireState({ circuit, own, whose, token, step, shown, guesses }: { readonly [Key in keyof State]: unknown }): void {
  const sound =
    (circuit === "pointer" || circuit === "notes") &&
    (whose === "own" || whose === "book") &&
    isWhole(token, 1, LAST) &&
    isWhole(step, 0, STEPS - 1) &&
    isWhole(shown, 0, STEPS) &&
    Array.isArray(guesses) &&
    guesses.length === STEPS &&
    guesses.every((said) => typeof said === "string");
  if (!sound) throw new RangeError("This is no state of the circuit.");
  if (own !== null) requireOwn(own);
}

export default makeModule<State>({
  name: "stepper",
  title: "Two heads, step by step",
  task:
    "Follow the circuit upwards, from the line to its guess. At each of the four steps, guess what " +
    "will happen before you let it happen. Then begin at another word, or let the other heads do it.",
  start: { circuit: "pointer", own: null, whose: "own", token: LAST, ...AFRESH },
  presets: { notes: { circuit: "notes" } },
  needs: ["alpha", "lam", "content", "words"],
  require: requireState,

  still: () => ({ step: STEPS - 1, shown: STEPS }),

  picture(state, parameters, width) {
    return {
      width,
      ...drawCircuit(describe(state, parameters), width),
      alt: `The line ${LINE.join(", ")}, a column a token: its content, its position and its scratch space, and what two heads do at ${named(state.token)}. ${tellSteps(state, parameters)}`,
    };
  },

  controls(state, change, parameters) {
    const { ask, options, right } = makeQuestion(state, parameters);
    const said = state.guesses[state.step] ?? "";
    const shown = isShown(state);
    const mark = (id: string) => (!shown ? "" : id === right ? "✓ " : id === said ? "✗ " : "");
    const kind = (id: string) => (!shown ? "" : id === right ? "right" : id === said ? "wrong" : "");
    const last = state.step === STEPS - 1;
    const heads =
      state.own === null
        ? choice("circuit", "Circuit", [["pointer", "pointers (exercise 2)"], ["notes", "notes (exercise 3)"]], state.circuit, (circuit) => change({ circuit, ...AFRESH }))
        : choice("whose", "Heads", [["own", "yours"], ["book", "the book’s"]], state.whose, (whose) => change({ whose, ...AFRESH }));
    return html`${heads}
      ${choice("token", "Look from", LINE.map((word, i) => [String(i), `${word} (${i})`] as const).slice(1), String(state.token), (token) => change({ token: Number(token), ...AFRESH }))}
      <fieldset class="buttons">
        <legend>Step ${state.step + 1} of ${STEPS}. ${ask}</legend>
        ${options.map(({ id, label }) => html`<button type="button" class=${kind(id)} aria-pressed=${said === id} aria-disabled=${shown} @click=${() => change((now) => guess(now, state.step, id))}>${mark(id)}${label}</button>`)}
      </fieldset>
      <div class="buttons">
        <button type="button" aria-disabled=${state.step === 0} @click=${() => change(goBack)}>Back</button>
        <button type="button" @click=${() => change(goOn)}>${!shown ? "Show without a guess" : last ? "Begin again" : "Next step"}</button>
      </div>`;
  },

  words(state, parameters) {
    if (!isShown(state)) {
      if (state.step === 0)
        return `So far ${named(state.token)} holds its word and its position, and its scratch space is empty.`;
      return `Step ${state.step + 1} of ${STEPS}: ${makeQuestion(state, parameters).ask}`;
    }
    const question = makeQuestion(state, parameters);
    const { right, why } = question;
    const said = state.guesses[state.step] ?? "";
    const answer = answerOf(question);
    const verdict = said === "" ? `The answer: ${answer}.` : said === right ? `Right: ${answer}.` : `Not so. The answer: ${answer}.`;
    return `${verdict} ${why}`;
  },
});
