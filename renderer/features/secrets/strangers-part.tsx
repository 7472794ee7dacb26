import { Lock } from 'lucide-react';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { SectionHeading } from '../../components/page-header.tsx';
import type { Rotation } from './use-rotation.ts';

export interface StrangersPartProps {
  rotation: Rotation;
  /** Plans to let go of them; nothing happens before somebody says yes to that plan. */
  onOpen: () => void;
}

/** Who announced itself at the last rotation and is not on the list: kept out until a person has looked, or the next rotation does not see them. */
export function StrangersPart({ rotation: { fenced, plan }, onOpen }: StrangersPartProps) {
  if (fenced === null) return null;
  return (
    <section className="secrets__part">
      <SectionHeading
        title="Strangers, fenced off"
        note="They announced themselves as nodes and are not on your list. No node sends them anything."
      />
      <ul className="secrets__rows">
        {fenced.strangers.map(({ name, address }) => (
          <li key={`${name} ${address}`} className="secrets__line">
            <span className="split__state split__state--unknown">
              <Lock aria-hidden="true" />
              {visible(name)}
            </span>
            <span className="secrets__detail">
              <code>{visible(address)}</code>
            </span>
            <span />
          </li>
        ))}
      </ul>
      <p className="secrets__note">
        A machine of yours? Add it as a node, or let it within reach again.{' '}
        <Button small running={plan.isPending && 'Looking'} onClick={onOpen}>
          Let them within reach
        </Button>
      </p>
    </section>
  );
}
