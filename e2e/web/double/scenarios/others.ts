import { CHECK_IDS } from '#shared/domain/check-id.ts';
import { clockFrom } from '../clock.ts';
import { findingOf, findingsOf, seen } from '../findings.ts';
import { nodeOf, profileOf } from '../nodes.ts';
import type { Scenario } from '../scenario.ts';
import { evening } from './evening.ts';

/** No node yet. */
export function firstStart(): Scenario {
  return {
    ...evening(),
    name: 'first-start',
    nodes: [],
    findings: [],
    waivers: [],
    declarations: [],
    profiles: {},
    since: [],
    histories: {},
    sentence: null,
  };
}

/** Nothing to fix and nothing to review on three nodes. */
export function allFine(): Scenario {
  const base = evening();
  const clock = clockFrom(Date.parse(base.now));
  const nodes = ['boa', 'miu', 'naru'].map((name) => nodeOf(name, clock));
  return {
    ...base,
    name: 'all-fine',
    nodes,
    findings: nodes.flatMap((node) => findingsOf(node, clock)),
    since: [],
    histories: {},
    sentence: 'All doors that we can look at are closed.',
  };
}

/** Forty nodes, more than 1,000 findings, most of them open. */
export function thousand(): Scenario {
  const base = evening();
  const clock = clockFrom(Date.parse(base.now));
  const nodes = Array.from({ length: 40 }, (_, index) =>
    nodeOf(`node-${String(index + 1).padStart(2, '0')}`, clock),
  );
  const findings = nodes.flatMap((node, index) =>
    CHECK_IDS.map((check, place) =>
      findingOf(node, check, clock, {
        status: (index + place) % 3 === 0 ? 'review' : 'fix',
        summary: `${check} is not as it should be on NODE`,
        detail: 'One of many.',
        since: clock.at(index * 37 + place),
      }),
    ),
  );
  const profiles = Object.fromEntries(nodes.map((node) => [node.id, profileOf()]));
  return { ...base, name: 'thousand', nodes, findings, profiles, since: [], sentence: null };
}

const HOSTILE =
  '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script> \u001b[31mred\u001b[0m \u202egnp.exe \u2066x\u2069 {{7*7}}';

/** A node that answers with markup, terminal escapes, bidi marks and very long words. */
export function hostile(): Scenario {
  const base = evening();
  const clock = clockFrom(Date.parse(base.now));
  const node = nodeOf('boa', clock, { name: `boa ${HOSTILE}`.slice(0, 256) });
  const long = `${'a'.repeat(900)} ${'ö'.repeat(100)}`;
  const findings = findingsOf(node, clock, {
    'service-bindings': {
      status: 'fix',
      summary: `NODE ${HOSTILE}`.slice(0, 1_000),
      detail: `${HOSTILE} ${long}`,
      evidence: [
        seen(HOSTILE, HOSTILE, { status: 'fix', source: HOSTILE, raw: `${HOSTILE}\n${'x'.repeat(20_000)}` }),
        ...Array.from({ length: 60 }, (_, index) => seen(`${long} ${index}`, long.slice(0, 300))),
      ],
      evidenceOmitted: 1_234,
      fix: [{ text: HOSTILE, command: `rm -- '${HOSTILE.replaceAll("'", '')}'`, needsRoot: true }],
    },
    'plugin-inventory': { status: 'review', summary: long.slice(0, 1_000), detail: long },
  });
  return {
    ...base,
    name: 'hostile',
    nodes: [node],
    findings,
    profiles: { boa: profileOf({ workspace: `/srv/${HOSTILE}`, user: 'x'.repeat(200) }) },
    since: [],
    sentence: `boa ${HOSTILE}`.slice(0, 500),
  };
}

/** The console's own records cannot be read. */
export function broken(): Scenario {
  return { ...evening(), name: 'broken', broken: true };
}

/** Every answer takes two seconds. */
export function slow(): Scenario {
  return { ...evening(), name: 'slow', delayMs: 2_000 };
}
