import { RPC_PATH, TOKEN_HEADER } from '#shared/contract/web-shell.ts';

/** What every first page asks, as the transport will send it: procedure, and body as oRPC writes it. */
export const EARLY_CALLS: readonly (readonly [path: string, body: string])[] = [
  ['findings/overview', '{"json":{"node":null}}'],
  ['nodes/list', '{}'],
  ['settings/get', '{}'],
  ['system/about', '{}'],
];

/**
 * Answers that were asked for before the page was there. Each is handed out once, in place of the page's own first call
 * with the same body; whatever does not fit is asked in the usual way, so a mistake here costs time and nothing else.
 */
export class EarlyAnswers {
  readonly #answers = new Map<string, Promise<Response | null>>();

  /** @param token of this tab */
  ask(token: string, fetcher: typeof fetch): void {
    for (const [path, body] of EARLY_CALLS) {
      const answer = fetcher(`${RPC_PATH}/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', [TOKEN_HEADER]: token },
        body,
        credentials: 'same-origin',
        redirect: 'manual',
      }).catch(() => null);
      this.#answers.set(`${RPC_PATH}/${path} ${body}`, answer);
    }
  }

  /** @returns the answer to this call; null when it was not asked for, was handed out already, or did not come */
  async take(request: Request): Promise<Response | null> {
    if (this.#answers.size === 0) return null;
    const call = `${new URL(request.url).pathname} ${await request.clone().text()}`;
    const answer = this.#answers.get(call) ?? null;
    this.#answers.delete(call);
    return answer;
  }

  /** From now on everything is asked anew: an answer that nobody took grows old. */
  forget(): void {
    this.#answers.clear();
  }
}
