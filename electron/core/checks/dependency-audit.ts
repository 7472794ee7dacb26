import { counted } from '#shared/domain/words.ts';
import type { Check } from './check.ts';
import { conclude } from './conclude.ts';
import { gapParts, notSeen, seen, sourceOf, unseenPart } from './knowledge.ts';
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

/** Checklist item 9: lists what is installed. Without advisories nothing can be said about it, so it is never fine. */
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
    const total = environments.reduce((sum, environment) => sum + environment.distributions.length, 0);
    parts.push({
      ...notSeen(
        input,
        'advisories',
        'no advisory data: this version has none yet',
        'advisory database',
        'use a later version of Swarmkeep, which compares packages with published advisories',
      ),
      headline:
        hidden === null
          ? `We know the ${total} packages on ${node}, and have no advisory data to compare them with.`
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
        pass: '',
        detail: {
          unknown:
            'There is no advisory data in this version. What is installed is listed, so that it can be compared elsewhere.',
        },
        wouldChange: {
          pass: '',
          otherwise: 'Advisory data that is fresh, compared with what is installed, would decide this.',
        },
      },
    );
  },
};
