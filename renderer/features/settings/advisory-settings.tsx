import { useEffect, useState } from 'react';
import { isAdvisoryAddress, LONGEST_ADDRESS, OSV_ADDRESS } from '#shared/domain/dependencies/osv-address.ts';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/field.tsx';
import { Switch } from '../../components/switch.tsx';
import { SettingsSection } from './settings-section.tsx';
import type { SettingsPart } from './use-settings.ts';

const WRONG = 'Give an address that begins with https://, without a password in it.';

/** Where advisories come from, and whether they are fetched without being asked for each time. */
export function AdvisorySettings({ settings, save }: SettingsPart) {
  const { advisories } = settings;
  const [typed, setTyped] = useState(advisories.address);
  useEffect(() => setTyped(advisories.address), [advisories.address]);
  const address = typed.trim().replace(/\/+$/, '');
  const isWrong = !isAdvisoryAddress(address);
  const keep = (change: Partial<typeof advisories>, said: string) =>
    save({ advisories: { ...advisories, ...change } }, said);
  const keepAddress = () => {
    if (isWrong || address === advisories.address) return;
    keep(
      { address },
      address === OSV_ADDRESS ? 'Fetched from OSV from now on.' : `Fetched from ${address} from now on.`,
    );
  };
  return (
    <SettingsSection
      title="Advisories"
      note="What is published about packages. Fetching asks for what is new, and says nothing about yours. Both are recorded."
    >
      <Switch
        label="Fetch them once a day"
        hint="Off: nothing is fetched that you did not ask for."
        checked={advisories.fetchDaily}
        onChange={(fetchDaily) =>
          keep(
            { fetchDaily },
            fetchDaily ? 'Advisories are fetched once a day.' : 'Nothing is fetched by itself.',
          )
        }
      />
      <TextField
        label="From this address"
        mono
        hint="A place with the layout of OSV’s data. Whoever keeps it decides what is known here."
        value={typed}
        maxLength={LONGEST_ADDRESS}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={keepAddress}
        onKeyDown={(event) => event.key === 'Enter' && keepAddress()}
        error={isWrong ? WRONG : null}
      />
      {advisories.address === OSV_ADDRESS ? null : (
        <Button
          variant="link"
          onClick={() => keep({ address: OSV_ADDRESS }, 'Fetched from OSV from now on.')}
        >
          Back to OSV
        </Button>
      )}
    </SettingsSection>
  );
}
