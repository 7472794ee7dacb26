const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

const SEMANTIC = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

/** What a log of one run is made of. */
export interface SarifRun {
  /** Version of Swarmkeep. */
  version: string;
  /** ISO 8601. */
  createdAt: string;
  rules: readonly { id: string }[];
  /** Why the results may not be all: then the run did not succeed. */
  troubles: readonly string[];
  results: readonly object[];
}

/**
 * Static Analysis Results Interchange Format 2.1.0 with errata 01 (OASIS).
 * @returns one SARIF log with one run, two spaces of indentation
 */
export function sarifLog(run: SarifRun): string {
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Swarmkeep',
            version: run.version,
            ...(SEMANTIC.test(run.version) ? { semanticVersion: run.version } : {}),
            rules: run.rules,
          },
        },
        invocations: [
          {
            executionSuccessful: run.troubles.length === 0,
            endTimeUtc: run.createdAt,
            toolExecutionNotifications: run.troubles.map((text) => ({ level: 'error', message: { text } })),
          },
        ],
        results: run.results,
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}
