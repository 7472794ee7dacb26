import type { ApiClient } from '#core/api/direct-client.ts';
import type { IncidentView } from '#shared/domain/incident/incident-view.ts';
import { visible } from '#shared/domain/text.ts';
import { couldNot, usage } from '../failure.ts';

/**
 * The incident that a command means: by its number, by its node, or the only open one.
 * @throws CommandFailure when there is none, or when it is not clear which
 */
export async function meantIncident(client: ApiClient, named: string | undefined): Promise<IncidentView> {
  const { open, closed } = await client.incidents.list({});
  if (named === undefined) {
    if (open.length > 1) {
      const names = open.map(({ incident }) => `${incident.number} (${visible(incident.name)})`).join(', ');
      throw usage('Several incidents are open.', `Say which one, by its number: ${names}.`);
    }
    const [only] = open;
    if (only !== undefined) return only;
    throw couldNot('No incident is open.', 'Start one with: incident start');
  }
  const isMeant = ({ number, name, node }: { number: number; name: string; node: string | null }) =>
    String(number) === named || node === named || name === named;
  const found = open.find(({ incident }) => isMeant(incident));
  if (found !== undefined) return found;
  const past = closed.find(({ number }) => String(number) === named);
  if (past !== undefined) return client.incidents.get({ incident: past.id });
  throw couldNot(`There is no incident ${visible(named)}.`, 'Look at them with: incident status');
}
