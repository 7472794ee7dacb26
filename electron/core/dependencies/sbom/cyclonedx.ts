import { randomUUID } from 'node:crypto';
import type { Severity } from '#shared/domain/dependencies/advisory.ts';
import type { DependencyFinding, DependencyReport } from '#shared/domain/dependencies/finding.ts';
import type { Environment, InventoryItem } from '#shared/domain/dependencies/inventory.ts';
import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';
import type { DependencyPurpose } from '#shared/domain/dependencies/purpose.ts';
import { type LicenceChoice, licenceChoice } from './licence-choice.ts';
import { purlOf } from './purl.ts';

/** What a bill of materials is made of. */
export interface BillInput {
  /** Name of the node, or of what was audited. */
  subject: string;
  environments: readonly Environment[];
  /** What is known of them; left out for a bill without vulnerabilities. */
  report?: DependencyReport;
  /** What the operator says direct dependencies are there for. */
  purposes?: readonly DependencyPurpose[];
  /** Version of Swarmkeep. */
  version: string;
  /** ISO 8601. */
  createdAt: string;
  /** UUID of the bill; a random one when left out. */
  serial?: string;
}

interface Property {
  name: string;
  value: string;
}

interface Component {
  type: 'application' | 'library' | 'platform' | 'device';
  'bom-ref': string;
  name: string;
  version?: string;
  scope?: 'required' | 'optional';
  licenses?: LicenceChoice;
  purl?: string;
  properties?: Property[];
}

/** Severity as CycloneDX says it (`severity`). */
const SEVERITY: Readonly<Record<Severity, string>> = {
  critical: 'critical',
  high: 'high',
  medium: 'medium',
  low: 'low',
  none: 'none',
  unrated: 'unknown',
};

const property = (name: string, value: string | null): Property[] =>
  value === null || value === '' ? [] : [{ name: `swarmkeep:${name}`, value }];

/** Components of one environment, with the reference of each; every reference is there once in the whole bill. */
function componentsOf(
  environment: Environment,
  at: number,
  purposes: ReadonlyMap<string, DependencyPurpose>,
): { item: InventoryItem; component: Component }[] {
  const used = new Map<string, number>();
  return environment.packages.map((item) => {
    const purl = purlOf(item);
    const known =
      purl ??
      `unnamed/${encodeURIComponent(`${item.name.toWellFormed()} ${item.version?.toWellFormed() ?? ''}`)}`;
    const count = (used.get(known) ?? 0) + 1;
    used.set(known, count);
    const said = item.vendoredBy === null ? purposes.get(normalizedName(item.name)) : undefined;
    const licenses = licenceChoice(said?.licence || item.licence);
    const properties = [
      ...property('from', item.from),
      ...property('vendored-by', item.vendoredBy),
      ...property('origin', item.origin),
      ...property('asked', item.asked),
      ...property('broken', item.broken),
      ...property('direct', item.direct === null ? null : String(item.direct)),
      ...property('purpose', said?.purpose ?? null),
      ...property('risk', said?.risk ?? null),
    ];
    return {
      item,
      component: {
        type: item.ecosystem === 'Go' ? 'application' : 'library',
        'bom-ref': `environment-${at + 1}/${known}${count > 1 ? `#${count}` : ''}`,
        name: item.name === '' ? 'unnamed' : item.name,
        ...(item.version === null ? {} : { version: item.version }),
        ...(licenses === undefined ? {} : { licenses }),
        ...(purl === null ? {} : { purl }),
        ...(properties.length > 0 ? { properties } : {}),
      },
    };
  });
}

type Placed = ReturnType<typeof componentsOf>;

