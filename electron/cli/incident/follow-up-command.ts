import { CHECK_IDS } from '#shared/domain/check-id.ts';
import { visible } from '#shared/domain/text.ts';
import type { Place } from '../check-command.ts';
import { EXIT, type ExitCode, usage } from '../failure.ts';
import { asJson } from '../report.ts';
import type { Terminal } from '../terminal.ts';
import { type IncidentOptions, withConsole } from './incident-command.ts';
import { followUpLine, incidentText } from './incident-words.ts';
import { meantIncident } from './open-incident.ts';

export interface FollowUpOptions extends IncidentOptions {
  words?: string | undefined;
  owner?: string | undefined;
  due?: string | undefined;
  check?: string | undefined;
  done?: string | undefined;
}

/** `incident follow-up`: lists what incidents asked to be changed, adds one, or ticks one off. 0 when nothing is open, 1 when something is. */
export function followUp(place: Place, options: FollowUpOptions, terminal: Terminal): Promise<ExitCode> {
  const { words, done, owner = '', due = null } = options;
  const check = CHECK_IDS.find((id) => id === options.check) ?? null;
  if (options.check !== undefined && check === null)
    throw usage(`There is no check ${visible(options.check)}.`);
  if (due !== null && !/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(due))
    throw usage('--due is a day such as 2026-12-01.');
  const number = done === undefined ? null : Number(done);
  if (number !== null && !Number.isSafeInteger(number))
    throw usage('--done takes the number of what was changed.');
  return withConsole(place, options, terminal, async ({ client }) => {
    if (words === undefined && number === null) {
      const all = (await client.incidents.followUps()).filter(({ followUp: one }) => one.doneAt === null);
      if (options.json) terminal.out.write(asJson({ followUps: all }));
      else if (all.length === 0) terminal.out.write('Nothing is left to follow up.\n');
      else
        for (const { of, name, followUp: one } of all)
          terminal.out.write(`Incident ${of}, ${visible(name)}: ${followUpLine(one)}`);
      return all.length === 0 ? EXIT.fine : EXIT.found;
    }
    const { incident } = await meantIncident(client, options.incident);
    const move =
      words !== undefined
        ? ({ kind: 'follow-up', words, owner, due, check } as const)
        : ({ kind: 'follow-up-done', number: number ?? 0, done: true, words: '' } as const);
    const view = await client.incidents.move({ incident: incident.id, move });
    terminal.out.write(options.json ? asJson({ incident: view }) : incidentText(view));
    return view.incident.followUps.some(({ doneAt }) => doneAt === null) ? EXIT.found : EXIT.fine;
  });
}
