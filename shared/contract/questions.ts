import { z } from 'zod';
import { instant, listOf, shortText, shownName } from '../domain/bounds.ts';
import { nodeId } from '../domain/node.ts';
import { change, read } from './procedure.ts';

/** A question that waits for a person outside the renderer: that it is out, never what is answered. */
export const openQuestion = z.object({
  id: z.string().regex(/^[0-9a-f]{32}$/),
  kind: z.enum(['consent', 'password']),
  /** The terminal in which the console runs, a window of the desktop, or the terminal of a command. */
  where: z.enum(['terminal', 'window', 'command']),
  title: shortText,
  /** The node that it is about, where it is about one. */
  node: nodeId.nullable(),
  nodeName: shownName.nullable(),
  askedAt: instant,
});
export type OpenQuestion = z.infer<typeof openQuestion>;

/** Questions that are asked outside the renderer. No answer passes here: a page can only take a question back. */
export const questions = {
  /** Those that wait now, oldest first. */
  open: read.output(listOf(openQuestion, 64)),
  /** Take one back: it counts as refused. `dismissed` is false when it was answered already. */
  dismiss: change
    .input(z.object({ question: z.string().regex(/^[0-9a-f]{32}$/) }))
    .output(z.object({ dismissed: z.boolean() })),
};
