import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';
import { partsOfSentence } from '#shared/domain/named-check.ts';
import type { NodeId } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';

/** A sentence in which the title of a check in quotes is the way to what was found of it on that node. */
export function NamedChecks({ text, node }: { text: string; node: NodeId }) {
  return partsOfSentence(visible(text)).map(({ text: words, check }, index) =>
    check === null ? (
      // Pieces have no name but their place.
      // biome-ignore lint/suspicious/noArrayIndexKey: see above
      <Fragment key={index}>{words}</Fragment>
    ) : (
      <Link key={check} to="/checks" search={(before) => ({ ...before, check, on: node })}>
        {words}
      </Link>
    ),
  );
}
