import { ConsoleError, type ConsoleService } from '#core/console/service.ts';
import type { AdvisoryDataState } from '#shared/domain/dependencies/advisory.ts';
import type { KeptIgnore } from '#shared/domain/dependencies/finding.ts';
import { OSV_ADDRESS } from '#shared/domain/dependencies/osv-address.ts';
import type { Verification } from '#shared/domain/dependencies/verification.ts';
import type { Scenario } from '../scenario.ts';
import { LOCK_OF_PACKAGES } from './beside-packages.ts';
import { comparedBefore } from './compared-before.ts';
import { NO_ADVISORIES, type PackagesScenario } from './packages.ts';

/** Packages and advisories of a scenario, with what is accepted of them in memory. */
export class PackagesDouble {
  readonly group: ConsoleService['dependencies'];
  #ignores: KeptIgnore[] = [];
  #data: AdvisoryDataState;
  #verified: Verification = {
    state: 'never',
    startedAt: null,
    endedAt: null,
    words: '',
    trouble: '',
    checks: [],
  };

  constructor(
    scenario: Scenario,
    { answer, id, now }: { answer: <T>(work: () => T) => Promise<T>; id: () => string; now: () => string },
  ) {
    const {
      data,
      reports,
      imported,
      failing = [],
      direct = [],
      ways = {},
      environments = [],
      checked = [],
      ownBill,
    }: PackagesScenario = scenario.packages ?? { data: NO_ADVISORIES, reports: {} };
    let told = direct;
    this.#data = data;
    const take = () => {
      if (imported === undefined) throw new ConsoleError('NOT_ALLOWED', 'There is no such file or folder.');
      this.#data = imported;
      return imported;
    };
    this.group = {
      data: () => answer(() => this.#data),
      audit: ({ node }) =>
        answer(() => {
          if (failing.includes(node)) throw new ConsoleError('NOT_ALLOWED', 'It could not be read.');
          const report = reports[node];
          if (report === undefined) return null;
          const known = this.#data.state !== 'none';
          // What a change repaired is not found any more, until it is taken back.
          const isRepaired = scenario.findings.some(
            (one) => one.node === node && one.check === 'dependency-audit' && one.status === 'pass',
          );
          const upgrades = known && !isRepaired ? report.upgrades : [];
          const gone = new Set(isRepaired ? report.upgrades.map((one) => one.package) : []);
          const findings = report.findings
            .filter(({ package: name }) => !gone.has(name))
            .filter(({ kind }) => known || kind === 'not-comparable')
            .map((finding) => {
              const kept = this.#ignores.find(
                ({ ignore }) => ignore.package === finding.package && finding.ids.includes(ignore.id),
              );
              return { ...finding, ignored: kept?.ignore ?? null };
            });
          return { ...report, findings, upgrades, data: this.#data };
        }),
      advisory: ({ id: asked }) =>
        answer(() => ({
          id: asked,
          aliases: [],
          related: ['GHSA-2026-close'],
          upstream: ['CVE-2026-0001'],
          published: now(),
          modified: now(),
          withdrawn: null,
          summary: `About ${asked}.`,
          details: 'Written by *strangers*: <script>alert(1)</script>',
          severity: 'unrated' as const,
          score: null,
          references: ['https://example.org/advisory'],
          packages: [],
        })),
      import: () => answer(take),
      takenBeside: () => answer(() => this.#data),
      update: () => answer(take),
      ways: ({ package: name }) => answer(() => ways[name] ?? null),
      fetching: () => answer(() => ({ address: OSV_ADDRESS, daily: false, lastAt: null, lastTrouble: '' })),
      direct: () => answer(() => told),
      describe: (words) =>
        answer(() => {
          const kept = { ...words, writtenAt: now() };
          told = told.map((entry) => (entry.name === words.package ? { ...entry, told: kept } : entry));
          return kept;
        }),
      export: ({ node, format }) =>
        answer(() => ({
          fileName: `swarmkeep-packages-${node}.${format === 'sarif' ? 'sarif' : 'cdx.json'}`,
          mediaType: 'application/json',
          text: '{}',
        })),
      ownBill: () => answer(() => ownBill ?? null),
      verify: () =>
        answer(() => {
          this.#verified = {
            ...this.#verified,
            state: 'done',
            startedAt: now(),
            endedAt: now(),
            checks: checked,
          };
          return this.#verified;
        }),
      verification: () => answer(() => this.#verified),
      cancelVerification: () => answer(() => this.#verified),
      beforeInstall: ({ fileName, text }) => answer(() => comparedBefore(fileName, text, this.#data)),
      environments: ({ node }) => answer(() => (reports[node] === undefined ? [] : environments)),
      lock: () => answer(() => LOCK_OF_PACKAGES),
      progress: () => answer(() => ''),
      cancel: () => answer(() => ({ cancelled: false })),
      ignores: () => answer(() => this.#ignores),
      ignore: (ignore) =>
        answer(() => {
          const kept = { id: id(), createdAt: now(), ignore };
          this.#ignores = [kept, ...this.#ignores];
          return kept;
        }),
      withdrawIgnore: ({ id: wanted }) =>
        answer(() => {
          this.#ignores = this.#ignores.filter((kept) => kept.id !== wanted);
          return this.#ignores;
        }),
    };
  }
}
