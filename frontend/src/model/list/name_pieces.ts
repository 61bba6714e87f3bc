/** What the names of siblings share and what is each one's own, piece by piece. */

export interface Piece {
  readonly text: string;
  /** All siblings have it at this place: it may give way. */
  readonly isShared: boolean;
}

/** A name is taken apart behind these signs; "lr=0.0003" and "1e-4" stay whole. */
const WORD = /(?:\de-|[^/\\_,\s-])*[/\\_,\s-]*/g;

/** Takes apart the names of siblings, all of which are given. */
export function piecesAmong(names: readonly string[]): (name: string) => readonly Piece[] {
  const [first = '', ...others] = names;
  const words = wordsOf(first);
  let [isEven, head, tail] = [true, words.length, words.length];
  const isSame = words.map(() => true);
  for (const other of others) {
    const its = wordsOf(other);
    isEven &&= its.length === words.length;
    for (let at = 0; isEven && at < words.length; at += 1) isSame[at] &&= its[at] === words[at];
    head = common(head, (at) => its[at] === words[at]);
    tail = common(tail, (at) => its.at(-1 - at) === words.at(-1 - at));
  }
  if (others.length === 0 || (isEven && isSame.every(Boolean)))
    return (name) => [{ text: name, isShared: false }];
  return (name) => {
    const own = wordsOf(name);
    // Something of each name is its own.
    const [from, until] = [Math.min(head, own.length - 1), own.length - tail];
    const isShared = (at: number) =>
      isEven ? isSame[at] === true : at < from || at >= Math.max(until, from + 1);
    return joined(own.map((text, at) => ({ text, isShared: isShared(at) })));
  };
}

function wordsOf(name: string): readonly string[] {
  const words = name.match(WORD)?.filter(Boolean) ?? [];
  return words.length > 0 ? words : [name];
}

function common(most: number, isCommon: (at: number) => boolean): number {
  let length = 0;
  while (length < most && isCommon(length)) length += 1;
  return length;
}

/** Fewer letters than these between two pieces that are a name's own are no shorter with an ellipsis. */
const SHORTEST = 4;

function joined(words: readonly Piece[]): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const { text, isShared } of words) {
    const last = pieces.at(-1);
    const before = pieces.at(-2);
    if (last?.isShared && !isShared && before !== undefined && last.text.length < SHORTEST)
      pieces.splice(-2, 2, { text: before.text + last.text + text, isShared });
    else if (last?.isShared === isShared) pieces[pieces.length - 1] = { text: last.text + text, isShared };
    else pieces.push({ text, isShared });
  }
  return pieces;
}
