import { type PinKind, type PinProblem, pinProblem } from './pin-problem.ts';
import { withoutCredentials } from './requirements-file.ts';

const MAX_LINES = 20_000;
/** Longer lines are cut: no installer that a person reads has them. */
const MAX_LINE = 2_000;

const OPTIONS: readonly { pattern: RegExp; kind: PinKind }[] = [
  { pattern: /--break-system-packages\b/, kind: 'system-packages' },
  { pattern: /--extra-index-url\b|--find-links\b/, kind: 'second-index' },
  { pattern: /--index-url\b/, kind: 'own-index' },
  {
    pattern: /--trusted-host\b|\bcurl\b.*\s(-k|--insecure)\s|\bwget\b.*--no-check-certificate\b/,
    kind: 'unverified-host',
  },
  { pattern: /--no-binary\b/, kind: 'source-only' },
];

const FETCHES = /(^|[\s;&(`$/"'])(curl|wget|fetch)\s/;
const INTERPRETS =
  /^\s*(?:sudo\s+(?:-\S+\s+){0,8})?(?:env\s+(?:\S+=\S*\s+){0,8})?(?:\S{0,64}\/)?(?:(?:ba|da|z|k|a)?sh|python[0-9.]*|perl|node)(?=\s|$|[;&)"'])/;
/** `sh -c "$(curl …)"`, `bash <(curl …)`, `eval "$(curl …)"`, `. <(curl …)`. */
const SUBSTITUTES =
  /(?:\b(?:sh|bash|dash|zsh|eval|source|python[0-9.]*)\b|(?:^|\s)\.\s)[^|]{0,64}?(?:\$\(|<\(|`)\s*(?:curl|wget)\s/;

/** Whether what a server sends is run at once. Pipes are taken one by one, so that a long line costs its length. */
function runsWhatIsSent(line: string): boolean {
  if (!line.includes('curl') && !line.includes('wget') && !line.includes('fetch')) return false;
  let fetched = false;
  for (const piece of line.split('|', 64)) {
    if (fetched && INTERPRETS.test(piece)) return true;
    // What is behind a pipe still carries what was fetched: `curl … | gunzip | sh`.
    fetched = fetched || FETCHES.test(piece);
    if (/[;&]/.test(piece))
      fetched = FETCHES.test(piece.slice(Math.max(piece.lastIndexOf(';'), piece.lastIndexOf('&'))));
  }
  return SUBSTITUTES.test(line);
}

/** Words of `pip install` that are requirements: not options, their values, files, variables or folders. */
function floatingWords(line: string): string[] {
  const match = /(?:^|[\s/])(?:pip3?|pipx|uv pip|uv tool)\s+install\s+([^|;&<>]*)/.exec(line);
  if (match === null) return [];
  const words = (match[1] ?? '').trim().split(/\s+/, 128);
  const open: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = (words[at] ?? '').replace(/^["']|["']$/g, '');
    if (
      /^-(r|c|e|i|f|t)$|^--(requirement|constraint|editable|index-url|extra-index-url|find-links|target|prefix|root|python|trusted-host|only-binary|no-binary|cache-dir|with)$/.test(
        word,
      )
    )
      at += 1;
    else if (
      /^[A-Za-z0-9][A-Za-z0-9._-]*(\[[^\]]*\])?([<>~!=].*)?$/.test(word) &&
      !/^[^=<>~!]*={2,3}[^*,]+$/.test(word)
    )
      open.push(word);
    else if (/^(git|hg|svn|bzr)\+|^https?:\/\//.test(word)) open.push(word);
  }
  return open;
}

/** What an install script does that lets it bring other code than it brought last time. Comments say nothing. */
export function problemsOfInstaller(text: string, place: string): PinProblem[] {
  const found: PinProblem[] = [];
  const lines = text.split('\n', MAX_LINES);
  for (let at = 0; at < lines.length; at += 1) {
    const number = at + 1;
    let whole = (lines[at] ?? '').slice(0, MAX_LINE);
    while (whole.endsWith('\\') && at + 1 < lines.length && whole.length < MAX_LINE) {
      at += 1;
      whole = `${whole.slice(0, -1)} ${lines[at] ?? ''}`.slice(0, MAX_LINE);
    }
    const line = whole.trim();
    if (line === '' || line.startsWith('#')) continue;
    const shown = withoutCredentials(line);
    if (runsWhatIsSent(line)) found.push(pinProblem('remote-script', shown, place, number));
    for (const { pattern, kind } of OPTIONS)
      if (pattern.test(line)) found.push(pinProblem(kind, shown, place, number));
    for (const word of floatingWords(line)) {
      const kind = /^[a-z]+\+|^https?:/.test(word) ? 'address' : 'range';
      const seen = kind === 'range' && !/[<>~!=]/.test(word) ? 'any version' : undefined;
      found.push(pinProblem(kind, `${withoutCredentials(word)}, in: ${shown}`, place, number, seen));
    }
  }
  return found;
}
