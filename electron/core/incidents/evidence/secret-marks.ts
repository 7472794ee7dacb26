import { isSecretName } from '#core/facts/redact.ts';
import { privateKeyBlocks } from './private-key-blocks.ts';

/** What stands in an archive in the place of a secret, by its number. */
export const secretMark = (number: number): string => `[[sealed ${String(number).padStart(4, '0')}]]`;

/** Stands in the place of a secret that is kept nowhere. */
export const REMOVED_MARK = '[[removed]]';

/** Secrets of one archive that are kept at most; what is beyond that is taken out and given up. */
const MOST_SECRETS = 512;

/** Shapes by which a secret is known without its name: keys of providers. */
const SHAPES =
  /\b(?:sk-(?:ant-|proj-|or-|svcacct-)?[A-Za-z0-9_-]{16,256}|hf_[A-Za-z0-9]{16,128}|gh[opusr]_[A-Za-z0-9]{16,256}|github_pat_[A-Za-z0-9_]{20,256}|glpat-[A-Za-z0-9_-]{16,128}|gsk_[A-Za-z0-9]{16,128}|r8_[A-Za-z0-9]{16,128}|xai-[A-Za-z0-9]{16,128}|pplx-[A-Za-z0-9]{16,128}|AIza[A-Za-z0-9_-]{30,64}|A[KS]IA[A-Z0-9]{16}|xox[abeprs]-[A-Za-z0-9-]{10,256}|npm_[A-Za-z0-9]{20,128}|pypi-[A-Za-z0-9_-]{20,512})/g;

/** Web tokens (RFC 7519), also behind a word and a dash. A run of their characters is looked through from its beginning only, so that time grows as the text does. */
const WEB_TOKEN =
  /(?<![A-Za-z0-9_-])([A-Za-z0-9_-]{0,64}?)\b(eyJ[A-Za-z0-9_-]{8,2048}\.[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{8,2048})/g;

/** The part behind the name is the secret. */
const AFTER_NAME = [
  /((?:proxy-)?authorization["']?\s{0,2}[:=]\s{0,2}["']?(?:bearer\s|basic\s|token\s)?\s{0,2}|x-swarm-token["']?\s{0,2}[:=]\s{0,2}["']?|x-api-key["']?\s{0,2}[:=]\s{0,2}["']?|cookie:\s{0,2}|\bbearer\s{1,2})([^\s"',;]{8,4096})/gi,
  /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{0,256}:)([^\s/@]{1,512})(?=@)/gi,
];
/** `NAME=value`, `name: value`, `--name value`; `isSecretName` has the last word. */
const ASSIGNED =
  /(?<![A-Za-z0-9_.-])([A-Za-z0-9_.-]{0,60}?(?:key|token|secret|passw|passphrase|pwd|credential|cookie|dsn)[A-Za-z0-9_.-]{0,20})(["']?(?:\s{0,2}[=:]\s{0,2}|(?<=--?[A-Za-z0-9_.-]{0,80})\s)["']?)([^\s"',;]{6,4096})/gi;
const HARMLESS = /^(?:true|false|yes|no|on|off|null|none|\[\[(?:sealed|removed)|\$|%|\/|\(|<)/i;

/**
 * Takes secrets out of evidence and puts marks in their place; the same secret has the same mark throughout an archive. What
 * is known by its value (tokens of the swarm) is found wherever it stands, everything else by its shape or the name before it.
 * Nothing here can know every secret: an archive stays confidential.
 */
export class SecretMarks {
  readonly #known: readonly string[];
  readonly #numbers = new Map<string, number>();
  #marked = 0;
  #givenUp = 0;

  /** @param known secrets by their value, at least 8 bytes long, as text of one character a byte */
  constructor(known: readonly string[]) {
    this.#known = [...new Set(known)]
      .filter((secret) => secret.length >= 8)
      .sort((a, b) => b.length - a.length);
  }

  /** @returns the content with marks, and how many stand in it; the same bytes when there is no secret in them */
  mark(content: Buffer): { content: Buffer; sealed: number } {
    const before = content.toString('latin1');
    const from = this.#marked;
    let text = before;
    for (const secret of this.#known) {
      const pieces = text.split(secret);
      if (pieces.length > 1) text = pieces.join(this.#of(secret, pieces.length - 1));
    }
    text = this.#keysOut(text).replace(
      WEB_TOKEN,
      (_, head: string, secret: string) => head + this.#of(secret),
    );
    text = text.replace(SHAPES, (secret) => this.#of(secret));
    for (const form of AFTER_NAME)
      text = text.replace(form, (whole, head: string, secret: string) =>
        HARMLESS.test(secret) ? whole : head + this.#of(secret),
      );
    text = text.replace(ASSIGNED, (whole, name: string, middle: string, secret: string) =>
      isSecretName(name) && !HARMLESS.test(secret) ? name + middle + this.#of(secret) : whole,
    );
    if (text === before) return { content, sealed: 0 };
    return { content: Buffer.from(text, 'latin1'), sealed: this.#marked - from };
  }

  /** @returns what the marks stand for, by number; to be sealed and nothing else */
  secrets(): Record<string, string> {
    return Object.fromEntries(
      [...this.#numbers].map(([secret, number]) => [
        String(number).padStart(4, '0'),
        Buffer.from(secret, 'latin1').toString('base64'),
      ]),
    );
  }

  /** How many places hold a mark for what is kept nowhere: there were more secrets than an archive has numbers for. */
  get givenUp(): number {
    return this.#givenUp;
  }

  #keysOut(text: string): string {
    let at = 0;
    const parts = privateKeyBlocks(text).map(([start, end]) => {
      const part = text.slice(at, start) + this.#of(text.slice(start, end));
      at = end;
      return part;
    });
    return parts.join('') + text.slice(at);
  }

  #of(secret: string, times = 1): string {
    this.#marked += times;
    const known = this.#numbers.get(secret);
    if (known !== undefined) return secretMark(known);
    if (this.#numbers.size >= MOST_SECRETS) {
      this.#givenUp += times;
      return REMOVED_MARK;
    }
    const number = this.#numbers.size + 1;
    this.#numbers.set(secret, number);
    return secretMark(number);
  }
}
