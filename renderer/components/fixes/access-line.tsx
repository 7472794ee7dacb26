import { Lock, ShieldCheck } from 'lucide-react';
import type { HelperAccess } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import './access-line.css';

export interface AccessLineProps {
  access: HelperAccess;
  nodeName: string;
}

/** Always beside what would be done: as whom, and by which way. */
export function AccessLine({ access, nodeName }: AccessLineProps) {
  const allowed = access.via !== 'none';
  const Icon = allowed ? ShieldCheck : Lock;
  return (
    <p className="access-line">
      <Icon aria-hidden="true" />
      <span>
        {accessWords(access, nodeName)}
        {access.outdated ? <> The helper there is older than this console.</> : null}
      </span>
    </p>
  );
}

/** @returns which way is used, in a few words: `As administrator through sudo on miu.` */
export function accessWords({ via, words }: HelperAccess, nodeName: string): string {
  const name = visible(nodeName);
  switch (via) {
    case 'root':
      return `As administrator on ${name}, directly: the console runs as root there.`;
    case 'pkexec':
      return `As administrator through polkit on ${name}.`;
    case 'sudo':
      return `As administrator through sudo on ${name}.`;
    case 'sudo-password':
      return `As administrator through sudo on ${name}. It asks for your password there, which is kept in memory for this plan and its change, and never written down.`;
    case 'none':
      return visible(words) || `Nothing is allowed on ${name}.`;
  }
}

/** @returns the same for an eyebrow or a button's side: `as administrator through sudo` */
export function accessInShort({ via }: HelperAccess): string {
  const ways = {
    root: 'as administrator, directly',
    pkexec: 'as administrator through polkit',
    sudo: 'as administrator through sudo',
    'sudo-password': 'as administrator through sudo, with your password',
    none: 'nothing is allowed there',
  } as const;
  return ways[via];
}
