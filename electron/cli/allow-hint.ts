import { quote } from '#core/hosts/quote.ts';
import { commandName } from '#shared/domain/command-name.ts';

/** How the console calls, in its sentences, what pages have as a button. */
const BUTTON = '"Allow changes on this node"';

/**
 * A sentence of the console as a terminal says it: what pages have a button for is the command that does the same.
 * @param nodeName named in the command, where it can stand in one
 */
export function withAllowCommand(text: string, environment: NodeJS.ProcessEnv, nodeName: string): string {
  const node = quote(nodeName);
  const command = `${commandName(environment)} allow${node.ok ? ` --node ${node.text}` : ''}`;
  return text.replaceAll(BUTTON, command);
}
