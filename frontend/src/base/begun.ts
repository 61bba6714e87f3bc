/** Answers that were asked for before anybody was there to ask: whoever asks the same then waits only for the rest. */

type Ask = (url: string, init: RequestInit) => Promise<Response>;

export type Begun = Map<string, Promise<Response>>;

export function begin(ask: Ask, urls: readonly string[]): Begun {
  const answers = urls.map((url) => [url, ask(url, {})] as const);
  // Whether it fails is for whoever takes it.
  for (const [, answer] of answers) answer.catch(() => {});
  return new Map(answers);
}

/** Takes each answer once: the second time the same is asked, something may have changed. */
export function takingFrom(begun: Begun, ask: Ask): Ask {
  return (url, init) => {
    const answer = begun.get(url);
    begun.delete(url);
    return answer ?? ask(url, init);
  };
}
