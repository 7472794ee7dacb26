import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type HelperAnswer, helperAnswer } from '#shared/domain/helper/answers.ts';
import { openTestNode, type TestNode } from './helper-node.ts';
import { builtServer } from './install-helper.ts';

/** The helper's code in one lasting process on a test node. */
export interface ServedHelper {
  node: TestNode;
  ask(request: unknown): Promise<HelperAnswer>;
  close(): void;
}

/** Starts it on a node of its own; close it in any case. For tests of what verbs do; how the program starts and ends is tested installed. */
export async function serveHelper(): Promise<ServedHelper> {
  const node = await openTestNode();
  const served = serveHelperOn(node);
  const close = () => {
    served.close();
    node.close();
  };
  return { node, ask: served.ask, close };
}

/** Starts it on a node that is there; close it before the node. Answers one question after the other. */
export function serveHelperOn(node: TestNode): Omit<ServedHelper, 'node'> {
  const [enter, ...rest] = node.inside;
  const args = [...rest, process.execPath, '--no-warnings', builtServer()];
  const child = spawn(enter ?? 'nsenter', args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const line = await lines.next();
      if (line.done) throw new Error('The served helper ended');
      return helperAnswer.parse(JSON.parse(line.value));
    },
    close: () => void child.kill('SIGKILL'),
  };
}