/** Who needs whom, from the names that each package is asked for by. */
function dependenciesOf(own: string, placed: Placed): { ref: string; dependsOn: string[] }[] {
  const refs = new Map<string, string[]>();
  for (const { item, component } of placed) {
    const key = item.from === 'vendored' ? '' : normalizedName(item.name);
    refs.set(key, [...(refs.get(key) ?? []), component['bom-ref']]);
  }
  const needs = new Map<string, Set<string>>([[own, new Set()]]);
  for (const { component } of placed) needs.set(component['bom-ref'], new Set());
  for (const { item, component } of placed) {
    const askers = item.vendoredBy === null ? item.requiredBy : [item.vendoredBy];
    const from = askers.flatMap((name) => refs.get(normalizedName(name)) ?? []);
    // What nobody among the installed asks for, or a person does, is the environment's own.
    if (item.direct !== false || from.length === 0) needs.get(own)?.add(component['bom-ref']);
    for (const ref of from) if (ref !== component['bom-ref']) needs.get(ref)?.add(component['bom-ref']);
  }
  return [...needs].map(([ref, dependsOn]) => ({ ref, dependsOn: [...dependsOn].toSorted() }));
}

function vulnerabilityOf(finding: DependencyFinding, at: number, placed: ReadonlyMap<string, Placed>) {
  const refs = (placed.get(finding.environment) ?? []).filter(
    ({ item }) =>
      item.name === finding.package &&
      item.version === finding.version &&
      item.vendoredBy === finding.vendoredBy,
  );
  const [id, ...others] = finding.ids;
  if (id === undefined || refs.length === 0) return [];
  const { ignored } = finding;
  return [
    {
      'bom-ref': `finding-${at + 1}`,
      id,
      ...(others.length > 0
        ? { references: others.map((other) => ({ id: other, source: { name: 'OSV' } })) }
        : {}),
      source: { name: 'OSV', url: `https://osv.dev/vulnerability/${encodeURIComponent(id)}` },
      ratings: [
        { severity: SEVERITY[finding.severity], ...(finding.score === null ? {} : { score: finding.score }) },
      ],
      description: finding.summary,
      ...(finding.fixed[0] === undefined
        ? {}
        : { recommendation: `Upgrade to ${finding.fixed[0]} or later.` }),
      ...(ignored === null
        ? {}
        : { analysis: { state: 'exploitable', response: ['will_not_fix'], detail: ignored.reason } }),
      affects: refs.map(({ component }) => ({ ref: component['bom-ref'] })),
    },
  ];
}

/**
 * A bill of materials: CycloneDX 1.6 as JSON (ECMA-424). The graph comes from what packages ask for; what is known to be vulnerable
 * is in it when a report is given.
 * @returns one document with two spaces of indentation
 */
export function cyclonedx(input: BillInput): string {
  const purposes = new Map((input.purposes ?? []).map((one) => [normalizedName(one.package), one]));
  const placed = input.environments.map((environment, at) => ({
    environment,
    ref: `environment-${at + 1}`,
    components: componentsOf(environment, at, purposes),
  }));
  const byId = new Map(placed.map(({ environment, components }) => [environment.id, components]));
  const { report } = input;
  const bill = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${input.serial ?? randomUUID()}`,
    version: 1,
    metadata: {
      timestamp: input.createdAt,
      tools: { components: [{ type: 'application', name: 'Swarmkeep', version: input.version }] },
      component: {
        type: 'device',
        'bom-ref': 'subject',
        name: input.subject === '' ? 'unnamed' : input.subject,
      },
      ...(report === undefined
        ? {}
        : {
            properties: [
              ...property('advisory-data', report.data.state),
              ...property('advisory-data-newest', report.data.newest),
              ...property('advisory-data-count', String(report.data.advisories)),
            ],
          }),
    },
    components: placed.flatMap(({ environment, ref, components }): Component[] => [
      {
        type: 'platform',
        'bom-ref': ref,
        name: environment.id === '' ? 'unnamed' : environment.id,
        ...(environment.pythonVersion === null ? {} : { version: environment.pythonVersion }),
        properties: [
          ...property('kind', environment.kind),
          ...property('unreadable', environment.unreadable),
        ],
      },
      ...components.map(({ component }) => component),
    ]),
    dependencies: [
      { ref: 'subject', dependsOn: placed.map(({ ref }) => ref) },
      ...placed.flatMap(({ ref, components }) => dependenciesOf(ref, components)),
    ],
    ...(report === undefined
      ? {}
      : { vulnerabilities: report.findings.flatMap((finding, at) => vulnerabilityOf(finding, at, byId)) }),
  };
  return `${JSON.stringify(bill, null, 2)}\n`;
}
