import { counted } from '#shared/domain/words.ts';
import type { Check } from './check.ts';
import { conclude } from './conclude.ts';
import { gapParts, notSeen, seen, sourceOf, unseenPart } from './knowledge.ts';
import { IMPORT_ADVISORIES, packageParts, twiceParts } from './package-parts.ts';
import type { Part } from './part.ts';
import { withoutMycoswarm } from './without-mycoswarm.ts';

/** What a virtual environment loads besides its own packages; nothing for one that is alone or was not asked. */
function systemWords(includes: boolean | null | undefined): string {
  if (includes === true)
    return '; packages of the system are loaded too (include-system-site-packages of pyvenv.cfg)';
  return includes === null
    ? '; whether packages of the system are loaded too is not known, for pyvenv.cfg could not be read'
    : '';
}

/**
 * Checklist item 9: what is installed against published advisories, which are given to the check as they stand on the console. Without
 * data, with old data, and where a package cannot be compared it is never fine.
 */
export const dependencyAudit: Check = {
  id: 'dependency-audit',
  run(input) {
    const absent = withoutMycoswarm('dependency-audit', input);
    if (absent !== null) return absent;
    const node = input.nodeName;
    const source = sourceOf(input, 'python');
    const hidden = unseenPart(input, 'python');
    const parts: Part[] = hidden === null ? [] : [hidden];
    const environments = seen(input, 'python')?.environments ?? [];
    for (const environment of environments) {
      const names = environment.distributions.map(
        (distribution) => `${distribution.name}==${distribution.version}`,
      );
      parts.push({
        what: `${environment.sitePackages}${environment.pythonVersion === null ? '' : `, Python ${environment.pythonVersion}`}`,
        seen: `${counted(names.length, 'package')}${environment.complete ? '' : ', and more in folders that are closed to the account that looked'}${systemWords(environment.includesSystemPackages)}`,
        status: 'not-applicable',
        source,
        raw: names.toSorted().join('\n'),
      });
    }
    const ollama = seen(input, 'ollama');
    if (ollama?.installed)
      parts.push({
        what: `Ollama ${ollama.version ?? 'of unknown version'}`,
        seen: 'installed',
        status: 'not-applicable',
        source: sourceOf(input, 'ollama'),
      });
    const report = input.packages;
    parts.push(...twiceParts(environments));
    if (report !== undefined) parts.push(...packageParts(input, report));
    else
      parts.push({
        ...notSeen(
          input,
          'advisories',
          'no advisory data belongs to these facts',
          'advisory database',
          IMPORT_ADVISORIES,
        ),
        headline:
          hidden === null
            ? `We know the packages on ${node}, and have no advisory data to compare them with.`
            : `We could not read the packages on ${node}, and have no advisory data.`,
      });
    parts.push(...gapParts(input, 'python'));
    // The reason that always holds speaks first; what could not be read stands beside it.
    return conclude(
      'dependency-audit',
      input,
      [
        parts.find((part) => part.what === 'advisories'),
        ...parts.filter((part) => part.what !== 'advisories'),
      ].filter((part) => part !== undefined),
      {
        pass: `No package on ${node} has a weakness that is known today.`,
        detail: {
          fix: 'Most weaknesses that are used in anger were published, with a repair, months before.',
          review:
            'A person has to decide: there is no repair yet, or the system may have brought it without a new version.',
          unknown: 'What is installed is listed, so that it can be compared elsewhere.',
        },
        wouldChange: {
          pass: 'A new advisory, another package, or advisory data that becomes old would change this.',
          otherwise:
            'Packages without known weaknesses, compared with fresh advisory data, would make this fine.',
        },
      },
    );
  },
};
