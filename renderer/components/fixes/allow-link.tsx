import { Link } from '@tanstack/react-router';
import type { NodeId } from '#shared/domain/node.ts';
import { buttonClass } from '../button.tsx';

export interface AllowLinkProps {
  node: NodeId;
  nodeName: string;
  filled?: boolean;
  /** What it says, where it is about a helper that is older. */
  children?: string;
}

/** The way to the plan that puts the helper on a node. It is a plan like every other: shown first, undone later. */
export function AllowLink({ node, nodeName, filled = false, children }: AllowLinkProps) {
  return (
    <Link
      to="/plan"
      search={(before) => ({ ...before, do: 'allow', on: node })}
      className={buttonClass(filled ? 'filled' : 'outline')}
    >
      {children ?? `Allow changes on ${nodeName}…`}
    </Link>
  );
}
