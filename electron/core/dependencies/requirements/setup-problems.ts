import { type PinProblem, pinProblem, problemsOfRequirement } from './pin-problem.ts';
import { parseRequirement } from './requirement.ts';
import { withoutCredentials } from './requirements-file.ts';

const MAX_LINES = 20_000;

/** Requirements in setup.cfg (setuptools, "Declarative configuration"): `install_requires` and `setup_requires` of `[options]`. */
function problemsOfSetupCfg(text: string, place: string): PinProblem[] {
  const found: PinProblem[] = [];
  let section = '';
  let isList = false;
  for (const [at, raw] of text.split(/\r?\n/, MAX_LINES).entries()) {
    const line = raw.slice(0, 4_096);
    if (/^\s*([#;]|$)/.test(line)) continue;
    const header = /^\[([^\]]{1,256})\]/.exec(line);
    const key = /^([A-Za-z0-9_.-]{1,256})\s*[=:]\s*(.*)$/.exec(line);
    if (header !== null) {
      section = header[1] ?? '';
      isList = false;
      continue;
    }
    if (key !== null)
      isList =
        (section === 'options' && /^(install|setup)[_-]requires$/.test(key[1] ?? '')) ||
        section === 'options.extras_require';
    const requirement = (key === null ? line : (key[2] ?? '')).trim();
    if (!isList || requirement === '') continue;
    const shown = withoutCredentials(requirement);
    found.push(...problemsOfRequirement(parseRequirement(requirement), shown, place, at + 1));
  }
  return found;
}

/** A setup.py is code that runs at install; a setup.cfg declares requirements. */
export function problemsOfSetup(text: string, place: string): PinProblem[] {
  return place.endsWith('.cfg')
    ? problemsOfSetupCfg(text, place)
    : [pinProblem('install-code', place, place)];
}
