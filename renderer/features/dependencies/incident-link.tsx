import { Link } from '@tanstack/react-router';
import { visible } from '#shared/domain/text.ts';
import { buttonClass } from '../../components/button.tsx';

/**
 * The way from malware to an incident with what was found filled in. Nothing is begun by going there. It is the finding of the check,
 * which names the malware and has been kept since it was seen, that the incident is about.
 * @param isNext whether it is the next thing to do on the page
 */
export function IncidentLink({
  node,
  nodeName,
  isNext = true,
}: {
  node: string;
  nodeName: string;
  isNext?: boolean;
}) {
  return (
    <Link
      to="/incident"
      search={({ node: scope }) => ({ node: scope, check: 'dependency-audit', on: node })}
      className={buttonClass(isNext ? 'filled' : 'outline')}
    >
      Start an incident on {visible(nodeName)}…
    </Link>
  );
}
