import { writeFile } from 'node:fs/promises';
import { incidentReportFormat } from '#shared/domain/incident/report-file.ts';
import { visible } from '#shared/domain/text.ts';
import type { Place } from '../check-command.ts';
import { couldNot, EXIT, type ExitCode, usage } from '../failure.ts';
import { asJson } from '../report.ts';
import { during, type Terminal } from '../terminal.ts';
import { type IncidentOptions, withConsole } from './incident-command.ts';
import { meantIncident } from './open-incident.ts';

/** `incident report`: writes the report to a file that only its owner can read. 0 when it is written. */
export function report(
  place: Place,
  options: IncidentOptions & { format: string; output: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const format = incidentReportFormat.safeParse(options.format);
  if (!format.success) throw usage(`--format is one of ${incidentReportFormat.options.join(', ')}.`);
  return withConsole(place, options, terminal, async ({ client }) => {
    const { incident } = await meantIncident(client, options.incident);
    const file = await during(terminal, 'Writing the report', () =>
      client.incidents.report({ incident: incident.id, format: format.data }),
    );
    const content = file.base64 ? Buffer.from(file.text, 'base64') : file.text;
    try {
      await writeFile(options.output, content, { flag: 'wx', mode: 0o600 });
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      const why = code === 'EEXIST' ? 'there is a file of that name already' : (code ?? 'unknown error');
      throw couldNot(
        `The report was not written to ${visible(options.output)}: ${why}.`,
        'The incident is as it was. Name another file with --output.',
      );
    }
    if (options.json)
      terminal.out.write(asJson({ incident: incident.id, format: format.data, output: options.output }));
    else terminal.out.write(`Incident ${incident.number} is in ${visible(options.output)}.\n`);
    return EXIT.fine;
  });
}
