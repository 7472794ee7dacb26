import type { AccountFacts } from '#shared/domain/facts/accounts.ts';
import { decodePath, decodeText } from '../../script/decode.ts';
import type { ScriptRecord } from '../../script/records.ts';
import { ELEVATION_LIMIT } from './elevation-script.ts';

type Elevation = NonNullable<AccountFacts['elevation']>;

/**
 * Reads what `ELEVATION` and the look into homes printed.
 * @param homesSeen no home was closed, hidden or late: then a file that was not found is not there
 * @returns undefined when the look did not come so far
 */
export function readElevation(
  records: readonly ScriptRecord[],
  homesSeen: boolean,
): AccountFacts['elevation'] {
  if (!records.some(({ tag }) => tag === 'elevation-end')) return undefined;
  const files = (tag: 'doas' | 'polkit'): Elevation['doas'] =>
    records
      .flatMap((record): Elevation['doas'] => {
        const path = decodePath(record.fields[0]);
        if (record.tag === `${tag}-closed`) return [{ path, text: null }];
        if (record.tag !== tag) return [];
        const content = record.fields[1] ?? Buffer.alloc(0);
        // Half a file says nothing of its other half.
        return [
          { path, text: content.length >= ELEVATION_LIMIT ? null : decodeText(content, ELEVATION_LIMIT) },
        ];
      })
      .slice(0, 64);
  const kerberos = records
    .filter(({ tag }) => tag === 'kerberos')
    .map(({ fields }) => decodePath(fields[0]))
    .slice(0, 64);
  return { doas: files('doas'), polkit: files('polkit'), kerberos, kerberosComplete: homesSeen };
}
